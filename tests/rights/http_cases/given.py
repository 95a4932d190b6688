"""What is sent about a row over HTTP."""

from __future__ import annotations

from typing import Any

from tests.rights.scene import Row, Scene

LINE = {"description": "Work", "quantity": 1, "unit_price": 100}


def client_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"client_id": row["client"]}


def deal_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"deal_id": row["deal"]}


def invoice_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["invoice"]}


def sent_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["sent"]}


def words_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"query": {"q": row.name}}


def filter_of_client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"query": {"client_id": row["client"]}}


def conversation_of(scene: Scene, row: Row) -> dict[str, Any]:
    return {"conversation_id": scene.conversation(row)}


def conversations_of(scene: Scene, row: Row) -> dict[str, Any]:
    scene.conversation(row)
    return filter_of_client(scene, row)
