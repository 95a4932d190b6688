"""Charts that were drawn."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.problems import Invalid
from services.notifications.models import renderings

_SHOWN = ("svg", "alt", "width", "height", "milliseconds")


def chart(session: Session, key: str, *, again: bool = False) -> dict[str, Any] | None:
    """``{svg, alt, width, height, milliseconds}`` of a chart, None while it is not drawn; Invalid where it cannot be.

    again: one that could not be drawn is to be tried once more.
    """
    columns = [renderings.c[name] for name in (*_SHOWN, "problem")]
    row = session.execute(select(*columns).where(renderings.c.fingerprint == key)).first()
    if row is not None and row.problem is not None and not again:
        raise Invalid(row.problem, field="data")
    return {name: getattr(row, name) for name in _SHOWN} if row is not None and row.svg is not None else None
