"""The books of all calls to providers, in our database: what was asked, what it cost, until when nobody asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.clock import business_date
from libs.common.database import Database
from libs.common.ids import new_id
from services.ai import budget
from services.ai.domain import OverBudget
from services.ai.models import provider_calls, provider_pauses
from services.ai.ports import Pause, Reserved, Wish
from services.ai.settings import AiSettings
from services.ai.tasks import Tokens

# Whoever reserves waits for whoever is reserving: two workers never spend the same rest of a budget.
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtext('crm ai budget'))")

# A call that is not over counts with the most it can cost, and so does one whose worker died: it may have been billed.
_SPENT = text("""
    SELECT COALESCE(sum(amount), 0)::bigint AS everybody,
           COALESCE(sum(amount) FILTER (WHERE user_id = CAST(:user_id AS uuid)), 0)::bigint AS person
    FROM (SELECT user_id, CASE WHEN finished_at IS NULL THEN most_micro_usd ELSE counted_micro_usd END AS amount
          FROM provider_calls WHERE day = :day) AS calls
""")


class DatabaseLedger:
    """Decided by the database, so that it holds for any number of workers."""

    def __init__(self, database: Database, configured: AiSettings) -> None:
        self._database = database
        self._configured = configured

    def reserve(self, wish: Wish) -> Reserved:
        now = self._now()
        day = business_date(now, self._database.business.zone)
        with self._database.engine.begin() as connection:
            connection.execute(_TAKE_TURNS)
            limit = budget.current(connection, self._configured)
            spent = connection.execute(_SPENT, {"day": day, "user_id": wish.user_id}).one()
            if spent.everybody + wish.most > limit.daily:
                raise OverBudget("today's budget for AI is used up")
            if wish.user_id is not None and spent.person + wish.most > limit.user_daily:
                raise OverBudget("this person's budget for AI is used up for today")
            before = select(func.count()).where(provider_calls.c.generation_id == wish.generation_id)
            attempt = connection.execute(before).scalar_one() + 1
            row = {
                "id": new_id(),
                "generation_id": wish.generation_id,
                "kind": wish.kind,
                "user_id": wish.user_id,
                "provider": wish.provider,
                "model": wish.model,
                "day": day,
                "attempt": attempt,
                "most_micro_usd": wish.most,
                "counted_micro_usd": 0,
                "created_at": now,
            }
            connection.execute(insert(provider_calls).values(row))
        return Reserved(str(row["id"]), attempt)

    def settle(self, call_id: str, milliseconds: int, tokens: Tokens, cost: int | None, problem: str | None) -> None:
        call = provider_calls.c
        # An answer whose price nobody knows counts with the most it could cost; one that never came costs nothing.
        unknown = call.most_micro_usd if tokens.input is not None else 0
        values = {
            "input_tokens": tokens.input,
            "output_tokens": tokens.output,
            "thought_tokens": tokens.thought,
            "cost_micro_usd": cost,
            "counted_micro_usd": unknown if cost is None else cost,
            "milliseconds": milliseconds,
            "problem": problem,
            "finished_at": self._now(),
        }
        with self._database.engine.begin() as connection:
            connection.execute(update(provider_calls).where(call.id == call_id).values(**values))

    def attempts(self, generation_id: str) -> int:
        counted = select(func.count()).where(provider_calls.c.generation_id == generation_id)
        with self._database.read() as session:
            return session.execute(counted).scalar_one()

    def paused(self, provider: str, model: str) -> Pause | None:
        row = provider_pauses.c
        statement = select(row.until, row.because).where(
            row.provider == provider, row.model == model, row.until > self._now()
        )
        with self._database.read() as session:
            found = session.execute(statement).first()
        return Pause(found.until, found.because) if found else None

    def pause(self, provider: str, model: str, pause: Pause) -> None:
        values = {"until": pause.until, "because": pause.because}
        statement = upsert(provider_pauses).values(provider=provider, model=model, **values)
        statement = statement.on_conflict_do_update(
            index_elements=["provider", "model"], set_=values, where=provider_pauses.c.until < pause.until
        )
        with self._database.engine.begin() as connection:
            connection.execute(statement)

    def _now(self) -> datetime:
        return self._database.clock.now()
