"""Win probability in words: what raises it, what lowers it, and how good the model is."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from services.gateway.web.language import current
from services.gateway.web.words import word

FEATURES = {
    "stage": _l("Stage"),
    "value": _l("Value"),
    "currency": _l("Currency"),
    "source": _l("Source"),
    "owner": _l("Owner"),
    "industry": _l("Industry"),
    "days": _l("Time before this stage"),
}
OUTCOMES = {"used": _l("In use"), "refused": _l("Not better than guessing"), "too_few": _l("Too few deals")}


def percent(share: float | None) -> str:
    """``44 %``."""
    return "–" if share is None else f"{round(share * 100)} %"


def decimals(value: float | None, digits: int = 3) -> str:
    """``0.171``, with the reader's decimal point."""
    return "–" if value is None else str(format_decimal(round(value, digits), "0." + "0" * digits, locale=current()))


def points(value: float) -> str:
    """``+12.5`` percentage points."""
    sign = "+" if value > 0 else "−"
    return sign + str(format_decimal(abs(value), "0.0", locale=current()))


def value_of(reason: dict[str, Any], deal: dict[str, Any], people: dict[str, Any]) -> str:
    """What a deal has in a feature, as people say it."""
    value, feature = reason["value"], reason["feature"]
    if value is None:
        return str(gettext("not known"))
    if feature == "owner":
        return str(people.get(value, {}).get("name") or gettext("Somebody who left"))
    if feature == "value":
        return f"{format_decimal(value, '#,##0.##', locale=current())} {deal['currency']}"
    if feature == "days":
        return str(ngettext("%(num)s day", "%(num)s days", round(float(value))))
    return word(value)


def dots(calibration: list[dict[str, Any]]) -> list[dict[str, float]]:
    """The plot of what was said against what came of it: places in a square of 100, the upper left its origin."""
    most = max((each["count"] for each in calibration), default=1)
    return [
        {
            "x": round(each["predicted"] * 100, 2),
            "y": round(100 - each["won"] * 100, 2),
            "r": round(1.2 + 2.8 * (each["count"] / most) ** 0.5, 2),
        }
        for each in calibration
    ]
