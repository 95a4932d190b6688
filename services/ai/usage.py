"""What AI took: by day, kind, person and provider, for admins. Read from the books and the generations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from libs.common.clock import business_date
from libs.common.database import Business
from libs.common.problems import Invalid
from services.ai import budget
from services.ai.domain import BUILT_IN, GEMINI
from services.ai.models import provider_pauses
from services.ai.settings import AiSettings

MOST_DAYS = 92
_FAILURES_SHOWN = 10

# Generations are counted where they stand, calls where they are booked; a day is the business's.
_FACTS = text("""
    WITH facts AS (
        SELECT (created_at AT TIME ZONE :zone)::date AS day, kind, user_id, COALESCE(provider, 'waiting') AS provider,
               1 AS generations, (stands_in_because IS NOT NULL)::int AS stood_in, (status = 'failed')::int AS failed,
               0 AS calls, 0 AS problems, 0 AS input_tokens, 0 AS output_tokens, 0 AS thought_tokens,
               0 AS cost_micro_usd
        FROM generations WHERE created_at >= :since
        UNION ALL
        SELECT day, kind, user_id, provider, 0, 0, 0, 1, (problem IS NOT NULL)::int, COALESCE(input_tokens, 0),
               COALESCE(output_tokens, 0), COALESCE(thought_tokens, 0), COALESCE(cost_micro_usd, 0)
        FROM provider_calls WHERE day >= :first
    )
    SELECT CASE WHEN GROUPING(day) = 0 THEN 'day' WHEN GROUPING(kind) = 0 THEN 'kind'
                WHEN GROUPING(user_id) = 0 THEN 'user' WHEN GROUPING(provider) = 0 THEN 'provider' END AS by,
           COALESCE(day::text, kind, user_id::text, provider) AS value,
           sum(generations)::bigint AS generations, sum(stood_in)::bigint AS stood_in, sum(failed)::bigint AS failed,
           sum(calls)::bigint AS calls, sum(problems)::bigint AS problems, sum(input_tokens)::bigint AS input_tokens,
           sum(output_tokens)::bigint AS output_tokens, sum(thought_tokens)::bigint AS thought_tokens,
           sum(cost_micro_usd)::bigint AS cost_micro_usd,
           COALESCE(sum(generations) FILTER (WHERE day = :today), 0)::bigint AS generations_today,
           COALESCE(sum(cost_micro_usd) FILTER (WHERE day = :today), 0)::bigint AS cost_micro_usd_today
    FROM facts GROUP BY GROUPING SETS ((day), (kind), (user_id), (provider)) ORDER BY 1, 3 DESC, 2
""")
_FAILURES = text("""
    SELECT created_at AS at, kind, provider, model, attempt, milliseconds, problem FROM provider_calls
    WHERE problem IS NOT NULL AND day >= :first ORDER BY created_at DESC, id DESC LIMIT :most
""")
_REASONS = text("""
    SELECT stands_in_because AS reason, count(*) AS count, max(created_at) AS last_at FROM generations
    WHERE stands_in_because IS NOT NULL AND created_at >= :since GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :most
""")
_COUNTED = text("""
    SELECT COALESCE(sum(CASE WHEN finished_at IS NULL THEN most_micro_usd ELSE counted_micro_usd END), 0)::bigint
    FROM provider_calls WHERE day = :today
""")
_MEASURES = (
    "generations stood_in failed calls problems input_tokens output_tokens thought_tokens cost_micro_usd"
    " generations_today cost_micro_usd_today"
).split()


def usage(session: Session, business: Business, configured: AiSettings, now: datetime, days: int) -> dict[str, Any]:
    """The last ``days`` business days, today among them.

    ``{provider, model, today, days: [{day, …}], by_kind, by_user, by_provider: [{value, …}], reasons, failures,
    budget: {…, spent_micro_usd}, paused}``; amounts in millionths of a US dollar, estimates. A user's value is None
    where nobody asked in person.
    """
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise Invalid(f"days is a number from 1 to {MOST_DAYS}", field="days")
    today = business_date(now, business.zone)
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), ZoneInfo(business.zone))
    span = {"zone": business.zone, "today": today, "first": first, "since": since, "most": _FAILURES_SHOWN}
    rows = [dict(row) for row in session.execute(_FACTS, span).mappings()]
    spent = session.execute(_COUNTED, span).scalar_one()
    return {
        "provider": GEMINI if configured.gemini_api_key else BUILT_IN,
        "model": configured.gemini_model if configured.gemini_api_key else None,
        "today": today.isoformat(),
        "days": _days(rows, first, days),
        "by_kind": _by(rows, "kind"),
        "by_user": _by(rows, "user"),
        "by_provider": _by(rows, "provider"),
        "reasons": [dict(row) for row in session.execute(_REASONS, span).mappings()],
        "failures": [dict(row) for row in session.execute(_FAILURES, span).mappings()],
        "budget": budget.document(budget.current(session, configured)) | {"spent_micro_usd": spent},
        "paused": _pause(session, configured, now),
    }


def _by(rows: list[dict[str, Any]], dimension: str) -> list[dict[str, Any]]:
    return [
        {"value": row["value"], **{name: row[name] for name in _MEASURES}} for row in rows if row["by"] == dimension
    ]


def _days(rows: list[dict[str, Any]], first: date, days: int) -> list[dict[str, Any]]:
    """Every day, those on which nothing happened too, oldest first."""
    found = {row["value"]: row for row in _by(rows, "day")}
    names = [(first + timedelta(days=number)).isoformat() for number in range(days)]
    nothing = dict.fromkeys(_MEASURES, 0)
    return [{"day": name, **{each: (found.get(name) or nothing)[each] for each in _MEASURES[:9]}} for name in names]


def _pause(session: Session, configured: AiSettings, now: datetime) -> dict[str, Any] | None:
    row = provider_pauses.c
    current = (row.provider == GEMINI, row.model == configured.gemini_model, row.until > now)
    found = session.execute(select(row.until, row.because).where(*current)).mappings().first()
    return dict(found) if found and configured.gemini_api_key else None
