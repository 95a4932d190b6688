"""PDFs by WeasyPrint from the templates beside this package. Only a worker renders: it takes CPU, and much memory."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from libs.brand import tokens
from libs.common.money import display, exponent

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent.parent / "templates"
_METHODS = {"stripe": "Card or online payment (Stripe)", "bank_transfer": "Bank transfer"}


class WeasyPrintRenderer:
    """The same view gives the same bytes: fixed metadata, an identifier from the view, and no clock."""

    def __init__(self) -> None:
        # fontTools writes the time into every font subset unless it is told another one.
        os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
        # Rendering holds the processor, not a wire: job threads that took turns were measured to be done sooner.
        self._turn = Lock()

    def invoice(self, view: dict[str, Any]) -> bytes:
        shown = _Figures(view["currency"], _invoice_amounts(view))
        total, mark = shown.exact(view["amount_minor"]), view.get("mark")
        page = self._page("invoice.html", view=view, total=total, figure=shown.in_column, mark=mark)
        return self._pdf(page, f"{mark or 'invoice'} {view['invoice_number']}")

    def receipt(self, view: dict[str, Any]) -> bytes:
        amounts = [view["amount_minor"], view["invoice_amount_minor"], view["balance_minor"]]
        shown = _Figures(view["currency"], amounts)
        method = _METHODS.get(view["method"], view["method"].replace("_", " ").capitalize())
        paid = shown.exact(view["amount_minor"])
        page = self._page("receipt.html", view=view, paid=paid, figure=shown.in_column, method=method)
        return self._pdf(page, f"receipt {view['invoice_number']} {view['id']}")

    def _page(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render({"mark": None} | values)

    def _pdf(self, page: str, identifier: str) -> bytes:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher

        # Texts come from outside: nothing in them may make the renderer open a file or an address.
        fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
        with self._turn:
            made = HTML(string=page, url_fetcher=fetcher).write_pdf(pdf_identifier=identifier.encode(), pdf_tags=True)
        assert isinstance(made, bytes)
        return made

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        made = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        made.globals["colour"] = tokens.LIGHT  # paper is light
        made.filters["day"] = _day
        made.filters["plain"] = _plain
        return made


class _Figures:
    """Amounts of one document. In a column all have decimals as soon as one of them needs them."""

    def __init__(self, currency: str, amounts: list[int]) -> None:
        self._currency = currency
        self._digits = exponent(currency)
        self._decimals = any(amount % 10**self._digits for amount in amounts)

    def exact(self, minor: int) -> str:
        """As everywhere else in the product."""
        return display(minor, self._currency)

    def in_column(self, minor: int) -> str:
        is_whole = minor % 10**self._digits == 0
        return self.exact(minor) + ("." + "0" * self._digits if self._decimals and is_whole else "")


def _invoice_amounts(view: dict[str, Any]) -> list[int]:
    sums = [view[name] for name in ("subtotal_minor", "discount_minor", "tax_minor", "amount_minor")]
    return sums + [line[name] for line in view["lines"] for name in ("unit_price_minor", "amount_minor")]


def _day(value: date) -> str:
    return f"{value:%B} {value.day}, {value.year}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
