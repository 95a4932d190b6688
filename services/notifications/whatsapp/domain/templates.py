"""Templates: messages that WhatsApp has approved, with places to fill in that are numbered or named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLACE = re.compile(r"\{\{\s*(\w{1,60})\s*\}\}")
# Buttons that are sent as they were approved.
_PLAIN_BUTTONS = frozenset({"QUICK_REPLY", "PHONE_NUMBER", "URL", "VOICE_CALL"})
_HEADERS = {
    "IMAGE": "it has a picture in its header",
    "VIDEO": "it has a video in its header",
    "DOCUMENT": "it has a file in its header",
    "LOCATION": "it has a place on the map in its header",
}
HEADER_PLACE = "it has a place to fill in in its header"
BUTTON_PLACE = "it has a button whose address has a place to fill in"
BUTTON_KIND = "it has a button of a kind that is not sent from here"
OTHER_PART = "it has a part of a kind that is not sent from here"

# What the approved template for a new brief says, until its text has been synced: first name, company, project.
BRIEF_WORDS = """Hi {{1}}! 👋

Thanks for sharing your project details with {{2}}.

We received your brief for the {{3}} project. Our team is reviewing it now.

A sales rep will reach out within 24 hours to discuss next steps.

Quick question: What's your preferred time for a call this week?"""


def place_names(body: str) -> list[str]:
    """What the places of a template's text are called, in their order: numbers from 1, or names of their own."""
    found = list(dict.fromkeys(_PLACE.findall(body)))
    if all(each.isdecimal() for each in found):
        return [str(number) for number in range(1, max(map(int, found), default=0) + 1)]
    return found


def places(body: str) -> int:
    """How many parameters a template's text takes."""
    return len(place_names(body))


def filled(body: str, parameters: Sequence[str]) -> str:
    """The text with its parameters; a place without one stays as it is."""
    given = dict(zip(place_names(body), parameters, strict=False))
    return _PLACE.sub(lambda found: given.get(found[1], found[0]), body)


def parameters_of(body: str, parameters: Sequence[str]) -> list[dict[str, str]]:
    """The parameters as the Cloud API takes them; a place with a name of its own is named."""
    names = place_names(body)
    if all(each.isdecimal() for each in names):
        return [{"type": "text", "text": each} for each in parameters]
    pairs = zip(names, parameters, strict=False)
    return [{"type": "text", "parameter_name": name, "text": each} for name, each in pairs]


def problem_of(components: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a template is not sent from here, where only the places of its text can be filled in; None where it is."""
    for each in components:
        kind = str(each.get("type", "")).upper()
        if kind == "HEADER" and (found := _of_header(each)) is not None:
            return found
        if kind == "BUTTONS" and (found := _of_buttons(each.get("buttons"))) is not None:
            return found
        if kind not in ("HEADER", "BODY", "FOOTER", "BUTTONS"):
            return OTHER_PART
    return None


def _of_header(header: Mapping[str, Any]) -> str | None:
    form = str(header.get("format", "TEXT")).upper()
    if form != "TEXT":
        return _HEADERS.get(form, OTHER_PART)
    return HEADER_PLACE if _PLACE.search(str(header.get("text", ""))) else None


def _of_buttons(buttons: Any) -> str | None:
    for each in buttons if isinstance(buttons, list) else []:
        kind = str(each.get("type", "")).upper() if isinstance(each, dict) else ""
        if kind not in _PLAIN_BUTTONS:
            return BUTTON_KIND
        if kind == "URL" and _PLACE.search(str(each.get("url", ""))):
            return BUTTON_PLACE
    return None


def language_of(languages: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The first of the wanted languages that there is, as it is spelled there: ``en_US`` is an ``en``."""
    for each in wanted:
        same = [other for other in languages if other == each]
        near = [other for other in languages if other.partition("_")[0] == each.partition("_")[0]]
        if same or near:
            return (same or sorted(near))[0]
    return None
