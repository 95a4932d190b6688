"""Previews: the PDF of an invoice as it is now, made once by the worker, marked, for who may see the invoice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.problems import Conflict, Forbidden, NotFound, Unavailable
from services.billing.handlers import forget_previews
from tests.billing.harness import Billing
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, context, system

NOT_YET = {"status": "making", "key": None, "filename": None, "problem": None}


def ask(billing: Billing, invoice: dict[str, Any], person: Any = FINANCE) -> dict[str, Any]:
    found: dict[str, Any] = billing.as_(person).request_preview(invoice_id=invoice["id"])
    return found


def made(billing: Billing, invoice: dict[str, Any]) -> dict[str, Any]:
    ask(billing, invoice)
    billing.run_jobs()
    return ask(billing, invoice)


def test_a_draft_is_made_by_the_worker_and_then_there(billing: Billing) -> None:
    draft = billing.invoice()
    assert ask(billing, draft) == NOT_YET and billing.pdf.rendered == []
    with pytest.raises(Conflict, match="being made"):
        billing.finance.preview_link(invoice_id=draft["id"])
    billing.run_jobs()
    ready = ask(billing, draft)
    assert (ready["status"], ready["filename"], ready["problem"]) == ("ready", "INV-2025-001-draft.pdf", None)
    assert ready["key"].startswith(f"previews/{draft['id']}/1-") and list(billing.previews.kept) == [ready["key"]]
    link = billing.finance.preview_link(invoice_id=draft["id"])
    assert (link["filename"], link["content_type"]) == ("INV-2025-001-draft.pdf", "application/pdf")
    assert ready["key"] in link["url"]
    assert billing.documents.kept == {} and billing.count("documents") == 0 and billing.told("invoice.sent") == []


def test_it_shows_the_invoice_as_it_would_be_sent_today(billing: Billing) -> None:
    draft = billing.invoice(amount_minor=1_234, notes="Thanks")
    made(billing, draft)
    (view,) = billing.pdf.rendered
    assert (view["mark"], view["amount_minor"], view["notes"]) == ("DRAFT", 1_234, "Thanks")
    assert (view["bill_to"]["email"], view["bill_to"]["company_name"]) == ("sarah@techcorp.com", "TechCorp Solutions")
    assert (str(view["issued_on"]), str(view["due_date"])) == ("2025-02-10", "2025-02-24")
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.run_jobs()
    sent = billing.pdf.rendered[-1]
    assert "mark" not in sent
    assert {name for name in sent if view[name] != sent[name]} == {"status"}


def test_asked_for_often_it_is_made_once(billing: Billing) -> None:
    draft = billing.invoice()
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda _: ask(billing, draft), range(16)))
    assert states == [NOT_YET] * 16
    billing.run_jobs(threads=4)
    assert {ask(billing, draft)["status"] for _ in range(3)} == {"ready"}
    billing.run_jobs()
    assert len(billing.pdf.rendered) == 1 and billing.count("jobs") == 1


def test_another_version_is_another_one_and_the_old_one_goes(billing: Billing, clock: FixedClock) -> None:
    draft = billing.invoice()
    first = made(billing, draft)
    billing.finance.update_invoice(invoice_id=draft["id"], changes={"amount_minor": 77})
    with pytest.raises(Conflict, match="ask for the preview first"):
        billing.finance.preview_link(invoice_id=draft["id"])
    assert ask(billing, draft) == NOT_YET
    billing.run_jobs()
    second = ask(billing, draft)
    assert second["key"] != first["key"] and billing.pdf.rendered[-1]["amount_minor"] == 77
    (removal,) = billing.sql("SELECT due_at FROM jobs WHERE kind = 'remove_previews'")
    assert removal.due_at == clock.now() + timedelta(minutes=10), "a link to the first may still be open"
    assert set(billing.previews.kept) == {second["key"]}


def test_another_addressee_or_seller_is_another_one_too(billing: Billing) -> None:
    draft = billing.invoice()
    first = made(billing, draft)
    billing.clients.cards[draft["client_id"]]["contact_name"] = "Sam Jones"
    second = made(billing, draft)
    assert second["key"] != first["key"] and billing.pdf.rendered[-1]["bill_to"]["contact_name"] == "Sam Jones"
    assert made(billing, draft) == second


def test_what_is_shown_again_does_not_go(billing: Billing, clock: FixedClock) -> None:
    clock.at = datetime.now(UTC)  # jobs are due by the database's clock
    draft = billing.invoice()
    billing.clients.trouble = [Unavailable("down")] * 2
    first = made(billing, draft)
    assert made(billing, draft)["key"] != first["key"]
    billing.clients.trouble = [Unavailable("down")] * 2
    assert made(billing, draft) == first and len(billing.previews.kept) == 2
    billing.hurry_jobs()
    billing.run_jobs()
    assert list(billing.previews.kept) == [first["key"]]


def test_what_is_changed_while_it_is_made_is_made_anew(billing: Billing) -> None:
    draft = billing.invoice()
    ask(billing, draft)
    billing.finance.update_invoice(invoice_id=draft["id"], changes={"amount_minor": 77})
    ask(billing, draft)
    billing.run_jobs(threads=2)
    ready = ask(billing, draft)
    assert ready["key"].startswith(f"previews/{draft['id']}/2-")
    billing.hurry_jobs()
    billing.run_jobs()
    assert list(billing.previews.kept) == [ready["key"]], "what nobody waits for any more is gone"


@pytest.mark.parametrize("trouble", ["nobody to write to", "clients is down"])
def test_nobody_to_write_to_is_no_hindrance(billing: Billing, trouble: str) -> None:
    draft = billing.invoice()
    if trouble == "clients is down":
        billing.clients.trouble = [Unavailable("down")] * 2
    else:
        billing.clients.cards[draft["client_id"]]["contact_id"] = None
    assert made(billing, draft)["status"] == "ready"
    nobody = {"company_name": "TechCorp Solutions", "contact_name": "", "email": "", "address": []}
    assert billing.pdf.rendered[-1]["bill_to"] == nobody


def test_what_was_sent_is_its_own_preview(billing: Billing) -> None:
    draft = billing.invoice()
    made(billing, draft)
    billing.finance.send_invoice(invoice_id=draft["id"])
    assert ask(billing, draft) == NOT_YET, "its PDF is being made"
    with pytest.raises(Conflict, match="being made"):
        billing.finance.preview_link(invoice_id=draft["id"])
    billing.run_jobs()
    ready = ask(billing, draft)
    assert (ready["status"], ready["key"]) == ("ready", "invoices/2025/INV-2025-001.pdf")
    issued = billing.finance.invoice_link(invoice_id=draft["id"])
    assert billing.finance.preview_link(invoice_id=draft["id"]).items() <= issued.items()
    assert len(billing.pdf.rendered) == 2


def test_a_preview_that_comes_after_it_was_sent_is_not_made(billing: Billing) -> None:
    draft = billing.invoice()
    ask(billing, draft)
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.run_jobs()
    assert billing.previews.kept == {} and ask(billing, draft)["key"].startswith("invoices/")


def test_a_voided_draft_says_so(billing: Billing) -> None:
    draft = billing.invoice()
    billing.finance.void_invoice(invoice_id=draft["id"], reason="mistake")
    assert made(billing, draft)["filename"] == "INV-2025-001-void.pdf"
    assert billing.pdf.rendered[-1]["mark"] == "VOID"


def test_what_cannot_be_made_says_why_and_may_be_asked_for_again(billing: Billing) -> None:
    draft = billing.invoice()
    ask(billing, draft)
    billing.previews.trouble = [Unavailable("the object store is not answering")]
    billing.sql("UPDATE jobs SET created_at = now() - interval '2 minutes'")
    billing.run_jobs()
    failed = ask_without_asking_again(billing, draft)
    assert failed["status"] == "failed" and "object store" in failed["problem"]
    with pytest.raises(Conflict, match="could not be made"):
        billing.finance.preview_link(invoice_id=draft["id"])
    assert ask(billing, draft) == NOT_YET
    billing.run_jobs()
    assert ask(billing, draft)["status"] == "ready"


def ask_without_asking_again(billing: Billing, invoice: dict[str, Any]) -> dict[str, Any]:
    (row,) = billing.sql("SELECT status, problem FROM invoice_previews WHERE invoice_id = :id", id=invoice["id"])
    return dict(row._mapping)


def test_who_sees_the_invoice_sees_its_preview(billing: Billing) -> None:
    draft = billing.invoice(billing.client(JOHN))
    made(billing, draft)
    for person in (ADMIN, FINANCE, JOHN, system("gateway")):
        assert ask(billing, draft, person)["status"] == "ready"
        assert billing.as_(person).preview_link(invoice_id=draft["id"])["url"]
    for person in (JESSICA, MANAGER):
        for method in ("request_preview", "preview_link"):
            with pytest.raises(NotFound):
                getattr(billing.as_(person), method)(invoice_id=draft["id"])
    readers: dict[str, Any] = {"readers": [{"user_id": JESSICA.id, "until": None}], "version": 2}
    billing.tell_access(draft["client_id"], JOHN, **readers)
    assert ask(billing, draft, JESSICA)["status"] == "ready"
    with pytest.raises(Forbidden):
        billing.as_(JESSICA).update_invoice(invoice_id=draft["id"], changes={})


@pytest.mark.parametrize("invoice_id", ["no id", "01920000-0000-7000-8000-00000000dead", None, 5])
def test_an_invoice_nobody_has(billing: Billing, invoice_id: Any) -> None:
    for method in ("request_preview", "preview_link"):
        with pytest.raises(NotFound):
            getattr(billing.finance, method)(invoice_id=invoice_id)


def test_old_previews_are_forgotten_at_night(billing: Billing, clock: FixedClock) -> None:
    old = billing.invoice()
    made(billing, old)
    clock.at += timedelta(days=2, minutes=1)
    new = billing.invoice()
    kept = made(billing, new)
    with billing.runtime.database.unit_of_work(context(system("billing"))) as uow:
        forget_previews(uow, clock.now())
    billing.hurry_jobs()
    billing.run_jobs()
    assert list(billing.previews.kept) == [kept["key"]] and billing.count("invoice_previews") == 1
    assert made(billing, old)["status"] == "ready"
