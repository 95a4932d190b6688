"""The tables of every report: columns that are there, sums that add up, names that the API uses."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from libs.reporting import KINDS, TITLES, Column, api_name, figures, shown, tables, word
from libs.reporting.table import Table
from tests.support.report_answers import (
    ANSWERS,
    BRIDGE,
    FORECAST,
    REPS,
    STAGNATION,
    WIN_RATE,
    WIN_RATE_BY_OWNER,
)


def emptied(kind: str) -> dict[str, Any]:
    """An answer in which there is nothing yet."""
    answer = copy.deepcopy(ANSWERS[kind])
    for name, value in answer.items():
        if isinstance(value, list) and name != "group_by":
            answer[name] = []
        elif isinstance(value, dict):
            answer[name] = {each: 0 if isinstance(was, int) else None for each, was in value.items()}
        elif isinstance(value, int):
            answer[name] = 0
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_filled_from_every_row(kind: str) -> None:
    for table in tables(kind, ANSWERS[kind]):
        for row in table.rows:
            missing = [each.key for each in table.columns if each.key not in row]
            assert table.name == "left_out" or not missing, (table.name, missing)
            words = [shown(each.kind, row.get(each.key), table.currency_of(row) or "USD") for each in table.columns]
            assert any(words)
        assert table.name.isidentifier() and table.title


@pytest.mark.parametrize("kind", KINDS)
def test_amounts_have_a_currency(kind: str) -> None:
    for table in tables(kind, ANSWERS[kind]):
        if table.has_money:
            assert all(table.currency_of(row) for row in table.rows), table.name


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_nothing_is_no_fault(kind: str) -> None:
    answer = emptied(kind)
    assert all(isinstance(table, Table) for table in tables(kind, answer))
    assert all(each.label for each in figures(kind, answer))


def test_every_report_has_a_title_and_a_table_named_like_no_other() -> None:
    assert set(KINDS) == set(TITLES) and len(set(TITLES.values())) == len(KINDS)
    for kind in KINDS:
        names = [table.name for table in tables(kind, ANSWERS[kind])]
        assert len(set(names)) == len(names)


def test_the_forecast_adds_up_as_use_case_7_says() -> None:
    rows, months, stages, left_out = tables("pipeline-forecast", FORECAST)
    opened = [row for row in rows.rows if row["month"] == "2025-01" and row["stage"] not in ("won", "lost")]
    assert sum(row["weighted"] for row in opened) == 19_450_000
    assert rows.total is not None and months.total is not None and stages.total is not None
    for table in (rows, months, stages):
        for name in ("count", "value", "weighted"):
            assert sum(row[name] for row in table.rows) == (table.total or {})[name], (table.name, name)
    assert sum(row["target"] for row in months.rows) == months.total["target"] == 67_000_000
    assert {row["reason"] for row in left_out.rows} == {"without_date", "without_value", "without_rate"}
    assert [left_out.currency_of(row) for row in left_out.rows] == ["USD", "USD", "CHF"]


def test_a_forecast_by_one_thing_has_no_column_for_the_other() -> None:
    by_month = tables("pipeline-forecast", FORECAST | {"group_by": ["month"]})[0]
    assert [each.key for each in by_month.columns][:3] == ["month", "count", "value"]
    assert "weight" not in {each.key for each in by_month.columns}
    by_stage = tables("pipeline-forecast", FORECAST | {"group_by": ["stage"]})[0]
    assert [each.key for each in by_stage.columns][:2] == ["stage", "count"]


def test_a_forecast_without_targets_has_no_column_for_them() -> None:
    months = [each | {"target_minor": None} for each in FORECAST["months"]]
    answer = FORECAST | {"months": months, "target_minor": None, "attainment": None}
    assert "target" not in {each.key for each in tables("pipeline-forecast", answer)[1].columns}
    assert "Target" not in {each.label for each in figures("pipeline-forecast", answer)}


def test_a_bridge_goes_from_the_start_to_the_end() -> None:
    table = tables("forecast-bridge", BRIDGE)[0]
    assert table.total is not None
    assert sum(row["value"] for row in table.rows) == table.total["value"] == BRIDGE["end_minor"]
    assert next(iter(table.rows))["kind"] == "start" and table.columns[2].label == "Value"
    assert tables("forecast-bridge", BRIDGE | {"measure": "weighted"})[0].columns[2].label == "Weighted"


@pytest.mark.parametrize(
    ("answer", "key", "kind"), [(WIN_RATE, "month", "month"), (WIN_RATE_BY_OWNER, "owner_id", "owner")]
)
def test_a_win_rate_has_the_column_it_is_grouped_by(answer: dict[str, Any], key: str, kind: str) -> None:
    table = tables("win-rate", answer)[0]
    assert (table.columns[0].key, table.columns[0].kind) == (key, kind)
    assert [row[key] for row in table.rows] == [each["key"] for each in answer["rows"]]


def test_reps_without_targets_have_no_column_for_them() -> None:
    rows = [each | {"target_minor": None} for each in REPS["rows"]]
    answer = REPS | {"rows": rows, "total": REPS["total"] | {"target_minor": None, "attainment": None}}
    assert "attainment" not in {each.key for each in tables("reps", answer)[0].columns}


def test_deals_that_stand_still_lead_to_themselves() -> None:
    deals, stages = tables("stagnation", STAGNATION)
    assert [row["path"] for row in deals.rows] == [f"/deals/{each['id']}" for each in STAGNATION["items"]]
    assert [deals.currency_of(row) for row in deals.rows] == ["USD", "EUR", "USD"]
    assert stages.currency == "USD"


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("value_minor", "value"),
        ("weighted_minor", "weighted"),
        ("won_minor", "won_value"),
        ("won", "won"),
        ("deal_value_minor", "deal_value"),
        ("average_won_minor", "average_won"),
        ("win_rate", "win_rate"),
    ],
)
def test_fields_are_called_as_the_api_calls_them(field: str, name: str) -> None:
    assert api_name(field) == name


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("money", 6_250_050, "$62,500.50"),
        ("month", "2025-01", "Jan 2025"),
        ("month", None, "No date"),
        ("stage", "proposal", "Proposal"),
        ("source", "brief_wizard", "Brief wizard"),
        ("source", None, "No source"),
        ("owner", None, "Nobody yet"),
        ("owner", "a", "Ada"),
        ("owner", "gone", "?"),
        ("count", 1234, "1,234"),
        ("percent", 0.425, "42.5 %"),
        ("percent", 0.4, "40 %"),
        ("percent", 0.00049, "0 %"),
        ("percent", None, ""),
        ("weight", 25, "25 %"),
        ("days", 12.25, "12.3"),
        ("days", 12.0, "12"),
        ("date", "2025-02-10", "Feb 10, 2025"),
        ("words", ["idle", "overdue"], "no activity, past its closing date"),
        ("text", None, ""),
    ],
)
def test_values_in_words(kind: Any, value: Any, words: str) -> None:
    assert shown(kind, value, "USD", {"a": "Ada"}) == words


def test_a_name_nobody_knows_is_readable() -> None:
    assert word("trade_fair") == "Trade fair" and Column("x", "X").is_numeric is False
