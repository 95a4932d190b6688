"""The list of clients: which rows, in which order, how many; made to stay fast at 100,000 clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from libs.common.custom_fields import Definition
from libs.common.identity import Actor
from libs.common.pages import keyset, limit_of, page
from services.clients.models import clients
from services.clients.queries import filtering
from services.clients.queries.clients import DOCUMENT, access_of, document
from services.clients.queries.searching import hits_of
from services.clients.queries.sorting import Order, order_of


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that are found in one way: their ids and sort values, and how many they are."""

    rows: Select[Any]
    key: ColumnElement[Any]
    id: ColumnElement[str]
    count: Select[Any]


class _Found(NamedTuple):
    """The rows of a page and one more, how many there are in all, and how many of those are cards."""

    rows: list[Any]
    total: int
    cards: int


def list_clients(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    sort: str | None,
    limit: int | None,
    cursor: str | None,
    zone: str,
    owners: list[str] | None = None,
) -> dict[str, Any]:
    """Clients the actor may see, a page at a time. A row that is only a card matches by what the card shows.

    ``cards`` says how many of the total are only cards, where there are any: an export has none of them.
    With ``q`` each has ``hits``; ``fuzzy`` says that nothing has the words as typed, and these have some like them.
    zone: the business time zone, in which ``created_from`` is a day. owners: the people's ids in the order of their
    names, to sort by ``owner``.
    """
    size, order = limit_of(limit), order_of(sort, owners)
    wanted = filtering.wanted(session, actor, filters, zone)
    found = _found(session, actor, _parts(wanted, order), order, cursor, size)
    fuzzy = bool(filters.get("fuzzy"))
    if not found.total and not fuzzy and (search := filtering.searched_for(filters)) and search.wanted:
        # Only where nothing has the words as typed may it be a slip, and the answer says so.
        fuzzy, wanted = True, filtering.wanted(session, actor, filters | {"fuzzy": True}, zone)
        if wanted.slips:
            found = _found(session, actor, _parts(wanted, order), order, cursor, size)
    shown, next_cursor = page(found.rows, size, lambda row: (row.sort_value, row.id))
    items = [document(row) for row in shown]
    answer = {"items": items, "next_cursor": next_cursor, "total": found.total}
    answer |= {"cards": found.cards} if found.cards else {}
    if (search := filtering.searched_for(filters)) is None:
        return answer
    _tell_hits(items, hits_of(session, search, items, wanted.slips))
    return answer | {"fuzzy": fuzzy and bool(found.total)}


def check_list(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    sort: str | None,
    zone: str,
    to_come: Mapping[str, Definition] | None = None,
) -> None:
    """Whether a list could be filtered and sorted so; Invalid names what does not fit. to_come: fields of the company's
    own that are about to be made, by the names that conditions call them."""
    filtering.wanted(session, actor, filters, zone, to_come)
    order_of(sort)


def _found(session: Session, actor: Actor, parts: list[_Part], order: Order, cursor: str | None, size: int) -> _Found:
    found = session.execute(_page(actor, parts, order, cursor, size)).all()
    # The counts stand beside each row, and alone where there is none.
    counts = found[0]
    return _Found([row for row in found if row.id], counts.matched + counts.cards, counts.cards)


def _tell_hits(items: list[dict[str, Any]], hits: Mapping[str, list[dict[str, Any]]]) -> None:
    """At each client, where it was found."""
    for item in items:
        item["hits"] = hits.get(item["id"], [])


def _parts(wanted: filtering.Wanted, order: Order) -> list[_Part]:
    """The rows read in full and the cards, apart.

    Where a card stands in the order must not tell what the card does not show, so cards stand together there.
    """
    parts = [_part("matched", wanted.full, order.key, wanted.collect_full)]
    if wanted.cards is not None:
        parts.append(_part("cards", wanted.cards, order.key if order.shown else order.least, wanted.collect_cards))
    return parts


def _part(name: str, condition: ColumnElement[bool], key: ColumnElement[Any], collect: bool) -> _Part:
    rows = select(clients.c.id, key.label("sort_value")).where(condition)
    if not collect:
        return _Part(rows, key, clients.c.id, select(func.count()).select_from(clients).where(condition))
    # Found once, for the page and for the total.
    found = rows.cte(name).prefix_with("MATERIALIZED")
    return _Part(select(found), found.c.sort_value, found.c.id, select(func.count()).select_from(found))


def _page(actor: Actor, parts: list[_Part], order: Order, cursor: str | None, size: int) -> Select[Any]:
    """The documents of one page and one row more, in order, each with how many there are of each part."""
    pages = [keyset(each.rows, order.keys(each.key, each.id), cursor, size).subquery() for each in parts]
    both = union_all(*(select(each) for each in pages)).subquery() if len(pages) > 1 else pages[0]
    rows = keyset(select(both), order.keys(both.c.sort_value, both.c.id), None, size).subquery()
    counts = [each.count.scalar_subquery() for each in parts]
    matched, cards = counts if len(counts) > 1 else (counts[0], literal(0))
    counted = select(matched.label("matched"), cards.label("cards")).cte("counted").prefix_with("MATERIALIZED")
    columns = [*DOCUMENT, access_of(actor).label("access"), rows.c.sort_value, counted.c.matched, counted.c.cards]
    joined = counted.join(rows, true(), isouter=True).join(clients, clients.c.id == rows.c.id, isouter=True)
    statement = select(*columns).select_from(joined)
    return keyset(statement, order.keys(rows.c.sort_value, rows.c.id), None, size)
