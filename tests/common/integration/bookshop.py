"""A service that sells books: enough of one to try the mechanism on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import text

from libs.common.database import UnitOfWork
from libs.common.events import Envelope, Event
from libs.common.problems import Conflict


class BookSold(Event):
    event_type: ClassVar[str] = "book.sold"

    title: str
    copies: int


SCHEMA = "CREATE TABLE sales (title text, copies integer); CREATE TABLE stock (title text PRIMARY KEY, copies integer)"


@dataclass(frozen=True)
class Book:
    id: str
    version: int


def sell(uow: UnitOfWork, book_id: str, title: str, copies: int = 1) -> dict[str, Any]:
    """Sell a book; a title called "forbidden" is refused after the row was written."""
    uow.session.execute(text("INSERT INTO sales VALUES (:t, :c)"), {"t": title, "c": copies})
    if title == "forbidden":
        raise Conflict("this book may not be sold")
    uow.outbox.add(BookSold(title=title, copies=copies), of=Book(book_id, 1))
    return {"title": title, "copies": copies}


def on_book_sold(uow: UnitOfWork, event: BookSold, _envelope: Envelope) -> None:
    uow.session.execute(
        text("INSERT INTO stock VALUES (:t, :c) ON CONFLICT (title) DO UPDATE SET copies = stock.copies + :c"),
        {"t": event.title, "c": event.copies},
    )
