"""What a list of clients is filtered by, and on which rows each filter may look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, select, union
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.custom_fields import Definition
from libs.common.fields import date_of
from libs.common.finding import SHORT
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Invalid
from services.clients import access
from services.clients.domain import STATUSES, day_begins
from services.clients.models import clients, contacts
from services.clients.queries.filtering.custom import own_fields
from services.clients.queries.filtering.texts import FULL_NAME, begins, holds, holds_plain
from services.clients.queries.filtering.tree import read_tree
from services.clients.queries.searching import Search, Slips, candidates, name_matches, read_search, slips_of

_ON_CARD = frozenset({"status", "industry", "owner_id"})
_PLACES = frozenset({"state", "country", "city", "source"})
_INSIDE = _PLACES | {"tag", "min_deal_value_minor", "created_from", "shadowed", "unanswered"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows a list shows: those read in full, and those of which only the public card shows.

    cards: None where no card can match, since there are none or a filter looks at what they hide.
    collect_full, collect_cards: whether the rows are best collected before they are sorted. Rows that are many can be
    read from an index in the order of the list; looked for there, few would be found after a long walk.
    slips: what is searched for in place of the words as typed; None where it is these alone.
    """

    full: ColumnElement[bool]
    cards: ColumnElement[bool] | None
    collect_full: bool
    collect_cards: bool
    slips: Slips | None = None

    def among(self, other: Wanted) -> Wanted:
        """Those of these rows that are among others, too."""
        cards = None if self.cards is None or other.cards is None else and_(self.cards, other.cards)
        return Wanted(and_(self.full, other.full), cards, True, True, self.slips)


def wanted(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    zone: str,
    to_come: Mapping[str, Definition] | None = None,
) -> Wanted:
    """The filters as conditions; Invalid names one that does not exist or does not fit.

    ``within`` among them: more filters, all of which hold as well. to_come: fields of the company's own that are about
    to be made.
    """
    if "within" in filters:
        rest, outer = {name: value for name, value in filters.items() if name != "within"}, filters["within"]
        if not isinstance(outer, dict) or "within" in outer:
            raise Invalid("within is an object of filters", field="within")
        return wanted(session, actor, rest, zone, to_come).among(wanted(session, actor, outer, zone, to_come))
    unknown = [name for name in filters if name not in _ON_CARD | _INSIDE | {"q", "fuzzy", "where"}]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    on_card = [_card_filter(name, value) for name, value in filters.items() if name in _ON_CARD]
    inside = [_full_filter(name, value, zone) for name, value in filters.items() if name in _INSIDE - {"shadowed"}]
    if "shadowed" in filters and fields.flag("shadowed", filters["shadowed"]):
        inside.append(access.lent(actor))
    own = cache(lambda: own_fields(session) | dict(to_come or {}))
    tree = read_tree(filters["where"], actor, zone, own) if filters.get("where") is not None else None
    if tree is not None:
        (inside if tree.hidden else on_card).append(tree.sql)
    searched = str(filters.get("q") or "").strip()
    slips = _slips(session, filters)
    found = [clients.c.id.in_(_candidates(searched, slips))] if searched else []
    full = and_(access.scope(actor), *on_card, *inside, *found)
    hidden = filters.get("status", "active") != "active" or filters.get("owner_id") == actor.id
    cards = None
    if actor.role == "sales" and not inside and not hidden:
        # Of a card only the name is looked through.
        named = [_by_name(searched, slips)] if searched else []
        cards = and_(access.card_only(actor), *on_card, *named)
    ordered = tree is not None and tree.listed and filters.keys() == {"where"}
    collect = actor.role == "sales" or (bool(filters.keys() - {"status"}) and not ordered)
    return Wanted(full, cards, collect, bool(searched), slips)


def searched_for(filters: dict[str, Any]) -> Search | None:
    """The search among the filters; None where there is none."""
    searched = str(filters.get("q") or "").strip()
    return read_search(searched) if searched else None


def _slips(session: Session, filters: dict[str, Any]) -> Slips | None:
    search = searched_for(filters)
    return slips_of(session, search) if fields.flag("fuzzy", filters.get("fuzzy", False)) and search else None


def _candidates(searched: str, slips: Slips | None) -> Any:
    """Clients one of whose texts is what was searched for; by a letter or two, those whose names begin so."""
    if len(searched) >= SHORT:
        search = read_search(searched)
        return candidates(search, slips) if search.groups else select(clients.c.id).where(false())
    if len(searched) == 1:
        # Said here too, for the index that leaves the deleted ones out.
        return select(clients.c.id).where(clients.c.deleted_at.is_(None), begins(clients.c.company_name, searched))
    return union(
        *(select(clients.c.id).where(holds(column, searched)) for column in (clients.c.company_name, clients.c.email)),
        select(contacts.c.client_id).where(holds_plain(FULL_NAME, searched)),
        select(contacts.c.client_id).where(holds(contacts.c.email, searched)),
    )


def _by_name(searched: str, slips: Slips | None) -> ColumnElement[bool]:
    if len(searched) < SHORT:
        return holds(clients.c.company_name, searched)
    search = read_search(searched)
    return name_matches(search, slips) if search.groups else false()


def _card_filter(name: str, value: Any) -> ColumnElement[bool]:
    if name == "status":
        if value not in STATUSES:
            raise Invalid(f"status is one of {', '.join(STATUSES)}", field="status")
        return clients.c.status == literal(value)
    if name == "industry":
        return func.lower(clients.c.industry) == str(value).lower()
    if value in ("none", None):
        return clients.c.owner_id.is_(None)
    if not is_id(value):
        raise Invalid("owner_id is an id, or none", field="owner_id")
    return clients.c.owner_id == literal(value, clients.c.owner_id.type)


def _full_filter(name: str, value: Any, zone: str) -> ColumnElement[bool]:
    if name in _PLACES:
        return func.lower(clients.c[name]) == str(value).lower()
    if name == "tag":
        return clients.c.tags.contains([str(value).lower()])
    if name == "unanswered":
        waits = clients.c.waiting_since.isnot(None)
        return waits if fields.flag(name, value) else ~waits
    if name == "created_from":
        day = date_of(name, value)
        if day is None:
            raise Invalid("created_from is a date, as in 2025-02-10", field=name)
        return clients.c.created_at >= day_begins(day, zone)
    at_least: ColumnElement[bool] = clients.c.greatest_deal_minor >= value
    return at_least
