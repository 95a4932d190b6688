"""The clients whose texts hold what was typed, in any of their rows."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, literal_column, select, union
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from libs.common.fields import contains
from services.clients.models import clients, search_documents
from services.clients.queries.searching.slips import Slips, may_be_mistyped
from services.clients.queries.searching.typed import Group, Search, Term

Query = ColumnElement[Any]

_SIMPLE = cast(literal_column("'simple'"), REGCONFIG)
_SHORTEST_PART = 3
_row = search_documents.c


def candidates(search: Search, slips: Slips | None = None) -> Any:
    """Ids of the clients that a search finds; slips: by these words in place of typed ones, too."""
    found = [_of_group(group, slips) for group in search.groups if not _is_single(group)]
    if single := [_query(group.wanted[0], slips) for group in search.groups if _is_single(group)]:
        found.append(_with(_any(single)))
    if part := _part_of_name(search):
        found.append(select(clients.c.id).where(clients.c.company_name.ilike(contains(part))))
    return found[0] if len(found) == 1 else union(*found)


def name_matches(search: Search, slips: Slips | None = None) -> ColumnElement[bool]:
    """Clients whose name alone is what was searched for: all that a public card may be found by."""
    wanted = _any([_whole(group, slips) for group in search.groups])
    found: Any = _with(wanted).where(_row.kind == literal("company_name", literal_execute=True))
    if part := _part_of_name(search):
        # Each by its own index; as two conditions every name would be looked through.
        found = union(found, select(clients.c.id).where(clients.c.company_name.ilike(contains(part))))
    return clients.c.id.in_(found)


def any_wanted(search: Search, slips: Slips | None) -> Query:
    """A query for any of the terms that may be shown as found."""
    return _any([_query(term, slips) for term in search.wanted])


def _is_single(group: Group) -> bool:
    return len(group.wanted) == 1 and not group.unwanted


def _of_group(group: Group, slips: Slips | None) -> Select[Any]:
    """Clients that have each wanted term in some row, and none of the others in any."""
    wanted = [_query(term, slips) for term in group.wanted]
    client_id = _row.client_id if wanted else clients.c.id
    found = _with(wanted[0]) if wanted else select(clients.c.id).where(clients.c.deleted_at.is_(None))
    for each in wanted[1:]:
        found = found.where(client_id.in_(_with(each, aliased=True)))
    if group.unwanted:
        found = found.where(client_id.not_in(_with(_any(_query(term) for term in group.unwanted), aliased=True)))
    return found


def _with(query: Query, *, aliased: bool = False) -> Select[Any]:
    """Ids of clients that have a row which the query finds."""
    row = (search_documents.alias() if aliased else search_documents).c
    return select(row.client_id).where(row.words.bool_op("@@")(query))


def _whole(group: Group, slips: Slips | None) -> Query:
    """The group as one query, for a row that has to have all of it."""
    terms = [_query(term, slips) for term in group.wanted]
    terms += [func.tsquery_not(_query(term)) for term in group.unwanted]
    return functools.reduce(func.tsquery_and, terms)


def _any(queries: Iterable[Query]) -> Query:
    return functools.reduce(func.tsquery_or, queries)


def _query(term: Term, slips: Slips | None = None) -> Query:
    """A term as PostgreSQL searches for it: its words next to each other, as the search table has them."""
    words: Query = func.phraseto_tsquery(_SIMPLE, func.search_fold(term.text), type_=TSQUERY)
    if term.prefix:
        begun = func.nullif(cast(words, Text), "") + literal(":*")
        words = cast(func.coalesce(begun, ""), TSQUERY)
    if slips and any(word in slips for word in may_be_mistyped(term)):
        nearly = functools.reduce(func.tsquery_phrase, (_nearly(word, slips.get(word, ())) for word in term.words))
        return func.tsquery_or(words, nearly)
    return words


def _nearly(word: str, others: Sequence[str]) -> Query:
    exactly = func.plainto_tsquery(_SIMPLE, func.search_fold(word), type_=TSQUERY)
    if not others:
        return exactly
    # In a query's text a word stands in quotes, and quotes and backslashes in it are doubled.
    quoted = ("'" + other.replace("\\", "\\\\").replace("'", "''") + "'" for other in others)
    return func.tsquery_or(exactly, cast(" | ".join(quoted), TSQUERY))


def _part_of_name(search: Search) -> str | None:
    """A single word that may stand in the middle of a name's word, as in compound names."""
    word = search.single_word
    return word if word and len(word) >= _SHORTEST_PART else None
