"""The only place that picks adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from libs.common.integrations import Check
from libs.common.jobs import Job
from libs.common.runtime import Runtime
from libs.common.sealing import Sealer
from services.notifications import settings
from services.notifications.adapters.clients import ClientsOverRpc
from services.notifications.adapters.smtp import MailServer, SmtpMailer
from services.notifications.ports import ClientDirectory, Mailer, Outside
from services.notifications.settings import NotificationsSettings

# Beyond the time a server may take to answer: the text itself has to get there, too.
_MARGIN = timedelta(seconds=30)


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
    return {"smtp": mailer().check}


@cache
def outside() -> Outside:
    """All that the job of sending may touch."""
    return outside_of(runtime(), clients(), mailer())


def mailer_of(configured: NotificationsSettings) -> Mailer:
    """The mail server that settings name."""
    server = MailServer(
        configured.smtp_url, configured.mail_domain, configured.smtp_seconds, configured.smtp_answer_seconds
    )
    return SmtpMailer(server)


def outside_of(runtime: Runtime[NotificationsSettings], clients: ClientDirectory, mailer: Mailer) -> Outside:
    """The outside of a runtime."""
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
    )


def outward(perform: Callable[[Outside, Job], Any]) -> Callable[[Job], Any]:
    """A job's outside step with what it may touch, which is made when the first job is done."""
    return partial(_with_outside, perform)


def _with_outside(perform: Callable[[Outside, Job], Any], job: Job) -> Any:
    return perform(outside(), job)
