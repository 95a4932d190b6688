"""Who sees which notifications and mails, and what people may do with their own."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common import migrate
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, NotFound
from tests.notifications.harness import STAFF, Notifications
from tests.notifications.stories import ASSIGNED, CLIENT, INVOICE, INVOICE_SENT, RECEIVED, WON
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system


@pytest.fixture
def johns_client(crm: Notifications) -> Notifications:
    """John's client: he was told of it, and it got an invoice and paid it."""
    crm.know_client(CLIENT, JOHN)
    crm.tell("client.assigned", ASSIGNED)
    crm.tell("invoice.sent", INVOICE_SENT)
    crm.tell("payment.received", RECEIVED)
    return crm


def kinds(answer: dict[str, Any]) -> list[str]:
    assert answer["total"] == len(answer["items"])
    return sorted(item["kind"] for item in answer["items"])


def test_notifications_are_ones_own_whatever_the_role(johns_client: Notifications) -> None:
    seen = {person.name: kinds(johns_client.as_(person).list_notifications()) for person in STAFF}
    assert seen == {
        "Ada Admin": [],
        "John Smith": ["client_assigned", "payment_confirmed"],
        "Jessica Lee": [],
        "Fiona Figures": ["payment_received"],
        "Max Manager": [],
    }
    theirs = johns_client.notes(JOHN)[0]["id"]
    for other in (ADMIN, JESSICA, FINANCE):
        with pytest.raises(NotFound):
            johns_client.as_(other).mark_read(notification_id=theirs)
    assert johns_client.as_(ADMIN).mark_all_read() == {"marked": 0}
    assert johns_client.as_(JOHN).unread_count() == {"unread": 2}
    with pytest.raises(Forbidden):
        johns_client.as_(system("gateway")).list_notifications()


def test_reading_is_remembered(johns_client: Notifications) -> None:
    john = johns_client.as_(JOHN)
    newest, oldest = john.list_notifications()["items"]
    assert newest["created_at"] >= oldest["created_at"]
    first = john.mark_read(notification_id=newest["id"])["read_at"]
    assert first and john.mark_read(notification_id=newest["id"])["read_at"] == first
    assert [item["id"] for item in john.list_notifications(unread_only=True)["items"]] == [oldest["id"]]
    assert john.unread_count() == {"unread": 1}
    assert john.mark_all_read() == {"marked": 1} and john.unread_count() == {"unread": 0}
    with pytest.raises(NotFound):
        john.mark_read(notification_id="no id")


def test_notifications_come_in_pages(crm: Notifications) -> None:
    for _ in range(5):
        crm.tell("deal.won", WON | {"deal_id": new_id()})
    seen, cursor = [], None
    while True:
        answer = crm.as_(ADMIN).list_notifications(limit=2, cursor=cursor)
        assert answer["total"] == 5
        seen += [item["id"] for item in answer["items"]]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_mails_are_seen_with_their_client(johns_client: Notifications) -> None:
    crm = johns_client
    everything = ["client_assigned", "invoice", "payment_confirmed", "payment_received"]
    for office in (ADMIN, FINANCE):
        assert kinds(crm.as_(office).list_emails(filters={})) == everything
    # A mail to a colleague is the colleague's, also where it is about one's own client.
    assert kinds(crm.as_(JOHN).list_emails(filters={})) == ["client_assigned", "invoice", "payment_confirmed"]
    assert kinds(crm.as_(JESSICA).list_emails(filters={})) == kinds(crm.as_(MANAGER).list_emails(filters={})) == []
    for email in crm.emails():
        with pytest.raises(NotFound):
            crm.as_(JESSICA).get_email(email_id=email["id"])
    crm.know_client(CLIENT, JOHN, readers=[{"user_id": JESSICA.id, "until": None}], version=2)
    assert kinds(crm.as_(JESSICA).list_emails(filters={})) == ["invoice"]


def test_mails_are_filtered(johns_client: Notifications) -> None:
    john = johns_client.as_(JOHN)
    assert kinds(john.list_emails(filters={"invoice_id": INVOICE})) == ["invoice", "payment_confirmed"]
    assert kinds(john.list_emails(filters={"kind": "invoice", "status": "queued", "client_id": CLIENT})) == ["invoice"]
    assert kinds(john.list_emails(filters={"status": "sent"})) == []
    for filters, field in (({"kind": "x"}, "kind"), ({"client_id": "x"}, "client_id"), ({"to": "x"}, "to")):
        with pytest.raises(Invalid) as refused:
            johns_client.as_(ADMIN).list_emails(filters=filters)
        assert refused.value.field == field


def test_a_mail_shows_what_it_said(johns_client: Notifications) -> None:
    (email,) = johns_client.as_(JOHN).list_emails(filters={"kind": "invoice"})["items"]
    assert johns_client.as_(JOHN).get_email(email_id=email["id"])["text"] is None
    johns_client.runtime.object_store.put(INVOICE_SENT["pdf_key"], b"%PDF", "application/pdf")
    johns_client.send_again()
    shown = johns_client.as_(JOHN).get_email(email_id=email["id"])
    assert "$62,500" in shown["text"] and shown["status"] == "sent" and shown["to"] == ["sarah@techcorp.com"]
    assert shown["attachments"] == [{"filename": "INV-2025-001.pdf", "content_type": "application/pdf"}]
    (recipient,) = shown["recipients"]
    assert (recipient["status"], recipient["code"]) == ("accepted", 250)


def test_preferences_are_ones_own(crm: Notifications) -> None:
    assert all(item["email"] for item in crm.as_(JOHN).get_preferences()["items"])
    crm.as_(JOHN).set_preferences(email={"new_lead": False, "deal_won": False})
    changed = crm.as_(JOHN).set_preferences(email={"deal_won": True})
    assert [item["kind"] for item in changed["items"] if not item["email"]] == ["new_lead"]
    assert all(item["email"] for item in crm.as_(JESSICA).get_preferences()["items"])
    for wrong in ({"invoice": False}, {"new_lead": "no"}, {}):
        with pytest.raises(Invalid):
            crm.as_(JOHN).set_preferences(email=wrong)


def test_only_an_admin_sends_test_mails(crm: Notifications) -> None:
    for person in (JOHN, FINANCE, MANAGER):
        with pytest.raises(Forbidden):
            crm.as_(person).send_test_email(to="ops@example.com")
    with pytest.raises(Invalid) as refused:
        crm.as_(ADMIN).send_test_email(to="a@example.com,b@example.com")
    assert refused.value.field == "to"


def test_migrations_go_down_and_up_again(crm: Notifications) -> None:
    url = crm.runtime.settings.sqlalchemy_url
    crm.runtime.database.engine.dispose()
    migrate.downgrade("notifications", url)
    assert [row.tablename for row in crm.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")] == [
        "alembic_version"
    ]
    migrate.upgrade("notifications", url)
    assert crm.emails() == []
