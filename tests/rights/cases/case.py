"""A case: the right something needs, how that shows, and how it is asked about a row.

How a right shows: READ finds the row or says there is none; CHANGE does it, refuses it on rows that may only be seen,
and finds nothing else; LIST holds the row or does not; COMMON is the same for every row; GATE is refused to roles
without the right, whatever the row; PUBLIC is for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tests.rights.scene import Row, Scene

READ, CHANGE, LIST, COMMON, GATE, PUBLIC = "read", "change", "list", "common", "gate", "public"
Given = Callable[[Scene, Row], dict[str, Any]]
NOBODY = "01920000-0000-7000-8000-00000000dead"


def named(answer: Any, row: Row) -> bool:
    """Whether an answer shows the row: its name stands nowhere else."""
    return row.name.encode() in orjson.dumps(answer)


def counted(answer: Any, _row: Row) -> bool:
    """Whether a sum counted anything."""
    return bool(answer["count"])


def forecast_counts(answer: Any, _row: Row) -> bool:
    """Whether a forecast counted anything, whenever it closes."""
    return bool(answer["total_count"] + answer["without_date"]["count"])


def created_counts(answer: Any, _row: Row) -> bool:
    """Whether deals were created, by any source or owner."""
    return bool(answer["total"]["created"])


def trend_counts(answer: Any, _row: Row) -> bool:
    """Whether deals were created in any month."""
    return any(point["created"] for point in answer["points"])


def listed(answer: Any, _row: Row) -> bool:
    """Whether a list that is filtered to the row holds anything."""
    return bool(answer["items"])


def holding_the_deal(answer: Any, row: Row) -> bool:
    """Whether a list without names holds the row's deal."""
    return any(each["deal_id"] == row["deal"] for each in answer["items"])


@dataclass(frozen=True)
class Case:
    """``name`` is ``service.method`` or ``VERB /path``; ``seen``: the right by which a row is seen at all.

    looks_first: the row is looked at before it is asked who may change it, so that one nobody may see is not there.
    """

    name: str
    how: str
    right: str
    given: Given = lambda _scene, _row: {}
    seen: str = "clients.read"
    shows: Callable[[Any, Row], bool] = named
    looks_first: bool = False


def client_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"client_id": row["client"]}


def deal_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"deal_id": row["deal"]}


def invoice_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["invoice"]}


def words_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"q": row.name}


def filter_words_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"filters": {"q": row.name}}


def filter_of_client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"filters": {"client_id": row["client"]}}


def closing_any(_scene: Scene, row: Row) -> dict[str, Any]:
    """Every day a deal of the row's client may close on."""
    return {"from_day": "2020-01-01", "to_day": "2029-12-31", "filters": {"client_id": row["client"]}}


def line(price: int = 100) -> dict[str, Any]:
    return {"description": "Work", "quantity": "1", "unit_price_minor": price}
