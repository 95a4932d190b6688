"""Driving billing without the bus: calls, events, jobs and Stripe's messages, with real transactions."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from stripe import WebhookSignature

from libs.common import row_access
from libs.common.clock import Clock
from libs.common.context import Context
from libs.common.events import Envelope, Event
from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.runtime import Runtime
from services.billing.adapters.stripe_events import StripeEvents
from services.billing.events import ClientAccessChanged
from services.billing.ports import Outside
from services.billing.rpc import BillingRpc
from services.billing.settings import BillingSettings
from services.billing.worker import TABLE
from tests.billing.fakes import FakeClients, FakeDeals, FakePayments, MemoryDocuments, MemoryPreviews, PlainRenderer
from tests.support.actors import FINANCE, JOHN, jwks, private_jwk, system
from tests.support.calling import Caller

SECRET = "whsec_for_tests"


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """What a billing process finds in its environment."""
    return {
        "DATABASE_URL": database_url,
        "AMQP_URL": "amqp://guest:guest@127.0.0.1:1/",
        "ACTOR_JWKS": jwks(),
        "ACTOR_PRIVATE_KEY": private_jwk("billing"),
        "OBJECT_STORE_URL": (folder / "objects").as_uri(),
        "LINK_SECRET": "a secret for tests only",
        "PUBLIC_URL": "https://crm.example",
        "STRIPE_API_KEY": "sk_test_for_tests",
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }


class Billing:
    """One billing service."""

    def __init__(self, settings: BillingSettings, clock: Clock) -> None:
        self.runtime: Runtime[BillingSettings] = Runtime("billing", settings, clock)
        self.clients = FakeClients()
        self.deals = FakeDeals()
        self.payments = FakePayments()
        self.documents = MemoryDocuments()
        self.previews = MemoryPreviews()
        self.pdf = PlainRenderer()
        self.outside = Outside(
            read=self.runtime.database.read,
            payments=self.payments,
            events=StripeEvents(settings.stripe_webhook_secret),
            pdf=self.pdf,
            documents=self.documents,
            previews=self.previews,
            public_url=settings.public_url,
        )

    def as_(self, actor: Actor, key: str | None = None) -> Any:
        """The RPC methods, called by somebody."""
        return Caller(BillingRpc, self.runtime).as_(actor, key)

    @property
    def finance(self) -> Any:
        return self.as_(FINANCE)

    def client(
        self, owner: Actor | None = JOHN, name: str = "TechCorp Solutions", email: str | None = "sarah@techcorp.com"
    ) -> str:
        """A client that clients told of, with one contact."""
        client_id = new_id()
        self.tell_access(client_id, owner, name)
        self.clients.cards[client_id] = {
            "client_id": client_id,
            "company_name": name,
            "address": "500 Howard Street",
            "city": "San Francisco",
            "state": "CA",
            "country": "United States",
            "contact_id": new_id(),
            "contact_name": "Sarah Johnson",
            "first_name": "Sarah",
            "email": email,
            "phone": None,
        }
        return client_id

    def tell_access(self, client_id: str, owner: Actor | None, name: str = "TechCorp Solutions", **more: Any) -> None:
        values = {"is_open": owner is None, "closed": False, "readers": [], "version": 1} | more
        event = ClientAccessChanged(record_id=client_id, owner_id=owner.id if owner else None, label=name, **values)
        with self.runtime.database.unit_of_work(Context(actor=system("billing"))) as uow:
            row_access.apply(uow.session, event)

    def invoice(self, client_id: str | None = None, **data: Any) -> dict[str, Any]:
        """A draft, of 62,500 USD unless said otherwise."""
        client_id = client_id or self.client()
        given = {"currency": "USD", "description": "E-commerce AI Chatbot Development - Phase 1"} | data
        if "lines" not in given:
            given.setdefault("amount_minor", 6250000)
        made: dict[str, Any] = self.finance.create_invoice(data={"client_id": client_id} | given)
        return made

    def sent(self, client_id: str | None = None, **data: Any) -> dict[str, Any]:
        """An invoice that was sent, and its PDF and payment made."""
        draft = self.invoice(client_id, **data)
        self.finance.send_invoice(invoice_id=draft["id"])
        self.run_jobs()
        return self.get(draft["id"])

    def get(self, invoice_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.finance.get_invoice(invoice_id=invoice_id)
        return found

    def deliver(self, event: Event, version: int = 1) -> None:
        """Apply an event as the subscriber does."""
        (subscription,) = [each for each in TABLE.subscriptions if each.event is type(event)]
        context = Context(actor=system("billing"), causation_id=new_id())
        envelope = Envelope(
            id=new_id(),
            type=event.event_type,
            version=1,
            occurred_at=datetime.now(UTC),
            aggregate_id=new_id(),
            aggregate_version=version,
            correlation_id=context.correlation_id,
            actor={"id": "system:deals", "role": "system", "name": "deals"},
            data=event.model_dump(mode="json"),
        )
        with self.runtime.database.unit_of_work(context) as uow:
            subscription.handle(uow, event, envelope)

    def run_jobs(self, threads: int = 1) -> None:
        """Do all jobs that are due, and those that they order."""
        runner = JobRunner("billing", self.runtime.database, TABLE.jobs)

        def work() -> None:
            while runner.run_one():
                pass

        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work) for _ in range(threads)]:
                done.result()

    def hurry_jobs(self) -> None:
        """Let what waits for another attempt be due now."""
        self.sql("UPDATE jobs SET due_at = now() - interval '1 day', locked_until = NULL WHERE finished_at IS NULL")

    def webhook(self, event: dict[str, Any]) -> dict[str, Any]:
        """Stripe sends a message."""
        body = json.dumps(event, indent=2)
        answer: dict[str, Any] = self.as_(system("gateway")).stripe_webhook(
            body_base64=base64.b64encode(body.encode()).decode(), signature=signed(body)
        )
        return answer

    def sql(self, statement: str, **arguments: Any) -> list[Any]:
        with self.runtime.database.engine.begin() as connection:
            result = connection.execute(text(statement), arguments)
            return list(result) if result.returns_rows else []

    def count(self, table: str, where: str = "true") -> int:
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of the events of a type, in the order they were told."""
        rows = self.sql("SELECT envelope->'data' AS data FROM outbox WHERE type = :kind ORDER BY position", kind=kind)
        return [row.data for row in rows]


def signed(body: str, secret: str = SECRET, at: int | None = None) -> str:
    """Stripe's signature of a body."""
    header: str = WebhookSignature.generate_signature_header(body, secret, at or int(time.time()))
    return header
