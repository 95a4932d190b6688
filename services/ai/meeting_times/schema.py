"""The shape a model must answer with, and what of the answer is believed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from pydantic import BaseModel, Field

from services.ai.meeting_times.hours import LAST, MIDNIGHT
from services.ai.meeting_times.reply import MOST_WINDOWS, Asked, Times, Window
from services.ai.meeting_times.rules import read
from services.ai.quoting import stands_in

# Nobody proposes a call for next year in a chat; a day further away was counted wrong.
_FARTHEST = timedelta(days=120)


class WindowSchema(BaseModel):
    day: str = Field(max_length=10)
    begins: str | None = Field(default=None, max_length=5)
    ends: str | None = Field(default=None, max_length=5)
    quote: str = Field(min_length=1, max_length=300)


class TimesSchema(BaseModel):
    """What the model is made to answer with."""

    windows: list[WindowSchema] = Field(max_length=MOST_WINDOWS)


def accept(parsed: Any, asked: Asked) -> Times:
    """Only what cites words that stand in the text and is a time from the day it was said on."""
    answer: TimesSchema = parsed
    found = [window for each in answer.windows if (window := _window(each, asked)) is not None]
    return Times(tuple(sorted(found, key=lambda each: (each.day, each.begins))), read(asked).zone)


def _window(each: WindowSchema, asked: Asked) -> Window | None:
    day, begins, ends = _day(each.day), _time(each.begins), _time(each.ends)
    if day is None or not asked.said_on <= day <= asked.said_on + _FARTHEST or not stands_in(each.quote, asked.text):
        return None
    if begins is None:
        begins, ends = MIDNIGHT, ends or LAST
    if ends is not None and ends <= begins:
        return None
    return Window(day, begins, ends, " ".join(each.quote.split()))


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
