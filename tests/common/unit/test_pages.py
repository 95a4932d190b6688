"""Keyset pages: every row once, in order, whatever the page size; a cursor that was tampered with is refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    create_engine,
    insert,
    select,
)

from libs.common.ids import new_id
from libs.common.pages import decode_cursor, encode_cursor, keyset, limit_of, page
from libs.common.problems import Invalid

metadata = MetaData()
books = Table(
    "books", metadata, Column("title", String), Column("copies", Integer), Column("id", Integer, primary_key=True)
)
KEYS = {"title": books.c.title, "copies": books.c.copies}
engine = create_engine("sqlite://")
metadata.create_all(engine)

titles = st.text(alphabet="ab'%\\é", max_size=2)
rows = st.lists(st.tuples(titles, st.integers(-2, 2)), max_size=25)
orders = st.lists(st.tuples(st.sampled_from(sorted(KEYS)), st.booleans()), max_size=2, unique_by=lambda key: key[0])


def walk(keys: list[Any], limit: int) -> Iterator[list[Any]]:
    """All pages of the books in that order."""
    cursor = None
    with engine.connect() as connection:
        while True:
            found = connection.execute(keyset(select(books), keys, cursor, limit)).all()
            items, cursor = page(found, limit, lambda row: [row._mapping[column] for column, _ in keys])
            yield items
            if cursor is None:
                return


@settings(max_examples=150, deadline=None)
@given(rows, orders, st.booleans(), st.integers(1, 7))
def test_the_pages_are_the_sorted_list(
    content: list[tuple[str, int]], order: list[tuple[str, bool]], id_descends: bool, limit: int
) -> None:
    with engine.begin() as connection:
        connection.execute(books.delete())
        numbered = [{"title": title, "copies": copies, "id": n} for n, (title, copies) in enumerate(content)]
        if numbered:
            connection.execute(insert(books), numbered)
    keys = [(KEYS[name], descends) for name, descends in order] + [(books.c.id, id_descends)]
    pages = list(walk(keys, limit))
    expected = numbered
    for column, descends in reversed(keys):
        # as the database compares text: by its bytes
        expected = sorted(expected, key=lambda row: _bytes(row[column.name]), reverse=descends)
    assert [row.id for each in pages for row in each] == [row["id"] for row in expected]
    assert all(len(each) == limit for each in pages[:-1]) and (len(pages[-1]) > 0 or not numbered)


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


COLUMNS = {
    "text": Column("a", String),
    "number": Column("b", BigInteger),
    "instant": Column("c", DateTime(timezone=True)),
    "id": Column("d", Uuid(as_uuid=False)),
}


def ask(kind: str, cursor: str) -> Any:
    return keyset(select(COLUMNS[kind]), [(COLUMNS[kind], True)], cursor, 10)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "é"), ("number", 2**62), ("instant", datetime(2025, 1, 6, 10, tzinfo=UTC)), ("id", new_id())],
)
def test_what_the_list_made_is_taken(kind: str, value: Any) -> None:
    compiled = ask(kind, encode_cursor([value])).compile()
    assert value in compiled.params.values()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", None),
        ("text", "a\x00b"),
        ("number", "seven"),
        ("number", True),
        ("number", 2**63),
        ("number", "-99999999999999999999"),
        ("number", {"a": 1}),
        ("instant", "yesterday"),
        ("instant", 5),
        ("instant", None),
        ("id", "not-an-id"),
        ("id", None),
        ("id", 7),
        ("id", "' OR 1=1 --"),
    ],
)
def test_a_cursor_with_other_values_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        ask(kind, encode_cursor([value]))
    assert refused.value.field == "cursor"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "!!!!",
        "AAAA",
        encode_cursor([]),
        encode_cursor(["a", "b", "c"]),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b'"ab"').decode(),
        base64.urlsafe_b64encode(orjson.dumps([1, 2])).decode()[:-3],
        "A" * 4000,
    ],
)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, 2)
    assert refused.value.field == "cursor"


@given(st.text(max_size=40))
def test_no_text_is_more_than_refused(cursor: str) -> None:
    try:
        decode_cursor(cursor, 1)
    except Invalid:
        return


@given(st.lists(st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.none()), min_size=1, max_size=4))
def test_cursors_come_back_as_they_were(values: list[Any]) -> None:
    assert decode_cursor(encode_cursor(values), len(values)) == values


@pytest.mark.parametrize("value", [0, -1, 201, True, "5", 1.5, 10**20])
def test_page_sizes_that_are_refused(value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        limit_of(value)
    assert refused.value.field == "limit"


def test_page_sizes_that_are_taken() -> None:
    assert [limit_of(value) for value in (None, 1, 25, 200)] == [25, 1, 25, 200]
