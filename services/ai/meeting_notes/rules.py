"""The built-in answer: what notes say in the usual words, in English and German. Pure: no I/O, always the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from services.ai.meeting_notes import amounts, dates
from services.ai.meeting_notes.minutes import LONGEST_STEP, MOST_STEPS, OPEN_STAGES, Change, Minutes, Notes, Step

VERSION = "notes-rules-1"

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])(?<!\b\d\.)(?<!\b\d\d\.)(?<!\b[A-Z]\.)\s+(?=[A-ZÄÖÜ0-9\"„“])")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+(?:\[[ xX]?\]\s*)?")
_HEADING = re.compile(
    r"^\W*(?:next steps?|action items?|actions|to-?dos?|follow-?ups?|nächste schritte|aufgaben|offene punkte)\W*$",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(r"^\W*[\w ]{3,40}:\s*$")
_MARKED = re.compile(r"^\W*(?:to-?do|action|next step|follow-?up|aufgabe|nächster schritt)\s*:\s*", re.IGNORECASE)
_PROMISED = re.compile(
    r"\b(?:(?:I|we)(?:'ll|’ll| will| need to| should| must| have to| are going to| am going to| agreed to| promised to)"
    r"|(?:ich|wir) (?:werden?|müssen|muss|sollen?|sollten|schicken?|senden?|liefern?|bereiten?|erstellen?|melden?))\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^(?:and |so |then )?(?:I|we)(?:'ll|’ll| will| need to| should| must| have to| are going to| am going to"
    r"| agreed to| promised to)\s+",
    re.IGNORECASE,
)
_DONE = re.compile(r"\[[xX]\]|\b(?:done|erledigt)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|no longer|never|cannot|\w+n't|nicht|kein\w*|nie|unless|if|falls|wenn|ob)\b|\?", re.IGNORECASE
)
# Words to whoever reads the notes are nothing that was said at the meeting.
_ORDERS = re.compile(r"\b(?:ignore|disregard|forget|override|ignorier\w*|vergiss|missachte\w*)\b", re.IGNORECASE)
_WORTH = re.compile(
    r"\b(?:budget|price|value|worth|volume|quote|offer|contract|deal|scope|wert|preis|auftragswert|volumen|angebot"
    r"|auftrag|summe|total)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(r"(?:\bto|\bauf|\bnow|\bjetzt|\bnun)\s*(?:about|around|rund|ca\.)?\s*$", re.IGNORECASE)
_FORMER = re.compile(r"(?:\bfrom|\binstead of|\bvon|\bstatt|\banstatt|\bnot)\s*$", re.IGNORECASE)
_CLOSES = re.compile(
    r"\b(?:sign|signs|signed|signing|signature|close|closes|closing|decide|decides|decision|go-ahead|approval"
    r"|unterschr\w+|unterzeichn\w+|abschlu\w+|abschließen|entscheid\w+|zusage|freigabe)\b",
    re.IGNORECASE,
)
_STAGES = (
    ("negotiation", r"\bnegotiat\w+|\bredlin\w+|\bverhandl\w+|\bnachverhandl\w+"),
    ("proposal", r"\b(?:sent|presented|submitted)\b[^.]{0,40}\bproposal|\bproposal (?:was|is|has been) "
                 r"(?:sent|presented)|\bangebot\b[^.]{0,40}\b(?:verschickt|geschickt|gesendet|vorgestellt|präsentiert)"),
)  # fmt: skip
_SUMMARY_SENTENCES, _SUMMARY_LENGTH = 4, 700


def read(notes: Notes) -> Minutes:
    """Summary: the first sentences that are no steps. Steps: what stands under a heading for them, is marked as one, or
    was promised in the first person. Fields: an amount, a day or a stage that a sentence about it names."""
    lines = [(text, is_step) for text, is_step in _lines(notes.text) if not _ORDERS.search(text)]
    steps = [_step(text, notes.today) for text, is_step in lines if is_step][:MOST_STEPS]
    said = [text for text, _is_step in lines]
    changes = [_value(said, notes), _closing(said, notes), _stage(said, notes)]
    told = [text for text, is_step in lines if not is_step and not _OTHER_HEADING.match(text)]
    return Minutes(_summary(told or said), tuple(steps), tuple(each for each in changes if each is not None))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each sentence, and whether it is something we are to do."""
    under_heading = False
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            continue
        if _HEADING.match(line):
            under_heading = True
            continue
        if _OTHER_HEADING.match(line):
            under_heading = False
        bare = _BULLET.sub("", line).strip()
        if under_heading or _MARKED.match(bare):
            marked = _MARKED.sub("", bare).strip()
            if marked and not _DONE.search(line):
                yield marked, True
            continue
        for sentence in _SENTENCE_ENDS.split(bare):
            if sentence.strip():
                yield sentence.strip(), bool(_PROMISED.search(sentence)) and not _DENIED.search(sentence)


def _step(sentence: str, today: date) -> Step:
    due = next((found.day for found in dates.find(sentence, today) if found.day >= today), None)
    text = _LEAD_IN.sub("", sentence).rstrip(". ")[:LONGEST_STEP]
    return Step(text[:1].upper() + text[1:], due, sentence[:600])


def _value(sentences: list[str], notes: Notes) -> Change | None:
    """The last sentence about what the deal is worth counts, unless it denies, asks or names several."""
    for sentence in reversed(sentences):
        if not _WORTH.search(sentence) or _DENIED.search(sentence):
            continue
        found = [each for each in amounts.find(sentence, notes.currency) if each.currency in (None, notes.currency)]
        if len(found) > 1:
            found = _meant(sentence, found)
        if len(found) != 1:
            continue
        if found[0].minor == notes.deal_value_minor:
            return None
        return Change("deal_value", notes.deal_value_minor, found[0].minor, sentence[:600])
    return None


def _meant(sentence: str, found: list[amounts.FoundAmount]) -> list[amounts.FoundAmount]:
    """Of several amounts the one it goes to, without those it comes from."""
    targets = [each for each in found if _TARGET.search(sentence[: each.start])]
    return targets or [each for each in found if not _FORMER.search(sentence[: each.start])]


def _closing(sentences: list[str], notes: Notes) -> Change | None:
    for sentence in reversed(sentences):
        if not _CLOSES.search(sentence) or _DENIED.search(sentence):
            continue
        days = {each.day for each in dates.find(sentence, notes.today) if each.day >= notes.today}
        if len(days) != 1:
            continue
        day, before = days.pop(), notes.expected_close_date
        if day == before:
            return None
        return Change("expected_close_date", before.isoformat() if before else None, day.isoformat(), sentence[:600])
    return None


def _stage(sentences: list[str], notes: Notes) -> Change | None:
    """Only onwards: that an earlier stage is spoken of does not undo a later one."""
    if notes.stage not in OPEN_STAGES:
        return None
    for stage, words in _STAGES:
        if OPEN_STAGES.index(stage) <= OPEN_STAGES.index(notes.stage):
            continue
        for sentence in sentences:
            if (
                re.search(words, sentence, re.IGNORECASE)
                and not _DENIED.search(sentence)
                and not _PROMISED.search(sentence)
            ):
                return Change("stage", notes.stage, stage, sentence[:600])
    return None


def _summary(sentences: list[str]) -> str:
    kept = ""
    for sentence in sentences[:_SUMMARY_SENTENCES]:
        if kept and len(kept) + len(sentence) > _SUMMARY_LENGTH:
            break
        ended = sentence if sentence.endswith((".", "!", "?", ":")) else f"{sentence}."
        kept = f"{kept} {ended}".strip()
    return kept[:_SUMMARY_LENGTH]
