"""After a person is erased, nothing of ours names them but what the receipt lists as kept."""

from __future__ import annotations

import secrets
from typing import Any

import psycopg
import pytest
import requests

from stack.application import Stack
from stack.driver import Crm, Person
from tests.e2e.deals_and_invoices import deliver, payment_event
from tests.support.waiting import eventually

_TABLES = """
    SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
    WHERE table_schema IN ('public', 'audit') AND table_type = 'BASE TABLE'
"""
_LETTERS = "bcdfghjklmnpqrstvwxz"


class Story:
    """Somebody with a form, a brief, a deal, a paid invoice, mails, notes, a task and a document."""

    def __init__(self, crm: Crm, people: dict[str, Person]) -> None:
        self.crm, self.admin, self.rep = crm, people["admin"], people["sales"]
        mark = "".join(secrets.choice(_LETTERS) for _ in range(8))
        self.first, self.last = "Wilhelmina", f"Quist{mark}"
        self.name = f"{self.first} {self.last}"
        self.email = f"mina@{mark}.example"
        self.phone = f"+1-212-{secrets.randbelow(800) + 200}-{secrets.randbelow(9000) + 1000}"
        self.company = f"Physics {mark}"
        self.client = self.contact = self.deal = ""

    def play(self) -> None:
        form = {"first_name": self.first, "last_name": self.last, "email": self.email, "phone": self.phone}
        form |= {"company_name": self.company, "message": f"Call me. {self.name}"}
        state = self._in("/intake/contact", form)
        self.client, self.contact = state["client_id"], state["contact_id"]
        self.admin.post(f"/clients/{self.client}/assign", {"owner_id": self.rep.user["id"]})
        del form["message"]
        brief = {
            "contact": form,
            "vision": {"title": f"A chatbot for {self.name}", "summary": f"Ask {self.email} or {self.phone}"},
            "timeline_weeks": 4,
            "budget": {"min": 50000, "max": 75000, "currency": "USD"},
        }
        self.deal = self._in("/intake/brief", brief)["deal_id"]
        eventually(lambda: self.admin.get(f"/deals/{self.deal}")["ai_score"] is not None, 60)
        self._notes()
        self._money()

    def texts(self) -> list[str]:
        """What is searched for: as it was typed, and as it is kept."""
        kept = self.admin.get(f"/clients/{self.client}/contacts")["items"][0]["phone"]
        return [self.name, self.email, self.phone, self.phone[3:], kept, self.last]

    def _notes(self) -> None:
        note = {"type": "note", "subject": f"Lunch with {self.name}", "description": f"{self.phone}, {self.email}"}
        self.rep.post(f"/clients/{self.client}/activities", note | {"contact_id": self.contact})
        self.rep.patch(f"/clients/{self.client}", {"notes": f"{self.last}, {self.first} decides"})
        called = {"type": "call", "subject": f"{self.last} called", "description": f"From {self.phone[3:]}"}
        self.rep.post(f"/clients/{self.client}/activities", called)
        files = {"file": (f"Letter to {self.name}.txt", b"Dear Wilhelmina", "text/plain")}
        url = f"{self.crm.base_url}/clients/{self.client}/documents"
        self.rep.session.post(url, files=files, timeout=30).raise_for_status()
        # What an undo would bring back.
        self.admin.post("/clients/bulk", {"ids": [self.client], "action": "add_tag", "value": "met"})

    def _money(self) -> None:
        self.rep.post(f"/deals/{self.deal}/stage", {"stage": "won"})
        draft = eventually(lambda: self.rep.get("/invoices", deal_id=self.deal)["items"])[0]
        self.rep.patch(f"/invoices/{draft['id']}", {"description": f"Work for {self.name}"})
        self.rep.post(f"/invoices/{draft['id']}/send")

        def sent() -> Any:
            found = self.rep.get(f"/invoices/{draft['id']}")
            return found if found["payment_reference"] and found["mail_status"] == "sent" else None

        invoice = eventually(sent, 60)
        charge = {"receipt_email": self.email, "description": f"Paid by {self.name}"}
        assert deliver(self.crm, payment_event(invoice, **charge)) == 200
        eventually(lambda: self.crm.mails(self.email, "Payment Confirmation") or None, 60)
        # The last word of the payment, through three services: what is on its way during an erasure is found by the
        # second look alone.
        eventually(lambda: "All payments received" in self._told(), 60)
        lines = [{"description": f"More for {self.name}", "quantity": 1, "unit_price": 100}]
        self.rep.post("/invoices", {"client_id": self.client, "lines": lines})

    def _told(self) -> list[str]:
        return [each["subject"] for each in self.rep.get(f"/clients/{self.client}/timeline")["items"]]

    def _in(self, path: str, form: dict[str, Any]) -> Any:
        reference = self.crm.anybody().post(path, form)["reference"]

        def done() -> Any:
            state = self.admin.get(f"/intake/{reference}")
            return state if state["status"] == "done" else None

        return eventually(done, 30)


@pytest.fixture
def story(crm: Crm, people: dict[str, Person]) -> Story:
    made = Story(crm, people)
    made.play()
    return made


def test_an_erasure_leaves_what_its_receipt_lists(story: Story, running_stack: Stack) -> None:
    admin, texts = story.admin, story.texts()
    before = naming(running_stack, texts)
    assert {service for service, _table, _id in before} == {
        "ai",
        "billing",
        "clients",
        "deals",
        "gateway",
        "notifications",
    }
    assert files_naming(running_stack, texts)
    known = admin.get(f"/contacts/{story.contact}/personal-data")
    assert known["missing"] == [] and all(known["services"].values())

    url = f"/contacts/{story.contact}/erase"
    asked = admin.post(url, {"reason": f"{story.name} asked for it"})
    assert story.last not in str(asked) and asked["status"] in ("asked", "erased")
    receipt = eventually(lambda: erased(admin, asked["id"]), 60)

    kept = {(part["service"], row["what"], row["id"]) for part in receipt["parts"] for row in part["kept"]}
    assert receipt["missing"] == [] and {(service, what) for service, what, _id in kept if service != "billing"} == {
        ("clients", "documents")
    }
    assert all(row["why"] for part in receipt["parts"] for row in part["kept"])
    eventually(lambda: naming(running_stack, texts) <= kept or None, 60)
    assert naming(running_stack, texts) - kept == set()
    eventually(lambda: not files_naming(running_stack, texts), 60)
    changed = {part["service"] for part in receipt["parts"] if part["changed"]}
    assert changed == {"ai", "billing", "clients", "deals", "gateway", "notifications"}
    the_rest_stands(story, receipt)


def the_rest_stands(story: Story, receipt: dict[str, Any]) -> None:
    """The invoice, the deal and the client are there and open; asked again, the receipt is the same one."""
    admin = story.admin
    assert admin.get(f"/clients/{story.client}")["company_name"] == story.company
    assert admin.get(f"/deals/{story.deal}")["deal_value"] == 62500
    invoice = admin.get("/invoices", deal_id=story.deal)["items"][0]
    assert invoice["status"] == "paid" and story.name in invoice["description"]
    contact = admin.get(f"/clients/{story.client}/contacts")["items"][0]
    assert (contact["first_name"], contact["email"], contact["phone"]) == ("[erased]", None, None)
    assert admin.get(f"/clients/{story.client}/timeline")["total"] > 0
    document = admin.get(f"/clients/{story.client}/documents")["items"][0]
    assert admin.download(f"/documents/{document['id']}") == b"Dear Wilhelmina"
    again = admin.post(f"/contacts/{story.contact}/erase", {"reason": "once more"})
    assert again["id"] == receipt["id"] and again["reason"] == receipt["reason"]
    assert receipt["id"] in [each["id"] for each in admin.get("/erasures")["items"]]


def erased(admin: Person, erasure_id: str) -> Any:
    found = admin.get(f"/erasures/{erasure_id}")
    return found if found["status"] == "erased" else None


def naming(stack: Stack, texts: list[str]) -> set[tuple[str, str, str]]:
    """``(service, table, id)`` of every row of every database in which one of these texts stands."""
    found = set()
    like = [f"%{each}%" for each in texts]
    for service, url in stack.info["databases"].items():
        with psycopg.connect(url) as database:
            for (table,) in database.execute(_TABLES).fetchall():
                rows = database.execute(
                    f"SELECT to_jsonb(t) FROM {table} t WHERE to_jsonb(t)::text ILIKE ANY(%s)",  # type: ignore[arg-type]
                    [like],
                ).fetchall()
                found |= {(service, table.removeprefix("public."), str(row.get("id"))) for (row,) in rows}
    return found


def files_naming(stack: Stack, texts: list[str]) -> list[str]:
    """Objects in whose names one of these texts stands."""
    folder = stack.paths.objects
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return [name for name in names if any(text.casefold() in name.casefold() for text in texts)]


def test_only_admins_export_and_erase(crm: Crm, people: dict[str, Person]) -> None:
    client = people["sales"].post("/clients", {"company_name": "Own", "contact": {"first_name": "Mine"}})
    contact = people["sales"].get(f"/clients/{client['id']}/contacts")["items"][0]["id"]
    for who in ("sales", "finance", "manager"):
        session = people[who].session
        for answer in (
            session.get(f"{crm.base_url}/contacts/{contact}/personal-data", timeout=30),
            session.post(f"{crm.base_url}/contacts/{contact}/erase", json={"reason": "x"}, timeout=30),
            session.get(f"{crm.base_url}/erasures", timeout=30),
        ):
            assert answer.status_code == 403
    for body in ({}, {"reason": ""}, {"reason": "x" * 1001}, {"reason": "x", "more": 1}):
        answer = people["admin"].session.post(f"{crm.base_url}/contacts/{contact}/erase", json=body, timeout=30)
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"]
    stale = {"reason": "x", "version": 99}
    answer = people["admin"].session.post(f"{crm.base_url}/contacts/{contact}/erase", json=stale, timeout=30)
    assert answer.status_code == 409
    assert requests.get(f"{crm.base_url}/erasures", timeout=30).status_code == 401
