"""What a provider can be asked, whatever it is asked about. Pure: no I/O, and no word of any one task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

Asked = TypeVar("Asked")
Result = TypeVar("Result")

Kind = Literal["brief_analysis", "email_draft", "meeting_notes", "report_insight", "meeting_times"]


class Unusable(Exception):
    """An answer of the right shape that must not be believed all the same. The message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Asked, Result]):
    """One thing that a model, or rules in its place, can be asked.

    system: the instruction; nothing that a client wrote stands in it. prompt: the question, with what was written by
    others as quoted data. schema: the shape the model must answer with.
    accept: what the answer says, once it was checked against what was asked; raises Unusable.
    rules: the built-in answer: the same for the same question, at once, without a network.
    max_output_tokens: room for thoughts too, since models that think spend it on them before the first word.
    """

    kind: Kind
    prompt_version: str
    system: str
    prompt: Callable[[Asked], str]
    schema: type[BaseModel]
    accept: Callable[[Any, Asked], Result]
    rules: Callable[[Asked], Result]
    rules_version: str
    max_output_tokens: int = 8192
    temperature: float = 0.2


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer used, as the provider counted it; None where it did not."""

    input: int | None = None
    output: int | None = None
    thought: int | None = None


@dataclass(frozen=True, slots=True)
class Answered(Generic[Result]):
    """An answer, who gave it, and what it took.

    provider: ``gemini`` or ``built-in``. output_tokens: without the thoughts. cost_estimate: millionths of a US dollar,
    None where nothing is known of the price. milliseconds: of the call that answered. attempts: calls to the provider,
    the failed ones among them; 0 where nobody outside was asked.
    stands_in_because: why the built-in answer stands where the provider's should, None where it does not.
    """

    result: Result
    provider: str
    model: str
    prompt_version: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    thought_tokens: int | None = None
    cost_estimate: int | None = None
    milliseconds: int = 0
    attempts: int = 0
    stands_in_because: str | None = None
