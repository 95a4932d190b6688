"""Finding the clients that may be one: blocked by the database, scored by how alike they are, kept as a work list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, union_all, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.ids import is_id
from libs.common.jobs import Job, JobHandler
from libs.common.problems import NotFound
from libs.common.schedule import ScheduledJob
from services.clients import queries
from services.clients.domain import FREE_MAIL_HOSTS, SIGNS, likeness
from services.clients.models import change_sets, duplicate_checks, duplicate_pairs, imports
from services.clients.similarity import BLOCKED_UNDER, LEAST, Reached, similar_names

JOB = "check_duplicates"
_BATCH = 50
# Of each minute at most so much: after a large import the others have the machine, too.
_SLICE_SECONDS, _LEASE = 10.0, timedelta(minutes=1)
# What began or moved longer ago and is not done has come to a halt, and is waited for no longer.
_AT_WORK = timedelta(minutes=30)
_SIMILAR = "similar name"

# By what a client is compared: whenever that changes it is compared anew. The last word stands for how: pairs that
# were kept under other rules are judged again.
SIGNED = (
    "md5(concat_ws('|', c.match_name, lower(c.email), right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 9),"
    " 'at ' || lower(c.website), 'elsewhere'))"
)
_STALE = text(f"""
    SELECT c.id::text AS id, {SIGNED} AS signs FROM clients AS c
    LEFT JOIN duplicate_checks AS d ON d.client_id = c.id
    WHERE c.deleted_at IS NULL AND d.signs IS DISTINCT FROM {SIGNED} ORDER BY c.id LIMIT :most
""")  # noqa: S608  (our own expression)
# Followed to twenty by each sign: a phone number of a thousand clients says little. Of similar names the most similar.
_BLOCK = text("""
    WITH mine AS MATERIALIZED (
        SELECT c.id, c.match_name, c.email, c.website, c.phone AS full_phone,
               lower(substring(c.email from '[^@]*$')) AS host,
               right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 9) AS phone
        FROM clients AS c WHERE c.id = ANY (CAST(:ids AS uuid[])) AND c.deleted_at IS NULL
    )
    SELECT m.id::text AS one, o.id::text AS other, m.match_name AS name, o.match_name AS other_name, o.sign,
           m.email, m.website, m.full_phone AS phone,
           t.email AS other_email, t.website AS other_website, t.phone AS other_phone
    FROM mine AS m CROSS JOIN LATERAL (
        (SELECT c.id, c.match_name, 'same name' AS sign FROM clients AS c
         WHERE c.match_name = m.match_name AND c.deleted_at IS NULL AND c.id <> m.id LIMIT 20)
        UNION ALL
        (SELECT c.id, c.match_name, 'similar name' FROM clients AS c
         WHERE lower(c.match_name) % m.match_name AND c.match_name <> m.match_name AND c.deleted_at IS NULL
         ORDER BY similarity(lower(c.match_name), m.match_name) DESC, c.id LIMIT 20)
        UNION ALL
        (SELECT c.id, c.match_name, 'same e-mail address' FROM clients AS c
         WHERE lower(c.email) COLLATE "C" = lower(m.email) COLLATE "C" AND c.deleted_at IS NULL
           AND c.id <> m.id LIMIT 20)
        UNION ALL
        (SELECT c.id, c.match_name, 'same e-mail domain' FROM clients AS c
         WHERE lower(substring(c.email from '[^@]*$')) = m.host AND m.host NOT IN :free AND c.deleted_at IS NULL
           AND c.id <> m.id LIMIT 20)
        UNION ALL
        (SELECT c.id, c.match_name, 'same phone' FROM clients AS c
         WHERE right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 9) = m.phone AND length(m.phone) >= 7
           AND c.deleted_at IS NULL AND c.id <> m.id LIMIT 20)
        UNION ALL
        (SELECT c.id, c.match_name, 'same e-mail address' FROM contacts AS t
         JOIN contacts AS s ON lower(s.email) COLLATE "C" = lower(t.email) COLLATE "C" AND s.client_id <> t.client_id
         JOIN clients AS c ON c.id = s.client_id AND c.deleted_at IS NULL
         WHERE t.client_id = m.id LIMIT 20)
    ) AS o JOIN clients AS t ON t.id = o.id
""").bindparams(bindparam("free", expanding=True))


def check_duplicates(database: Callable[[], Database]) -> JobHandler:
    """The job that compares clients whose names, addresses or numbers are new with all others."""

    def perform(job: Job) -> None:
        ends, done = time.monotonic() + _SLICE_SECONDS, _BATCH
        while done == _BATCH and time.monotonic() < ends:
            with database().unit_of_work(Context(job.context.actor, job.context.correlation_id)) as uow:
                done = check(uow, _BATCH)

    return JobHandler(perform, lambda _uow, _job, _result: None, lease=_LEASE)


def _begin(uow: UnitOfWork, _due_at: datetime) -> None:
    """Not while a file is brought in or many clients are changed: they are compared when all of it is there."""
    since = uow.now - _AT_WORK
    bringing = select(imports.c.id).where(imports.c.state.in_(("committing", "undoing")), imports.c.updated_at > since)
    begun = func.coalesce(change_sets.c.undone_at, change_sets.c.created_at)
    changing = select(change_sets.c.id).where(change_sets.c.status.in_(("running", "undoing")), begun > since)
    if uow.session.execute(union_all(bringing, changing).limit(1)).first() is None:
        uow.jobs.add(JOB, {}, dedupe_key="all")


EVERY_MINUTE = ScheduledJob("check duplicates", "* * * * *", _begin)


def check(uow: UnitOfWork, most: int) -> int:
    """Compare up to ``most`` clients that were not compared as they are now; how many that were."""
    stale = uow.session.execute(_STALE, {"most": most}).all()
    if not stale:
        return 0
    ids = [row.id for row in stale]
    uow.session.execute(select(func.set_config("pg_trgm.similarity_threshold", str(BLOCKED_UNDER), True)))
    found = uow.session.execute(_BLOCK, {"ids": ids, "free": sorted(FREE_MAIL_HOSTS)}).all()
    _keep(uow, ids, _scored(found))
    rows = [{"client_id": row.id, "signs": row.signs, "checked_at": uow.now} for row in stale]
    note = insert(duplicate_checks).values(rows)
    taken = {name: note.excluded[name] for name in ("signs", "checked_at")}
    uow.session.execute(note.on_conflict_do_update(index_elements=["client_id"], set_=taken))
    return len(stale)


def dismiss_duplicate(uow: UnitOfWork, first_id: str, second_id: str, dismissed: Any = True) -> dict[str, Any]:
    """Say that two clients are two, so that nobody is asked again; or take that back."""
    away = fields.flag("dismissed", dismissed)
    first, second = sorted((str(first_id).lower(), str(second_id).lower()))
    may = is_id(first) and is_id(second) and queries.both_to_change(uow.session, uow.actor, first, second)
    pair = duplicate_pairs.c
    values = {"dismissed_at": uow.now if away else None, "dismissed_by": uow.actor.id if away else None}
    changed = update(duplicate_pairs).where(pair.first_id == first, pair.second_id == second).values(**values)
    if not may or uow.session.execute(changed.returning(pair.first_id)).first() is None:
        raise NotFound("there is no such pair, or it is not yours to change")
    return {"first_id": first, "second_id": second, "dismissed": away}


def _scored(found: Iterable[Any]) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """The pairs that are sure enough, with how sure each sign makes it, the surest first."""
    signs: dict[tuple[str, str], dict[str, int]] = {}
    elsewhere: dict[tuple[str, str], bool] = {}
    for row in found:
        strength = SIGNS.get(row.sign, 0)
        if row.sign == _SIMILAR:
            strength = similar_names(row.name, row.other_name)
        if strength:
            pair = min(row.one, row.other), max(row.one, row.other)
            signs.setdefault(pair, {})[row.sign] = strength
            elsewhere[pair] = _elsewhere(row)
    pairs = {}
    for pair, mine in signs.items():
        if set(mine) == {_SIMILAR} and elsewhere[pair]:
            continue
        if "same e-mail address" in mine:
            mine.pop("same e-mail domain", None)
        score = likeness(mine.values())
        if score >= LEAST:
            pairs[pair] = (score, sorted(mine, key=lambda sign: -mine[sign]))
    return pairs


def _elsewhere(row: Any) -> bool:
    this = Reached.of(row.email, row.website, row.phone)
    return this.elsewhere(Reached.of(row.other_email, row.other_website, row.other_phone))


def _keep(uow: UnitOfWork, ids: list[str], pairs: dict[tuple[str, str], tuple[int, list[str]]]) -> None:
    """The pairs of these clients are these now; what somebody said of a pair stays said."""
    pair = duplicate_pairs.c
    for column in (pair.first_id, pair.second_id):
        uow.session.execute(delete(duplicate_pairs).where(column.in_(ids), pair.dismissed_at.is_(None)))
    rows = [
        {"first_id": first, "second_id": second, "score": score, "reasons": reasons, "found_at": uow.now}
        for (first, second), (score, reasons) in sorted(pairs.items())
    ]
    if rows:
        note = insert(duplicate_pairs).values(rows)
        taken = {name: note.excluded[name] for name in ("score", "reasons")}
        uow.session.execute(note.on_conflict_do_update(index_elements=["first_id", "second_id"], set_=taken))
