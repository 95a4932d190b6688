"""The figures that an insight into a report may speak of: the same for the page, the API and the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Answer = Mapping[str, Any]
Fact = dict[str, Any]


def forecast_facts(forecast: Answer, risks: Answer | None = None) -> list[Fact]:
    """What ``ai.report_insight`` is given of a forecast: ``[{name, kind, value, currency?}]``.

    forecast, risks: the answers of those methods of deals under the same filters; None where the second did not come.
    Where nothing open closes in the range, what is at risk elsewhere is no matter of it.
    Percentages have one decimal, days are whole.
    """
    found = [*_sums(forecast), *_against_target(forecast), *_best_month(forecast)]
    if risks and any(each["count"] for each in forecast["stages"] if each["stage"] not in ("won", "lost")):
        found += _slowest(risks)
        found += _risk(risks["items"][0]) if risks["items"] else []
    rate = forecast["win_rate"]
    return found + ([_percent("win_rate_percent", rate)] if rate is not None else [])


def _sums(forecast: Answer) -> list[Fact]:
    names = {
        "total_weighted": "total_weighted_minor",
        "total_value": "total_value_minor",
        "open_value": "open_minor",
        "won_value": "won_minor",
    }
    return [_money(name, forecast[field], forecast["currency"]) for name, field in names.items()]


def _against_target(forecast: Answer) -> list[Fact]:
    target = forecast.get("target_minor")
    if not target:
        return []
    expected = forecast["expected_minor"]
    return [
        _money("target", target, forecast["currency"]),
        _money("target_weighted", expected, forecast["currency"]),
        _percent("attainment_percent", forecast["attainment"]),
        _percent("above_target_percent", expected / target - 1),
    ]


def _best_month(forecast: Answer) -> list[Fact]:
    best = max(forecast["months"], key=lambda each: int(each["weighted_minor"]), default=None)
    if best is None or best["weighted_minor"] <= 0:
        return []
    return [
        {"name": "best_month", "kind": "month", "value": best["month"]},
        _money("best_month_weighted", best["weighted_minor"], forecast["currency"]),
    ]


def _slowest(risks: Answer) -> list[Fact]:
    """The stage whose deals stand still longest, of all that is open."""
    still = [each for each in risks["stages"] if each["count"] and each["median_idle_days"] is not None]
    if not still:
        return []
    slowest = max(still, key=lambda each: (each["median_idle_days"], each["count"]))
    return [
        _text("slowest_stage", slowest["stage"]),
        {"name": "slowest_stage_deals", "kind": "count", "value": slowest["count"]},
        {"name": "slowest_stage_median_days", "kind": "days", "value": int(slowest["median_idle_days"])},
    ]


def _risk(deal: Answer) -> list[Fact]:
    because = deal["because"]
    reasons = because if isinstance(because, list) else [because]
    found = [_text("risk_deal", deal["deal_name"]), _text("risk_company", deal["company_name"])]
    if deal["value_minor"] is not None:
        found.append(_money("risk_value", deal["value_minor"], deal["currency"]))
    if deal["idle_days"] is not None:
        found.append({"name": "risk_idle_days", "kind": "days", "value": int(deal["idle_days"])})
    return found + [_text("risk_reason", reason) for reason in reasons[:1]]


def _money(name: str, minor: int, currency: str) -> Fact:
    return {"name": name, "kind": "money", "value": minor, "currency": currency}


def _percent(name: str, share: float) -> Fact:
    tenths = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return {"name": name, "kind": "percent", "value": float(tenths)}


def _text(name: str, value: str) -> Fact:
    """One line of printable characters, as the insight takes it; a name that has none is told as such."""
    words = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return {"name": name, "kind": "text", "value": words[:300] or "?"}
