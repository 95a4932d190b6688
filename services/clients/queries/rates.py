"""Exchange rates as people set them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import MAX_LIMIT, keyset, limit_of, page
from services.clients.models import exchange_rates


def list_exchange_rates(
    session: Session, _actor: Actor, base: str, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """All rates, newest first, 200 at a time unless fewer are asked for. They are given in ``base_currency``."""
    size, rate = limit_of(limit or MAX_LIMIT), exchange_rates.c
    found = session.execute(keyset(select(exchange_rates), [(rate.day, True), (rate.currency, False)], cursor, size))
    rows, next_cursor = page(found.all(), size, lambda row: (row.day, row.currency))
    total = session.execute(select(func.count()).select_from(exchange_rates)).scalar_one()
    items = [_document(row) for row in rows]
    return {"items": items, "next_cursor": next_cursor, "total": total, "base_currency": base}


def exchange_rate(session: Session, currency: str, day: date) -> dict[str, Any]:
    """One rate."""
    rate = exchange_rates.c
    return _document(session.execute(select(exchange_rates).where(rate.currency == currency, rate.day == day)).one())


def _document(row: Any) -> dict[str, Any]:
    """``rate`` is text, so that it travels exactly."""
    text = f"{row.rate:f}"
    return dict(row._mapping) | {"rate": text.rstrip("0").rstrip(".") if "." in text else text}
