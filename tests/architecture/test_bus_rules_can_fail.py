"""The rules of the bus, tried on made-up trees: what the code does beyond its row of the table is named."""

from __future__ import annotations

import pytest

from libs.common.bus_table import Voice
from tests.architecture import bus
from tests.architecture.test_rules_can_fail import Tree, made, shop

__all__ = ["made"]

RPC = """
class BooksRpc(RpcService):
    @method("r")
    def get_book(self): ...
    @method("r")
    def burn(self): ...
"""
ADAPTER = "def book(self):\n    return self._rpc.call(self._own, 'books', 'get_book')\n"
TABLE = {
    "books": Voice(tells=frozenset({"book.sold", "book.burned"})),
    "readers": Voice(hears=frozenset({"book.sold"}), asks=frozenset({"books.get_book"})),
}


def test_a_table_that_fits(made: Tree) -> None:
    root = made(shop(books__rpc=RPC, readers__adapters=ADAPTER))
    assert bus.events_stand_in_the_table(root, TABLE) == []
    assert bus.calls_stand_in_the_table(root, TABLE) == []
    assert bus.tokens_are_handed_on_as_the_table_says(root, TABLE) == []


@pytest.mark.parametrize(
    ("row", "changed", "fault"),
    [
        ("books", Voice(tells=frozenset({"book.sold"})), "books tells book.burned, which"),
        ("books", Voice(tells=frozenset({"book.sold", "book.burned", "book.lost"})), "says it tells book.lost, and"),
        ("readers", Voice(), "readers hears book.sold, which"),
        ("readers", Voice(hears=frozenset({"book.sold", "book.burned"})), "says it hears book.burned, and"),
    ],
)
def test_an_event_without_its_row_and_a_row_without_its_event(made: Tree, row: str, changed: Voice, fault: str) -> None:
    [found] = bus.events_stand_in_the_table(made(shop()), TABLE | {row: changed})
    assert fault in found


@pytest.mark.parametrize(
    "line",
    [
        "rpc.call(context, 'books', 'burn')",
        "r.ask('books', 'burn', book_id=1)",
        "found = ask({'it': Call('books', 'burn', {})})",
        "parts.one('books', 'burn')",
        "send_later('books', 'burn')",
        "[Call(name, 'burn') for name in SERVICES]",
        "def _ask(self, method):\n    rpc.call(context, 'books', method)\n\ndef burn(self):\n    self._ask('burn')",
        "r.ask('books', 'burn_all')",
    ],
)
def test_a_call_without_its_row(made: Tree, line: str) -> None:
    root = made(shop(books__rpc=RPC, readers__adapters=ADAPTER, readers__handlers=line + "\n"))
    [found] = bus.calls_stand_in_the_table(root, TABLE)
    assert found.startswith("readers asks books.burn") and "lacks" in found


def test_a_row_without_its_call(made: Tree) -> None:
    [found] = bus.calls_stand_in_the_table(made(shop(books__rpc=RPC)), TABLE)
    assert found == "readers: the bus table says it asks books.get_book, and it does not"


def test_a_token_that_is_handed_on_without_its_row(made: Tree) -> None:
    root = made(shop(books__rpc=RPC, readers__adapters=ADAPTER.replace("_own", "_caller")))
    [found] = bus.tokens_are_handed_on_as_the_table_says(root, TABLE)
    assert "readers hands_on books.get_book, which" in found
    handing = Voice(asks=frozenset({"books.get_book"}), hands_on=frozenset({"books.get_book"}))
    assert bus.tokens_are_handed_on_as_the_table_says(root, TABLE | {"readers": handing}) == []


def test_a_service_without_any_row(made: Tree) -> None:
    assert len(bus.events_stand_in_the_table(made(shop()), {})) == 3
