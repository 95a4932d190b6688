"""A deal is fully paid when what billing tells of its invoices says so, in whatever order it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import NotFound
from tests.support.actors import ADMIN, JOHN
from tests.support.delivering import told


@pytest.fixture
def deal_id(new_deal: Any) -> str:
    made: str = new_deal(stage="won", tags=["vip"])["id"]
    return made


@pytest.fixture
def hear(hear: Any, deals: Any) -> Any:
    """Events of invoices of the deal's own client, unless a test says otherwise."""

    def tell(kind: str, *more: Any, **data: Any) -> None:
        with suppress(NotFound, KeyError):
            data.setdefault("client_id", deals.as_(ADMIN).get_deal(deal_id=data["deal_id"])["client_id"])
        hear(kind, *more, **data)

    return tell


def tags(deals: Any, deal_id: str) -> list[str]:
    found: list[str] = deals.as_(JOHN).get_deal(deal_id=deal_id)["tags"]
    return found


def test_paid_at_last(deals: Any, hear: Any, runtime: Any, deal_id: str) -> None:
    one, two = (f"0194aaaa-0000-7000-8000-00000000000{n}" for n in (1, 2))
    hear("invoice.drafted", invoice_id=one, deal_id=deal_id, version=1, status="draft", amount_minor=100)
    assert tags(deals, deal_id) == ["vip"]
    hear("invoice.sent", invoice_id=one, deal_id=deal_id, version=2, status="sent", amount_minor=100)
    hear("invoice.sent", invoice_id=two, deal_id=deal_id, version=2, status="sent", amount_minor=250)
    hear("invoice.paid", invoice_id=one, deal_id=deal_id, version=3, status="paid", amount_minor=100)
    assert tags(deals, deal_id) == ["vip"] and told(runtime, "deal.fully_paid") == []
    hear("invoice.paid", invoice_id=two, deal_id=deal_id, version=3, status="paid", amount_minor=250)
    assert tags(deals, deal_id) == ["vip", "fully_paid"]
    (event,) = told(runtime, "deal.fully_paid")
    assert (event.data["total_minor"], event.data["company_name"]) == (350, "TechCorp")
    assert told(runtime, "deal.changed")[-1].data["tags"] == ["vip", "fully_paid"]
    shown = deals.as_(JOHN).get_deal(deal_id=deal_id)["invoices"]
    assert sorted((row["status"], row["amount_minor"]) for row in shown) == [("paid", 100), ("paid", 250)]


def test_a_refund_takes_the_tag_away_and_a_payment_brings_it_back(
    deals: Any, hear: Any, runtime: Any, deal_id: str
) -> None:
    hear("invoice.paid", deal_id=deal_id, version=3, status="paid")
    hear("invoice.refunded", deal_id=deal_id, version=4, status="partially_paid")
    assert tags(deals, deal_id) == ["vip"]
    hear("invoice.paid", deal_id=deal_id, version=5, status="paid")
    assert tags(deals, deal_id) == ["vip", "fully_paid"] and len(told(runtime, "deal.fully_paid")) == 2


@pytest.mark.parametrize("order", list(permutations([2, 3, 4])))
def test_events_that_overtake_each_other_end_alike(deals: Any, hear: Any, deal_id: str, order: tuple[int, ...]) -> None:
    kinds = {2: ("invoice.sent", "sent"), 3: ("invoice.paid", "paid"), 4: ("invoice.refunded", "sent")}
    for version in order:
        kind, status = kinds[version]
        hear(kind, deal_id=deal_id, version=version, status=status)
    assert tags(deals, deal_id) == ["vip"]
    assert deals.as_(JOHN).get_deal(deal_id=deal_id)["invoices"][0]["status"] == "sent"


def test_drafts_and_voids_do_not_count(deals: Any, hear: Any, deal_id: str) -> None:
    hear("invoice.paid", invoice_id=new_id(), deal_id=deal_id, version=3, status="paid")
    hear("invoice.drafted", invoice_id=new_id(), deal_id=deal_id, version=1, status="draft")
    hear("invoice.voided", invoice_id=new_id(), deal_id=deal_id, version=2, status="void")
    assert tags(deals, deal_id) == ["vip", "fully_paid"]


def test_voiding_the_last_open_invoice_settles_the_deal(deals: Any, hear: Any, runtime: Any, deal_id: str) -> None:
    paid, open_ = new_id(), new_id()
    hear("invoice.sent", invoice_id=open_, deal_id=deal_id, version=2, status="sent")
    hear("invoice.paid", invoice_id=paid, deal_id=deal_id, version=3, status="paid", amount_minor=700)
    assert tags(deals, deal_id) == ["vip"]
    hear("invoice.voided", invoice_id=open_, deal_id=deal_id, version=3, status="void")
    assert tags(deals, deal_id) == ["vip", "fully_paid"]
    assert told(runtime, "deal.fully_paid")[0].data["total_minor"] == 700


def test_the_same_event_twice_is_told_once(hear: Any, runtime: Any, deal_id: str) -> None:
    event_id = new_id()
    for _ in range(3):
        hear("invoice.paid", event_id, deal_id=deal_id, version=3, status="paid")
    hear("invoice.paid", deal_id=deal_id, version=3, status="paid")  # the same state under another id
    assert len(told(runtime, "deal.fully_paid")) == 1


def test_invoices_paid_at_once_are_one_settlement(deals: Any, hear: Any, runtime: Any, deal_id: str) -> None:
    invoices = [new_id() for _ in range(10)]
    for invoice_id in invoices:
        hear("invoice.sent", invoice_id=invoice_id, deal_id=deal_id, version=2, status="sent", amount_minor=10)

    def pay(invoice_id: str) -> None:
        hear("invoice.paid", invoice_id=invoice_id, deal_id=deal_id, version=3, status="paid", amount_minor=10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pay, invoices))
    assert tags(deals, deal_id) == ["vip", "fully_paid"]
    assert [event.data["total_minor"] for event in told(runtime, "deal.fully_paid")] == [100]


def test_invoices_of_no_deal_or_of_one_nobody_knows(deals: Any, hear: Any, runtime: Any) -> None:
    hear("invoice.paid", deal_id=None)
    hear("invoice.paid", deal_id=new_id())
    assert deals.as_(ADMIN).list_deals(filters={})["total"] == 0 and told(runtime) == []


def test_a_person_may_edit_tags_and_the_systems_own_stays(deals: Any, hear: Any, deal_id: str) -> None:
    hear("invoice.paid", deal_id=deal_id, version=3, status="paid")
    deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"tags": ["hot"]})
    assert tags(deals, deal_id) == ["hot", "fully_paid"]


def test_nobody_gives_the_tag_by_hand_and_no_foreign_invoice_does(deals: Any, hear: Any, deal_id: str) -> None:
    deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"tags": ["fully_paid", "hot"]})
    assert tags(deals, deal_id) == ["hot"]
    hear("invoice.paid", deal_id=deal_id, client_id=new_id(), version=3, status="paid")
    assert tags(deals, deal_id) == ["hot"]
