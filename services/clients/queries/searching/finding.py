"""The clients whose texts hold what was typed, in any of their rows."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, literal_column, select, union
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from libs.common.fields import contains
from services.clients.models import clients, search_documents, search_words
from services.clients.queries.searching.typed import Group, Search, Term

Query = ColumnElement[Any]

_SIMPLE = cast(literal_column("'simple'"), REGCONFIG)
_SHORTEST_PART = 3
# Three-letter pieces that a slip leaves of a word of six letters.
_ALIKE = "0.2"
_NEAREST = 5
# Shorter words are a slip away from too many others; longer ones are no words.
_MISTYPED = range(4, 41)
# The worker takes words in every five minutes.
_UNREAD = timedelta(minutes=10)
_NEWEST = 50
_row = search_documents.c


def candidates(search: Search, *, fuzzy: bool = False) -> Any:
    """Ids of the clients that a search finds; fuzzy: by words that are nearly the typed ones, too."""
    found = [_of_group(group, fuzzy=fuzzy) for group in search.groups if not _is_single(group)]
    if single := [_query(group.wanted[0], fuzzy=fuzzy) for group in search.groups if _is_single(group)]:
        found.append(_with(_any(single)))
    if part := _part_of_name(search):
        found.append(select(clients.c.id).where(clients.c.company_name.ilike(contains(part))))
    return found[0] if len(found) == 1 else union(*found)


def name_matches(search: Search, *, fuzzy: bool = False) -> ColumnElement[bool]:
    """Clients whose name alone is what was searched for: all that a public card may be found by."""
    wanted = _any([_whole(group, fuzzy=fuzzy) for group in search.groups])
    found: Any = _with(wanted).where(_row.kind == literal("company_name", literal_execute=True))
    if part := _part_of_name(search):
        # Each by its own index; as two conditions every name would be looked through.
        found = union(found, select(clients.c.id).where(clients.c.company_name.ilike(contains(part))))
    return clients.c.id.in_(found)


def any_wanted(search: Search, *, fuzzy: bool) -> Query:
    """A query for any of the terms that may be shown as found."""
    return _any([_query(term, fuzzy=fuzzy) for term in search.wanted])


def near(word: str) -> Select[Any]:
    """Words that stand somewhere and are a slip or two away from a typed one, the nearest first."""
    # The word is asked for before the index is searched with it, so the threshold is set by then; for this statement.
    threshold = func.set_config("pg_trgm.similarity_threshold", _ALIKE, True)
    typed = select(case((threshold.isnot(None), func.search_fold(word)))).scalar_subquery()
    known = select(search_words.c.word).where(search_words.c.word.bool_op("%")(typed))
    there = union(known, _just_written()).subquery().c.word
    slips, likeness = func.levenshtein(there, typed), func.similarity(there, typed)
    few = slips <= (1 if len(word) == _MISTYPED.start else 2)
    alike = select(there).where(few, likeness >= literal_column(_ALIKE))
    return alike.order_by(slips, likeness.desc(), there).limit(_NEAREST)


def _just_written() -> Select[Any]:
    """Words of the newest clients, which the worker may not have taken in yet: of so few that it costs next to
    nothing, whatever is brought in meanwhile."""
    newest = select(clients.c.id).where(clients.c.deleted_at.is_(None), clients.c.created_at > func.now() - _UNREAD)
    newest = newest.order_by(clients.c.created_at.desc(), clients.c.id.desc()).limit(_NEWEST)
    words = select(func.unnest(func.tsvector_to_array(_row.words), type_=Text).label("word"))
    word = words.where(_row.client_id.in_(newest)).subquery().c.word
    return select(word).where(func.length(word).between(_MISTYPED.start, _MISTYPED.stop - 1), word.op("!~")("^[0-9]+$"))


def may_be_mistyped(term: Term) -> list[str]:
    """The words of a term that others are looked for in place of."""
    return [] if term.quoted else [word for word in term.words if len(word) in _MISTYPED and not word.isdigit()]


def _is_single(group: Group) -> bool:
    return len(group.wanted) == 1 and not group.unwanted


def _of_group(group: Group, *, fuzzy: bool) -> Select[Any]:
    """Clients that have each wanted term in some row, and none of the others in any."""
    wanted = [_query(term, fuzzy=fuzzy) for term in group.wanted]
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


def _whole(group: Group, *, fuzzy: bool) -> Query:
    """The group as one query, for a row that has to have all of it."""
    terms = [_query(term, fuzzy=fuzzy) for term in group.wanted]
    terms += [func.tsquery_not(_query(term)) for term in group.unwanted]
    return functools.reduce(func.tsquery_and, terms)


def _any(queries: Iterable[Query]) -> Query:
    return functools.reduce(func.tsquery_or, queries)


def _query(term: Term, *, fuzzy: bool = False) -> Query:
    """A term as PostgreSQL searches for it: its words next to each other, as the search table has them."""
    words: Query = func.phraseto_tsquery(_SIMPLE, func.search_fold(term.text), type_=TSQUERY)
    if term.prefix:
        begun = func.nullif(cast(words, Text), "") + literal(":*")
        words = cast(func.coalesce(begun, ""), TSQUERY)
    if fuzzy and may_be_mistyped(term):
        nearly = functools.reduce(func.tsquery_phrase, (_nearly(word, term) for word in term.words))
        return func.tsquery_or(words, nearly)
    return words


def _nearly(word: str, term: Term) -> Query:
    exactly = func.plainto_tsquery(_SIMPLE, func.search_fold(word), type_=TSQUERY)
    if word not in may_be_mistyped(term):
        return exactly
    nearest = near(word).subquery()
    others = select(func.coalesce(func.string_agg(func.quote_literal(nearest.c.word), " | "), "")).scalar_subquery()
    return func.tsquery_or(exactly, cast(others, TSQUERY))


def _part_of_name(search: Search) -> str | None:
    """A single word that may stand in the middle of a name's word, as in compound names."""
    word = search.single_word
    return word if word and len(word) >= _SHORTEST_PART else None
