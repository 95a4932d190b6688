"""What billing answers: what is owed, and how soon it is paid."""

from __future__ import annotations

from typing import Any

from tests.support.report_answers.forecast import CLIENT, CLIENT_2
from tests.support.report_answers.performance import LOST_BY_MONTH, TWELVE, WON_BY_MONTH

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
        for month, won, lost in zip(TWELVE, WON_BY_MONTH, LOST_BY_MONTH, strict=True)
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
