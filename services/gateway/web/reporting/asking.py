"""What a reader asks of a report: the address of its page as the API's parameters."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _

from libs.common.problems import Invalid, Problem
from libs.reporting import link
from services.gateway.api.reports import files
from services.gateway.api.reports import parameters as p
from services.gateway.api.reports.declared import REPORTS, Report
from services.gateway.api.routing import checked
from services.gateway.web import of_segment, shell, words
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import Column, Listing, given, listing
from services.gateway.web.parts import Part
from services.gateway.web.reporting import periods
from services.gateway.web.reporting.catalogue import ReportPage

_SPAN = ("from", "to")
_BETWEEN = ("start", "end")
_NOT_SCHEDULED = ("from_", "to", "as_of", *_BETWEEN, "insight", "limit", "cursor")
_UNFIT = 422


@dataclass(frozen=True)
class Asked:
    """A report as it is asked for. period: the name of its span of days, ``custom`` for two dates. faults: what was
    wrong with parameters that it does without, by name."""

    report: Report
    query: p.Parameters
    period: str
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date] | None:
        """From which day to which, where it is of a span."""
        return self.query.days() if isinstance(self.query, p.RangeOfDeals | p.PaymentTime) else None

    @property
    def as_of(self) -> date:
        """The day whose state is shown."""
        return getattr(self.query, "as_of", None) or p.today()

    @property
    def is_live(self) -> bool:
        """Whether it shows what is now: then its figures lead to lists, which show no other day."""
        return self.as_of == p.today()

    @property
    def filters(self) -> dict[str, Any]:
        return self.query.filters()

    def address(self, **changes: Any) -> str:
        """The parameters as the API takes them, as a part of an address."""
        found = {name: value for name, value in files.parameters(self.query).items() if name not in ("limit", "cursor")}
        kept = {name: value for name, value in (found | changes).items() if value is not None}
        return urlencode(kept, doseq=True)

    def narrowed(self, report: str) -> str:
        """The same filters for another report, as a part of its address."""
        takes = REPORTS[report].asks.model_fields
        return urlencode({name: value for name, value in self.filters.items() if name in takes}, doseq=True)

    def scheduled(self) -> str:
        """What a schedule of the same takes over, as a part of an address: the period by its name, or its two days."""
        kept = {name: value for name, value in self.query.given().items() if name not in _NOT_SCHEDULED}
        when = {"period": self.period}
        if self.period == periods.CUSTOM:
            when = dict(zip(_SPAN, _texts(self.days), strict=True)) if self.days else {}
        lists = {name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
        return urlencode({"kind": self.report.kind, **when, **lists})

    def listed(self, **filters: Any) -> str:
        """The list of deals under these filters and those of the report."""
        return link("deals", self.filters | {name: value for name, value in filters.items() if value is not None})


def asked(page: ReportPage) -> Asked:
    """What this request asks of a page's report; Invalid names a parameter that does not fit."""
    return of(page.report, page.periods)


def looked_at(page: ReportPage) -> Asked:
    """The same for a page that somebody opens: what is wrong in its address stands beside the fields, and the report is
    shown without it."""
    try:
        found = asked(page)
        found.query.arguments()
        return found
    except Problem as problem:
        faults = Form({}).refused(problem).errors
        if problem.status != _UNFIT or not faults:
            raise
    # Of two days that do not fit each other neither is kept.
    wrong = {*faults, *(_SPAN if set(_SPAN) & set(faults) else ()), *(_BETWEEN if set(_BETWEEN) & set(faults) else ())}
    found = replace(of(page.report, page.periods, wrong), faults=faults)
    # Two dates are typed where no period by its name is chosen, and what is wrong with one is said there.
    return replace(found, period=periods.CUSTOM) if set(_SPAN) & set(faults) else found


def of(report: Report, offered: tuple[str, ...] = (), without: Container[str] = ()) -> Asked:
    """The same of a report without a page. offered: the periods it may be asked for by name, the first unasked.
    without: parameters that are not looked at."""
    names = [each.alias or name for name, each in report.asks.model_fields.items()]
    names = [name for name in names if name not in without]
    values = given(*names)
    if values.get("as_of") == p.today().isoformat():
        # The present has no date: it goes on while the page is open.
        del values["as_of"]
    period = "" if "period" in without else request.args.get("period", "")
    if period not in ("", periods.CUSTOM, *periods.PERIODS):
        raise Invalid(f"period is one of {', '.join(periods.PERIODS)}", field="period")
    named = period in periods.PERIODS and _takes_days(report)
    if named:
        values |= dict(zip(_SPAN, _texts(periods.days(period, p.today())), strict=True))
    elif offered and not set(_SPAN) & set(values):
        period = offered[0]
        values |= dict(zip(_SPAN, _texts(periods.days(period, p.today())), strict=True))
    else:
        period = periods.CUSTOM
    return Asked(report, checked(report.asks, values), period)


def with_query(path: str, query: str) -> str:
    """An address of a path and its parameters, which may be none."""
    return f"{path}?{query}" if query else path


def chips(asked_for: Asked, segments: Part | None) -> Listing:
    """The filters that are on, each with the way to take it away. segments: what there are."""
    people = shell.people()
    labels = {
        "owner_id": (_("Owner"), lambda id: _("Nobody yet") if id == "none" else people.get(id, {}).get("name", "?")),
        "source": (_("Source"), words.word),
        "tag": (_("Tag"), str),
        "currency": (_("Currency"), str),
        "client_id": (_("Client"), lambda _id: _("only one")),
        "segment_id": of_segment.chip(segments),
        "stage": (_("Stage"), words.word),
    } | ({} if asked_for.is_live else {"as_of": (_("As of"), day)})
    return listing("report", Column("report", ""), (), labels)


def _takes_days(report: Report) -> bool:
    return issubclass(report.asks, p.RangeOfDeals | p.PaymentTime)


def _texts(days: tuple[date, date]) -> tuple[str, str]:
    return days[0].isoformat(), days[1].isoformat()
