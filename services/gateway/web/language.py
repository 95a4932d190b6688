"""Which language, which time zone: a person's own, else the browser's wish; times are the business's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context

from services.gateway.api import requests as r

LANGUAGES = {"en": "English", "de": "Deutsch"}
# Letters written from right to left, and the marks that turn the direction of what follows them.
_TURNS = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATE, _END = "\u2068", "\u2069"


class _Sentences(Domain):  # type: ignore[misc]  # flask-babel has no types
    """Messages whose values keep their writing direction to themselves, and whose numbers are written as people do."""

    def gettext(self, string: str, **values: Any) -> str:
        return str(super().gettext(string, **_isolated(values)))

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        found: str = self.get_translations().ungettext(singular, plural, num)
        return found % (_counted(num) | _isolated(values))


_SENTENCES = _Sentences()


def install(app: Flask) -> None:
    """Let pages speak the reader's language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, locale_selector=language, timezone_selector=timezone)
    app.before_request(_SENTENCES.as_default)
    for name in ("gettext", "ngettext"):
        app.jinja_env.globals[name] = _isolating(app.jinja_env.globals[name])


def language() -> str:
    """``en`` or ``de``."""
    if "signed_in" in g and g.signed_in.locale in LANGUAGES:
        return str(g.signed_in.locale)
    wished = request.args.get("lang")
    if wished in LANGUAGES:
        return wished
    return request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


def current() -> str:
    """The language of the page at hand."""
    return str(get_locale() or "en")[:2]


def timezone() -> str:
    """The business time zone."""
    return str(r.gateway().settings.business_tz)


def _isolating(say: Any) -> Callable[..., Any]:
    """A template's gettext or ngettext, with the same care for the values."""

    @pass_context
    def isolating(context: Any, *messages: Any, **values: Any) -> Any:
        # The number stands behind the two messages of which it chooses one.
        return say(context, *messages, **_counted(*messages[2:]) | _isolated(values))

    return isolating


def _counted(num: Any = None) -> dict[str, str]:
    """The number a message chooses its form by, as it is read: ``1,234``."""
    return {} if num is None else {"num": str(format_decimal(num, locale=current()))}


def _isolated(values: dict[str, Any]) -> dict[str, Any]:
    """A name written from right to left, or one that turns the direction, would turn the words around it."""
    turning = {name for name, value in values.items() if isinstance(value, str) and _TURNS.search(value)}
    return values | {name: _ISOLATE + values[name] + _END for name in turning}
