"""Everything that is taken away, a page at a time: whoever asks reads page after page, and nobody holds it all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, select
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from libs.common.pages import SortKey, keyset, page
from libs.common.problems import Invalid
from services.clients.models import activities, clients, contacts
from services.clients.queries.clients import DOCUMENT
from services.clients.queries.filtering import wanted
from services.clients.queries.segments import offered_segments
from services.clients.queries.sorting import Order, order_of

MOST = 2000
WHAT = ("clients", "contacts", "activities", "segments")

_OF_CLIENT = clients.c.company_name
_CONTACT = [each for each in contacts.columns if each.name != "is_primary"]
_ACTIVITY = [each for each in activities.columns if each.name not in ("details", "actor_id")]
# The primary contact before the others: brought in anywhere, the first one is the primary one.
_SECOND = case((contacts.c.is_primary, literal(0)), else_=literal(1))


def export_page(
    session: Session,
    actor: Actor,
    what: str,
    filters: dict[str, Any],
    limit: int | None,
    cursor: str | None,
    zone: str,
    sort: str | None = None,
    owners: list[str] | None = None,
) -> dict[str, Any]:
    """A page of clients, or of the contacts or activities of clients: of those that the filters of the list let
    through and the actor may read in full; or of the segments that the actor is offered, which nothing narrows.
    ``{items, next_cursor}``. sort, owners: the order of clients, as their list has it; without, and of all else, the
    order is always the same."""
    if what not in WHAT:
        raise Invalid(f"what is one of {', '.join(WHAT)}", field="what")
    size = MOST if limit is None else fields.whole(1, MOST)("limit", limit)
    if what == "segments":
        statement, keys = _sorted(*offered_segments(actor))
    else:
        order = order_of(sort, owners) if sort is not None else None
        statement, keys = _chosen(what, wanted(session, actor, filters, zone).full, order)
    found = session.execute(keyset(statement, keys, cursor, size)).all()
    names = [f"sort_{number}" for number in range(len(keys))]
    rows, next_cursor = page(found, size, lambda row: [row._mapping[name] for name in names])
    items = [{name: value for name, value in row._mapping.items() if name not in names} for row in rows]
    return {"items": items, "next_cursor": next_cursor}


def _chosen(what: str, full: ColumnElement[bool], order: Order | None) -> tuple[Select[Any], list[SortKey]]:
    if what == "clients":
        by_id: list[SortKey] = [(clients.c.id, False)]
        return _sorted(select(*DOCUMENT).where(full), order.keys(order.key, clients.c.id) if order else by_id)
    table, columns, before = (
        (contacts, [*_CONTACT, contacts.c.is_primary], [(contacts.c.client_id, False), (_SECOND, False)])
        if what == "contacts"
        else (activities, _ACTIVITY, [])
    )
    statement = select(*columns, _OF_CLIENT.label("company_name")).join_from(
        table, clients, clients.c.id == table.c.client_id
    )
    return _sorted(statement.where(full), [*before, (table.c.id, False)])


def _sorted(statement: Select[Any], keys: list[SortKey]) -> tuple[Select[Any], list[SortKey]]:
    named = [key.label(f"sort_{number}") for number, (key, _descends) in enumerate(keys)]
    return statement.add_columns(*named), keys
