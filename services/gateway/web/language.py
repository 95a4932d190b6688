"""Which language, which time zone: a person's own, else the browser's wish; times are the business's."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel, get_locale

from services.gateway.api import requests as r

LANGUAGES = {"en": "English", "de": "Deutsch"}


def install(app: Flask) -> None:
    """Let pages speak the reader's language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, locale_selector=language, timezone_selector=timezone)


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
