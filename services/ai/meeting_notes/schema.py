"""The shape a model must answer with, and what of the answer is believed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, Field

from libs.common.money import MoneyError, to_minor
from services.ai.meeting_notes import amounts, dates
from services.ai.meeting_notes.minutes import (
    LONGEST_STEP,
    LONGEST_SUMMARY,
    MOST_STEPS,
    OPEN_STAGES,
    Change,
    Minutes,
    Notes,
    Step,
)
from services.ai.meeting_notes.minutes import Field as DealField
from services.ai.quoting import foreign_links, stands_in
from services.ai.tasks import Unusable


class StepSchema(BaseModel):
    text: str = Field(min_length=1, max_length=LONGEST_STEP)
    due: str | None = Field(default=None, max_length=200)
    quote: str = Field(min_length=1, max_length=600)


class FieldSchema(BaseModel):
    field: DealField
    to: str = Field(min_length=1, max_length=200)
    quote: str = Field(min_length=1, max_length=600)


class MinutesSchema(BaseModel):
    """What the model is made to answer with."""

    summary: str = Field(min_length=1, max_length=LONGEST_SUMMARY)
    steps: list[StepSchema] = Field(max_length=MOST_STEPS)
    fields: list[FieldSchema] = Field(max_length=6)


def accept(parsed: Any, notes: Notes) -> Minutes:
    """Only what cites words that stand in the notes; a day or an amount must itself stand in the words cited.

    Unusable when the summary brings in a link or an address that the notes do not hold.
    """
    answer: MinutesSchema = parsed
    if foreign_links(answer.summary, notes.text):
        raise Unusable("its summary holds a link or an address that the notes do not")
    steps = [step for each in answer.steps if (step := _step(each, notes)) is not None]
    changes: dict[str, Change] = {}
    for named in answer.fields:
        change = _change(named, notes)
        if change is not None:
            changes.setdefault(change.field, change)
    dropped = len(answer.steps) + len(answer.fields) - len(steps) - len(changes)
    return Minutes(_line(answer.summary), tuple(steps), tuple(changes.values()), dropped)


def _step(each: StepSchema, notes: Notes) -> Step | None:
    if not stands_in(each.quote, notes.text) or foreign_links(each.text, notes.text):
        return None
    days = [found.day for found in dates.find(each.quote, notes.today) if found.day >= notes.today]
    said = _day(each.due)
    # The model's own day only where it is among those cited; where it counted wrong, the only one that is.
    due = said if said in days else days[0] if len(set(days)) == 1 else None
    return Step(_line(each.text), due, _line(each.quote))


def _change(each: FieldSchema, notes: Notes) -> Change | None:
    """The change, where the words cited stand in the notes and hold what it changes to; None where it is none."""
    if not stands_in(each.quote, notes.text):
        return None
    quote = _line(each.quote)
    match each.field:
        case "deal_value":
            minor = _minor(each.to, notes.currency)
            cited = [found for found in amounts.find(each.quote, notes.currency) if found.minor == minor]
            if minor in (None, notes.deal_value_minor) or not any(_ours(found, notes) for found in cited):
                return None
            return Change("deal_value", notes.deal_value_minor, minor or 0, quote)
        case "expected_close_date":
            day, before = _day(each.to), notes.expected_close_date
            if day is None or day in (before,) or day not in {found.day for found in dates.find(quote, notes.today)}:
                return None
            return Change("expected_close_date", before.isoformat() if before else None, day.isoformat(), quote)
        case _:
            if each.to not in OPEN_STAGES or each.to == notes.stage or notes.stage not in OPEN_STAGES:
                return None
            return Change("stage", notes.stage, each.to, quote)


def _ours(found: amounts.FoundAmount, notes: Notes) -> bool:
    return found.currency in (None, notes.currency)


def _minor(text: str, currency: str) -> int | None:
    try:
        return to_minor(Decimal(text.replace(",", "").replace("_", "").strip()), currency)
    except (InvalidOperation, MoneyError):
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _line(text: str) -> str:
    return " ".join(text.split())
