"""What deals answers of what was closed, and of how deals go: by month, stage, source and owner."""

from __future__ import annotations

from typing import Any

from tests.support.actors import JESSICA, JOHN

_SPAN = {"from_day": "2024-04-01", "to_day": "2025-03-31", "currency": "USD"}
TWELVE = [f"2024-{month:02d}" for month in range(4, 13)] + [f"2025-{month:02d}" for month in range(1, 4)]
WON_BY_MONTH = (3, 4, 6, 5, 2, 7, 8, 6, 9, 5, 7, 10)
LOST_BY_MONTH = (4, 4, 3, 6, 5, 4, 5, 7, 3, 4, 5, 4)


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
    "rows": [_won(month, won, lost) for month, won, lost in zip(TWELVE, WON_BY_MONTH, LOST_BY_MONTH, strict=True)],
    "total": {
        name: value for name, value in _won(None, sum(WON_BY_MONTH), sum(LOST_BY_MONTH)).items() if name != "key"
    },
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
VELOCITY: dict[str, Any] = {
    "from_day": _SPAN["from_day"],
    "to_day": _SPAN["to_day"],
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
        for month, won, lost in zip(TWELVE, WON_BY_MONTH, LOST_BY_MONTH, strict=True)
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
        for at, (month, won, lost) in enumerate(zip(TWELVE, WON_BY_MONTH, LOST_BY_MONTH, strict=True))
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
        "attained_minor": won * 2_350_000 if target else None,
        "attainment": won * 2_350_000 / target if target else None,
    }


REPS: dict[str, Any] = _SPAN | {
    "rows": [_rep(JOHN.id, 41, 23, 80_000_000), _rep(JESSICA.id, 28, 25, 80_000_000), _rep(None, 3, 6, None)],
    "total": {name: value for name, value in _rep("", 72, 54, 170_000_000).items() if name != "owner_id"},
}
