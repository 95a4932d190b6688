"""What a report is asked with: read once when it is ordered, and put to its day when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from libs.common import fields
from libs.common.problems import Invalid
from libs.reporting import KINDS, compared_days
from libs.reporting.periods import FIRST_DAY, LAST_DAY, LONGEST_DAYS, PERIODS, quarter_of, year_until

FORMATS = ("pdf", "xlsx", "csv")
_STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost", "open")
_GROUPS = {"pipeline-forecast": ("month", "stage"), "win-rate": ("month", "source", "owner", "stage")}

_RANGE = frozenset({"period", "from", "to"})
_OF_DEALS = frozenset("owner_id source tag currency client_id segment_id stage".split())
_OF_INVOICES = frozenset({"client_id", "currency", "segment_id"})
_FILTERS = _OF_DEALS
_FIELDS: Mapping[str, frozenset[str]] = {
    "pipeline-forecast": _RANGE | _OF_DEALS | {"group_by", "as_of"},
    "forecast-bridge": _RANGE | _OF_DEALS | {"start", "end", "measure"},
    "win-rate": _RANGE | _OF_DEALS | {"group_by"},
    "funnel": _RANGE | _OF_DEALS,
    "velocity": _RANGE | _OF_DEALS,
    "trend": _OF_DEALS | {"months"},
    "stagnation": _OF_DEALS | {"idle_days"},
    "sources": _RANGE | _OF_DEALS,
    "reps": _RANGE | _OF_DEALS,
    "receivables": _OF_INVOICES,
    "payment-time": _RANGE | _OF_INVOICES,
}
# What lies ahead is looked at by the quarter, what was by the year.
_AHEAD = frozenset({"pipeline-forecast", "forecast-bridge"})
# Days whose state is looked at: none of them is to come, and a schedule, which comes on many, has none.
STATE_DAYS = ("as_of", "start", "end")
_PAGES = {"pipeline-forecast": "forecast", "forecast-bridge": "bridge"}
# A file has all rows.
_IGNORED = frozenset({"limit", "cursor"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A report on its day. first, last: its range, None for one that has none; more: what else its method takes."""

    kind: str
    today: date
    first: date | None
    last: date | None
    as_of: date | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the service's method is asked with."""
        given: dict[str, Any] = {"filters": dict(self.filters), **self.more}
        if self.first is not None and self.last is not None:
            given |= {"from_day": self.first.isoformat(), "to_day": self.last.isoformat()}
        return given | ({"as_of": self.as_of.isoformat()} if self.as_of else {})

    @property
    def filename(self) -> str:
        """``pipeline-forecast-2025-01-01-2025-03-31``, without its ending."""
        days = [day for day in (self.first, self.last) if day] or [self.today]
        return "-".join([self.kind, *(day.isoformat() for day in days)])

    @property
    def path(self) -> str:
        """The page of the web app that shows the same."""
        page = _PAGES.get(self.kind, self.kind)
        days = {"from": self.first, "to": self.last, "as_of": self.as_of}
        pairs = {name: day.isoformat() for name, day in days.items() if day} | {**self.filters, **self.more}
        query = urlencode(pairs, doseq=True)
        return f"/reports/{page}?{query}" if query else f"/reports/{page}"


def read(kind: Any, params: Any, today: date) -> dict[str, Any]:
    """Parameters as they are kept; Invalid names the one that is wrong or that this report has not.

    today: the day it is where the business is; the state of a later one is not known.
    """
    if kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}", field="kind")
    if not isinstance(params, Mapping):
        raise Invalid("params is an object", field="params")
    taken = {name: value for name, value in params.items() if name in _FIELDS[kind] or name not in _IGNORED}
    readers = {name: _READERS[name] for name in _FIELDS[kind]}
    given = {name: value for name, value in fields.read(readers, taken).items() if value is not None}
    if "group_by" in given:
        given["group_by"] = _grouped(kind, given["group_by"])
    if "period" in given and {"from", "to"} & set(given):
        raise Invalid("a period, or the days from and to: not both", field="period")
    for name in STATE_DAYS:
        if name in given and date.fromisoformat(given[name]) > today:
            raise Invalid(f"{name} is a day that has not come yet", field=name)
    resolved(kind, given, today)
    return given


def resolved(kind: str, params: Mapping[str, Any], today: date) -> Asked:
    """A report's parameters on a day; Invalid where its days do not fit each other."""
    first, last = _span(kind, params, today) if _FIELDS[kind] >= _RANGE else (None, None)
    if first is not None and last is not None:
        if first > last:
            raise Invalid("from is after to", field="from")
        if last - first >= timedelta(days=LONGEST_DAYS):
            raise Invalid(f"a report is of at most {LONGEST_DAYS} days", field="to")
    as_of = date.fromisoformat(params["as_of"]) if params.get("as_of") else None
    filters = {name: value for name, value in params.items() if name in _FILTERS}
    more = {name: params[name] for name in ("group_by", "months", "idle_days", "measure") if name in params}
    if kind == "forecast-bridge":
        more |= {name: day.isoformat() for name, day in _compared(params, today).items()}
    return Asked(kind, today, first, last, as_of, filters, more)


def _span(kind: str, params: Mapping[str, Any], today: date) -> tuple[date, date]:
    if "period" in params:
        return PERIODS[params["period"]](today)
    first, last = (date.fromisoformat(params[name]) if name in params else None for name in ("from", "to"))
    if kind in _AHEAD:
        begins, ends = quarter_of(first or last or today)
        return first or begins, last or ends
    ends = last or max(today, first or today)
    return first or year_until(ends)[0], ends


def _compared(params: Mapping[str, Any], today: date) -> dict[str, date]:
    """The two days of a bridge; Invalid where the first comes later."""
    given = {name: date.fromisoformat(params[name]) for name in ("start", "end") if name in params}
    start, end = compared_days(given.get("start"), given.get("end"), today)
    if start > end:
        raise Invalid("the start is after the end", field="start")
    return {"start": start, "end": end}


def _grouped(kind: str, value: Any) -> Any:
    """A forecast is by several things, ``month,stage`` or a list; a win rate by one."""
    known = _GROUPS[kind]
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts or any(each not in known for each in parts):
        raise Invalid(f"group_by is of {', '.join(known)}", field="group_by")
    if kind == "win-rate":
        if len(parts) != 1:
            raise Invalid(f"group_by is one of {', '.join(known)}", field="group_by")
        return parts[0]
    return [each for each in known if each in parts]


def _day(name: str, value: Any) -> str | None:
    found = fields.date_of(name, value)
    if found is not None and not FIRST_DAY <= found <= LAST_DAY:
        raise Invalid(f"{name} is a day between 1970 and 2199", field=name)
    return found.isoformat() if found else None


def _owner(name: str, value: Any) -> str | None:
    return "none" if value == "none" else fields.identifier(name, value)


def _currency(name: str, value: Any) -> str | None:
    return None if value is None else fields.currency(name, value)


def _stages(name: str, value: Any) -> list[str] | None:
    stages = [value] if isinstance(value, str) else value
    if stages is None:
        return None
    if not isinstance(stages, list) or not stages or any(each not in _STAGES for each in stages):
        raise Invalid(f"{name} is of {', '.join(_STAGES)}", field=name)
    return list(dict.fromkeys(stages))


def _as_it_is(_name: str, value: Any) -> Any:
    return value


_READERS: Mapping[str, fields.Reader] = {
    "period": fields.one_of(*PERIODS),
    "from": _day,
    "to": _day,
    "as_of": _day,
    "start": _day,
    "end": _day,
    "measure": fields.one_of("value", "weighted"),
    "group_by": _as_it_is,
    "owner_id": _owner,
    "source": fields.text(),
    "tag": fields.text(60),
    "currency": _currency,
    "client_id": fields.identifier,
    "segment_id": fields.identifier,
    "stage": _stages,
    "months": fields.whole(1, 60),
    "idle_days": fields.whole(1, LONGEST_DAYS),
}
