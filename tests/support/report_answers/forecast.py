"""What deals answers of its pipeline: the forecast, and the bridge between two days."""

from __future__ import annotations

from typing import Any

STAGES = ("lead", "qualified", "proposal", "negotiation")
WEIGHTS = {"lead": 10, "qualified": 25, "proposal": 50, "negotiation": 75, "won": 100, "lost": 0}
_RATES = {"lead": 0.21, "qualified": 0.34, "proposal": 0.525, "negotiation": 0.71}
# Use case 7: January's stages as it gives them, February and March by their sums.
_VALUES = {
    "2025-01": (12_000_000, 8_500_000, 18_000_000, 9_500_000),
    "2025-02": (15_000_000, 14_000_000, 21_000_000, 12_000_000),
    "2025-03": (20_000_000, 16_800_000, 24_000_000, 17_333_333),
}
_COUNTS = {"2025-01": (4, 3, 4, 2), "2025-02": (5, 4, 5, 2), "2025-03": (6, 5, 5, 3)}

DEAL = "01920000-0000-7000-8000-0000000000d1"
DEAL_2 = "01920000-0000-7000-8000-0000000000d2"
DEAL_3 = "01920000-0000-7000-8000-0000000000d3"
CLIENT = "01920000-0000-7000-8000-0000000000c1"
CLIENT_2 = "01920000-0000-7000-8000-0000000000c2"


def _row(month: str, stage: str, count: int, value: int) -> dict[str, Any]:
    return {
        "month": month,
        "stage": stage,
        "count": count,
        "valued": count,
        "value_minor": value,
        "weight": WEIGHTS[stage],
        "weighted_minor": (value * WEIGHTS[stage] + 50) // 100,
        "win_rate": _RATES.get(stage),
        "closed": 40,
        "model_probability": 0.41,
        "modelled": count,
        "model_minor": value * 41 // 100,
    }


_ROWS = [
    _row(month, stage, count, value)
    for month in _VALUES
    for stage, count, value in zip(STAGES, _COUNTS[month], _VALUES[month], strict=True)
] + [_row("2025-01", "won", 2, 6_250_000), _row("2025-01", "lost", 1, 900_000)]


def _sum(name: str, **where: Any) -> int:
    return sum(row[name] for row in _ROWS if all(row[each] == value for each, value in where.items()))


def _month(month: str, target: int) -> dict[str, Any]:
    won = _sum("value_minor", month=month, stage="won")
    opened = sum(_sum("value_minor", month=month, stage=stage) for stage in STAGES)
    return {
        "month": month,
        "count": _sum("count", month=month),
        "value_minor": _sum("value_minor", month=month),
        "weighted_minor": _sum("weighted_minor", month=month),
        "won_minor": won,
        "open_minor": opened,
        "target_minor": target,
    }


def _stage(stage: str) -> dict[str, Any]:
    return {
        "stage": stage,
        "count": _sum("count", stage=stage),
        "value_minor": _sum("value_minor", stage=stage),
        "weight": WEIGHTS[stage],
        "weighted_minor": _sum("weighted_minor", stage=stage),
        "win_rate": _RATES.get(stage),
        "closed": 40,
        "usual_days": {"lead": 9.0, "qualified": 14.0, "proposal": 21.5, "negotiation": 12.0}.get(stage),
    }


FORECAST: dict[str, Any] = {
    "from_day": "2025-01-01",
    "to_day": "2025-03-31",
    "as_of": "2025-01-15",
    "currency": "USD",
    "group_by": ["month", "stage"],
    "rows": sorted(_ROWS, key=lambda row: (row["month"], list(WEIGHTS).index(row["stage"]))),
    "months": [_month("2025-01", 20_000_000), _month("2025-02", 22_000_000), _month("2025-03", 25_000_000)],
    "stages": [_stage(stage) for stage in WEIGHTS],
    "total_count": _sum("count"),
    "total_value_minor": _sum("value_minor"),
    "total_weighted_minor": _sum("weighted_minor"),
    "open_minor": sum(_sum("value_minor", stage=stage) for stage in STAGES),
    "open_weighted_minor": sum(_sum("weighted_minor", stage=stage) for stage in STAGES),
    "won_minor": _sum("value_minor", stage="won"),
    "lost_minor": _sum("value_minor", stage="lost"),
    "target_minor": 67_000_000,
    "attained_minor": 6_250_000,
    "attainment": 6_250_000 / 67_000_000,
    "expected_minor": _sum("weighted_minor"),
    "win_rate": 72 / 126,
    "closed": 126,
    "without_date": {"count": 3, "value_minor": 4_500_000, "weighted_minor": 1_125_000},
    "without_value": 2,
    "without_rate": [{"currency": "CHF", "count": 1, "value_minor": 500_000}],
    "rates": [{"currency": "EUR", "day": "2025-01-14", "rate": "1.03"}],
}

CHATBOT = "TechCorp - E-commerce AI Chatbot"
_NAMED = [{"id": DEAL, "deal_name": CHATBOT, "company_name": "TechCorp", "value_minor": 6_250_000}]
BRIDGE: dict[str, Any] = {
    "from_day": "2025-01-01",
    "to_day": "2025-03-31",
    "start": "2025-01-01",
    "end": "2025-01-31",
    "currency": "USD",
    "measure": "value",
    "start_minor": 150_000_000,
    "start_count": 40,
    "parts": [
        {"kind": "came_in", "count": 9, "value_minor": 41_000_000, "deals": _NAMED},
        {"kind": "reopened", "count": 1, "value_minor": 1_200_000, "deals": []},
        {"kind": "pulled_in", "count": 2, "value_minor": 5_500_000, "deals": []},
        {"kind": "won", "count": 4, "value_minor": -18_750_000, "deals": _NAMED},
        {"kind": "lost", "count": 5, "value_minor": -9_400_000, "deals": []},
        {"kind": "slipped", "count": 3, "value_minor": -12_000_000, "deals": []},
        {"kind": "left", "count": 0, "value_minor": 0, "deals": []},
        {"kind": "joined", "count": 0, "value_minor": 0, "deals": []},
        {"kind": "revalued", "count": 6, "value_minor": 3_150_050, "deals": []},
        {"kind": "exchange", "count": 7, "value_minor": -210_025, "deals": []},
    ],
    "end_minor": 160_490_025,
    "end_count": 40,
}
