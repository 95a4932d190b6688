"""What deals and billing answer when a report is asked for: one small business, the same in every answer."""

from __future__ import annotations

from typing import Any

from tests.support.actors import JESSICA, JOHN

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
    "attainment": 6_250_000 / 67_000_000,
    "win_rate": 72 / 126,
    "closed": 126,
    "without_date": {"count": 3, "value_minor": 4_500_000, "weighted_minor": 1_125_000},
    "without_value": 2,
    "without_rate": [{"currency": "CHF", "count": 1, "value_minor": 500_000}],
    "rates": [{"currency": "EUR", "day": "2025-01-14", "rate": "1.03"}],
}

_CHATBOT = "TechCorp - E-commerce AI Chatbot"
_NAMED = [{"id": DEAL, "deal_name": _CHATBOT, "company_name": "TechCorp", "value_minor": 6_250_000}]
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

_SPAN = {"from_day": "2024-04-01", "to_day": "2025-03-31", "currency": "USD"}
_TWELVE = [f"2024-{month:02d}" for month in range(4, 13)] + [f"2025-{month:02d}" for month in range(1, 4)]
_WON = (3, 4, 6, 5, 2, 7, 8, 6, 9, 5, 7, 10)
_LOST = (4, 4, 3, 6, 5, 4, 5, 7, 3, 4, 5, 4)


def _won(key: str | None, won: int, lost: int) -> dict[str, Any]:
    rate = won / (won + lost) if won + lost else None
    return {
        "key": key,
        "won": won,
        "lost": lost,
        "win_rate": rate,
        "won_minor": won * 2_350_000,
        "lost_minor": lost * 1_725_000,
    }


WIN_RATE: dict[str, Any] = _SPAN | {
    "group_by": "month",
    "rows": [_won(month, won, lost) for month, won, lost in zip(_TWELVE, _WON, _LOST, strict=True)],
    "total": {name: value for name, value in _won(None, sum(_WON), sum(_LOST)).items() if name != "key"},
}
WIN_RATE_BY_OWNER: dict[str, Any] = WIN_RATE | {
    "group_by": "owner",
    "rows": [_won(JOHN.id, 41, 23), _won(JESSICA.id, 28, 25), _won(None, 3, 6)],
}
FUNNEL: dict[str, Any] = _SPAN | {
    "stages": [
        {"stage": "lead", "count": 420, "value_minor": 921_000_000, "share": 1.0, "step": None},
        {"stage": "qualified", "count": 268, "value_minor": 640_500_000, "share": 0.638, "step": 0.638},
        {"stage": "proposal", "count": 171, "value_minor": 431_000_000, "share": 0.407, "step": 0.638},
        {"stage": "negotiation", "count": 104, "value_minor": 288_000_000, "share": 0.248, "step": 0.608},
        {"stage": "won", "count": 72, "value_minor": 169_200_000, "share": 0.171, "step": 0.692},
    ],
    "created": 420,
    "lost": 148,
    "still_open": 200,
}
VELOCITY: dict[str, Any] = _SPAN | {
    "stages": [
        {"stage": "lead", "stays": 390, "mean_days": 8.4, "median_days": 6.0, "usual_days": 9.5},
        {"stage": "qualified", "stays": 250, "mean_days": 13.1, "median_days": 11.0, "usual_days": 16.0},
        {"stage": "proposal", "stays": 160, "mean_days": 24.7, "median_days": 19.5, "usual_days": 31.0},
        {"stage": "negotiation", "stays": 98, "mean_days": 12.2, "median_days": 10.0, "usual_days": 14.0},
    ],
    "cycle": {"deals": 220, "mean_days": 46.3, "median_days": 39.0, "usual_days": 58.0},
    "won_cycle": {"deals": 72, "mean_days": 52.8, "median_days": 47.5, "usual_days": 66.0},
    "months": [
        {"month": month, "deals": won + lost, "mean_days": 40.0 + won, "median_days": 36.0 + lost}
        for month, won, lost in zip(_TWELVE, _WON, _LOST, strict=True)
    ],
}
TREND: dict[str, Any] = {
    "currency": "USD",
    "points": [
        {
            "month": month,
            "open_count": 30 + won * 2,
            "open_minor": 90_000_000 + won * 6_500_000 + at * 3_000_000,
            "weighted_minor": 38_000_000 + won * 2_500_000 + at * 1_200_000,
            "created": won + lost + 2,
            "created_minor": (won + lost + 2) * 2_100_000,
            "won": won,
            "won_minor": won * 2_350_000,
            "lost": lost,
        }
        for at, (month, won, lost) in enumerate(zip(_TWELVE, _WON, _LOST, strict=True))
    ],
}


def _still(
    deal_id: str, name: str, company: str, value: int, idle: int, owner: str | None, **more: Any
) -> dict[str, Any]:
    return {
        "id": deal_id,
        "deal_name": name,
        "client_id": CLIENT,
        "company_name": company,
        "owner_id": owner,
        "stage": "proposal",
        "deal_value_minor": value,
        "currency": "USD",
        "idle_days": idle,
        "days_in_stage": idle + 9,
        "usual_days": 21.5,
        "because": ["idle", "long_in_stage"],
    } | more


STAGNATION: dict[str, Any] = {
    "items": [
        _still(DEAL, _CHATBOT, "TechCorp Solutions", 6_250_000, 34, JOHN.id),
        _still(DEAL_2, "Nordwind - Portal", "Nordwind GmbH", 4_800_050, 21, JESSICA.id, currency="EUR"),
        _still(DEAL_3, "Old lead", "Papyrus & Sons", 900_000, 16, None, stage="lead", because=["idle"]),
    ],
    "next_cursor": None,
    "total": 3,
    "values": [{"currency": "EUR", "value_minor": 4_800_050}, {"currency": "USD", "value_minor": 7_150_000}],
    "stages": [
        {"stage": "lead", "count": 1, "value_minor": 900_000, "median_idle_days": 16.0, "usual_days": 9.0},
        {"stage": "qualified", "count": 0, "value_minor": 0, "median_idle_days": None, "usual_days": 14.0},
        {"stage": "proposal", "count": 2, "value_minor": 11_194_050, "median_idle_days": 27.5, "usual_days": 21.5},
        {"stage": "negotiation", "count": 0, "value_minor": 0, "median_idle_days": None, "usual_days": None},
    ],
    "currency": "USD",
    "idle_days": 14,
}


def _risk(deal_id: str, name: str, company: str, value: int, idle: int, *because: str) -> dict[str, Any]:
    return {
        "deal_id": deal_id,
        "deal_name": name,
        "company_name": company,
        "stage": "proposal",
        "value_minor": value,
        "currency": "USD",
        "weighted_minor": value // 2,
        "idle_days": idle,
        "days_in_stage": idle + 9,
        "usual_days": 21.5,
        "because": list(because),
    }


RISKS: dict[str, Any] = {
    "items": [
        _risk(DEAL, _CHATBOT, "TechCorp Solutions", 6_250_000, 34, "idle", "long_in_stage"),
        _risk(DEAL_3, "Intranet relaunch", "Papyrus & Sons", 2_400_050, 3, "overdue"),
    ],
    "stages": [
        {"stage": "lead", "count": 1, "median_idle_days": 16.0},
        {"stage": "qualified", "count": 0, "median_idle_days": None},
        {"stage": "proposal", "count": 2, "median_idle_days": 27.5},
        {"stage": "negotiation", "count": 0, "median_idle_days": None},
    ],
}


def _source(source: str | None, created: int, won: int, lost: int) -> dict[str, Any]:
    return {
        "source": source,
        "created": created,
        "open": created - won - lost,
        "won": won,
        "lost": lost,
        "win_rate": won / (won + lost) if won + lost else None,
        "won_minor": won * 2_400_000,
        "average_won_minor": 2_400_000 if won else None,
    }


SOURCES: dict[str, Any] = _SPAN | {
    "rows": [
        _source("website", 180, 34, 60),
        _source("referral", 90, 28, 22),
        _source("brief_wizard", 75, 10, 31),
        _source(None, 75, 0, 35),
    ],
    "total": {name: value for name, value in _source("", 420, 72, 148).items() if name != "source"},
}


def _rep(owner: str | None, won: int, lost: int, target: int | None) -> dict[str, Any]:
    return {
        "owner_id": owner,
        "created": won + lost + 30,
        "open": 30,
        "open_minor": 71_000_000 + won,
        "weighted_minor": 30_000_000 + won,
        "won": won,
        "lost": lost,
        "win_rate": won / (won + lost),
        "won_minor": won * 2_350_000,
        "target_minor": target,
        "attainment": won * 2_350_000 / target if target else None,
    }


REPS: dict[str, Any] = _SPAN | {
    "rows": [_rep(JOHN.id, 41, 23, 80_000_000), _rep(JESSICA.id, 28, 25, 80_000_000), _rep(None, 3, 6, None)],
    "total": {name: value for name, value in _rep("", 72, 54, 170_000_000).items() if name != "owner_id"},
}

_BUCKETS = ("not_due", "1-30", "31-60", "61-90", "over_90")


def _owed(client_id: str, company: str, currency: str, amounts: tuple[int, ...], oldest: int) -> dict[str, Any]:
    buckets = dict(zip(_BUCKETS, amounts, strict=True))
    about = {"client_id": client_id, "company_name": company, "currency": currency}
    return about | buckets | {"total_minor": sum(amounts), "oldest_days": oldest}


def _over_all(currency: str, amounts: tuple[int, ...]) -> dict[str, Any]:
    return {
        "currency": currency,
        "buckets": [
            {"bucket": bucket, "count": 2 if amount else 0, "amount_minor": amount}
            for bucket, amount in zip(_BUCKETS, amounts, strict=True)
        ],
        "total_minor": sum(amounts),
        "overdue_minor": sum(amounts[1:]),
    }


RECEIVABLES: dict[str, Any] = {
    "day": "2025-01-15",
    "currencies": [
        _over_all("EUR", (2_100_000, 0, 450_050, 0, 0)),
        _over_all("USD", (6_250_000, 3_120_000, 1_500_000, 480_000, 1_210_099)),
    ],
    "rows": [
        _owed(CLIENT, "TechCorp Solutions", "USD", (6_250_000, 1_200_000, 0, 0, 0), 12),
        _owed(CLIENT_2, "Papyrus & Sons", "USD", (0, 1_920_000, 1_500_000, 480_000, 1_210_099), 131),
        _owed(CLIENT_2, "Nordwind GmbH", "EUR", (2_100_000, 0, 450_050, 0, 0), 44),
    ],
    "clients": 3,
}


def _paid(invoices: int, mean: float | None, on_time: int) -> dict[str, Any]:
    return {
        "invoices": invoices,
        "mean_days": mean,
        "median_days": mean - 2 if mean is not None else None,
        "on_time": on_time,
        "on_time_share": on_time / invoices if invoices else None,
    }


def _slow(client_id: str, company: str, invoices: int, mean: float, late: int) -> dict[str, Any]:
    about = {"client_id": client_id, "company_name": company}
    return about | {"invoices": invoices, "mean_days": mean, "median_days": mean - 2, "late": late}


PAYMENT_TIME: dict[str, Any] = {
    "from_day": "2024-04-01",
    "to_day": "2025-03-31",
    "months": [
        {"month": month} | _paid(won + 2, 18.0 + lost, won)
        for month, won, lost in zip(_TWELVE, _WON, _LOST, strict=True)
    ],
    "total": _paid(96, 22.4, 72),
    "rows": [
        {
            "client_id": CLIENT_2,
            "company_name": "Papyrus & Sons",
            "invoices": 7,
            "mean_days": 61.3,
            "median_days": 58.0,
            "late": 6,
        },
        {
            "client_id": CLIENT,
            "company_name": "TechCorp Solutions",
            "invoices": 12,
            "mean_days": 14.0,
            "median_days": 12.5,
            "late": 1,
        },
    ],
}

ANSWERS: dict[str, dict[str, Any]] = {
    "pipeline-forecast": FORECAST,
    "forecast-bridge": BRIDGE,
    "risks": RISKS,
    "win-rate": WIN_RATE,
    "funnel": FUNNEL,
    "velocity": VELOCITY,
    "trend": TREND,
    "stagnation": STAGNATION,
    "sources": SOURCES,
    "reps": REPS,
    "receivables": RECEIVABLES,
    "payment-time": PAYMENT_TIME,
}
