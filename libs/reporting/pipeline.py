"""Tables of what is in the pipeline and how it moves: forecast, bridge, trend, funnel, velocity, stagnation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libs.reporting.table import N_, Column, Table, named

Answer = Mapping[str, Any]

MONTH = Column("month", N_("Month"), "month")
STAGE = Column("stage", N_("Stage"), "stage")
DEALS = Column("count", N_("Deals"), "count")
VALUE = Column("value", N_("Value"), "money")
WEIGHT = Column("weight", N_("Weight"), "weight")
WEIGHTED = Column("weighted", N_("Weighted"), "money")
WIN_RATE = Column("win_rate", N_("Win rate"), "percent")
CLOSED = Column("closed", N_("Closed deals behind it"), "count")
USUAL = Column("usual_days", N_("Usual days"), "days")
MEAN = Column("mean_days", N_("Mean days"), "days")
MEDIAN = Column("median_days", N_("Median days"), "days")


def forecast(answer: Answer) -> list[Table]:
    """What is expected by month and stage, by month, by stage, and what the months leave out."""
    grouped = list(answer.get("group_by") or ("month", "stage"))
    keys = [each for each in (MONTH, STAGE) if each.key in grouped]
    weight = [WEIGHT] if "stage" in grouped else []
    measured = (WIN_RATE, CLOSED, Column("model_probability", N_("Model"), "percent"))
    rows = Table(
        "rows",
        N_("Forecast by month and stage") if len(keys) == 2 else N_("Forecast"),
        [*keys, DEALS, VALUE, *weight, WEIGHTED, *measured],
        _named(answer["rows"]),
        _totals(answer),
        answer["currency"],
    )
    made = [rows, _months(answer), _forecast_stages(answer)]
    left_out = _left_out(answer)
    return [*made, left_out] if left_out is not None else made


def _months(answer: Answer) -> Table:
    months = answer["months"]
    target = any(each.get("target_minor") is not None for each in months)
    columns = [MONTH, DEALS, VALUE, WEIGHTED, Column("won", N_("Won"), "money"), Column("open", N_("Open"), "money")]
    total = _totals(answer) | {"won": answer["won_minor"], "open": answer["open_minor"]}
    if target:
        columns.append(Column("target", N_("Target"), "money"))
        total["target"] = answer["target_minor"]
    renamed = [_kept(each, won="won_minor", open="open_minor") for each in months]
    return Table("months", N_("By month"), columns, renamed, total, answer["currency"])


def _forecast_stages(answer: Answer) -> Table:
    columns = [STAGE, DEALS, VALUE, WEIGHT, WEIGHTED, WIN_RATE, CLOSED, USUAL]
    return Table("stages", N_("By stage"), columns, _named(answer["stages"]), _totals(answer), answer["currency"])


def _left_out(answer: Answer) -> Table | None:
    """What the amounts leave out: deals without a date (which stand in no month), a value, or a rate."""
    rows: list[dict[str, Any]] = []
    dateless = answer.get("without_date") or {}
    if dateless.get("count"):
        rows.append({"reason": "without_date", **named(dateless)})
    valueless = answer.get("without_value") or 0
    if valueless:
        rows.append({"reason": "without_value", "count": valueless})
    rows += _unrated(answer)
    columns = [Column("reason", N_("Reason"), "word"), DEALS, VALUE, WEIGHTED]
    return Table("left_out", N_("Not in the amounts"), columns, rows, None, answer["currency"]) if rows else None


def without_rate(answer: Answer) -> Table | None:
    """The deals in currencies without a rate, which the amounts of a report leave out; None where there are none."""
    columns = [Column("reason", N_("Reason"), "word"), DEALS, VALUE]
    rows = _unrated(answer)
    return Table("left_out", N_("Not in the amounts"), columns, rows, None, answer["currency"]) if rows else None


def _unrated(answer: Answer) -> list[dict[str, Any]]:
    return [{"reason": "without_rate", **named(each)} for each in answer.get("without_rate") or ()]


def bridge(answer: Answer) -> list[Table]:
    """From what was open at the start to what is open at the end, a row for each way it changed."""
    parts = [{"kind": each["kind"], "count": each["count"], "value": each["value_minor"]} for each in answer["parts"]]
    start = {"kind": "start", "count": answer["start_count"], "value": answer["start_minor"]}
    end = {"kind": "end", "count": answer["end_count"], "value": answer["end_minor"]}
    label = N_("Weighted") if answer.get("measure") == "weighted" else N_("Value")
    columns = [Column("kind", N_("What changed"), "word"), DEALS, Column("value", label, "money")]
    return [Table("bridge", N_("What became of the open deals"), columns, [start, *parts], end, answer["currency"])]


def trend(answer: Answer) -> list[Table]:
    """The pipeline at the end of each month, and what came and went in it."""
    columns = [
        MONTH,
        Column("open_count", N_("Open deals"), "count"),
        Column("open_value", N_("Open value"), "money"),
        WEIGHTED,
        Column("created", N_("Created"), "count"),
        Column("created_value", N_("Created value"), "money"),
        Column("won", N_("Won"), "count"),
        Column("won_value", N_("Won value"), "money"),
        Column("lost", N_("Lost"), "count"),
    ]
    return [Table("trend", N_("The pipeline over time"), columns, _named(answer["points"]), None, answer["currency"])]


def funnel(answer: Answer) -> list[Table]:
    """How far the deals got that were created in the period."""
    columns = [
        STAGE,
        DEALS,
        VALUE,
        Column("share", N_("Of all"), "percent"),
        Column("step", N_("Of the stage before"), "percent"),
    ]
    return [Table("stages", N_("How far deals get"), columns, _named(answer["stages"]), None, answer["currency"])]


def velocity(answer: Answer) -> list[Table]:
    """How long deals stay in a stage, and from their start to their end."""
    days = [MEAN, MEDIAN, USUAL]
    stages = [STAGE, Column("stays", N_("Stays"), "count"), *days]
    deals, cycle = Column("deals", N_("Deals"), "count"), Column("cycle", N_("Deals that closed"), "word")
    cycles = [{"cycle": "all_closed", **answer["cycle"]}, {"cycle": "won_closed", **answer["won_cycle"]}]
    return [
        Table("stages", N_("Days in a stage"), stages, answer["stages"]),
        Table("cycles", N_("Days from start to close"), [cycle, deals, *days], cycles),
        Table("months", N_("By month of closing"), [MONTH, deals, MEAN, MEDIAN], answer["months"]),
    ]


def stagnation(answer: Answer) -> list[Table]:
    """Open deals nothing happens to, the ones idle longest first, and how they spread over the stages."""
    columns = [
        Column("deal_name", N_("Deal"), "link"),
        Column("company_name", N_("Client"), "client"),
        Column("owner_id", N_("Owner"), "owner"),
        STAGE,
        Column("deal_value", N_("Value"), "money"),
        Column("idle_days", N_("Days without activity"), "days"),
        Column("days_in_stage", N_("Days in the stage"), "days"),
        USUAL,
        Column("because", N_("Because"), "words"),
    ]
    rows = [named(each) | {"path": f"/deals/{each['id']}"} for each in answer["items"]]
    stages = [STAGE, DEALS, VALUE, Column("median_idle_days", N_("Median days without activity"), "days"), USUAL]
    return [
        Table("deals", N_("Deals that stand still"), columns, rows),
        Table("stages", N_("Where they stand"), stages, _named(answer["stages"]), None, _currency(answer)),
    ]


def risks(answer: Answer) -> list[Table]:
    """The biggest weighted deals that stand still or are past their day."""
    columns = [
        Column("deal_name", N_("Deal"), "link"),
        Column("company_name", N_("Client"), "client"),
        STAGE,
        VALUE,
        WEIGHTED,
        Column("idle_days", N_("Days without activity"), "days"),
        Column("because", N_("Because"), "words"),
    ]
    rows = [
        named(each) | {"path": f"/deals/{each['deal_id']}", "because": _several(each["because"])}
        for each in answer["items"]
    ]
    return [Table("risks", N_("Deals at risk"), columns, rows)]


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _totals(answer: Answer) -> dict[str, Any]:
    fields = {"count": "total_count", "value": "total_value_minor", "weighted": "total_weighted_minor"}
    return {name: answer[field] for name, field in fields.items()}


def _named(rows: Sequence[Answer]) -> list[dict[str, Any]]:
    return [named(each) for each in rows]


def _kept(row: Answer, **fields: str) -> dict[str, Any]:
    """A row under the API's names, some of them said otherwise."""
    return named(row) | {name: row[field] for name, field in fields.items()}


def _currency(answer: Answer) -> str | None:
    """The currency of sums over deals of several; the only one there is where the answer names none."""
    known = {each["currency"] for each in answer["values"]}
    return answer.get("currency") or (known.pop() if len(known) == 1 else None)
