"""What is mailed of the reports: the daily summary, and reports on a schedule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from flask import request
from pydantic import Field

from libs.common.problems import BadRequest, Invalid, NotFound
from libs.reporting.periods import LONGEST_DAYS
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.reports import parameters as p
from services.gateway.api.reports.kinds import Kind, Period
from services.gateway.api.reports.naming import named
from services.gateway.api.routing import ANYBODY, Routes
from services.gateway.api.values import Address, Body, Id, Name, TimeZone

routes = Routes("mailed reports")

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "One-Click"
_LONGEST_TOKEN = 1000
MOST_RECIPIENTS = 20
Hour = Annotated[int, Field(ge=0, le=23, strict=True)]
Minute = Annotated[int, Field(ge=0, le=59, strict=True)]


class SummaryAmount(d.Document):
    amount: d.MoneyNumber
    currency: str


class SummaryMetric(d.Document):
    """``path``: the page of the list that holds as many; the API's list takes the same parameters."""

    name: str
    label: str
    count: int
    amounts: list[SummaryAmount]
    path: str


class SummaryItem(d.Document):
    """A deal, an invoice, a meeting, a client: its page, and what it is worth where it has an amount."""

    title: str
    detail: str
    path: str
    amount: d.MoneyNumber | None = None
    currency: str | None = None


class SummaryAction(d.Document):
    """``items``: the first of them."""

    name: str
    title: str
    count: int
    path: str
    items: list[SummaryItem]


class SentencePart(d.Document):
    """``path``: the list that a number counts; null where there is none."""

    text: str
    path: str | None


class SummarySentence(d.Document):
    risk: bool
    parts: list[SentencePart]


class SummaryLink(d.Document):
    label: str
    path: str


class DailySummary(d.Document):
    """Your own day. ``missing`` says what could not be collected; ``text`` and ``html`` are the mail without charts.

    ``headline``: what of it stands in the subject; ``top_deals``: the open ones that weigh most by value and stage.
    """

    day: date
    heading: str
    greeting: str
    headline: str
    nothing: bool
    insight: list[SummarySentence]
    insight_by: str
    metrics: list[SummaryMetric]
    top_deals: list[SummaryItem]
    actions: list[SummaryAction]
    links: list[SummaryLink]
    missing: list[str]
    subject: str
    text: str
    html: str


class SummaryOrder(d.Document):
    status: str


class SummarySettings(d.Document):
    """``time_zone`` null: that of the business. ``zone``: the one that counts."""

    enabled: bool
    hour: int
    minute: int
    time_zone: str | None
    zone: str


class SummaryChange(Body):
    enabled: Annotated[bool, Field(strict=True)] | None = None
    hour: Hour | None = None
    minute: Minute | None = None
    time_zone: TimeZone | None = None


class ScheduleParameters(Body):
    """A period that moves with the day of sending, or fixed days; the rest as the report itself takes it.

    A schedule comes on many days: it has no ``as_of``, and a bridge of it compares the days of its own default.
    """

    period: Period | None = None
    from_: Annotated[p.Day | None, Field(alias="from")] = None
    to: p.Day | None = None
    group_by: Annotated[str, Field(max_length=40)] | None = None
    owner_id: p.Owner | None = None
    segment_id: p.Segment | None = None
    source: Name | None = None
    tag: Name | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    client_id: Id | None = None
    measure: Literal["value", "weighted"] | None = None
    stage: p.Stages | None = None
    months: Annotated[int, Field(ge=1, le=p.MOST_MONTHS, strict=True)] | None = None
    idle_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS, strict=True)] | None = None

    def given(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class ScheduleFields(Body):
    params: ScheduleParameters | None = None
    weekday: Annotated[int, Field(ge=0, le=6, strict=True, description="Of a weekly one; Monday is 0.")] | None = None
    monthday: (
        Annotated[int, Field(ge=1, le=31, strict=True, description="Of a monthly one; at most its last.")] | None
    ) = None
    recipients: (
        Annotated[
            list[Address],
            Field(max_length=MOST_RECIPIENTS, description="People who work here, by id or e-mail address."),
        ]
        | None
    ) = None

    def given(self) -> dict[str, Any]:
        found = self.model_dump(mode="json", exclude_unset=True)
        return found | ({"params": self.params.given()} if self.params is not None else {})


class ScheduleNew(ScheduleFields):
    """Without ``recipients`` it is mailed to you."""

    kind: Kind
    format: Literal["pdf", "xlsx", "csv"] = "pdf"
    cadence: Literal["daily", "weekly", "monthly"]
    hour: Hour = 8


class ScheduleChange(ScheduleFields, s.Version):
    format: Literal["pdf", "xlsx", "csv"] | None = None
    cadence: Literal["daily", "weekly", "monthly"] | None = None
    hour: Hour | None = None


class Schedule(d.Document):
    id: str
    kind: str
    params: dict[str, Any]
    format: Literal["pdf", "xlsx", "csv"]
    cadence: Literal["daily", "weekly", "monthly"]
    weekday: int | None
    monthday: int | None
    hour: int
    recipients: list[str]
    zone: Annotated[str, Field(description="Whose hours they are: the time zone of your daily summary.")]
    next_at: datetime | None = None
    last_at: datetime | None = None
    created_at: datetime
    version: int


class OneClick(Body):
    """What a mail program sends (RFC 8058)."""

    asked: Annotated[Literal["One-Click"], Field(alias="List-Unsubscribe")]


class Subscription(d.Document):
    """``label``: which mails; ``on``: whether they still come."""

    kind: str
    label: str
    on: bool


@routes.route("GET", "/reports/daily-summary", query=p.Parameters, answers=DailySummary)
def daily_summary(query: p.Parameters) -> dict[str, Any]:
    """Your daily summary as it would be mailed now."""
    found = r.ask("notifications", "daily_summary")
    document: dict[str, Any] = named({name: value for name, value in found.items() if name != "charts"})
    return document


@routes.route("POST", "/reports/daily-summary/send", answers={202: SummaryOrder}, refusals=(429,))
def send_daily_summary() -> dict[str, Any]:
    """Have your daily summary mailed to you now."""
    r.ask("notifications", "send_daily_summary")
    return {"status": "ordered"}


@routes.route("GET", "/me/summary", answers=SummarySettings)
def get_summary_settings() -> dict[str, Any]:
    """Whether you get the daily summary, and when."""
    return r.ask("notifications", "get_summary_settings")


@routes.route("PATCH", "/me/summary", body=SummaryChange, answers=SummarySettings)
def change_summary_settings(body: SummaryChange) -> dict[str, Any]:
    """Turn it on or off, or choose its time; `time_zone` null is that of the business."""
    return set_summary(body)


@routes.route("PUT", "/me/summary", body=SummaryChange, answers=SummarySettings)
def set_summary_settings(body: SummaryChange) -> dict[str, Any]:
    """The same; what is left out stays as it is."""
    return set_summary(body)


def set_summary(body: SummaryChange) -> dict[str, Any]:
    """The settings, once what was given is kept."""
    given = {name: value for name, value in body.given().items() if value is not None or name == "time_zone"}
    return r.ask("notifications", "set_summary_settings", settings=given)


@routes.route("POST", "/unsubscribe/<token>", who=ANYBODY, body=OneClick, answers=Subscription, body_type=FORM)
def unsubscribe(token: str) -> dict[str, Any]:
    """One click of a mail program (RFC 8058); no log-in is asked for."""
    if request.form.get("List-Unsubscribe") != ONE_CLICK:
        raise BadRequest("send List-Unsubscribe=One-Click as a form")
    return end_subscription(token)


def end_subscription(token: str) -> dict[str, Any]:
    """What the token of a mail names is mailed no more."""
    return r.ask("notifications", "unsubscribe", token=token[:_LONGEST_TOKEN])


def subscription(token: str) -> dict[str, Any]:
    """What the token of a mail names, and whether it is still mailed."""
    return r.ask("notifications", "subscription", token=token[:_LONGEST_TOKEN])


@routes.route("GET", "/report-schedules", query=s.Page, answers=d.ListOf[Schedule])
def list_schedules(query: s.Page) -> dict[str, Any]:
    """Your schedules."""
    return r.ask("notifications", "list_schedules", **query.given())


@routes.route("POST", "/report-schedules", body=ScheduleNew, answers={201: Schedule})
def create_schedule(body: ScheduleNew) -> dict[str, Any]:
    """Have a report mailed every day, week or month, at an hour of your own time zone: the one of `/me/summary`."""
    _check_segment(body)
    defaults = {"format": body.format, "hour": body.hour}
    return r.ask("notifications", "create_schedule", data=defaults | body.given())


@routes.route("PATCH", "/report-schedules/<uuid:schedule_id>", body=ScheduleChange, answers=Schedule)
def change_schedule(schedule_id: Any, body: ScheduleChange) -> dict[str, Any]:
    """Change one of your schedules."""
    _check_segment(body)
    given = body.given()
    version = given.pop("version", None)
    return r.ask("notifications", "update_schedule", schedule_id=str(schedule_id), changes=given, version=version)


class ScheduleGone(d.Document):
    id: str
    deleted: bool


@routes.route("DELETE", "/report-schedules/<uuid:schedule_id>", answers=ScheduleGone)
def delete_schedule(schedule_id: Any) -> dict[str, Any]:
    """Take one of your schedules away."""
    return r.ask("notifications", "delete_schedule", schedule_id=str(schedule_id))


@routes.route("POST", "/report-schedules/<uuid:schedule_id>/send", answers={202: SummaryOrder}, refusals=(429,))
def send_schedule_now(schedule_id: Any) -> dict[str, Any]:
    """Have it made and mailed now; when it is next due does not change."""
    r.ask("notifications", "send_schedule_now", schedule_id=str(schedule_id))
    return {"status": "ordered"}


def _check_segment(body: ScheduleFields) -> None:
    """Who gets a report of a segment has to be offered the segment: each gets it with the own eyes."""
    segment_id = body.params.segment_id if body.params is not None else None
    if segment_id is None:
        return
    try:
        segment = r.ask("clients", "get_segment", segment_id=segment_id)
    except NotFound as problem:
        raise Invalid(problem.detail, field="params.segment_id") from None
    me = r.signed_in()
    if not segment["shared"] and {each.lower() for each in body.recipients or []} - {me.actor.id, me.email.lower()}:
        raise Invalid("this segment is not shared, so that others could not be sent its reports", field="recipients")
