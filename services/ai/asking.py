"""The one road to a provider: budget, pauses, circuit breaker, bounded attempts; then the built-in answer, saying why.

Never inside a transaction. A wait is never slept through: ``RetryLater`` hands it to the jobs, which come back for it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from time import perf_counter
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from pybreaker import CircuitBreaker, CircuitBreakerError, CircuitBreakerStorage

from libs.common.clock import Clock
from libs.common.jobs import RetryLater
from libs.common.logging import get_logger
from services.ai.domain import OverBudget, ProviderProblem
from services.ai.ports import Ledger, Pause, Provider, Wish
from services.ai.prices import Price, most, price_of
from services.ai.tasks import Answered, Task, Tokens

log = get_logger(__name__)

Asked = TypeVar("Asked")
Result = TypeVar("Result")

# Google counts a day's quota from midnight to midnight there.
_QUOTA_ZONE = ZoneInfo("America/Los_Angeles")
_LONGEST_WAIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer is waited for before the built-in one is taken.

    until: the moment after which nothing is waited for. first_wait: seconds before the second attempt where the
    provider names none; doubled each time. somebody: whether a person looks on; then no attempt is begun with less than
    ``answer_seconds`` left. Where nobody does, what comes late is asked for all the same, once.
    """

    until: datetime
    first_wait: float = 15.0
    somebody: bool = False
    answer_seconds: float = 0.0

    @classmethod
    def in_the_background(cls, since: datetime, seconds: float) -> Patience:
        """Nobody waits: what passes is waited out."""
        return cls(since + timedelta(seconds=seconds))

    @classmethod
    def somebody_waits(cls, since: datetime, seconds: float) -> Patience:
        """A person looks on: a retry that would not fit gives way to the built-in answer at once."""
        return cls(
            since + timedelta(seconds=seconds), first_wait=1.0, somebody=True, answer_seconds=min(3.0, seconds / 4)
        )

    def has_room(self, now: datetime, wait: float = 0.0) -> bool:
        return now + timedelta(seconds=wait + self.answer_seconds) <= self.until


@dataclass(frozen=True)
class Desk:
    """Whom to ask, and by which rules. ``attempts``: calls for one generation. ``timeout``: seconds for one call."""

    provider: Provider
    built_in: Provider
    ledger: Ledger
    breaker: CircuitBreaker
    clock: Clock
    attempts: int = 5
    timeout: float = 30.0
    prices: dict[str, Price] | None = None


def breaker(failures: int = 5, seconds: float = 30.0, storage: CircuitBreakerStorage | None = None) -> CircuitBreaker:
    """Opens after so many outages in a row, and lets one call try after so many seconds. storage: of its state.

    Used by ``calling()`` alone: ``call()`` would hold its lock while the provider thinks, one call after the other.
    """
    return CircuitBreaker(
        fail_max=failures,
        reset_timeout=seconds,
        exclude=[lambda error: not (isinstance(error, ProviderProblem) and error.outage)],
        throw_new_error_on_trip=False,
        state_storage=storage,
    )


def ask(
    task: Task[Asked, Result], asked: Asked, *, generation_id: str, user_id: str | None, desk: Desk, patience: Patience
) -> Answered[Result]:
    """The provider's answer, or the built-in one with the reason why it stands in.

    RetryLater when asking again at a later time may help and there is patience for it.
    """
    if desk.provider.model is None:
        return desk.built_in.answer(task, asked)
    return _Question(task, asked, generation_id, user_id, desk, patience).put()


@dataclass(frozen=True)
class _Question(Generic[Asked, Result]):
    """One task for one generation, on its way to a provider."""

    task: Task[Asked, Result]
    asked: Asked
    generation_id: str
    user_id: str | None
    desk: Desk
    patience: Patience

    def put(self) -> Answered[Result]:
        desk, now = self.desk, self.desk.clock.now()
        if desk.ledger.attempts(self.generation_id) >= desk.attempts:
            return self._stand_in("Gemini was asked as often as it may be")
        pause = desk.ledger.paused(desk.provider.name, self._model)
        if pause is not None:
            return self._later(pause.because, (pause.until - now).total_seconds())
        if self.patience.somebody and not self.patience.has_room(now):
            return self._stand_in("there was no time left to ask Gemini")
        try:
            # calling(), not call(): that would hold the breaker's lock while the provider thinks.
            with desk.breaker.calling():
                return self._call()
        except CircuitBreakerError:
            return self._later("Gemini did not answer several times in a row", float(desk.breaker.reset_timeout))
        except OverBudget as over:
            return self._stand_in(str(over))
        except ProviderProblem as problem:
            return self._after(problem)

    @property
    def _model(self) -> str:
        return self.desk.provider.model or ""

    def _call(self) -> Answered[Result]:
        """One call, written down before it is made and again when it is over."""
        desk = self.desk
        reserved = desk.ledger.reserve(self._wish())
        started = perf_counter()
        left = (self.patience.until - desk.clock.now()).total_seconds()
        seconds = min(desk.timeout, max(left, 1.0)) if self.patience.somebody else desk.timeout
        try:
            answered = desk.provider.answer(self.task, self.asked, seconds=seconds)
        except Exception as error:
            problem = error if isinstance(error, ProviderProblem) else _unexpected(error)
            used = Tokens(*problem.tokens)
            desk.ledger.settle(reserved.call_id, _since(started), used, self._cost(used), str(problem))
            raise problem from None
        used = Tokens(answered.input_tokens, answered.output_tokens, answered.thought_tokens)
        cost, took = self._cost(used), _since(started)
        desk.ledger.settle(reserved.call_id, took, used, cost, None)
        return replace(answered, attempts=reserved.attempt, cost_estimate=cost, milliseconds=took)

    def _wish(self) -> Wish:
        task, desk = self.task, self.desk
        characters = len(task.system) + len(task.prompt(self.asked))
        cost = most(self._model, characters, task.max_output_tokens, desk.prices)
        return Wish(self.generation_id, task.kind, self.user_id, desk.provider.name, self._model, cost)

    def _cost(self, used: Tokens) -> int | None:
        """None where the provider counted nothing, or where nothing is known of the price."""
        price = price_of(self._model, self.desk.prices)
        if price is None or used.input is None:
            return None
        return price.of(used.input, (used.output or 0) + (used.thought or 0))

    def _after(self, problem: ProviderProblem) -> Answered[Result]:
        """Whether to come back, and when."""
        desk, now = self.desk, self.desk.clock.now()
        attempt = desk.ledger.attempts(self.generation_id)
        if problem.day_is_over:
            desk.ledger.pause(desk.provider.name, self._model, Pause(quota_day_ends(now), str(problem)))
        elif problem.retry_after is not None:
            until = now + timedelta(seconds=problem.retry_after)
            desk.ledger.pause(desk.provider.name, self._model, Pause(until, str(problem)))
        if not problem.again or attempt >= desk.attempts:
            return self._stand_in(str(problem))
        own = min(self.patience.first_wait * 2.0 ** (attempt - 1), _LONGEST_WAIT_SECONDS)
        # Never earlier than told, and a little later each, so that many do not come back at once.
        wait = problem.retry_after if problem.retry_after is not None else own
        return self._later(str(problem), wait)

    def _later(self, because: str, seconds: float) -> Answered[Result]:
        """RetryLater where there is patience for it, else the built-in answer."""
        if self.patience.has_room(self.desk.clock.now(), seconds):
            raise RetryLater(because, seconds * random.uniform(1.0, 1.1))  # noqa: S311  (spreads load, guards nothing)
        return self._stand_in(because)

    def _stand_in(self, because: str) -> Answered[Result]:
        log.info("the built-in answer stands in", kind=self.task.kind, because=because)
        answered = self.desk.built_in.answer(self.task, self.asked)
        attempts = self.desk.ledger.attempts(self.generation_id)
        return replace(answered, attempts=attempts, stands_in_because=because)


def quota_day_ends(now: datetime) -> datetime:
    """The next midnight in California, when a day's quota begins anew."""
    tomorrow = now.astimezone(_QUOTA_ZONE).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), _QUOTA_ZONE)


def _unexpected(error: Exception) -> ProviderProblem:
    """Whatever went wrong, the question is answered: by the rules, and the reason is kept."""
    log.exception("a provider failed in a way nobody expected")
    return ProviderProblem(f"an error of our own ({type(error).__name__})")


def _since(started: float) -> int:
    return round((perf_counter() - started) * 1000)
