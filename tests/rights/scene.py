"""Rows of every kind of owner, as they stand towards John of sales, and the people who ask for them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.common.context import Context
from libs.common.identity import Actor, Signer
from libs.common.rights import Right, Rows
from libs.common.rpc.client import RpcClient
from stack.application import Stack
from stack.driver import Crm
from tests.support.waiting import eventually

# How a client stands towards John: his own, one he shadows, Jessica's, nobody's lead, and Jessica's with a won deal.
RELATIONS = ("own", "shadowed", "other", "nobody", "won")
ROLES = ("admin", "sales", "finance", "manager")
# As the stand-in has it.
TEMPLATE = {"name": "brief_received", "language": "en", "parameters": ["Pia", "AMO AI", "A chatbot"]}
_VISIBLE: dict[Rows, frozenset[str]] = {
    Rows.ALL: frozenset(RELATIONS),
    Rows.OWN: frozenset({"own"}),
    Rows.SEEN: frozenset({"own", "shadowed", "nobody"}),
    Rows.WON: frozenset({"won"}),
    Rows.NO: frozenset(),
    Rows.NOTHING: frozenset(),
    Rows.SELF: frozenset(),
}


def covers(right: Right, role: str, relation: str) -> bool:
    """Whether the table of rights gives a role this row."""
    return relation in _VISIBLE[right.of(role)]


@dataclass
class Row:
    """A client and what hangs on it. ``name`` stands in every text of it, and in no other row."""

    relation: str
    name: str
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


class Scene:
    """Makes rows and lets people ask for them, over HTTP and over RPC."""

    def __init__(self, stack: Stack) -> None:
        self.crm = Crm(stack.info)
        self.admin = self.crm.sign_in("admin")
        environment = stack.environments.of("gateway", "gateway-http")
        signer = Signer(environment["ACTOR_PRIVATE_KEY"])
        self._rpc = RpcClient(environment["AMQP_URL"], signer, "gateway matrix")
        self._rows: dict[str, Row] = {}
        self._meetings = 0

    def close(self) -> None:
        self._rpc.close()

    def actor(self, role: str) -> Actor:
        user = self.crm.sign_in(role).user
        return Actor(user["id"], user["role"], user["name"])

    def ask(self, role: str, service: str, method: str, **arguments: Any) -> Any:
        """An RPC call as one of the people, signed by the gateway; problems are raised."""
        return self._rpc.call(Context(actor=self.actor(role)), service, method, **arguments)

    def row(self, relation: str) -> Row:
        """The row of this kind that reading cases share, with all that can hang on it."""
        if relation not in self._rows:
            self._rows[relation] = self._complete(self.client(relation))
        return self._rows[relation]

    def client(self, relation: str) -> Row:
        """A new client of this kind with a contact, and nothing more."""
        row = Row(relation, f"orchard {secrets.token_hex(5)}")
        owner = {"own": "sales", "nobody": None}.get(relation, "sales2")
        body = {
            "company_name": row.name,
            "tags": [row.name],
            "state": row.name,
            "status": "prospect" if relation == "nobody" else "inactive",
            "contact": {"first_name": "Pia", "last_name": row.name, "email": f"{secrets.token_hex(5)}@orchard.example"},
        }
        made = self.admin.post("/clients", body | {"owner_id": self.actor(owner or "sales").id})
        row.ids["client"] = made["id"]
        row.ids["contact"] = self.admin.get(f"/clients/{made['id']}/contacts")["items"][0]["id"]
        if owner is None:
            self.admin.post(f"/clients/{made['id']}/assign", {"owner_id": None})
        if relation == "shadowed":
            self.admin.post(f"/clients/{made['id']}/shadows", {"user_id": self.actor("sales").id})
        self._settle(row)
        return row

    def segment(self, row: Row) -> str:
        """A segment of a row's client, which everybody is offered."""
        if "segment" not in row.ids:
            # Everybody may read its name, so that the row's does not stand in it.
            body = {"name": f"Segment {row['client']}", "filters": {"tag": row.name}, "shared": True}
            row.ids["segment"] = str(self.admin.post("/segments", body)["id"])
        return row.ids["segment"]

    def conversation(self, row: Row) -> str:
        """A conversation of a row's client on WhatsApp."""
        if "conversation" not in row.ids:
            self.admin.post("/whatsapp/templates/sync")
            body = {"contact_id": self.reachable(row), "template": TEMPLATE}
            row.ids["conversation"] = self.admin.post(f"/clients/{row['client']}/messages", body)["conversation_id"]
        return row.ids["conversation"]

    def signed(self, body: bytes) -> str:
        """What WhatsApp signs a delivery with."""
        secret = self.crm.info["webhooks"]["whatsapp_app_secret"].encode()
        return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"

    def agreed(self) -> str:
        """The token that WhatsApp asks for our address with."""
        return str(self.crm.info["webhooks"]["whatsapp_verify_token"])

    def reachable(self, row: Row) -> str:
        """A contact with a number, whom nobody wrote to yet."""
        person = {"first_name": row.name, "phone": f"+1415{secrets.randbelow(8_000_000) + 2_000_000}"}
        return str(self.admin.post(f"/clients/{row['client']}/contacts", person)["id"])

    def deal(self, row: Row) -> str:
        """Another deal of a row's client, in the stage that makes it visible to managers where it should be."""
        stage = "won" if row.relation == "won" else "lead"
        body = {"client_id": row["client"], "deal_name": f"{row.name} deal", "deal_value": 100, "stage": stage}
        return str(self.admin.post("/deals", body)["id"])

    def invoice(self, row: Row) -> str:
        """Another draft for a row's client."""
        lines = [{"description": f"{row.name} work", "quantity": 1, "unit_price": 100}]
        return str(self.admin.post("/invoices", {"client_id": row["client"], "lines": lines})["id"])

    def activity(self, row: Row, **more: Any) -> str:
        body = {"type": "note", "subject": f"{row.name} note"} | more
        return str(self.admin.post(f"/clients/{row['client']}/activities", body)["id"])

    def contact(self, row: Row) -> str:
        return str(self.admin.post(f"/clients/{row['client']}/contacts", {"first_name": row.name})["id"])

    def meeting(self, row: Row) -> str:
        """A meeting of the admin's."""
        return str(self.admin.post(f"/clients/{row['client']}/meetings", self.meeting_time(row))["id"])

    def meeting_time(self, row: Row) -> dict[str, Any]:
        """A time that nobody has taken yet."""
        self._meetings += 1
        begins = datetime.now(UTC) + timedelta(days=30, minutes=15 * self._meetings)
        return {"begins_at": begins.isoformat(), "minutes": 15, "subject": f"{row.name} call"}

    def document(self, row: Row) -> str:
        """A document that was uploaded."""
        text = f"{row.name} document".encode()
        files = {"file": ("paper.txt", text, "text/plain")}
        url = f"{self.crm.base_url}/clients/{row['client']}/documents"
        answer = self.admin.session.post(url, files=files, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def prepared_document(self, row: Row) -> dict[str, Any]:
        """What completes a document that waits for its bytes."""
        arguments = {"client_id": row["client"], "filename": "late.txt", "content_type": "text/plain"}
        made = self.ask("admin", "clients", "prepare_document", **arguments)
        return {"document_id": made["document_id"], "size": 4, "sha256": hashlib.sha256(b"late").hexdigest()}

    def _complete(self, row: Row) -> Row:
        ids = row.ids
        ids["activity"], ids["task"] = self.activity(row), self.activity(row, type="task", subject=f"{row.name} task")
        ids["document"], ids["deal"], ids["invoice"] = self.document(row), self._deal_of_a_brief(row), self.invoice(row)
        ids["sent"] = self.invoice(row)
        self.admin.post(f"/invoices/{ids['sent']}/send")
        self.admin.post(f"/invoices/{ids['sent']}/payments", {"amount": 10, "reference": row.name})
        mails = eventually(lambda: self.admin.get("/emails", invoice_id=ids["sent"], kind="invoice")["items"], 60)
        ids["email"] = mails[0]["id"]
        found = eventually(lambda: self.admin.get("/generations", deal_id=ids["deal"])["items"], 60)
        ids["generation"] = found[0]["id"]
        ids["draft"] = self.admin.post("/ai/email-drafts", {"deal_id": ids["deal"]})["id"]
        eventually(lambda: self.admin.get(f"/invoices/{ids['sent']}")["mail_status"] == "sent", 60)
        return row

    def _deal_of_a_brief(self, row: Row) -> str:
        """A deal that the AI has something to say about."""
        brief = {
            "contact": {"first_name": "Pia", "company_name": row.name, "email": "pia@orchard.example"},
            "vision": {"title": f"{row.name} vision", "summary": "A chatbot"},
            "timeline_weeks": 4,
            "budget": {"min": 100, "max": 300, "currency": "USD"},
        }
        self.crm.anybody().post("/intake/brief", brief)
        vision = {"client_id": row["client"], "q": "vision"}
        deal = str(eventually(lambda: self.admin.get("/deals", **vision)["items"], 30)[0]["id"])
        if row.relation == "won":
            self.admin.post(f"/deals/{deal}/stage", {"stage": "won"})
        return deal

    def _settle(self, row: Row) -> None:
        """Wait until the other services know whose the client is: they learn it by event."""
        right, expected = (
            "shadowed" if row.relation == "shadowed" else "",
            row.relation in ("own", "shadowed", "nobody"),
        )
        deal = self.admin.post("/deals", {"client_id": row["client"], "deal_name": f"{row.name} first {right}"})["id"]

        def known() -> bool:
            with refusals() as told:
                self.ask("sales", "deals", "get_deal", deal_id=deal)
            mails = {"filters": {"client_id": row["client"]}}
            return (not told) is expected and self.ask("sales", "billing", "list_invoices", **mails) is not None

        eventually(known, 30)


@contextmanager
def refusals() -> Iterator[list[str]]:
    """The code of the problem that was raised inside, if one was."""
    from libs.common.problems import Problem

    told: list[str] = []
    try:
        yield told
    except Problem as problem:
        told.append(problem.code)
