"""What is owed by age and by client, how long clients take to pay, and the morning's figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid
from services.billing.models import invoices
from services.billing.queries.filters import business_today
from tests.billing.harness import Billing
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system


def owed(billing: Billing, client_id: str, amount: int, days: int, currency: str = "USD") -> str:
    """A sent invoice that was due so many days ago."""
    made = billing.sent(client_id, amount_minor=amount, currency=currency)
    _set(billing, made["id"], due_date=business_today() - timedelta(days=days))
    return str(made["id"])


def paid(
    billing: Billing, client_id: str, issued: str, on: str, due: str = "2025-12-31", currency: str = "USD"
) -> None:
    made = billing.sent(client_id, amount_minor=1000, currency=currency)
    dates = {"issued_on": issued, "paid_date": on, "due_date": due}
    values = {name: date.fromisoformat(each) for name, each in dates.items()}
    _set(billing, made["id"], status="paid", paid_minor=1000, **values)


def _set(billing: Billing, invoice_id: str, **values: Any) -> None:
    with billing.runtime.database.engine.begin() as connection:
        connection.execute(update(invoices).where(invoices.c.id == invoice_id).values(**values))


@pytest.fixture
def stock(billing: Billing) -> Billing:
    johns, jessicas = billing.client(JOHN, "TechCorp"), billing.client(JESSICA, "Nova Labs")
    for number, days in enumerate((-10, 0, 1, 30, 31, 60, 61, 90, 91, 400)):
        owed(billing, johns, 100 + number, days)
    owed(billing, jessicas, 5_000, 45)
    owed(billing, jessicas, 700, 5, "JPY")
    part = owed(billing, jessicas, 1_000, 2)
    billing.finance.record_payment(invoice_id=part, data={"amount_minor": 400, "method": "bank_transfer"})
    billing.invoice(johns, amount_minor=9_999)  # a draft asks for nothing
    billing.finance.void_invoice(invoice_id=owed(billing, johns, 8_888, 50), reason="mistake")
    return billing


def buckets(found: dict[str, Any], currency: str = "USD") -> dict[str, tuple[int, int]]:
    one = next(each for each in found["currencies"] if each["currency"] == currency)
    return {each["bucket"]: (each["count"], each["amount_minor"]) for each in one["buckets"]}


def test_what_is_owed_stands_in_the_bucket_of_its_age(stock: Billing) -> None:
    found = stock.finance.receivables()
    assert buckets(found) == {
        "not_due": (2, 100 + 101),
        "1-30": (3, 102 + 103 + 600),
        "31-60": (3, 104 + 105 + 5_000),
        "61-90": (2, 106 + 107),
        "over_90": (2, 108 + 109),
    }
    assert buckets(found, "JPY")["1-30"] == (1, 700)
    dollars = next(each for each in found["currencies"] if each["currency"] == "USD")
    assert dollars["total_minor"] == sum(range(100, 110)) + 5_600
    assert dollars["overdue_minor"] == dollars["total_minor"] - 201
    assert found["clients"] == 2 and [each["company_name"] for each in found["rows"]] == [
        "Nova Labs",
        "TechCorp",
        "Nova Labs",
    ]
    techcorp = found["rows"][1]
    assert (techcorp["oldest_days"], techcorp["not_due_minor"], techcorp["over_90_minor"]) == (400, 201, 217)


def test_every_bucket_leads_to_a_list_with_the_same_sum(stock: Billing) -> None:
    for person in (ADMIN, FINANCE, JOHN, JESSICA, MANAGER):
        for currency in stock.as_(person).receivables()["currencies"]:
            for bucket in currency["buckets"]:
                totals = stock.as_(person).totals(filters=bucket["filters"])
                assert totals["count"] == bucket["count"], bucket
                assert sum(each["due_minor"] for each in totals["amounts"]) == bucket["amount_minor"]


def test_one_sees_what_ones_clients_owe(stock: Billing) -> None:
    assert buckets(stock.as_(JOHN).receivables())["31-60"] == (2, 209)
    assert stock.as_(MANAGER).receivables()["currencies"] == []
    person = {"id": JOHN.id, "role": "sales"}
    assert stock.as_(system("notifications")).receivables(person=person) == stock.as_(JOHN).receivables()
    with pytest.raises(Forbidden):
        stock.as_(JOHN).receivables(person={"id": FINANCE.id, "role": "finance"})
    jpy = stock.finance.receivables(filters={"currency": "JPY"})
    assert [each["currency"] for each in jpy["currencies"]] == ["JPY"] and jpy["clients"] == 1
    with pytest.raises(Invalid) as refused:
        stock.finance.receivables(filters={"status": "paid"})
    assert refused.value.field == "status"


def test_nothing_is_owed(billing: Billing) -> None:
    found = billing.finance.receivables()
    assert (found["currencies"], found["rows"], found["clients"]) == ([], [], 0)


def test_days_from_sending_to_payment(billing: Billing) -> None:
    fast, slow = billing.client(JOHN, "Fast"), billing.client(JESSICA, "Slow")
    paid(billing, fast, "2025-01-01", "2025-01-11", due="2025-01-15")
    paid(billing, fast, "2025-01-01", "2025-01-31", due="2025-01-15")
    paid(billing, slow, "2025-01-01", "2025-03-31", due="2025-04-01")
    paid(billing, slow, "2024-01-01", "2024-12-31")
    paid(billing, slow, "2025-01-01", "2025-04-01")
    found = billing.finance.payment_time(from_day="2025-01-01", to_day="2025-03-31")
    by_month = {each["month"]: each for each in found["months"]}
    assert list(by_month) == ["2025-01", "2025-02", "2025-03"]
    january = {"invoices": 2, "mean_days": 20.0, "median_days": 20.0, "on_time": 1, "on_time_share": 0.5}
    assert by_month["2025-01"] == {"month": "2025-01"} | january
    assert by_month["2025-02"]["invoices"] == 0 and by_month["2025-02"]["mean_days"] is None
    assert found["total"]["invoices"] == 3 and found["total"]["median_days"] == 30.0
    assert [(each["company_name"], each["mean_days"]) for each in found["rows"]] == [("Slow", 89.0), ("Fast", 20.0)]
    assert [each["late"] for each in found["rows"]] == [0, 1]
    mine = billing.as_(JOHN).payment_time(from_day="2025-01-01", to_day="2025-03-31")
    assert mine["total"]["invoices"] == 2
    nothing = billing.finance.payment_time(from_day="2025-02-01", to_day="2025-02-01", filters={"client_id": fast})
    assert nothing["total"]["mean_days"] is None and nothing["rows"] == []


@pytest.mark.parametrize(
    ("from_day", "to_day", "field"),
    [
        ("2025-02-01", "2025-01-01", "from"),
        ("x", "2025-01-01", "from"),
        ("2000-01-01", "2025-01-01", "to"),
        (None, "2025-01-01", "from"),
    ],
)
def test_a_range_that_is_none_is_refused(billing: Billing, from_day: Any, to_day: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        billing.finance.payment_time(from_day=from_day, to_day=to_day)
    assert refused.value.field == field


def test_the_morning_counts_what_its_filters_find(stock: Billing) -> None:
    today = business_today()
    for who, role in ((ADMIN, "admin"), (JOHN, "sales"), (FINANCE, "finance"), (MANAGER, "manager")):
        found = stock.as_(system("notifications")).summary(today=today.isoformat(), person={"id": who.id, "role": role})
        totals = stock.as_(who).totals(filters=found["overdue"]["filters"])
        assert totals["count"] == found["overdue"]["count"]
        listed = [(each["currency"], each["due_minor"]) for each in totals["amounts"]]
        assert [(each["currency"], each["amount_minor"]) for each in found["overdue"]["values"]] == listed
    everything = stock.as_(ADMIN).summary(today=today.isoformat())
    assert everything["overdue"]["count"] == 11
    first = everything["overdue"]["items"][0]
    assert (first["company_name"], first["outstanding_minor"], first["days"]) == ("Nova Labs", 5_000, 45)
    assert len(everything["overdue"]["items"]) == 5
    with pytest.raises(Invalid):
        stock.as_(ADMIN).summary(today=new_id())


def of_segment(billing: Billing, *client_ids: str) -> str:
    segment_id = new_id()
    billing.clients.segments[segment_id] = {"id": segment_id, "name": "Big ones", "client_ids": list(client_ids)}
    return segment_id


def test_reports_and_lists_of_a_segment_are_of_its_clients(billing: Billing) -> None:
    johns, jessicas, other = (billing.client(owner, name) for owner, name in ((JOHN, "A"), (JESSICA, "B"), (JOHN, "C")))
    for number, client_id in enumerate((johns, jessicas, other), start=1):
        owed(billing, client_id, number * 100, days=5)
        paid(billing, client_id, "2025-01-01", "2025-01-11")
    both = {"segment_id": of_segment(billing, johns, jessicas, new_id())}
    days = {"from_day": "2025-01-01", "to_day": "2025-01-31"}
    for person, amount, count in (
        (FINANCE, 300, 2),
        (ADMIN, 300, 2),
        (JOHN, 100, 1),
        (JESSICA, 200, 1),
        (MANAGER, 0, 0),
    ):
        found = billing.as_(person).receivables(filters=both)
        assert found["segment"] == {"id": both["segment_id"], "name": "Big ones"}
        assert (sum(each["total_minor"] for each in found["currencies"]), found["clients"]) == (amount, count)
        assert billing.as_(person).payment_time(**days, filters=both)["total"]["invoices"] == count
        assert billing.as_(person).list_invoices(filters=both)["total"] == 2 * count
        assert billing.as_(person).totals(filters=both)["count"] == 2 * count
    bucket = billing.finance.receivables(filters=both)["currencies"][0]["buckets"][1]
    assert bucket["filters"]["segment_id"] == both["segment_id"] and bucket["count"] == 2
    assert billing.finance.list_invoices(filters=bucket["filters"])["total"] == 2
    empty = {"segment_id": of_segment(billing)}
    assert billing.finance.receivables(filters=empty)["clients"] == 0
    assert "segment" not in billing.finance.receivables()


def test_a_segment_that_is_not_there_is_named(billing: Billing) -> None:
    days = {"from_day": "2025-01-01", "to_day": "2025-01-31"}
    for segment_id in (new_id(), "x", 5):
        filters = {"segment_id": segment_id}
        for ask, asked in ((billing.finance.receivables, {}), (billing.finance.payment_time, days),
                           (billing.finance.list_invoices, {}), (billing.finance.totals, {})):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                ask(**asked, filters=filters)
            assert refused.value.field == "segment_id"
    person = {"id": JOHN.id, "role": "sales"}
    segment_id = of_segment(billing)
    billing.as_(system("notifications")).receivables(filters={"segment_id": segment_id}, person=person)
    assert billing.clients.asked[-1] == f"segment for {JOHN.id}"
