"""What each event of use cases 1 to 4 tells to whom, word for word."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from typing import Any

import pytest

from libs.common.ids import new_id
from tests.contracts.samples_of import sample
from tests.notifications.harness import STAFF, Notifications
from tests.notifications.mail_server import markup, plain
from tests.notifications.stories import (
    ASSIGNED,
    BRIEF,
    CLIENT,
    DEAL,
    INQUIRED,
    INVOICE,
    INVOICE_SENT,
    RECEIPT,
    RECEIVED,
    UNMATCHED,
    WON,
)
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER

PDF = b"%PDF-1.7\r\n\x00\xff.\r\n..\r\n" * 4000


def mail_to(crm: Notifications, address: str, subject: str) -> EmailMessage:
    """The one mail to an address with a subject."""
    (found,) = [
        mail for mail in crm.server.mails if mail["To"].addresses[0].addr_spec == address and mail["Subject"] == subject
    ]
    return found


def titles(crm: Notifications, actor: Any) -> list[str]:
    return [note["title"] for note in crm.notes(actor)]


def test_a_new_lead_is_told_to_all_of_sales(crm: Notifications) -> None:
    crm.tell("client.inquired", INQUIRED)
    crm.send()
    for rep in (JOHN, JESSICA):
        (note,) = crm.notes(rep)
        assert note["title"] == "New Lead: TechCorp Solutions"
        assert note["message"] == "Sarah Johnson (CTO) is interested in AI automation"
        assert (note["action_label"], note["action_path"]) == ("View Client", f"/clients/{CLIENT}")
        assert note["kind"] == "new_lead" and note["read_at"] is None
    assert not crm.notes(ADMIN) and not crm.notes(FINANCE) and not crm.notes(MANAGER)
    text = plain(mail_to(crm, "john@amo-ai.example", "New Lead: TechCorp Solutions"))
    assert "Sarah Johnson (CTO) is interested in AI automation." in text
    assert f"https://crm.example/clients/{CLIENT}" in text and "sarah@techcorp.com" in text
    assert len(crm.server.mails) == 2


def test_an_inquiry_of_a_client_with_an_owner_is_told_to_the_owner_alone(crm: Notifications) -> None:
    crm.tell("client.inquired", INQUIRED | {"owner_id": JOHN.id, "created": False})
    crm.send()
    assert titles(crm, JOHN) == ["New inquiry: TechCorp Solutions"]
    assert not crm.notes(JESSICA) and len(crm.server.mails) == 1


def test_when_the_owner_has_left_all_of_sales_is_told(crm: Notifications) -> None:
    crm.join(JOHN, active=False, version=2)
    crm.tell("client.inquired", INQUIRED | {"owner_id": JOHN.id})
    assert titles(crm, JESSICA) == ["New Lead: TechCorp Solutions"]
    assert not crm.notes(JOHN)


def test_without_anybody_in_sales_the_admins_are_told(crm: Notifications) -> None:
    crm.join(JOHN, JESSICA, active=False, version=2)
    crm.tell("client.inquired", INQUIRED)
    assert titles(crm, ADMIN) == ["New Lead: TechCorp Solutions"]


def test_the_new_owner_gets_the_clients_details(crm: Notifications) -> None:
    crm.tell("client.assigned", ASSIGNED)
    crm.tell("client.assigned", ASSIGNED | {"owner_id": None})
    crm.send()
    assert titles(crm, JOHN) == ["New client for you: TechCorp Solutions"]
    text = plain(mail_to(crm, "john@amo-ai.example", "New client for you: TechCorp Solutions"))
    for detail in ("Technology", "+1-555-0123", "hello@techcorp.com", "Sarah Johnson", "CTO", "sarah@techcorp.com"):
        assert detail in text
    assert len(crm.server.mails) == 1


def test_a_brief_is_summed_up_for_the_rep_and_confirmed_to_the_client(crm: Notifications) -> None:
    crm.tell("brief.submitted", BRIEF)
    crm.tell("brief.submitted", BRIEF | {"requested_by": "user"})
    crm.send()
    text = plain(mail_to(crm, "john@amo-ai.example", "New brief: TechCorp - E-commerce AI Chatbot"))
    for part in (
        "E-commerce AI Chatbot", "Online shoppers, 25-45 years old", "- Live chat", "- order tracking",
        "Modern, minimalist", "8 weeks", "$50,000 - $75,000", "$62,500", f"https://crm.example/deals/{DEAL}",
    ):  # fmt: skip
        assert part in text
    confirmation = plain(mail_to(crm, "sarah@techcorp.com", "We received your brief: E-commerce AI Chatbot"))
    assert (
        confirmation.startswith("Hi Sarah,") and "What happens next:" in confirmation and "$62,500" not in confirmation
    )
    assert len(crm.server.mails) == 2
    assert titles(crm, JOHN) == ["New brief: TechCorp Solutions"] and not crm.notes(JESSICA)
    refs = {told["kind"]: told["refs"] for told in crm.told("email.sent")}
    assert refs["brief_confirmation"] == {"deal_id": DEAL}


def test_a_letter_goes_to_the_contact_clients_names_and_nowhere_else(crm: Notifications) -> None:
    crm.clients.cards[CLIENT] = {"email": "sarah@techcorp.com", "contact_name": "Sarah Johnson"}
    letter = sample("email.ordered")["data"] | {"attachments": [], "sent_by": JOHN.id}
    crm.tell("email.ordered", letter | {"to": "mallory@evil.example", "address": "mallory@evil.example"})
    crm.tell("email.ordered", letter | {"client_id": new_id(), "draft_id": new_id()})
    crm.send()
    (mail,) = crm.server.mails
    assert plain(mail).strip() == letter["text"]
    (event,) = crm.told("email.sent")
    assert (event["kind"], event["to"], event["refs"]["draft_id"]) == (
        "letter",
        ["sarah@techcorp.com"],
        letter["draft_id"],
    )
    assert event["refs"]["sent_by_name"] == "John Smith"
    (unsent,) = crm.told("email.failed")
    assert unsent["error"] == "there is no address to send this to"
    # A person's mail: answers go to who wrote it, and holiday notices may come.
    assert mail["Reply-To"] == "john@amo-ai.example" and mail["From"] == '"John Smith (AMO AI)" <crm@amo-ai.example>'
    assert mail["Auto-Submitted"] is None
    (note,) = crm.notes(JOHN)
    assert note["title"].startswith("Your mail was not delivered: ")
    assert note["message"] == "there is no address to send this to" and note["action_path"].startswith("/email-drafts/")


def test_a_brief_without_an_owner_goes_to_all_of_sales(crm: Notifications) -> None:
    crm.tell("brief.submitted", BRIEF | {"owner_id": None})
    assert titles(crm, JOHN) == titles(crm, JESSICA) == ["New brief: TechCorp Solutions"]
    assert sorted(email["kind"] for email in crm.emails()) == ["brief_confirmation", "brief_summary", "brief_summary"]


def test_a_won_deal_is_told_to_the_whole_team_and_mailed_to_its_owner(crm: Notifications) -> None:
    crm.know_client(CLIENT, JOHN)
    crm.tell("deal.won", WON)
    crm.send()
    assert crm.notes(JOHN)[0]["message"] == "You won $62,500 with TechCorp Solutions"
    for colleague in (ADMIN, FINANCE, MANAGER):
        (note,) = crm.notes(colleague)
        assert note["title"] == "Congratulations! TechCorp - E-commerce AI Chatbot is won"
        assert note["message"] == "John Smith won $62,500 with TechCorp Solutions"
    text = plain(mail_to(crm, "john@amo-ai.example", "Congratulations! TechCorp - E-commerce AI Chatbot is won"))
    assert text.startswith("Congratulations, John! You won TechCorp - E-commerce AI Chatbot") and "$62,500" in text
    assert len(crm.server.mails) == 1


def test_a_rep_without_access_learns_of_a_won_deal_what_the_public_card_says(crm: Notifications) -> None:
    crm.know_client(CLIENT, JOHN)
    crm.tell("deal.won", WON)
    (note,) = crm.notes(JESSICA)
    assert note["title"] == "Congratulations! TechCorp Solutions is won"
    assert note["message"] == "John Smith won a deal with TechCorp Solutions"
    assert "62,500" not in str(note) and "Chatbot" not in str(note) and DEAL not in str(note)


def test_a_rep_the_client_is_lent_to_learns_all_of_a_won_deal(crm: Notifications) -> None:
    crm.know_client(CLIENT, JOHN, readers=[{"user_id": JESSICA.id, "until": None}])
    crm.tell("deal.won", WON)
    assert crm.notes(JESSICA)[0]["message"] == "John Smith won $62,500 with TechCorp Solutions"


def test_a_won_deal_without_an_owner_congratulates_who_moved_it(crm: Notifications) -> None:
    crm.tell("deal.won", WON | {"owner_id": None, "deal_value_minor": None}, actor=JESSICA)
    crm.send()
    assert crm.notes(JESSICA)[0]["message"] == "You won a deal with TechCorp Solutions"
    assert [email["user_id"] for email in crm.emails(kind="deal_won")] == [JESSICA.id]


def test_an_invoice_goes_to_the_client_with_its_pdf(crm: Notifications) -> None:
    crm.runtime.object_store.put(INVOICE_SENT["pdf_key"], PDF, "application/pdf")
    crm.tell("invoice.sent", INVOICE_SENT)
    crm.send()
    mail = mail_to(crm, "sarah@techcorp.com", "Invoice #INV-2025-001 from AMO AI")
    text = plain(mail)
    for part in ("Hi Sarah,", "$62,500", "February 15, 2025", "How to pay:", "https://crm.example/pay/token"):
        assert part in text
    assert "February 15, 2025" in markup(mail) and "https://crm.example/pay/token" in markup(mail)
    (attached,) = list(mail.iter_attachments())
    assert attached.get_filename() == "INV-2025-001.pdf" and attached.get_content_type() == "application/pdf"
    assert hashlib.sha256(attached.get_content()).digest() == hashlib.sha256(PDF).digest()
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Reply-To"] == "hello@amo-ai.example"
    assert mail["From"] == "AMO AI <crm@amo-ai.example>" and mail["Date"].datetime is not None
    (told,) = crm.told("email.sent")
    assert told["kind"] == "invoice" and told["to"] == ["sarah@techcorp.com"] and told["client_id"] == CLIENT
    assert told["subject"] == "Invoice #INV-2025-001 from AMO AI" and told["text"] == text and told["sent_at"]
    assert told["refs"] == {
        "invoice_id": INVOICE, "invoice_number": "INV-2025-001", "deal_id": DEAL,
        "amount_minor": 6250000, "currency": "USD",
    }  # fmt: skip


def test_an_invoice_that_cannot_be_paid_online_says_how_else(crm: Notifications) -> None:
    crm.runtime.object_store.put(INVOICE_SENT["pdf_key"], PDF, "application/pdf")
    crm.tell("invoice.sent", INVOICE_SENT | {"pay_url": None, "paid_minor": 1250000})
    crm.send()
    text = plain(crm.server.mails[0])
    assert "By bank transfer, naming" in text and "Please pay $50,000 by February 15, 2025." in text
    assert "Already paid: $12,500" in text


def test_a_payment_is_told_to_finance_and_the_rep(crm: Notifications) -> None:
    crm.tell("payment.received", RECEIVED)
    crm.send()
    (note,) = crm.notes(FINANCE)
    assert note["title"] == "Payment received: $62,500"
    assert note["message"] == "TechCorp Solutions paid invoice INV-2025-001 by Stripe on February 10, 2025"
    assert note["action_path"] == f"/invoices/{INVOICE}"
    assert titles(crm, JOHN) == ["TechCorp Solutions payment confirmed"]
    assert not crm.notes(JESSICA) and not crm.notes(ADMIN)
    assert "$62,500" in plain(mail_to(crm, "fiona@amo-ai.example", "Payment received: $62,500"))
    assert "$62,500" in plain(mail_to(crm, "john@amo-ai.example", "TechCorp Solutions payment confirmed"))
    assert len(crm.server.mails) == 2


def test_a_receipt_goes_to_the_client(crm: Notifications) -> None:
    crm.runtime.object_store.put(RECEIPT["receipt_key"], PDF, "application/pdf")
    crm.tell("payment.receipt_ready", RECEIPT)
    crm.send()
    mail = mail_to(crm, "sarah@techcorp.com", "Payment Confirmation - AMO AI")
    assert "Thank you for your payment of $62,500." in plain(mail)
    assert "Thank you for your payment of $62,500." in markup(mail)
    (attached,) = list(mail.iter_attachments())
    assert attached.get_filename() == "Receipt-INV-2025-001.pdf" and attached.get_content() == PDF
    assert crm.told("email.sent")[0]["refs"]["payment_id"] == RECEIPT["payment_id"]


def test_finance_is_told_of_money_that_needs_a_look(crm: Notifications) -> None:
    crm.tell("payment.unmatched", UNMATCHED)
    refunded = {name: value for name, value in RECEIVED.items() if name not in ("method", "paid_on")}
    crm.tell("payment.refunded", refunded | {"amount_minor": 100})
    crm.tell("payment.disputed", refunded | {"reason": "fraudulent"})
    crm.send()
    assert titles(crm, FINANCE) == ["Payment disputed: $62,500", "Payment refunded: $1", "Payment to check: $62,500"]
    assert len(crm.server.mails) == 1 and not crm.notes(JOHN)


@pytest.mark.parametrize(
    ("event", "data", "mails"),
    [
        ("client.inquired", INQUIRED, 2),
        ("client.assigned", ASSIGNED, 1),
        ("brief.submitted", BRIEF, 2),
        ("deal.won", WON, 1),
        ("invoice.sent", INVOICE_SENT, 1),
        ("payment.received", RECEIVED, 2),
        ("payment.receipt_ready", RECEIPT, 1),
        ("payment.unmatched", UNMATCHED, 1),
    ],
)
def test_an_event_that_comes_again_doubles_nothing(
    crm: Notifications, event: str, data: dict[str, Any], mails: int
) -> None:
    for key in (INVOICE_SENT["pdf_key"], RECEIPT["receipt_key"]):
        crm.runtime.object_store.put(key, PDF, "application/pdf")
    envelope = crm.tell(event, data)
    before = [len(crm.notes(person)) for person in STAFF]
    crm.deliver(envelope)
    crm.send()
    crm.deliver(envelope)
    crm.send()
    assert [len(crm.notes(person)) for person in STAFF] == before
    assert len(crm.emails()) == mails == len(crm.server.mails)
    assert len({mail["Message-ID"] for mail in crm.server.mails}) == mails == len(crm.told("email.sent"))


def test_people_keep_their_newest_state(crm: Notifications) -> None:
    crm.join(JOHN, email="new@amo-ai.example", version=3)
    crm.join(JOHN, email="old@amo-ai.example", version=2)
    crm.tell("client.assigned", ASSIGNED)
    crm.send()
    assert crm.server.envelopes == [("crm@amo-ai.example", ["new@amo-ai.example"])]


def test_a_clients_newest_address_is_used_and_the_known_one_when_nobody_answers(crm: Notifications) -> None:
    crm.clients.cards[CLIENT] = {"email": "sarah.new@techcorp.com", "contact_name": "Sarah Miller"}
    crm.tell("brief.submitted", BRIEF | {"owner_id": new_id()})
    crm.tell("brief.submitted", BRIEF | {"owner_id": new_id()})
    crm.send()
    assert {to for _, (to,) in crm.server.envelopes} == {"sarah.new@techcorp.com"}
    crm.clients.down = True
    crm.tell("brief.submitted", BRIEF | {"owner_id": new_id()})
    crm.send()
    assert crm.server.envelopes[-1][1] == ["sarah@techcorp.com"]
