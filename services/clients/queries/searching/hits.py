"""For the clients of one page: which of their texts were found, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.clients.models import clients, search_documents
from services.clients.queries.searching.finding import any_wanted
from services.clients.queries.searching.marking import Needle, fold, marked, part_marked
from services.clients.queries.searching.own import OwnText, own_texts
from services.clients.queries.searching.slips import Slips
from services.clients.queries.searching.typed import Search

# In the order of how much a find there says.
FIELDS = ("company_name", "contact", "notes", "deal", "activity", "document", "custom", "details")
_SHOWN = 3
# Of a very long letter as much as is looked through.
_READ = 100_000

Hit = dict[str, Any]


def hits_of(
    session: Session, search: Search, rows: Sequence[dict[str, Any]], slips: Slips | None
) -> dict[str, list[Hit]]:
    """``{client_id: [{field, source_id, snippet: [{text, found}]}]}``, up to three a client.

    A hit in one of the company's own fields says which: ``own: {of, key, label}``.
    rows: documents that the reader gets; of a card only the name is looked through. slips: words that were found in
    place of typed ones.
    """
    needles = _needles(search, slips or {})
    found: dict[str, list[Hit]] = {}
    for row in rows:
        if snippet := marked(row["company_name"], needles) or _part(row["company_name"], search):
            found[row["id"]] = [_hit("company_name", row["id"], snippet)]
    full = [row["id"] for row in rows if row["access"] != "card"]
    texts = _texts(session, search, full, slips) if search.wanted and full else []
    own = own_texts(session, [row.source_id for row in texts if row.kind == "custom"])
    for row in texts:
        hits = found.setdefault(row.client_id, [])
        if len(hits) < _SHOWN:
            more = _in_own(own.get(row.source_id, ()), row, needles) if row.kind == "custom" else []
            hits += (more or _in_text(row, needles))[: _SHOWN - len(hits)]
    return found


def _in_own(texts: Iterable[OwnText], row: Any, needles: Sequence[Needle]) -> list[Hit]:
    """A hit for each own field of a record that holds what was found; none where only all of them together do."""
    snippets = ((each, marked(each.text, needles)) for each in texts)
    return [_hit(row.kind, row.source_id, snippet) | {"own": each.named} for each, snippet in snippets if snippet]


def _in_text(row: Any, needles: Sequence[Needle]) -> list[Hit]:
    snippet = marked(row.content, needles)
    return [_hit(row.kind, row.source_id, snippet)] if snippet else []


def _hit(field: str, source_id: str, snippet: list[dict[str, Any]]) -> Hit:
    return {"field": field, "source_id": source_id, "snippet": snippet}


def _part(name: str, search: Search) -> list[dict[str, Any]] | None:
    return part_marked(name, search.single_word) if search.single_word else None


def _needles(search: Search, slips: Slips) -> list[Needle]:
    typed: list[Needle] = [(tuple(fold(word) for word in term.words), term.prefix) for term in search.wanted]
    return typed + [((word,), False) for meant in slips.values() for word in meant]


def _texts(session: Session, search: Search, client_ids: list[str], slips: Slips | None) -> Sequence[Any]:
    """The texts of these clients that hold what was searched for, the telling ones and the newest of a kind first."""
    row = search_documents.c
    rank = case({kind: number for number, kind in enumerate(FIELDS)}, value=row.kind)
    place = func.row_number().over(partition_by=row.client_id, order_by=(rank, row.source_id.desc())).label("place")
    these = row.client_id == any_(literal(client_ids, ARRAY(clients.c.id.type)))
    wanted = row.words.bool_op("@@")(any_wanted(search, slips))
    content = func.left(row.content, _READ).label("content")
    found = select(row.client_id, row.kind, row.source_id, content, place)
    found = found.where(these, wanted, row.kind != "company_name")
    numbered = found.subquery()
    return session.execute(select(numbered).where(numbered.c.place <= _SHOWN).order_by(numbered.c.place)).all()
