"""Driving notifications without the bus: events, calls and jobs, with real transactions and a real mail server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import text

from libs.common import inbox
from libs.common.clock import FixedClock
from libs.common.context import Context
from libs.common.events import Envelope
from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.jobs import Job, JobHandler
from libs.common.problems import NotFound, Problem, Unavailable
from libs.common.runtime import Runtime
from libs.common.schedule import Scheduler
from services.notifications import handlers
from services.notifications.adapters.vega import VegaPainter
from services.notifications.adapters.weasyprint import WeasyPrintPrinter
from services.notifications.rpc import NotificationsRpc
from services.notifications.settings import NotificationsSettings
from services.notifications.wiring import mailer_of, outside_of, reporting_of, whatsapp_outside_of
from services.notifications.worker import TABLE
from tests.notifications.chats import FakeContacts, FakeWhatsApp, encoded, escaped, signed
from tests.notifications.mail_server import MailServer
from tests.support import report_answers, summary_answers
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system
from tests.support.calling import Caller

# Fonts are loaded once a process.
PAINTER, PRINTER = VegaPainter(), WeasyPrintPrinter()
STAFF = (ADMIN, JOHN, JESSICA, FINANCE, MANAGER)


class FakeClients:
    """The clients service: cards by client, or no answer at all."""

    def __init__(self) -> None:
        self.cards: dict[str, dict[str, Any]] = {}
        self.down = False

    def access(self, client_id: str) -> dict[str, Any]:
        raise NotFound("there is no such client")

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        if self.down:
            raise Unavailable("clients is not answering")
        if client_id not in self.cards:
            raise NotFound("there is no such client")
        return self.cards[client_id]


class FakeAnswers:
    """The services whose figures are told: what they answer, or the Problem of one that does not."""

    def __init__(self) -> None:
        self.deals: Any = summary_answers.DEALS
        self.billing: Any = summary_answers.BILLING
        self.clients: Any = summary_answers.CLIENTS
        self.words: Any = summary_answers.INSIGHT
        self.reports: dict[str, Any] = dict(report_answers.ANSWERS)
        self.beside: Any = {
            "risks": report_answers.RISKS,
            "win_rate": report_answers.WIN_RATE,
            "trend": report_answers.TREND,
        }
        self.asked: list[tuple[str, Any]] = []
        self.figures: list[dict[str, Any]] = []
        # Called while figures are collected.
        self.meanwhile: Callable[[], None] = lambda: None

    def morning(self, person: Mapping[str, Any], today: date, zone: str) -> Mapping[str, Any]:
        self.asked.append((person["id"], today, zone))
        self.meanwhile()
        return {"deals": self.deals, "billing": self.billing, "clients": self.clients}

    def report(self, kind: str, arguments: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((person["id"], dict(arguments)))
        self.meanwhile()
        if isinstance(self.reports[kind], Problem):
            raise self.reports[kind]
        return dict(self.reports[kind])

    def beside_forecast(
        self, arguments: Mapping[str, Any], today: date, person: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return dict(self.beside)

    def insight(self, person: Mapping[str, Any], kind: str, figures: Sequence[Mapping[str, Any]]) -> Any:
        self.figures = [dict(each) for each in figures]
        return self.words


class Notifications:
    """One notifications service and the mail server it hands its mails to."""

    def __init__(self, runtime: Runtime[NotificationsSettings], server: MailServer) -> None:
        self.runtime = runtime
        self.server = server
        self.clients = FakeClients()
        self.answers = FakeAnswers()
        self.outside = outside_of(runtime, self.clients, mailer_of(runtime.settings), PAINTER)
        self.reporting = reporting_of(runtime, PAINTER, self.answers, PRINTER)
        self.whatsapp, self.contacts = FakeWhatsApp(runtime.clock.now), FakeContacts()
        self.chatting = whatsapp_outside_of(runtime, self.whatsapp, self.contacts)

    @property
    def clock(self) -> FixedClock:
        assert isinstance(self.runtime.clock, FixedClock), "this test needs the fixture `clock`"
        return self.runtime.clock

    def as_(self, actor: Actor, key: str | None = None) -> Any:
        """The RPC methods, called by somebody."""
        return Caller(NotificationsRpc, self.runtime).as_(actor, key)

    def join(self, *actors: Actor, **changes: Any) -> None:
        """People join, as the gateway tells it."""
        for actor in actors:
            first = actor.name.split()[0].lower()
            state = {"user_id": actor.id, "email": f"{first}@amo-ai.example", "name": actor.name, "role": actor.role}
            self.tell("user.joined", state | {"locale": "en", "active": True, "version": 1} | changes)

    def tell(self, event_type: str, data: dict[str, Any], actor: Actor | None = None, **more: Any) -> Envelope:
        """Apply an event as the subscriber does: parsed, once, in one transaction."""
        who = actor or system("gateway")
        envelope = Envelope.parse(
            Envelope(
                id=more.get("id") or new_id(),
                type=event_type,
                version=1,
                occurred_at=datetime.now(UTC),
                aggregate_id=new_id(),
                aggregate_version=1,
                correlation_id=new_id(),
                actor={"id": who.id, "role": who.role, "name": who.name},
                data=data,
            ).model_dump_json()
        )
        self.deliver(envelope)
        return envelope

    def deliver(self, envelope: Envelope) -> None:
        context = Context(
            actor=system("notifications"), correlation_id=envelope.correlation_id, causation_id=envelope.id
        )
        for subscription in TABLE.subscriptions:
            if subscription.event.event_type == envelope.type:
                event = envelope.read(subscription.event)
                with self.runtime.database.unit_of_work(context) as uow:
                    if inbox.first_time(uow.session, subscription.consumer, envelope, datetime.now(UTC)):
                        subscription.handle(uow, event, envelope)

    def know_client(self, client_id: str, owner: Actor | None, name: str = "TechCorp Solutions", **more: Any) -> None:
        state = {
            "record_id": client_id,
            "owner_id": owner.id if owner else None,
            "label": name,
            "is_open": owner is None,
            "closed": False,
        }
        self.tell("client.access_changed", state | {"readers": [], "version": 1} | more)

    def runner(self) -> JobRunner:
        """The worker's jobs, with this service's outside."""

        jobs = {kind: replace(listed, perform=self._performing(kind, listed)) for kind, listed in TABLE.jobs.items()}
        return JobRunner("notifications", self.runtime.database, jobs)

    def _performing(self, kind: str, listed: JobHandler) -> Callable[[Job], Any]:
        """The step outside of one kind of job, with this service's outside in the place of the process's."""
        step = cast(Any, listed.perform).args[0]
        if "whatsapp" in kind:
            return partial(step, self.chatting)
        return partial(step, self.outside if kind == handlers.JOB else self.reporting)

    def hook(self, payload: Any, raw: bytes | None = None) -> None:
        """A webhook of WhatsApp's comes, signed; nothing is applied yet."""
        sent = raw if raw is not None else escaped(payload)
        self.as_(system("gateway")).whatsapp_webhook(body_base64=encoded(sent), signature=signed(sent))

    def hear(self, *payloads: Any) -> None:
        """Webhooks come and are applied."""
        for each in payloads:
            self.hook(each)
        self.send()

    def chat(self) -> dict[str, Any]:
        """The one conversation there is, as the admin sees it."""
        (found,) = self.as_(ADMIN).list_conversations(filters={})["items"]
        shown: dict[str, Any] = found
        return shown

    def messages(self, conversation_id: str | None = None) -> list[dict[str, Any]]:
        """The messages of a conversation (the only one unless it is named), the oldest first."""
        wanted = conversation_id or self.chat()["id"]
        found: list[dict[str, Any]] = self.as_(ADMIN).list_messages(conversation_id=wanted, limit=200)["items"]
        return found[::-1]

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker that does jobs as they come, as long as the block lasts."""
        runner = self.runner()
        thread = threading.Thread(target=runner.run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            runner.stop()
            thread.join(20)

    def send(self) -> None:
        """Do all jobs that are due now."""
        runner = self.runner()
        while runner.run_one():
            pass

    def send_again(self) -> None:
        """The next attempt's time has come."""
        self.sql("UPDATE jobs SET due_at = now(), locked_until = NULL WHERE finished_at IS NULL AND failed_at IS NULL")
        self.send()

    def at(self, moment: datetime) -> None:
        """The clock of the service shows this; what is scheduled and due by then is done."""
        self.clock.at = moment
        scheduler = Scheduler("notifications", self.runtime.database, ())
        for job in TABLE.schedule:
            if job.name in ("order_digests", "order_scheduled"):
                scheduler.run_if_due(job)

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.runtime.database.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    def emails(self, **filters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.as_(ADMIN).list_emails(filters=filters, limit=200)["items"]
        return found

    def notes(self, actor: Actor) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.as_(actor).list_notifications(limit=200)["items"]
        return found

    def told(self, event_type: str) -> list[dict[str, Any]]:
        """The data of the events of one type in the outbox."""
        rows = self.sql("SELECT envelope FROM outbox WHERE type = :type ORDER BY position", type=event_type)
        return [row.envelope["data"] for row in rows]
