"""The numbers within a sentence lead to the lists that they count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.money import display
from libs.reporting.nouns import NAMED, words_after

# An amount with what stands before it, or a plain number; no part of a phone number, a date or a share.
_NUMBER = re.compile(r"(?<![\w+\-./])(?:[A-Z]{3}\s|[$€£¥₹₩₪₫])?\d(?:[\d,.]*\d)?(?![\w\-/]|\s?%)")
# What each figure counts, as ``libs.reporting.nouns`` calls it: a number of invoices is no number of deals.
_COUNTED = {
    "open": "deals", "closing": "deals", "won": "deals", "stagnant": "deals", "overdue": "invoices",
    "meetings": "meetings", "unanswered": "unanswered",
}  # fmt: skip
_NOUN = re.compile(NAMED, re.IGNORECASE)
# By what a sentence says beside a number one knows which of two figures of the same size is meant.
_WORDS = {
    "open": r"\bopen\b|\bpipeline\b|\boffen",
    "closing": r"\bclos|\bdue to close|\bthis week|\bwithin a week|\bnext (?:7|seven) days|\babschlie|\bdiese woche"
    r"|\beiner woche",
    "won": r"\bwon\b|\bwins?\b|\bgewonnen",
    "overdue": r"\boverdue|\binvoices?\b|\büberfällig|\brechnung",
    "stagnant": r"\bstagnant|\bstand|\bstill\b|\bidle|\bstehen|\bsteht",
    "meetings": r"\bmeetings?\b|\btermin",
    "unanswered": r"\bunanswered|\binquir|\banswer|\bmessages?\b|\bwait|\banfrage|\bantwort",
}


def linked(sentence: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``{risk, parts: [{text, path}]}``: the sentence in pieces, the path of what is no number is None."""
    text, parts, at = str(sentence["text"]), [], 0
    for found in _NUMBER.finditer(text):
        metric = _meant(found, text, metrics)
        if metric is not None:
            parts += [{"text": text[at : found.start()], "path": None}, {"text": found[0], "path": metric["path"]}]
            at = found.end()
    parts.append({"text": text[at:], "path": None})
    return {"risk": bool(sentence.get("risk")), "parts": [each for each in parts if each["text"]]}


def _meant(found: re.Match[str], text: str, metrics: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The figure a number stands for; of several of its size, the one whose words stand nearest. None where the words
    speak of none of them: a number without a link is better than one that leads elsewhere."""
    fitting = [each for each in metrics if found[0] in _written(each) and _counts(found, text, each["name"])]
    if len(fitting) == 1:
        return fitting[0]
    distances = [(_distance(found, text, each["name"]), each) for each in fitting]
    told = [(distance, each) for distance, each in distances if distance is not None]
    return min(told, key=lambda pair: pair[0])[1] if told else None


def _counts(found: re.Match[str], text: str, name: str) -> bool:
    """Whether the thing named after a plain number is the one the figure counts."""
    noun = _NOUN.search(words_after(text[found.end() :])) if found[0].replace(",", "").isdigit() else None
    return noun is None or noun.lastgroup == _COUNTED[name]


def _written(metric: Mapping[str, Any]) -> set[str]:
    amounts = {display(each["minor"], each["currency"]) for each in metric["amounts"]}
    return amounts | {str(metric["count"]), f"{metric['count']:,}"}


def _distance(found: re.Match[str], text: str, name: str) -> int | None:
    """Characters to the nearest word of a figure; English says it after the number, so before counts twice. None where
    there is no such word."""
    places = [
        each.start() - found.end() if each.start() >= found.end() else 2 * (found.start() - each.end())
        for each in re.finditer(_WORDS[name], text, re.IGNORECASE)
    ]
    return min(places, default=None)
