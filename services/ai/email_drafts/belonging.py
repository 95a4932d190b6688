"""Which record a sentence speaks of: an amount or a date in it has to be that record's, or the person's who asks. Pure.

A record is named by an invoice's number, by "the invoice", by the deal's name or a word for its contract and value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.ai.email_drafts.context import MailContext
from services.ai.email_drafts.finding.amounts import Amount
from services.ai.email_drafts.finding.claims import Claim
from services.ai.email_drafts.finding.times import Days
from services.ai.email_drafts.sources import Source

_ENDS = re.compile(r"[!?\n]|\.(?=\s|$)")
_PARTS = re.compile(r";|[,:](?=\s)|\s[-–—]\s|\s(?:and|but|while|whereas|und|aber|während)\s", re.IGNORECASE)
_INVOICE = re.compile(r"\b(?:invoices?|Rechnung(?:en)?)\b", re.IGNORECASE)
_DEAL = re.compile(
    r"\b(?:contract|deal|project|proposal|offer|quote)(?:['’]s)?(?:\s+value)?\b(?!-)"
    r"|\b(?:Vertrag(?:swert)?s?|Auftrag(?:swert)?s?|Angebots?|Projekts?|Gesamtauftrag)\b",
    re.IGNORECASE,
)
_WORTH = re.compile(r"\b(?:worth|value|valued|wert|\w+wert)\b", re.IGNORECASE)
_TALKED = re.compile(
    r"\b(?:call(?:ed)?|spoke|spoken|talk(?:ed)?|met|meeting|demo|mail(?:ed)?|e-?mail(?:ed)?|wrote|written|remind\w*"
    r"|discuss\w*|asked|told|said|Telefonat|Treffen|Gespräch|Termin|besprochen|gesprochen|schrieb\w*|erinner\w*)\b",
    re.IGNORECASE,
)
_ASPECTS = {
    "due": re.compile(r"\bdue\b(?!\s+to\b)|\boverdue\b|\bpayable\b|\bfällig\w*|\bzahlbar\b", re.IGNORECASE),
    "sent": re.compile(r"\b(?:sent|issued|dated|went out|verschickt|gesendet|gestellt|ausgestellt)\b", re.IGNORECASE),
    "paid": re.compile(r"\b(?:was|were|has been|been) paid\b|\bbezahlt\b|\bbeglichen\b", re.IGNORECASE),
}
_ASPECT_NAMES = {"due": (", due date", ", due"), "sent": (", sent",), "paid": (", paid",)}


@dataclass(frozen=True, slots=True)
class _Named:
    """A record where a text names it; ``record`` is how the names of its sources begin."""

    start: int
    end: int
    record: str


def belongs(source: Source, claim: Claim, text: str, context: MailContext) -> bool:
    """Whether the source may back this amount or date where it stands; anything may where no record is named."""
    if source.name == "what you wrote" or not _is_of_a_record(claim):
        return True
    part = _part(text, claim)
    record = _record(text, claim, part, context)
    aspect = _aspect(part.said) if claim.kind == "date" else None
    if aspect and (record is None or record.startswith("invoice")) and not _due_of_another(source, aspect, record):
        return source.name.endswith(_ASPECT_NAMES[aspect]) and source.name.startswith(record or "")
    if record is None:
        return not (claim.kind == "amount" and _aspect(part.said) == "due" and source.name == "deal value")
    return _is_of(source, record, claim, part.said)


def _is_of_a_record(claim: Claim) -> bool:
    """Money and days are; shares, the numbers of documents, lengths and hours are not."""
    if claim.kind == "amount":
        return any(isinstance(each, Amount) for each in claim.value)
    return claim.kind == "date" and any(isinstance(each, Days) for part in claim.value for each in part)


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a sentence that holds a claim, and the sentence."""

    start: int
    end: int
    said: str
    first: int
    last: int


def _part(text: str, claim: Claim) -> _Part:
    first, last = _between(_ENDS, text, claim, 0, len(text))
    start, end = _between(_PARTS, text, claim, first, last)
    return _Part(start, end, text[start:end], first, last)


def _between(cut: re.Pattern[str], text: str, claim: Claim, first: int, last: int) -> tuple[int, int]:
    before = [match.end() for match in cut.finditer(text, first, claim.start)]
    after = cut.search(text, claim.end, last)
    return (before[-1] if before else first), (after.start() if after else last)


def _aspect(said: str) -> str | None:
    """Which date of a record is spoken of, where it is one alone."""
    found = [name for name, pattern in _ASPECTS.items() if pattern.search(said)]
    return found[0] if len(found) == 1 else None


def _due_of_another(source: Source, aspect: str, record: str | None) -> bool:
    """What is "sent" or "paid" need be no invoice, where none is named."""
    return record is None and aspect != "due" and not source.name.startswith("invoice")


def _record(text: str, claim: Claim, part: _Part, context: MailContext) -> str | None:
    """The record nearest in the part of the sentence; else the last one named before in it; else the next one."""
    named = list(_named(text, part, context))
    if not any(each.start <= claim.start and claim.end <= each.end for each in named):
        near = [each for each in named if part.start <= each.start < part.end]
        before = [each for each in named if each.end <= claim.start]
        if near:
            return min(near, key=lambda each: max(each.start - claim.end, claim.start - each.end)).record
        if before:
            return max(before, key=lambda each: each.end).record
        return min(named, key=lambda each: each.start).record if named else None
    return None


def _named(text: str, part: _Part, context: MailContext) -> Iterator[_Named]:
    """The records of a sentence. "The invoice" beside a number is the one of that number."""
    numbers = [
        _Named(match.start(), match.end(), f"invoice {invoice.number}")
        for invoice in context.invoices
        for match in re.finditer(re.escape(invoice.number), text[part.first : part.last])
    ]
    name = re.compile(re.escape(context.deal.name))
    words = [
        _Named(match.start(), match.end(), record)
        for pattern, record in ((_INVOICE, "invoice"), (_DEAL, "deal"), (name, "deal"))
        for match in pattern.finditer(text[part.first : part.last])
        if match[0] and not any(0 <= each.start - match.end() <= 12 for each in numbers)
    ]  # fmt: skip
    yield from (_Named(each.start + part.first, each.end + part.first, each.record) for each in (*numbers, *words))


def _is_of(source: Source, record: str, claim: Claim, said: str) -> bool:
    """A record's own sources; what was said on a day where the sentence speaks of a talk; all but invoices for a
    deal, whose worth its value alone tells."""
    name = source.name
    if record == "deal":
        if claim.kind == "amount" and _WORTH.search(said):
            return name.startswith("deal")
        return not name.startswith(("invoice", "open invoices"))
    if claim.kind == "date" and _TALKED.search(said) and not name.startswith("deal"):
        return not name.startswith("invoice") or name.startswith(record)
    own = f"{record}," if " " in record else "invoice "
    return name.startswith((own, "open invoices"))
