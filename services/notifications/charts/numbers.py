"""Figures as charts write them: compact where the eye compares, exact where the words say them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from libs.common.money import display, exponent, to_major
from libs.reporting.shown import MONTHS, NO_MONTH, number, percent
from services.notifications.charts.look import Reader
from services.notifications.charts.words import MONTHS_DE, say

_UNITS = ((10**9, "B", "Mrd."), (10**6, "M", "Mio."), (10**3, "K", "Tsd."))


def compact(minor: int, currency: str, reader: Reader) -> str:
    """``$194.5K``; in German ``194,5 Tsd. $``. Three digits or four: for axes and labels, not for reckoning."""
    major, sign = abs(to_major(minor, currency)), "-" if minor < 0 else ""
    size, short, long = _unit(major)
    text = _few_digits(major / size)
    symbol = _symbol(currency)
    if reader.language == "de":
        return f"{sign}{text.replace('.', ',')}" + (f"\u00a0{long}" if long else "") + f"\u00a0{symbol.strip()}"
    return f"{sign}{symbol}{text}{short}"


def brief(minor: int, currency: str, reader: Reader) -> str:
    """``195K``: for narrow columns beside an axis that names the currency."""
    size, short, long = _unit(abs(to_major(minor, currency)))
    whole = to_major(minor, currency) / size
    text = _few_digits(whole) if abs(whole) < 10 else f"{whole.quantize(Decimal(1), ROUND_HALF_UP):f}"
    return f"{text.replace('.', ',')}\u00a0{long}".strip() if reader.language == "de" else f"{text}{short}"


def exact(minor: int, currency: str, reader: Reader) -> str:
    """``$62,500.50`` as everywhere else; in German ``62.500,50 $``."""
    if reader.language != "de":
        return display(minor, currency)
    symbol = _symbol(currency)
    return f"{display(minor, currency).replace(symbol, '', 1).translate(_SWAPPED)}\u00a0{symbol.strip()}"


def share(value: float | None, reader: Reader) -> str:
    """``42.5 %``, a dash where there is nothing to reckon from."""
    if value is None:
        return "–"
    return percent(value).replace(".", ",") if reader.language == "de" else percent(value)


def count(value: float, reader: Reader) -> str:
    """``1,234`` or ``12.5``."""
    return number(value).translate(_SWAPPED) if reader.language == "de" else number(value)


def deals(number_of: int, reader: Reader) -> str:
    """``1 deal``, ``12 deals``."""
    return say("{n} deal" if number_of == 1 else "{n} deals", reader.language, n=count(number_of, reader))


def days(value: float | None, reader: Reader) -> str:
    """``1 day``, ``12.5 days``, a dash for none."""
    if value is None:
        return "–"
    return say("{n} day" if value == 1 else "{n} days", reader.language, n=count(value, reader))


def month(value: str | None, reader: Reader) -> str:
    """``Jan 2025``."""
    if value is None:
        return say(NO_MONTH, reader.language)
    names = MONTHS_DE if reader.language == "de" else MONTHS
    return f"{names[int(value[5:7]) - 1]} {value[:4]}"


def short_day(value: str, reader: Reader) -> str:
    """``Feb 12``; in German ``12. Feb``."""
    number = int(value[8:10])
    if reader.language == "de":
        return f"{number}. {MONTHS_DE[int(value[5:7]) - 1]}"
    return f"{MONTHS[int(value[5:7]) - 1]} {number}"


def major(minor: int, currency: str) -> float:
    """An amount as a length to draw. Nothing is reckoned with it."""
    return float(to_major(minor, currency))


def ticks(highest: float, most: int = 4) -> list[float]:
    """Round numbers from 0 to at most the highest: as many lines as an eye needs."""
    if highest <= 0:
        return [0.0]
    step = next(
        step
        for size in range(-3, 16)
        for step in (10.0**size, 2 * 10.0**size, 5 * 10.0**size)
        if highest / step <= most
    )
    return [round(step * each, 6) for each in range(int(highest / step) + 1)]


def spread(wanted: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """Places for labels in the order given, each as near to where it is wanted as the gap to the next allows."""
    placed: list[float] = []
    for at, place in enumerate(wanted):
        placed.append(max(place, placed[-1] + gap) if at else max(place, lowest))
    for at in range(len(placed) - 1, -1, -1):
        limit = highest if at == len(placed) - 1 else placed[at + 1] - gap
        placed[at] = min(placed[at], limit)
    return placed


def _unit(major_amount: Decimal) -> tuple[int, str, str]:
    # 999,950 is 1.0M and no 1,000K.
    for size, short, long in _UNITS:
        if major_amount >= Decimal(size) * Decimal("0.9995"):
            return size, short, long
    return 1, "", ""


def _few_digits(value: Decimal) -> str:
    step = Decimal("0.01") if value < 10 else Decimal("0.1")
    text = f"{value.quantize(step, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def _symbol(currency: str) -> str:
    return display(0, currency).removesuffix("0")


_SWAPPED = str.maketrans(",.", ".,")


def axis_money(tick: float, currency: str, reader: Reader) -> str:
    """The label of a round number of major units."""
    return compact(round(tick * 10 ** exponent(currency)), currency, reader)
