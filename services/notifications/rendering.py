"""Mails from templates: each kind has a subject, a plain text and an HTML body that say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from libs.brand import tokens
from libs.common.money import display
from services.notifications.domain import day, one_line, shortened
from services.notifications.ports import Company

_SUBJECT_LENGTH = 250
_BLANK_LINES = re.compile(r"\n\s*\n(?=[^\n])")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The two bodies of a mail."""

    text: str
    html: str


def subject(kind: str, context: dict[str, Any], company_name: str) -> str:
    """The subject: one line, whatever names are in it."""
    made = _environment().get_template(f"{kind}/subject.txt").render(context, company={"name": company_name})
    return shortened(one_line(made), _SUBJECT_LENGTH)


def bodies(kind: str, subject_line: str, context: dict[str, Any], first_name: str, company: Company) -> Rendered:
    """Both bodies for one reader; ``first_name`` is "" for one whose name is not known."""
    values = context | {"company": company, "first_name": first_name, "subject": subject_line}
    environment = _environment()
    text = environment.get_template(f"{kind}/body.txt").render(values)
    html = environment.get_template(f"{kind}/body.html").render(values)
    return Rendered(_BLANK_LINES.sub("\n\n", text).strip() + "\n", _inliner().inline(html))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"light": tokens.LIGHT, "dark": tokens.DARK, "size": tokens.pixels()}
    environment.filters["money"] = display
    environment.filters["day"] = _day
    environment.filters["one_line"] = one_line
    return environment


@cache
def _inliner() -> Any:
    # Mail programs drop or rewrite style sheets; what is on the element stays.
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _day(value: str) -> str:
    return day(date.fromisoformat(value))
