"""The shape a model must answer with, and what of the answer is believed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from pydantic import BaseModel, Field

from services.ai.meeting_times import zones
from services.ai.meeting_times.hours import LAST, MIDNIGHT
from services.ai.meeting_times.reply import MOST_WINDOWS, Asked, Times, Window
from services.ai.quoting import stands_in

# Nobody proposes a call for next year in a chat; a day further away was counted wrong.
_FARTHEST = timedelta(days=120)


class WindowSchema(BaseModel):
    """zone: by whose clock (IANA name), where the message names one; zone_quote: the words that name it."""

    day: str = Field(max_length=10)
    begins: str | None = Field(default=None, max_length=5)
    ends: str | None = Field(default=None, max_length=5)
    quote: str = Field(min_length=1, max_length=300)
    zone: str | None = Field(default=None, max_length=60)
    zone_quote: str | None = Field(default=None, max_length=100)


class TimesSchema(BaseModel):
    """What the model is made to answer with."""

    windows: list[WindowSchema] = Field(max_length=MOST_WINDOWS)


def accept(parsed: Any, asked: Asked) -> Times:
    """Only what cites words that stand in the text and is a time from the day it was said on."""
    answer: TimesSchema = parsed
    found = [window for each in answer.windows if (window := _window(each, asked)) is not None]
    return Times.of(sorted(found, key=lambda each: (each.day, each.begins)))


def _window(each: WindowSchema, asked: Asked) -> Window | None:
    day, begins, ends = _day(each.day), _time(each.begins), _time(each.ends)
    if day is None or not asked.said_on <= day <= asked.said_on + _FARTHEST or not stands_in(each.quote, asked.text):
        return None
    if begins is None:
        begins, ends = MIDNIGHT, ends or LAST
    if ends is not None and ends <= begins:
        return None
    return Window(day, begins, ends, " ".join(each.quote.split()), _zone(each, asked))


def _zone(each: WindowSchema, asked: Asked) -> str | None:
    """The zone that the words name. What the model says of it is believed where it is one and cites words that stand
    there; else what the rules read in them."""
    cited = each.zone_quote if each.zone_quote and stands_in(each.zone_quote, asked.text) else None
    zone = zones.known(each.zone) if cited else None
    if zone is not None:
        return zone
    # What it does not cite it may have guessed, from the language or the hour.
    beside = zones.find(f"{each.quote} {cited or ''}", asked.clocks())
    named = {found.zone for found in beside or zones.find(asked.text, asked.clocks())}
    return beside[0].zone if beside else named.pop() if len(named) == 1 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None
