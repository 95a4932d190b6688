"""How pages write amounts, days and names."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from flask import Flask, request
from flask_babel import gettext
from markupsafe import Markup

from libs.common.money import display, exponent, json_number, to_major
from services.gateway.web.language import current, timezone
from services.gateway.web.said import refusal, said
from services.gateway.web.words import hit_place, word

_GREETING = re.compile(r"\b(?:hi|hello|hey|dear|hallo|liebe|lieber|guten tag)[\s,]*$", re.IGNORECASE)
_NOW_SECONDS = 45
_WEEK_SECONDS = 7 * 86_400


def money(minor: int | None, currency: str | None) -> str:
    """``$62,500``; in German ``62.500 $``. The same figures as on PDFs and in mails, from the same integer."""
    if minor is None or not currency:
        return "–"
    if current() == "en":
        return display(minor, currency)
    digits = exponent(currency)
    whole = minor % 10**digits == 0
    pattern = ("#,##0" if whole else "#,##0." + "0" * digits) + "\u00a0¤"
    return str(format_currency(to_major(minor, currency), currency, pattern, "de", currency_digits=False))


def dollars(micro: int | None) -> str:
    """Millionths of a US dollar: ``$1.50``, with up to four decimals where they say something (``$0.0012``)."""
    if micro is None:
        return "–"
    pattern = "¤#,##0.00##" if current() == "en" else "#,##0.00##\u00a0¤"
    amount = Decimal(micro) / 1_000_000
    least = Decimal("0.0001")
    shown = least if 0 < amount < least else amount
    less = "< " if 0 < amount < least else ""
    return less + str(format_currency(shown, "USD", pattern, current(), currency_digits=False))


def typed_amount(minor: int | None, currency: str) -> str:
    """An amount as it stands in an input."""
    if minor is None:
        return ""
    return exact(json_number(minor, currency))


def exact(value: str) -> str:
    """A number as the API has it, digit for digit, with the reader's decimal point."""
    return str(value).replace(".", ",") if current() == "de" else str(value)


def number(value: int) -> str:
    """``1,234``."""
    return str(format_decimal(value, locale=current()))


def day(value: Any) -> str:
    """A date, or the business day of an instant: ``Feb 15, 2025``."""
    found = _instant(value) if isinstance(value, datetime) or "T" in str(value or "") else None
    moment = found.date() if found else date.fromisoformat(str(value)) if value else None
    return str(format_date(moment, "medium", locale=current())) if moment else "–"


def last_day(value: Any) -> str:
    """The last business day before an instant, which something holds through."""
    found = _instant(value)
    return day(found - timedelta(seconds=1)) if found else "–"


def moment(value: Any) -> str:
    """``Feb 15, 2025, 3:04 PM`` in the business time zone."""
    found = _instant(value)
    if found is None:
        return "–"
    clock = format_time(found, "short", tzinfo=found.tzinfo, locale=current())
    return f"{day(value)}, {clock}".replace("\u202f", " ")


def clock(value: Any) -> str:
    """A time of a day, ``3:04 PM``: of ``15:04``, or of an instant with its own offset."""
    text = str(value)
    found = time.fromisoformat(text[11:16] if "T" in text else text[:5])
    return str(format_time(found, "short", locale=current())).replace("\u202f", " ")


def hour(value: Any) -> Markup:
    """``3:04 PM`` in the business time zone, with the day on hover: beside others of its day."""
    found = _instant(value)
    if found is None:
        return Markup("–")
    text = format_time(found, "short", tzinfo=found.tzinfo, locale=current()).replace("\u202f", " ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(found.isoformat(), moment(value), text)


def ago(value: Any) -> Markup:
    """``3 hours ago``, with the exact time on hover; older than a week, the day."""
    found = _instant(value)
    if found is None:
        return Markup("–")
    text = _since((found - datetime.now(UTC)).total_seconds(), value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(found.isoformat(), moment(value), text)


def local_input(value: Any) -> str:
    """An instant as ``datetime-local`` inputs want it."""
    found = _instant(value)
    return found.strftime("%Y-%m-%dT%H:%M") if found else ""


def greets(body: Any) -> bool:
    """Whether a template's first place is the name of whom it greets: ``Hi {{1}},``."""
    return bool(_GREETING.search(str(body).partition("{{1}}")[0]))


def initials(name: Any) -> str:
    """``JS`` for John Smith."""
    words = [part for part in str(name or "?").split() if part[:1].isalnum()] or ["?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def face(name: Any) -> int:
    """Which of the avatar colours a name has: always the same."""
    return zlib.crc32(str(name).encode(errors="replace")) % 5 + 1


def with_query(**changes: Any) -> str:
    """This page's address with other parameters; None takes one away, and a new wish begins at the first page."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    pairs = [(name, value) for name, value in pairs if name not in ("cursor", "part") and value]
    for name, value in changes.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, each) for each in values if each not in (None, "")]
    query = urlencode(pairs)
    return f"{request.path}?{query}" if query else request.path


def options(items: Any, value: str, label: str) -> list[tuple[Any, Any]]:
    """Rows as the choices of a select."""
    return [(each[value], each[label]) for each in items]


def _instant(value: Any) -> datetime | None:
    if not value:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(timezone()))


def _since(seconds: float, value: Any) -> str:
    if abs(seconds) <= _NOW_SECONDS:
        return str(gettext("just now"))
    if abs(seconds) >= _WEEK_SECONDS:
        return day(value)
    return str(format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=current()))


def install(app: Flask) -> None:
    """Name them for templates."""
    figures = (money, dollars, typed_amount, exact, number, day, last_day, moment, clock, hour, ago, local_input)
    filters = (*figures, greets, initials, face, word, hit_place, options, said, refusal)
    app.jinja_env.filters.update({each.__name__: each for each in filters})
    app.jinja_env.globals["with_query"] = with_query
