"""An active client of Jessica's: John sees its public card, wherever he asks, and not a word more."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
import pytest

from libs.common.problems import Problem
from tests.rights.cases import CHANGE, LIST, READ, RPC
from tests.rights.scene import Row, Scene

# They answer with the card.
CARDS = frozenset({"clients.get_client", "clients.list_clients", "clients.quick_find", "clients.find_duplicates"})
CARD = {"id", "company_name", "industry", "status", "owner_id", "access"}
CASES = sorted(name for name, case in RPC.items() if case.how in (READ, CHANGE, LIST))


@pytest.fixture(scope="module")
def row(scene: Scene) -> Row:
    """As another's, and active: everything but its company's name holds a word of its own."""
    made = scene.row("public")
    made.ids["word"] = f"word{secrets.token_hex(5)}"
    changes = {
        "status": "active",
        "notes": made["word"],
        "city": made["word"],
        "state": made["word"],
        "tags": [made["word"]],
    }
    scene.admin.patch(f"/clients/{made['client']}", changes | {"company_name": f"Public {made.name[-6:]}"})
    return made


@pytest.mark.parametrize("name", CASES)
def test_no_method_says_more_than_the_card(scene: Scene, row: Row, name: str) -> None:
    case, service, method = RPC[name], *name.split(".")
    try:
        answer = scene.ask("sales", service, method, **case.given(scene, row))
    except Problem as problem:
        assert problem.code in ("forbidden", "not_found", "internal_error"), problem.code
        return
    said = orjson.dumps(answer).decode()
    assert row["word"] not in said and row.name not in said
    if case.how != LIST:
        assert name in CARDS and {field for field, value in answer.items() if value not in (None, [], {})} <= CARD


@pytest.mark.parametrize("asked", [{"q": "Public"}, {"status": "active"}])
def test_lists_show_the_card(scene: Scene, row: Row, asked: dict[str, Any]) -> None:
    listed = scene.ask("sales", "clients", "list_clients", filters=asked, limit=200)["items"]
    (card,) = [each for each in listed if each["id"] == row["client"]]
    assert {field for field, value in card.items() if value not in (None, [], {})} <= CARD | {"hits"}
    assert {hit["field"] for hit in card.get("hits", [])} <= {"company_name"}
