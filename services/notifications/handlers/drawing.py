"""Charts: ordered by whoever needs one, drawn by a worker, kept for a day under the hash of what they show."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.jobs import GiveUp, Job
from libs.common.problems import Invalid
from services.notifications import charts, queries
from services.notifications.models import renderings
from services.notifications.ports import Painter, Reporting

DRAW_JOB = "draw_chart"
# Raised with every change of how charts look, so that none of the old ones is shown.
_EDITION = 2
_LARGEST = 2_000_000
_KEPT = timedelta(days=1)


def fingerprint(name: Any, data: Any, language: Any, narrow: Any) -> str:
    """The name a chart is kept under; Invalid for what cannot be one."""
    if name not in charts.CHARTS:
        raise Invalid(f"there is no chart {name!r}", field="name")
    if language not in charts.LANGUAGES:
        raise Invalid(f"language is one of {', '.join(charts.LANGUAGES)}", field="language")
    if not isinstance(data, dict):
        raise Invalid("data is the answer of a report", field="data")
    said = orjson.dumps([_EDITION, name, data, language, fields.flag("narrow", narrow)], option=orjson.OPT_SORT_KEYS)
    if len(said) > _LARGEST:
        raise Invalid("this is more than a chart can show", field="data")
    return hashlib.sha256(said).hexdigest()


def order_chart(uow: UnitOfWork, key: str, name: str, data: dict[str, Any], language: str, narrow: bool) -> None:
    """Have it drawn, once however many ask at the same time."""
    row = {"fingerprint": key, "name": name, "language": language, "data": data, "created_at": uow.now}
    again = {"data": data, "problem": None, "created_at": uow.now}
    statement = insert(renderings).values(row)
    undrawn = renderings.c.svg.is_(None)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["fingerprint"], set_=again, where=undrawn))
    uow.jobs.add(DRAW_JOB, {"fingerprint": key, "narrow": narrow}, dedupe_key=key)


def draw_outside(outside: Reporting, job: Job) -> dict[str, Any] | None:
    """Draw it; None where it is drawn or forgotten already."""
    with outside.read() as session:
        row = _rendering(session, job.payload["fingerprint"])
        if row is None or row.svg is not None:
            return None
        names = queries.names(session)
    started = time.perf_counter()
    try:
        chart = charts.drawn(row.name, row.data, charts.Reader(row.language, names, job.payload.get("narrow", False)))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise GiveUp(f"this is not what the chart {row.name} shows ({type(error).__name__}: {error})") from error
    picture = outside.painter.svg(chart.spec, chart.alt)
    spent = max(1, round((time.perf_counter() - started) * 1000))
    size = {"width": picture.width, "height": picture.height, "milliseconds": spent}
    return size | {"svg": picture.svg, "alt": chart.alt}


def draw_finished(uow: UnitOfWork, job: Job, drawn: dict[str, Any] | None) -> None:
    """Keep it; what it was drawn from is not needed any more."""
    if drawn is not None:
        mine = renderings.c.fingerprint == job.payload["fingerprint"]
        uow.session.execute(update(renderings).where(mine).values(**drawn, data=None, problem=None))


def draw_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Say why there is none."""
    mine = (renderings.c.fingerprint == job.payload["fingerprint"], renderings.c.svg.is_(None))
    uow.session.execute(update(renderings).where(*mine).values(problem=reason[:500], data=None))


def warm_up(painter: Painter) -> None:
    """Draw something, so that the first who waits for a chart need not wait for what draws it."""
    chart = charts.nothing(charts.Reader())
    painter.png(painter.svg(chart.spec, chart.alt))


def forget_renderings(uow: UnitOfWork, due_at: datetime) -> None:
    """Pictures of yesterday's figures: whoever needs one has it drawn again."""
    uow.session.execute(delete(renderings).where(renderings.c.created_at < due_at - _KEPT))


def _rendering(session: Session, key: str) -> Any:
    return session.execute(select(renderings).where(renderings.c.fingerprint == key)).first()
