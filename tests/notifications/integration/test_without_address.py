"""Somebody whose address is not known yet owns clients and deals, and is told nothing until they join."""

from __future__ import annotations

from typing import Any

from libs.common.identity import Actor
from libs.common.ids import new_id
from tests.notifications.harness import Notifications
from tests.notifications.stories import ASSIGNED, INQUIRED, WON
from tests.support.actors import JESSICA, JOHN

MOSES = Actor(new_id(), "sales", "Moses Frase")
STATE: dict[str, Any] = {
    "user_id": MOSES.id, "email": None, "name": MOSES.name, "role": "sales", "locale": "en", "active": False,
    "version": 1,
}  # fmt: skip


def test_nothing_is_told_to_them_and_their_name_is_told_to_others(crm: Notifications) -> None:
    crm.tell("user.changed", STATE)
    crm.tell("client.assigned", ASSIGNED | {"owner_id": MOSES.id})
    crm.tell("deal.won", WON | {"owner_id": MOSES.id})
    crm.send()
    assert crm.notes(MOSES) == [] and crm.server.mails == []
    assert any(each["message"].startswith("Moses Frase won") for each in crm.notes(JOHN))


def test_what_needs_an_answer_goes_to_all_of_sales(crm: Notifications) -> None:
    crm.tell("user.changed", STATE)
    crm.tell("client.inquired", INQUIRED | {"owner_id": MOSES.id})
    assert crm.notes(MOSES) == []
    assert [len(crm.notes(each)) for each in (JOHN, JESSICA)] == [1, 1]


def test_once_they_join_they_are_told_as_everybody_is(crm: Notifications) -> None:
    crm.tell("user.changed", STATE)
    crm.tell("user.joined", STATE | {"email": "moses@amo-ai.example", "active": True, "version": 2})
    crm.tell("client.assigned", ASSIGNED | {"owner_id": MOSES.id})
    crm.send()
    assert len(crm.notes(MOSES)) == 1
    assert crm.server.envelopes == [("crm@amo-ai.example", ["moses@amo-ai.example"])]
