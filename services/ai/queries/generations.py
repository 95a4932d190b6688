"""Generations, and how the provider stands by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.integrations import Integration, Mode
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.ai import access
from services.ai.domain import BUILT_IN, GEMINI
from services.ai.models import generations
from services.ai.settings import AiSettings

_LISTED = [column for column in generations.columns if column.name not in ("input", "output")]

_LAST_SUCCESS = text("""
    SELECT updated_at AS at, model, milliseconds FROM generations
    WHERE status = 'done' AND provider = :provider ORDER BY created_at DESC, id DESC LIMIT 1
""")
_LAST_ERROR = text("""
    SELECT updated_at AS at, COALESCE(problem, stands_in_because) AS what FROM generations
    WHERE status = 'failed' OR stands_in_because IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT 1
""")
_COUNTS = text("""
    SELECT count(*) FILTER (WHERE status = 'waiting') AS waiting,
           count(*) FILTER (WHERE status = 'done' AND stands_in_because IS NULL) AS answered_24h,
           count(*) FILTER (WHERE stands_in_because IS NOT NULL) AS stood_in_24h,
           count(*) FILTER (WHERE status = 'failed') AS failed_24h
    FROM generations WHERE status = 'waiting' OR created_at > now() - interval '24 hours'
""")


def list_generations(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """What was made, newest first, without its texts."""
    size = limit_of(limit)
    matching = and_(access.scope(actor), *(_condition(name, value) for name, value in filters.items()))
    keys = [(generations.c.created_at, True), (generations.c.id, True)]
    found = session.execute(keyset(select(*_LISTED).where(matching), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.created_at, row.id))
    total = session.execute(select(func.count()).select_from(generations).where(matching)).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


def generation(session: Session, actor: Actor, generation_id: str) -> dict[str, Any]:
    """One of them, whole."""
    statement = select(generations).where(generations.c.id == generation_id, access.scope(actor))
    row = session.execute(statement).first() if is_id(generation_id) else None
    if row is None:
        raise NotFound("there is no such generation, or it is not yours to see")
    return dict(row._mapping)


def integration_status(session: Session, _actor: Actor, configured: AiSettings) -> dict[str, Any]:
    """``{items: [Gemini, or the built-in rules]}``."""
    mode = _mode(configured)
    provider = {"provider": BUILT_IN if mode == "built-in" else GEMINI}
    success = session.execute(_LAST_SUCCESS, provider).first()
    error = session.execute(_LAST_ERROR).first()
    item = Integration(
        name="gemini",
        label="Gemini",
        configured=mode != "built-in",
        mode=mode,
        detail=_DETAILS[mode].format(model=configured.gemini_model),
        last_success_at=success.at if success else None,
        last_success=f"{success.model} answered in {success.milliseconds} ms" if success else None,
        last_error_at=error.at if error else None,
        last_error=error.what if error else None,
        counts=dict(session.execute(_COUNTS).mappings().one()),
    )
    return {"items": [item.document()]}


_DETAILS = {
    "built-in": "no key is set (GEMINI_API_KEY): the built-in rules answer",
    "sandbox": "{model} at another address than Google's (GEMINI_BASE_URL): a stand-in",
    "live": "{model}; the built-in rules stand in when it gives no usable answer",
}


def _mode(configured: AiSettings) -> Mode:
    if not configured.gemini_api_key:
        return "built-in"
    return "sandbox" if configured.gemini_base_url else "live"


def _condition(name: str, value: Any) -> Any:
    if name not in ("deal_id", "brief_id", "kind"):
        raise Invalid(f"there is no filter {name!r} here", field=name)
    if name != "kind" and not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return generations.c[name] == value
