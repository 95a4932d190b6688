"""Choosing a client for something new: by a few letters, among those a person may write to, however many there are."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.web.parts import Part

SEARCH_FIELD = "client_q"
_OFFERED = 30
_LONGEST = 100


def offered(typed: str) -> Call:
    """The clients to offer: those that fit the letters, by name; people in sales are offered their own."""
    me = r.signed_in().actor
    filters: dict[str, Any] = {"owner_id": me.id} if me.role == "sales" else {}
    words = " ".join(typed.replace("\x00", " ").split())[:_LONGEST]
    filters |= {"q": words} if words else {}
    return Call("clients", "list_clients", {"filters": filters, "sort": "company_name", "limit": _OFFERED})


def choices(clients: Part, chosen: Part | None) -> dict[str, Any]:
    """``{clients, more}``: the rows to choose from, the chosen one among them, and how many were left out."""
    rows = [each for each in clients.get("items", []) if each["access"] != "card"]
    if chosen and chosen.value["id"] not in [each["id"] for each in rows]:
        rows.insert(0, chosen.value)
    return {"clients": rows, "more": max(0, clients.get("total", 0) - len(rows))}


def chosen(client_id: Any) -> Call | None:
    """The client that is chosen already, whom the letters need not fit."""
    return Call("clients", "get_client", {"client_id": str(client_id)}) if client_id else None
