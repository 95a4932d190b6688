"""The RPC methods of notifications: each names its permission and runs in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from libs.common import integrations, row_access
from libs.common.erasure.searching import known
from libs.common.problems import Invalid, Problem, Unavailable
from libs.common.rpc.server import OPERATE, PUBLIC, Operations, RpcService, method
from services.notifications import handlers, queries, wiring
from services.notifications.access import PERMISSIONS
from services.notifications.audit import AUDIT
from services.notifications.erasure import ERASURE
from services.notifications.rpc.whatsapp import WhatsAppMethods
from services.notifications.whatsapp import checking

Document = dict[str, Any]

# How long somebody may be kept waiting for what the worker makes, and what of it the way back takes.
_WAIT_SECONDS, _PICTURE_SECONDS, _ANSWER_SECONDS = 6.0, 2.0, 0.3

# What this service refuses, it refuses as a Problem already.
ERRORS: dict[type[Exception], type[Problem]] = {}


class NotificationsRpc(Operations, WhatsAppMethods, RpcService):
    """What people are told in the app, and the mails that left or wait to."""

    name = "notifications"
    permissions = PERMISSIONS
    errors = ERRORS
    audit = AUDIT

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("notifications.own")
    def list_notifications(
        self, unread_only: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        return self.read(queries.list_notifications, unread_only=unread_only, limit=limit, cursor=cursor)

    @method("notifications.own")
    def unread_count(self) -> Document:
        return self.read(queries.unread_count)

    @method("notifications.own")
    def mark_read(self, notification_id: str) -> Document:
        return self.execute(handlers.mark_read, notification_id=notification_id)

    @method("notifications.own")
    def mark_all_read(self) -> Document:
        return self.execute(handlers.mark_all_read)

    @method("notifications.own")
    def get_preferences(self) -> Document:
        return self.read(queries.get_preferences)

    @method("notifications.own")
    def set_preferences(self, email: Document) -> Document:
        return self.execute(handlers.set_preferences, email=email)

    @method("reports.own")
    def get_summary_settings(self) -> Document:
        return self.read(queries.get_summary_settings)

    @method("reports.own")
    def set_summary_settings(self, settings: Document) -> Document:
        return self.execute(handlers.set_summary_settings, settings=settings)

    @method("reports.own")
    def daily_summary(self) -> Document:
        """What the caller's daily summary would say now: the same as its mail, with each number's list beside it."""
        shown = handlers.preview(wiring.reporting(), self.actor)
        charts = [each | drawn for each in shown["charts"] if (drawn := self._picture(each))]
        return self.read(handlers.as_mailed, shown=shown, charts=charts)

    @method("reports.own")
    def send_daily_summary(self) -> Document:
        return self.execute(handlers.send_daily_summary)

    @method(PUBLIC)
    def subscription(self, token: str) -> Document:
        """What the link of a mail ends, and whether it is ended already."""
        with self.runtime.database.read() as session:
            return queries.subscription(session, wiring.subscriptions(), token)

    @method(PUBLIC)
    def unsubscribe(self, token: str) -> Document:
        with self.runtime.database.unit_of_work(self.context) as uow:
            return handlers.unsubscribe(uow, wiring.subscriptions(), token)

    @method("notifications.own")
    def get_guide(self) -> Document:
        return self.read(queries.get_guide)

    @method("notifications.own")
    def review_guide(self) -> Document:
        return self.execute(handlers.review_guide)

    @method("notifications.own")
    def close_guide(self) -> Document:
        return self.execute(handlers.close_guide)

    @method("emails.read")
    def list_emails(self, filters: Document, limit: int | None = None, cursor: str | None = None) -> Document:
        self._know(filters.get("client_id"))
        return self.read(queries.list_emails, filters=filters, limit=limit, cursor=cursor)

    @method("emails.read")
    def get_email(self, email_id: str) -> Document:
        return self.read(queries.get_email, email_id=email_id)

    @method("emails.test")
    def send_test_email(self, to: str) -> Document:
        return self.execute(handlers.send_test_email, to=to)

    @method("reports.own")
    def order_report(self, kind: str, params: Document, format: str = "pdf") -> Document:
        return self.execute(handlers.order_report, kind=kind, params=params, format=format)

    @method("reports.own")
    def get_report(self, report_id: str, wait: float = 0) -> Document:
        """One of the caller's files, once it is made or ``wait`` seconds (6 at most) have gone by."""
        if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= _WAIT_SECONDS:
            raise Invalid(f"wait is a number of seconds from 0 to {_WAIT_SECONDS:g}", field="wait")
        found = self.read(queries.get_report, report_id=report_id)
        return self._made(report_id, wait) or found if wait and found["status"] == "waiting" else found

    @method("reports.own")
    def list_reports(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_reports, limit=limit, cursor=cursor)

    @method("reports.own")
    def list_schedules(self, limit: int | None = None, cursor: str | None = None) -> Document:
        now = self.runtime.clock.now()
        return self.read(queries.list_schedules, now=now, limit=limit, cursor=cursor)

    @method("reports.own")
    def create_schedule(self, data: Document) -> Document:
        return self.execute(handlers.create_schedule, data=data)

    @method("reports.own")
    def update_schedule(self, schedule_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.update_schedule, schedule_id=schedule_id, changes=changes, version=version)

    @method("reports.own")
    def delete_schedule(self, schedule_id: str) -> Document:
        return self.execute(handlers.delete_schedule, schedule_id=schedule_id)

    @method("reports.own")
    def send_schedule_now(self, schedule_id: str) -> Document:
        return self.execute(handlers.send_schedule_now, schedule_id=schedule_id)

    @method("reports.own")
    def draw_chart(self, name: str, data: Document, language: str = "en", narrow: bool = False) -> Document:
        """``{svg, width, height, alt, milliseconds}``: a report's answer as a picture, drawn by the worker.

        narrow: for a phone.
        """
        return self._drawn(name, data, language, _WAIT_SECONDS, narrow=narrow)

    @method(OPERATE)
    def integration_status(self) -> Document:
        """How the mail server and WhatsApp stand, by what left and what did not."""
        return self.read(queries.integration_status)

    @method(OPERATE)
    def test_integration(self, name: str) -> Document:
        """``{ok, message, ms}``: ask the mail server or WhatsApp itself, now; nothing is sent to anybody."""
        found = integrations.tested(name, wiring.checks())
        if name == "whatsapp" and found["ok"]:
            with self.runtime.database.unit_of_work(self.context) as uow:
                checking.answered(uow, wiring.line())
        return found

    def _drawn(self, name: str, data: Document, language: str, seconds: float, *, narrow: bool = False) -> Document:
        """A chart that is there, or is ordered and waited for."""
        key = handlers.fingerprint(name, data, language, narrow)
        with self.runtime.database.read() as session:
            found = queries.chart(session, key, again=True)
        if found is not None:
            return found
        with self.runtime.database.unit_of_work(self.context) as uow:
            handlers.order_chart(uow, key, name, data, language, narrow)
        late = "the chart is not drawn yet; try again in a moment"
        return self._wait(lambda session: queries.chart(session, key), late, seconds)

    def _picture(self, asked: Document) -> Document | None:
        """A chart of the summary, None where it takes too long: the text says the same."""
        try:
            return self._drawn(asked["name"], asked["data"], "en", _PICTURE_SECONDS)
        except Problem:
            return None

    def _made(self, report_id: str, wait: float) -> Document | None:
        """A file that is not being made any more, None where it still is."""

        def done(session: Session) -> Document | None:
            found = queries.get_report(session, self.actor, report_id)
            return found if found["status"] != "waiting" else None

        try:
            return self._wait(done, "", wait)
        except Unavailable:
            return None

    def _wait(self, query: Callable[[Session], Document | None], late: str, seconds: float) -> Document:
        """What the worker makes; Unavailable when it takes longer than somebody can be kept waiting."""

        def look() -> Document | None:
            with self.runtime.database.read() as session:
                return query(session)

        found = wiring.waiting_room().wait(look, self.context.remaining(seconds + _ANSWER_SECONDS) - _ANSWER_SECONDS)
        if found is None:
            raise Unavailable(late)
        return found

    def _know(self, client_id: Any) -> None:
        """Ask clients once about a client whose access event has not come yet, before any transaction."""
        if client_id is not None:
            row_access.ensure_known(self.runtime.database, self.context, client_id, wiring.clients().access)


SERVICE = NotificationsRpc
