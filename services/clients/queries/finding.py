"""Finding a few rows by a few letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from libs.common.fields import text
from libs.common.finding import some
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.clients import access
from services.clients.models import clients, contacts
from services.clients.queries.clients import access_of
from services.clients.queries.filtering import (
    FULL_NAME,
    begins,
    by_letters,
    digits_of,
    has_digits,
    holds,
    holds_plain,
)

MOST = 20


def quick_find(session: Session, actor: Actor, q: str, limit: int = 5) -> dict[str, Any]:
    """A few clients by name and contacts by name or address, those that begin with the text first, accents or not;
    both by four digits of their number, too."""
    searched = text()("q", q)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise Invalid(f"limit is a whole number from 1 to {MOST}", field="limit")
    if searched is None:
        return {"clients": [], "contacts": []}
    return {
        "clients": _ranked(session, _clients(actor, searched, limit), limit),
        "contacts": _ranked(session, _contacts(actor, searched, limit), limit),
    }


def _clients(actor: Actor, searched: str, limit: int) -> list[Select[Any]]:
    name, seen = clients.c.company_name, access.card_scope(actor)
    columns = [clients.c.id, name, clients.c.industry, clients.c.status, access_of(actor).label("access")]
    found = select(*columns, name.label("sorted_by"))
    starts = begins(name, searched)
    first = found.where(seen, starts).order_by(by_letters(name)).limit(limit)
    if len(searched) == 1:
        return [first]
    inside, addressed = holds_plain(name, searched), holds(clients.c.email, searched)
    mine = found.where(access.scope(actor), not_(inside))
    searches = [first, some(found.where(seen, inside, not_(starts)), limit), some(mine.where(addressed), limit)]
    if digits := digits_of(searched):
        numbered = mine.where(has_digits(clients.c.phone, digits), addressed.is_not(True), not_(starts))
        searches.append(some(numbered, limit))
    return searches


def _contacts(actor: Actor, searched: str, limit: int) -> list[Select[Any]]:
    names = ("id", "client_id", "first_name", "last_name", "email", "job_title")
    # Asked for each contact that is found, since there are few: joined, all clients would be read for it.
    company = select(clients.c.company_name).where(clients.c.id == contacts.c.client_id, access.scope(actor))
    company_name = company.scalar_subquery()
    found = select(*(contacts.c[each] for each in names), company_name.label("company_name"))
    found = found.add_columns(FULL_NAME.label("sorted_by")).where(company_name.isnot(None))
    starts = or_(begins(FULL_NAME, searched), begins(contacts.c.email, searched))
    if len(searched) == 1:
        return [some(found.where(starts), limit)]
    anywhere = or_(holds_plain(FULL_NAME, searched), holds(contacts.c.email, searched))
    searches = [some(found.where(starts), limit), some(found.where(anywhere, starts.is_not(True)), limit)]
    if digits := digits_of(searched):
        numbered = found.where(has_digits(contacts.c.phone, digits), starts.is_not(True), anywhere.is_not(True))
        searches.append(some(numbered, limit))
    return searches


def _ranked(session: Session, searches: list[Select[Any]], limit: int) -> list[dict[str, Any]]:
    """The rows of searches that have none in common, an earlier search's first.

    Where the first finds enough, the others are not asked: they would look at all that it found, to leave it out.
    """
    rows = _rows(session, searches[:1])
    if len(rows) < limit and searches[1:]:
        rows += _rows(session, searches[1:])
    return [{str(name): value for name, value in row._mapping.items() if name not in _INNER} for row in rows[:limit]]


def _rows(session: Session, searches: list[Select[Any]]) -> list[Any]:
    ranked = [select(literal(rank).label("rank"), each.subquery()) for rank, each in enumerate(searches)]
    rows = session.execute(union_all(*ranked)).all()
    return sorted(rows, key=lambda row: (row.rank, str(row.sorted_by).lower(), row.id))


_INNER = ("rank", "sorted_by")
