"""The only place that picks adapters."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from libs.common.integrations import Check
from libs.common.jobs import Job
from libs.common.runtime import Runtime
from libs.common.sealing import Sealer
from services.notifications import settings
from services.notifications.adapters.answers import AnswersOverRpc
from services.notifications.adapters.clients import ClientsOverRpc
from services.notifications.adapters.contacts import ContactsOverRpc
from services.notifications.adapters.smtp import MailServer, SmtpMailer
from services.notifications.adapters.vega import VegaPainter
from services.notifications.adapters.weasyprint import WeasyPrintPrinter
from services.notifications.adapters.whatsapp import CloudApi
from services.notifications.ports import Answers, ClientDirectory, Mailer, Outside, Painter, Printer, Reporting
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions import Subscriptions
from services.notifications.waiting import WaitingRoom
from services.notifications.whatsapp.ports import Contacts, Line, Provider
from services.notifications.whatsapp.ports import Outside as WhatsAppOutside

# Beyond the time a server may take to answer: the text itself has to get there, too.
_MARGIN = timedelta(seconds=30)
# Calls that an rpc process answers at once are as many as its connections; so many of them never wait for a worker.
_FREE_CALLS = 4


@cache
def runtime() -> Runtime[NotificationsSettings]:
    """The runtime of this process."""
    return Runtime("notifications", settings.current())


def clients() -> ClientDirectory:
    """The clients service."""
    return ClientsOverRpc(runtime().rpc, runtime().own_context())


@cache
def mailer() -> Mailer:
    """The mail server."""
    return mailer_of(settings.current())


def checks() -> dict[str, Check]:
    """What can be asked whether it answers."""
    return {"smtp": mailer().check, "whatsapp": whatsapp().check}


def whatsapp() -> Provider:
    """WhatsApp's Cloud API."""
    return whatsapp_of(settings.current())


def line() -> Line:
    """How our number sends."""
    return line_of(settings.current())


def contacts() -> Contacts:
    """The clients service, asked whose a number is."""
    return ContactsOverRpc(runtime().rpc, runtime().own_context())


def whatsapp_outside() -> WhatsAppOutside:
    """All that the jobs of WhatsApp may touch."""
    return whatsapp_outside_of(runtime(), whatsapp(), contacts())


@cache
def outside() -> Outside:
    """All that the job of sending may touch."""
    return outside_of(runtime(), clients(), mailer(), painter())


@cache
def painter() -> Painter:
    """What draws charts."""
    return VegaPainter()


@cache
def reporting() -> Reporting:
    """All that the jobs of drawing and reporting may touch."""
    return reporting_of(runtime(), painter(), answers(), printer())


@cache
def printer() -> Printer:
    """What makes PDFs."""
    return WeasyPrintPrinter()


def answers() -> Answers:
    """The services whose figures we tell."""
    return AnswersOverRpc(runtime().rpc, runtime().own_context())


def subscriptions() -> Subscriptions:
    """What the links that end a kind of mail are made and read with."""
    return Subscriptions(runtime().settings.link_secret)


@cache
def waiting_room() -> WaitingRoom:
    """Room for those who wait for the worker: a few calls stay free for others."""
    return WaitingRoom(runtime().settings.database_pool - _FREE_CALLS)


def mailer_of(configured: NotificationsSettings) -> Mailer:
    """The mail server that settings name."""
    server = MailServer(
        configured.smtp_url, configured.mail_domain, configured.smtp_seconds, configured.smtp_answer_seconds
    )
    return SmtpMailer(server)


def outside_of(
    runtime: Runtime[NotificationsSettings], clients: ClientDirectory, mailer: Mailer, painter: Painter | None = None
) -> Outside:
    """The outside of a runtime; without a painter mails have no pictures."""
    configured = runtime.settings
    return Outside(
        read=runtime.database.read,
        transaction=runtime.database.unit_of_work,
        connect=runtime.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect,
        now=runtime.clock.now,
        clients=clients,
        documents=runtime.object_store,
        mailer=mailer,
        patience=timedelta(seconds=configured.smtp_answer_seconds + configured.smtp_seconds) + _MARGIN,
        sealer=Sealer(configured.mailed_link_key) if configured.mailed_link_key else None,
        painter=painter,
        subscriptions=Subscriptions(configured.link_secret),
    )


def whatsapp_of(configured: NotificationsSettings) -> Provider:
    """The number that settings name."""
    return CloudApi(
        configured.whatsapp_api_base,
        configured.whatsapp_api_version,
        configured.whatsapp_token,
        configured.whatsapp_phone_number_id,
        configured.whatsapp_business_account_id,
        configured.whatsapp_seconds,
    )


def line_of(configured: NotificationsSettings) -> Line:
    """How the number that settings name sends."""
    token = configured.whatsapp_token
    return Line(
        phone_number_id=configured.whatsapp_phone_number_id,
        token_hash=hashlib.sha256(token.encode()).hexdigest() if token else "",
        pair_seconds=configured.whatsapp_pair_seconds,
        per_second=configured.whatsapp_per_second,
        answer_seconds=configured.whatsapp_seconds,
        media_bytes=configured.whatsapp_media_bytes,
        country=configured.default_country,
    )


def whatsapp_outside_of(
    runtime: Runtime[NotificationsSettings], provider: Provider, contacts: Contacts
) -> WhatsAppOutside:
    """The outside of WhatsApp's jobs, of a runtime."""
    return WhatsAppOutside(
        read=runtime.database.read,
        transaction=runtime.database.unit_of_work,
        now=runtime.clock.now,
        pause=time.sleep,
        provider=provider,
        contacts=contacts,
        files=runtime.object_store,
        line=line_of(runtime.settings),
    )


def reporting_of(
    runtime: Runtime[NotificationsSettings], painter: Painter, answers: Answers, printer: Printer
) -> Reporting:
    """What reports touch, of a runtime."""
    return Reporting(
        read=runtime.database.read,
        transaction=runtime.database.unit_of_work,
        now=runtime.clock.now,
        painter=painter,
        answers=answers,
        printer=printer,
        files=runtime.object_store,
        business_zone=runtime.settings.business_tz,
        base_currency=runtime.settings.base_currency,
    )


def outward(perform: Callable[[Outside, Job], Any]) -> Callable[[Job], Any]:
    """A job's outside step with what it may touch, which is made when the first job is done."""
    return partial(_with_outside, perform)


def reportward(perform: Callable[[Reporting, Job], Any]) -> Callable[[Job], Any]:
    """The same for a job that draws or reports."""
    return partial(_with_reporting, perform)


def _with_reporting(perform: Callable[[Reporting, Job], Any], job: Job) -> Any:
    return perform(reporting(), job)


def _with_outside(perform: Callable[[Outside, Job], Any], job: Job) -> Any:
    return perform(outside(), job)


def whatsappward(perform: Callable[[WhatsAppOutside, Job], Any]) -> Callable[[Job], Any]:
    """The same for a job of WhatsApp's."""
    return partial(_with_whatsapp, perform)


def _with_whatsapp(perform: Callable[[WhatsAppOutside, Job], Any], job: Job) -> Any:
    return perform(whatsapp_outside(), job)
