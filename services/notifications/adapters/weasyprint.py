"""Reports as PDF by WeasyPrint from ``print/report.html``. Only a worker prints: it takes CPU, and much memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from libs.brand import tokens
from libs.reporting.shown import day

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent.parent / "print"


class WeasyPrintPrinter:
    """The same view gives the same bytes: fixed metadata, an identifier from what is shown, and no clock."""

    def __init__(self) -> None:
        # fontTools writes the time into every font subset unless it is told another one.
        os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
        # Rendering holds the processor, not a wire: job threads that took turns were measured to be done sooner.
        self._turn = Lock()

    def pdf(self, view: Mapping[str, Any]) -> bytes:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher

        page = self._environment.get_template("report.html").render(view=view)
        identifier = hashlib.sha256(page.encode()).hexdigest()[:32]
        # Texts come from outside: nothing in them may make the renderer open a file or an address.
        fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
        with self._turn:
            made = HTML(string=page, url_fetcher=fetcher).write_pdf(pdf_identifier=identifier.encode(), pdf_tags=True)
        assert isinstance(made, bytes)
        return made

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup

        made = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        made.globals["colour"] = tokens.LIGHT  # paper is light
        made.globals["mark"] = Markup(tokens.mark())  # noqa: S704  (a drawing of our own, without any text from outside)
        made.filters["day"] = _day
        # Our own painter's, which keeps nothing but shapes and escaped words.
        made.filters["drawing"] = Markup
        return made


def _day(value: date) -> str:
    return day(value)
