"""Drafts, numbers, changes, sending, voiding, and who may do and see it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Unavailable
from services.billing.events import EmailFailed, EmailSent
from services.billing.handlers import announce_overdue
from services.billing.ports import Refused
from tests.billing.harness import Billing
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, context, system

LINES = [
    {"description": "Model fine-tuning", "quantity": "42.5", "unit_price_minor": 18500},
    {"description": "Hosting", "quantity": "12", "unit_price_minor": 23233},
]


def test_an_amount_alone_makes_one_line(billing: Billing) -> None:
    made = billing.as_(JOHN).create_invoice(
        data={
            "client_id": billing.client(),
            "amount_minor": 6250000,
            "due_date": "2025-02-15",
            "description": "Phase 1",
        }
    )
    assert (made["invoice_number"], made["status"], made["currency"]) == ("INV-2025-001", "draft", "USD")
    assert (made["amount_minor"], made["due_date"], made["origin"]) == (6250000, "2025-02-15", "manual")
    assert made["lines"] == [
        {"description": "Phase 1", "quantity": "1", "unit_price_minor": 6250000, "amount_minor": 6250000}
    ]
    assert len(made["pay_token"]) >= 22
    (event,) = billing.told("invoice.drafted")
    assert (event["invoice_id"], event["owner_id"], event["version"]) == (made["id"], JOHN.id, made["version"])


def test_lines_discount_and_tax_add_up(billing: Billing) -> None:
    made = billing.invoice(lines=LINES, discount_percent="5", tax_percent="8.875")
    assert [line["amount_minor"] for line in made["lines"]] == [786250, 278796]
    assert (made["subtotal_minor"], made["discount_minor"], made["tax_minor"]) == (1065046, 53252, 89797)
    assert made["amount_minor"] == 1065046 - 53252 + 89797
    assert (made["discount_percent"], made["tax_percent"]) == ("5", "8.875")
    assert made["due_date"] == "2025-02-24"
    (listed,) = billing.finance.list_invoices(filters={})["items"]
    assert listed["amount_minor"] == made["amount_minor"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"amount_minor": 100, "lines": LINES}, "amount"),
        ({}, "amount"),
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": True}, "amount"),
        ({"amount_minor": 100, "tax_percent": "10"}, "amount"),
        ({"amount_minor": 100, "currency": "DOLLAR"}, None),
        ({"amount_minor": 100, "invoice_number": "INV-2025-009"}, "invoice_number"),
        ({"amount_minor": 100, "due_date": "soon"}, "due_date"),
        ({"amount_minor": 100, "description": "a\x00b"}, "description"),
        ({"amount_minor": 100, "notes": "x" * 20_001}, "notes"),
        ({"lines": [{"description": "", "quantity": "1", "unit_price_minor": 1}]}, "lines.0.description"),
        ({"lines": [{"description": "a", "quantity": "0", "unit_price_minor": 1}]}, "lines.0.quantity"),
        ({"lines": [{"description": "a", "quantity": "1.0005", "unit_price_minor": 1}]}, "lines.0.quantity"),
        ({"lines": [{"description": "a", "quantity": 1.5, "unit_price_minor": 1}]}, "lines.0.quantity"),
        ({"lines": [{"description": "a", "quantity": "1", "unit_price_minor": -1}]}, "lines.0.unit_price"),
        ({"lines": [{"description": "a", "quantity": "1", "unit_price_minor": 10**15, "tax": 1}]}, "lines.0.tax"),
        ({"lines": [{"description": "a", "quantity": "2", "unit_price_minor": 10**15}]}, "lines.0.quantity"),
        ({"lines": LINES, "tax_percent": "100.00001"}, "tax_percent"),
        ({"lines": LINES, "discount_percent": "NaN"}, "discount_percent"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(billing: Billing, data: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        billing.finance.create_invoice(data={"client_id": billing.client()} | data)
    assert refusal.value.field == field
    assert billing.count("invoices") == 0
    assert billing.count("number_sequences") == 0


def test_fifty_at_once_have_numbers_without_gaps(billing: Billing) -> None:
    """A refused one in between takes no number."""
    client_id = billing.client()

    def create(number: int) -> str:
        data = {"client_id": client_id, "amount_minor": 100 + number}
        if number % 5 == 0:
            with pytest.raises(Conflict), billing.runtime.database.unit_of_work(context(FINANCE)) as uow:
                from services.billing.handlers import create_invoice

                create_invoice(uow, data)
                raise Conflict("something later in the same transaction failed")
        return str(billing.finance.create_invoice(data=data)["invoice_number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(create, range(50)))
    assert numbers == [f"INV-2025-{number:03d}" for number in range(1, 51)]


def test_numbers_begin_anew_in_the_business_year(billing: Billing, clock: FixedClock) -> None:
    clock.at = datetime(2026, 1, 1, 4, 59, tzinfo=UTC)  # still 2025 in New York
    assert billing.invoice()["invoice_number"] == "INV-2025-001"
    clock.at += timedelta(minutes=1)
    assert billing.invoice()["invoice_number"] == "INV-2026-001"


def test_a_command_sent_again_repeats_nothing(billing: Billing) -> None:
    client_id, key = billing.client(), new_id()
    data = {"client_id": client_id, "amount_minor": 100}
    first = billing.as_(JOHN, key).create_invoice(data=data)
    assert billing.as_(JOHN, key).create_invoice(data=data) == first
    with pytest.raises(Invalid):
        billing.as_(JOHN, key).create_invoice(data=data | {"amount_minor": 101})
    sent = billing.as_(JOHN, key).send_invoice(invoice_id=first["id"])
    billing.clients.cards[client_id]["email"] = "somebody.else@techcorp.com"
    assert billing.as_(JOHN, key).send_invoice(invoice_id=first["id"]) == sent
    assert billing.count("invoices") == 1
    assert billing.count("jobs", "kind = 'issue_invoice'") == 1


def test_a_draft_can_be_changed_and_a_sent_invoice_cannot(billing: Billing) -> None:
    draft = billing.invoice()
    john = billing.as_(JOHN)
    changed = john.update_invoice(
        invoice_id=draft["id"], changes={"lines": LINES, "tax_percent": "10", "notes": "Thanks"}, version=1
    )
    assert [line["description"] for line in changed["lines"]] == ["Model fine-tuning", "Hosting"]
    assert (changed["amount_minor"], changed["version"]) == (1171551, 2)
    assert [event["amount_minor"] for event in billing.told("invoice.drafted")] == [6250000, 1171551]
    with pytest.raises(Conflict):
        john.update_invoice(invoice_id=draft["id"], changes={"notes": "late"}, version=1)
    with pytest.raises(Invalid, match="several lines"):
        john.update_invoice(invoice_id=draft["id"], changes={"amount_minor": 5}, version=None)
    with pytest.raises(Invalid):
        john.update_invoice(invoice_id=draft["id"], changes={"currency": "EUR"})
    single = john.update_invoice(invoice_id=draft["id"], changes={"lines": LINES[:1], "tax_percent": None})
    assert (len(single["lines"]), single["amount_minor"]) == (1, 786250)
    again = john.update_invoice(invoice_id=draft["id"], changes={"amount_minor": 5000, "currency": "JPY"})
    assert (again["amount_minor"], again["currency"]) == (5000, "JPY")
    billing.finance.send_invoice(invoice_id=draft["id"])
    with pytest.raises(Conflict, match="locked"):
        john.update_invoice(invoice_id=draft["id"], changes={"notes": "late"})


def test_the_only_line_follows_the_description(billing: Billing) -> None:
    draft = billing.invoice(description="Phase 1")
    changed = billing.finance.update_invoice(invoice_id=draft["id"], changes={"description": "Phase 2"})
    assert changed["lines"][0]["description"] == "Phase 2"


def test_sending_makes_pdf_payment_and_event(billing: Billing) -> None:
    draft = billing.invoice(due_date="2025-02-15")
    answered = billing.as_(JOHN).send_invoice(invoice_id=draft["id"])
    assert (answered["status"], answered["mail_status"], answered["issued_on"]) == ("sent", "waiting", "2025-02-10")
    assert billing.clients.asked == ["card"]
    assert billing.told("invoice.sent") == []
    billing.run_jobs()
    invoice = billing.get(draft["id"])
    assert invoice["pdf_key"] == "invoices/2025/INV-2025-001.pdf"
    assert invoice["payment_reference"].startswith("pi_")
    (event,) = billing.told("invoice.sent")
    assert event["pdf_key"] == invoice["pdf_key"] and event["pdf_filename"] == "INV-2025-001.pdf"
    assert event["pay_url"] == f"https://crm.example/pay/{invoice['pay_token']}"
    assert (event["bill_to"]["email"], event["sent_by"], event["due_date"]) == (
        "sarah@techcorp.com",
        JOHN.id,
        "2025-02-15",
    )
    (order, _reference) = billing.payments.opened[draft["id"]]
    assert (order.amount_minor, order.currency, order.invoice_number) == (6250000, "USD", "INV-2025-001")
    link = billing.as_(JOHN).invoice_link(invoice_id=draft["id"])
    assert "invoices/2025/INV-2025-001.pdf" in link["url"] and link["content_type"] == "application/pdf"


def test_the_usual_due_date_counts_from_the_day_of_issue(billing: Billing, clock: FixedClock) -> None:
    draft = billing.invoice()
    assert draft["due_date"] == "2025-02-24"
    clock.at += timedelta(days=10)
    assert billing.finance.send_invoice(invoice_id=draft["id"])["due_date"] == "2025-03-06"


def test_an_outage_delays_and_doubles_nothing(billing: Billing) -> None:
    billing.payments.trouble = [Unavailable("Stripe is not answering")]
    billing.documents.trouble = [Unavailable("the object store is not answering")]
    invoice = billing.sent()
    assert (invoice["status"], invoice["mail_status"], invoice["pdf_key"]) == ("sent", "waiting", None)
    with pytest.raises(Conflict, match="no PDF yet"):
        billing.finance.invoice_link(invoice_id=invoice["id"])
    for _ in range(2):
        billing.hurry_jobs()
        billing.run_jobs()
    assert billing.get(invoice["id"])["pdf_key"] == "invoices/2025/INV-2025-001.pdf"
    assert len(billing.told("invoice.sent")) == len(billing.payments.opened) == 1


def test_a_refusal_of_stripe_still_sends_the_invoice(billing: Billing) -> None:
    billing.payments.trouble = [Refused("Stripe said: Amount must be at least $0.50 usd")]
    invoice = billing.sent(amount_minor=49)
    assert (invoice["pdf_key"], invoice["payment_reference"]) == ("invoices/2025/INV-2025-001.pdf", None)
    assert "at least $0.50" in invoice["payment_problem"]
    assert billing.told("invoice.sent")[0]["pay_url"] is None


def test_without_an_address_nothing_is_sent(billing: Billing) -> None:
    draft = billing.invoice(billing.client(email=None))
    with pytest.raises(Invalid, match="Sarah Johnson of TechCorp Solutions has no e-mail address"):
        billing.finance.send_invoice(invoice_id=draft["id"])
    assert billing.get(draft["id"])["status"] == "draft"


def test_an_invoice_of_nothing_is_not_sent(billing: Billing) -> None:
    draft = billing.invoice(lines=LINES, discount_percent="100")
    with pytest.raises(Invalid, match="asks for nothing"):
        billing.finance.send_invoice(invoice_id=draft["id"])


def test_what_became_of_the_mail_is_shown(billing: Billing) -> None:
    invoice = billing.sent()
    refs = {"invoice_id": invoice["id"], "invoice_number": invoice["invoice_number"]}
    billing.deliver(EmailFailed(kind="invoice", refs=refs, error="550 no such user"))
    failed = billing.get(invoice["id"])
    assert (failed["mail_status"], failed["mail_problem"]) == ("failed", "550 no such user")
    billing.clients.cards[invoice["client_id"]]["email"] = "sarah.johnson@techcorp.com"
    billing.finance.send_invoice(invoice_id=invoice["id"])
    billing.run_jobs()
    assert [event["bill_to"]["email"] for event in billing.told("invoice.sent")] == [
        "sarah@techcorp.com",
        "sarah.johnson@techcorp.com",
    ]
    assert len(billing.documents.kept) == 2, "the PDF that was sent is still there as it was"
    billing.deliver(EmailSent(kind="invoice", refs=refs))
    assert billing.get(invoice["id"])["mail_status"] == "sent"
    with pytest.raises(Conflict):
        billing.finance.send_invoice(invoice_id=invoice["id"])


def test_voiding(billing: Billing) -> None:
    draft = billing.invoice()
    voided = billing.as_(JOHN).void_invoice(invoice_id=draft["id"], reason="typed wrong")
    assert (voided["status"], voided["void_reason"]) == ("void", "typed wrong")
    sent = billing.sent()
    with pytest.raises(Forbidden):
        billing.as_(JOHN).void_invoice(invoice_id=sent["id"], reason="changed our mind")
    with pytest.raises(Invalid):
        billing.finance.void_invoice(invoice_id=sent["id"], reason=" ")
    billing.finance.void_invoice(invoice_id=sent["id"], reason="changed our mind")
    billing.run_jobs()
    assert billing.payments.closed == [sent["payment_reference"]]
    assert [event["status"] for event in billing.told("invoice.voided")] == ["void", "void"]
    with pytest.raises(Conflict):
        billing.finance.void_invoice(invoice_id=sent["id"], reason="again")


def test_an_invoice_voided_before_it_was_issued_is_not_mailed(billing: Billing) -> None:
    draft = billing.invoice()
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.finance.void_invoice(invoice_id=draft["id"], reason="too early")
    billing.run_jobs()
    assert billing.told("invoice.sent") == [] and billing.payments.opened == {}


def test_each_sees_only_their_own(billing: Billing) -> None:
    johns = billing.invoice(billing.client(JOHN))
    jessicas = billing.invoice(billing.client(JESSICA))
    everybodys = billing.invoice(billing.client(None))
    page = billing.as_(JOHN).list_invoices(filters={})
    assert {item["id"] for item in page["items"]} == {johns["id"], everybodys["id"]} and page["total"] == 2
    for method in ("get_invoice", "send_invoice", "invoice_link"):
        with pytest.raises(NotFound):
            getattr(billing.as_(JOHN), method)(invoice_id=jessicas["id"])
    with pytest.raises(NotFound):
        billing.as_(JOHN).update_invoice(invoice_id=jessicas["id"], changes={"notes": "mine"})
    with pytest.raises(NotFound):
        billing.as_(JOHN).void_invoice(invoice_id=jessicas["id"], reason="mine")
    with pytest.raises(NotFound):
        billing.as_(JOHN).create_invoice(data={"client_id": jessicas["client_id"], "amount_minor": 1})
    assert billing.as_(JOHN).list_invoices(filters={"client_id": jessicas["client_id"]})["total"] == 0
    assert billing.as_(JOHN).list_invoices(filters={"q": jessicas["invoice_number"]})["items"] == []
    assert billing.as_(MANAGER).list_invoices(filters={}) == {"items": [], "next_cursor": None, "total": 0}
    assert billing.as_(ADMIN).list_invoices(filters={})["total"] == 3
    with pytest.raises(Forbidden):
        billing.as_(MANAGER).create_invoice(data={})


def test_a_shadow_reads_until_the_end_date_and_never_writes(billing: Billing) -> None:
    invoice = billing.invoice(billing.client(JOHN))
    until = datetime.now(UTC) + timedelta(days=1)
    lent: dict[str, Any] = {"readers": [{"user_id": JESSICA.id, "until": until}], "version": 2}
    billing.tell_access(invoice["client_id"], JOHN, **lent)
    assert billing.as_(JESSICA).get_invoice(invoice_id=invoice["id"])["id"] == invoice["id"]
    with pytest.raises(Forbidden):
        billing.as_(JESSICA).update_invoice(invoice_id=invoice["id"], changes={"notes": "mine"})
    with pytest.raises(Forbidden):
        billing.as_(JESSICA).create_invoice(data={"client_id": invoice["client_id"], "amount_minor": 1})
    ended: dict[str, Any] = {"readers": [{"user_id": JESSICA.id, "until": until - timedelta(days=2)}], "version": 3}
    billing.tell_access(invoice["client_id"], JOHN, **ended)
    assert billing.as_(JESSICA).list_invoices(filters={})["total"] == 0
    billing.tell_access(invoice["client_id"], JESSICA, version=4)
    assert billing.as_(JESSICA).list_invoices(filters={})["total"] == 1
    assert billing.as_(JOHN).list_invoices(filters={})["total"] == 0


def test_a_client_made_a_moment_ago_can_be_invoiced(billing: Billing) -> None:
    client_id = new_id()
    with pytest.raises(Invalid, match="no such client"):
        billing.as_(JOHN).create_invoice(data={"client_id": client_id, "amount_minor": 100})
    billing.clients.known[client_id] = {
        "record_id": client_id,
        "owner_id": JOHN.id,
        "label": "StartupXYZ",
        "is_open": False,
        "closed": False,
        "readers": [],
        "version": 1,
    }
    made = billing.as_(JOHN).create_invoice(data={"client_id": client_id, "amount_minor": 100})
    assert made["company_name"] == "StartupXYZ"
    assert "access" in billing.clients.asked


def test_an_invoices_deal_is_one_of_its_client(billing: Billing) -> None:
    client_id, other = billing.client(), billing.client()
    deal_id = new_id()
    with pytest.raises(Invalid, match="no such deal") as unknown:
        billing.invoice(client_id, deal_id=deal_id)
    billing.deals.clients[deal_id] = other
    with pytest.raises(Invalid, match="another client") as foreign:
        billing.invoice(client_id, deal_id=deal_id)
    assert unknown.value.field == foreign.value.field == "deal_id"
    billing.deals.clients[deal_id] = client_id
    assert billing.invoice(client_id, deal_id=deal_id)["deal_id"] == deal_id


def test_filters_sorts_and_pages(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    amounts = [300, 100, 200, 500, 400]
    made = [billing.invoice(client_id, amount_minor=amount) for amount in amounts]
    billing.deals.clients[deal_id] = client_id
    dealt = billing.invoice(client_id, deal_id=deal_id, amount_minor=50, description="100% of_it")
    late = billing.sent(client_id, amount_minor=600, due_date="2025-02-09")

    def found(**filters: Any) -> set[str]:
        return {item["id"] for item in billing.finance.list_invoices(filters=filters)["items"]}

    assert found(deal_id=deal_id) == found(q="100% of_") == {dealt["id"]}
    assert found(status="sent") == found(overdue=True) == {late["id"]}
    assert late["id"] not in found(overdue=False)
    assert found(status=["sent", "paid"]) == found(status="open") == found(status=["open", "sent"]) == {late["id"]}
    assert len(found(status=["draft", "open"])) == 7 and found(status=[]) == set()
    assert found(due_to="2025-02-09") == {late["id"]} and late["id"] not in found(due_from="2025-02-10")
    assert found(**{"from": "2025-02-11"}) == set() and len(found(to="2025-02-10")) == 7
    seen: list[int] = []
    cursor = None
    while True:
        page = billing.finance.list_invoices(filters={}, sort="amount", limit=2, cursor=cursor)
        seen += [item["amount_minor"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [50, 100, 200, 300, 400, 500, 600] and len(made) == 5
    for wrong in (
        {"status": "overdue"},
        {"status": ["sent", 5]},
        {"due_to": "x"},
        {"colour": "red"},
        {"client_id": "x"},
        {"from": "today"},
    ):
        with pytest.raises(Invalid):
            billing.finance.list_invoices(filters=wrong)
    with pytest.raises(Invalid):
        billing.finance.list_invoices(filters={}, sort="colour")


def test_overdue_is_told_once(billing: Billing, clock: FixedClock) -> None:
    late, draft = billing.sent(due_date="2025-02-09"), billing.invoice(due_date="2025-02-09")
    billing.sent(due_date="2025-02-10")
    for _ in range(2):
        with billing.runtime.database.unit_of_work(context(system("billing"))) as uow:
            announce_overdue(uow, clock.now())
    assert [event["invoice_id"] for event in billing.told("invoice.overdue")] == [late["id"]]
    assert billing.get(late["id"])["overdue"] and not billing.get(draft["id"])["overdue"]


def test_the_public_view_shows_no_ids_and_no_drafts(billing: Billing) -> None:
    draft = billing.invoice()
    anyone = billing.as_(system("gateway"))
    with pytest.raises(NotFound):
        anyone.public_invoice(token=draft["pay_token"])
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.run_jobs()
    view = anyone.public_invoice(token=draft["pay_token"])
    assert (view["due_minor"], view["status"], view["can_pay_online"], view["has_pdf"]) == (6250000, "sent", True, True)
    assert not [name for name in view if name.endswith("id")]
    assert anyone.public_invoice_link(token=draft["pay_token"])["filename"] == "INV-2025-001.pdf"
    for token in ("", "x", "\x00", None):
        with pytest.raises(NotFound):
            anyone.public_invoice(token=token)


def test_paying_online_asks_for_what_is_owed_now(billing: Billing) -> None:
    invoice = billing.sent()
    anyone = billing.as_(system("gateway"))
    first = anyone.start_payment(token=invoice["pay_token"])
    assert anyone.start_payment(token=invoice["pay_token"]) == first
    billing.finance.record_payment(invoice_id=invoice["id"], data={"amount_minor": 1250000, "method": "bank_transfer"})
    anyone.start_payment(token=invoice["pay_token"])
    asked = [row.asked_minor for row in billing.sql("SELECT asked_minor FROM invoice_references ORDER BY created_at")]
    assert sorted(asked) == [5000000, 6250000, 6250000]
    billing.finance.record_payment(invoice_id=invoice["id"], data={"amount_minor": 5000000, "method": "bank_transfer"})
    with pytest.raises(Conflict, match="nothing to pay"):
        anyone.start_payment(token=invoice["pay_token"])
    billing.run_jobs()
    assert len(billing.payments.closed) == 3, "nobody can pay it twice"
