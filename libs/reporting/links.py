"""The list of the CRM that a figure counts: its filters as an address of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

_PAGES = {
    "deals": "/deals",
    "invoices": "/invoices",
    "payments": "/payments",
    "clients": "/clients",
    "tasks": "/tasks",
}


def link(area: str, filters: Mapping[str, Any]) -> str:
    """``/deals?stage=open&owner_id=…``: the page of an area's list under these filters, which are those of its RPC.

    A list stands once for each value, true and false as words, what is None is left out. KeyError for no such area.
    """
    query = urlencode(list(_pairs(filters)))
    return f"{_PAGES[area]}?{query}" if query else _PAGES[area]


def _pairs(filters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in filters.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            if each is not None:
                yield name, str(each).lower() if isinstance(each, bool) else str(each)
