"""What a report is asked with: days that move with the day they are asked on, filters that the report has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from libs.common.problems import Invalid
from libs.reporting import KINDS
from libs.reporting.periods import PERIODS
from services.notifications.reports import read, resolved
from tests.support.actors import JOHN

TODAY = date(2025, 2, 10)


def asked(kind: str, params: dict[str, Any], today: date = TODAY) -> Any:
    return resolved(kind, read(kind, params, today), today)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("this_month", "2025-02-01", "2025-02-28"),
        ("last_month", "2025-01-01", "2025-01-31"),
        ("this_quarter", "2025-01-01", "2025-03-31"),
        ("next_quarter", "2025-04-01", "2025-06-30"),
        ("last_quarter", "2024-10-01", "2024-12-31"),
        ("next_month", "2025-03-01", "2025-03-31"),
        ("last_12_months", "2024-03-01", "2025-02-10"),
        ("last_30_days", "2025-01-12", "2025-02-10"),
        ("last_90_days", "2024-11-13", "2025-02-10"),
        ("this_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_moves_with_its_day(period: str, first: str, last: str) -> None:
    made = asked("pipeline-forecast", {"period": period})
    assert (made.first, made.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert made.arguments == {"filters": {}, "from_day": first, "to_day": last}


def test_periods_cross_years() -> None:
    new_year, december = date(2025, 1, 1), date(2024, 12, 31)
    assert PERIODS["last_month"](new_year) == (date(2024, 12, 1), december)
    assert PERIODS["next_quarter"](december) == (date(2025, 1, 1), date(2025, 3, 31))
    assert PERIODS["this_month"](date(2024, 2, 29)) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("kind", "params", "first", "last"),
    [
        ("pipeline-forecast", {}, "2025-01-01", "2025-03-31"),
        ("pipeline-forecast", {"from": "2025-05-05"}, "2025-05-05", "2025-06-30"),
        ("win-rate", {}, "2024-03-01", "2025-02-10"),
        ("funnel", {"to": "2024-06-15"}, "2023-07-01", "2024-06-15"),
        ("payment-time", {"from": "2026-01-01"}, "2025-02-01", "2026-01-01"),
    ],
)
def test_without_days_it_is_what_people_look_at_most(kind: str, params: dict[str, Any], first: str, last: str) -> None:
    made = asked(kind, params)
    if "from" in params:
        assert made.first.isoformat() == params["from"]
    else:
        assert made.first.isoformat() == first
    assert made.last.isoformat() == last


def test_a_bridge_is_since_the_end_of_last_month_where_no_days_are_named() -> None:
    made = asked("forecast-bridge", {"period": "this_quarter"})
    assert made.arguments == {
        "filters": {}, "from_day": "2025-01-01", "to_day": "2025-03-31", "start": "2025-01-31", "end": "2025-02-10"
    }  # fmt: skip
    assert made.path == "/reports/bridge?from=2025-01-01&to=2025-03-31&start=2025-01-31&end=2025-02-10"
    ended = asked("forecast-bridge", {"end": "2024-12-24", "measure": "weighted"}).arguments
    assert (ended["start"], ended["end"], ended["measure"]) == ("2024-12-24", "2024-12-24", "weighted")


def test_a_forecast_takes_all_it_can_be_asked() -> None:
    params = {"from": "2025-01-01", "to": "2025-03-31", "group_by": "stage,month", "as_of": "2025-01-15"}
    params |= {"owner_id": JOHN.id, "source": "website", "tag": "vip", "currency": "EUR", "stage": "open"}
    made = asked("pipeline-forecast", params)
    assert made.arguments == {
        "filters": {"owner_id": JOHN.id, "source": "website", "tag": "vip", "currency": "EUR", "stage": ["open"]},
        "from_day": "2025-01-01",
        "to_day": "2025-03-31",
        "group_by": ["month", "stage"],
        "as_of": "2025-01-15",
    }
    assert made.filename == "pipeline-forecast-2025-01-01-2025-03-31"
    assert asked("trend", {"segment_id": JOHN.id}).path == f"/reports/trend?segment_id={JOHN.id}"
    assert made.path.startswith("/reports/forecast?from=2025-01-01&to=2025-03-31&as_of=2025-01-15&owner_id=")


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_can_be_asked_for_with_nothing(kind: str) -> None:
    assert asked(kind, {}).kind == kind and asked(kind, {"limit": 50, "cursor": None})


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        ("pie", {}, "kind"),
        ("forecast-bridge", {"start": "2025-02-02", "end": "2025-02-01"}, "start"),
        ("forecast-bridge", {"measure": "profit"}, "measure"),
        ("risks", {}, "kind"),
        ("funnel", [], "params"),
        ("funnel", {"period": "tomorrow"}, "period"),
        ("funnel", {"period": "this_month", "from": "2025-01-01"}, "period"),
        ("funnel", {"from": "2025-02-30"}, "from"),
        ("funnel", {"from": "1066-10-14"}, "from"),
        ("funnel", {"from": "2025-02-01", "to": "2025-01-01"}, "from"),
        ("funnel", {"from": "2001-01-01", "to": "2025-01-01"}, "to"),
        ("funnel", {"group_by": "month"}, "group_by"),
        ("win-rate", {"group_by": "month,stage"}, "group_by"),
        ("win-rate", {"group_by": 7}, "group_by"),
        ("pipeline-forecast", {"group_by": ["owner"]}, "group_by"),
        ("pipeline-forecast", {"as_of": "soon"}, "as_of"),
        ("pipeline-forecast", {"stage": ["asleep"]}, "stage"),
        ("pipeline-forecast", {"owner_id": "somebody"}, "owner_id"),
        ("pipeline-forecast", {"currency": "usd"}, "currency"),
        ("receivables", {"owner_id": JOHN.id}, "owner_id"),
        ("receivables", {"segment_id": "big"}, "segment_id"),
        ("receivables", {"period": "this_month"}, "period"),
        ("trend", {"period": "this_month"}, "period"),
        ("trend", {"months": 0}, "months"),
        ("trend", {"months": "12"}, "months"),
        ("stagnation", {"idle_days": True}, "idle_days"),
        ("stagnation", {"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(kind: str, params: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(kind, params, TODAY)
    assert refused.value.field == field
