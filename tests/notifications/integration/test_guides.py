"""The guide of somebody new in sales: begun by joining, ticked by events, put away by the person."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.identity import Actor
from libs.common.ids import new_id
from tests.contracts.samples_of import sample
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, JESSICA, JOHN, MANAGER

CLIENT = new_id()


def give(crm: Notifications, owner: Actor, client_id: str = CLIENT) -> None:
    data = sample("client.assigned")["data"] | {"client_id": client_id, "owner_id": owner.id}
    crm.tell("client.assigned", data | {"company_name": "StartupXYZ"}, ADMIN)


def done(crm: Notifications, who: Actor = JESSICA) -> list[str]:
    return [step["step"] for step in crm.as_(who).get_guide()["guide"]["steps"] if step["done_at"]]


def happens(crm: Notifications, event_type: str, who: Actor = JESSICA, client_id: str = CLIENT, **data: Any) -> None:
    crm.tell(event_type, sample(event_type)["data"] | {"client_id": client_id} | data, who)


def test_before_the_first_client_there_is_nothing_to_tick(crm: Notifications) -> None:
    guide = crm.as_(JESSICA).get_guide()["guide"]
    assert guide["client_id"] is None and done(crm) == []
    assert [step["step"] for step in guide["steps"]] == ["review", "meeting", "activity", "deal", "stage"]
    assert crm.as_(JESSICA).review_guide()["guide"]["steps"][0]["done_at"] is None


def test_only_sales_has_one(crm: Notifications) -> None:
    assert crm.as_(MANAGER).get_guide() == {"guide": None}


def test_what_happens_ticks_it_once(crm: Notifications) -> None:
    give(crm, JESSICA)
    give(crm, JESSICA, new_id())
    assert crm.as_(JESSICA).get_guide()["guide"]["client_id"] == CLIENT
    note = crm.as_(JESSICA).list_notifications()["items"][1]
    assert note["action_path"] == f"/clients/{CLIENT}"
    crm.as_(JESSICA).mark_read(notification_id=note["id"])
    assert done(crm) == ["review"]
    happens(crm, "activity.logged", type="meeting")
    happens(crm, "activity.logged", type="note")
    happens(crm, "deal.created")
    happens(crm, "deal.stage_changed")
    first = crm.as_(JESSICA).get_guide()
    assert done(crm) == ["review", "meeting", "activity", "deal", "stage"]
    happens(crm, "deal.stage_changed")
    assert crm.as_(JESSICA).get_guide() == first


@pytest.mark.parametrize(
    ("who", "client_id", "kind"), [(JOHN, CLIENT, "note"), (JESSICA, new_id(), "note"), (JESSICA, CLIENT, "system")]
)
def test_what_is_not_hers_ticks_nothing(crm: Notifications, who: Actor, client_id: str, kind: str) -> None:
    give(crm, JESSICA)
    happens(crm, "activity.logged", who, client_id, type=kind)
    assert done(crm) == []


def test_put_away_it_stays_away(crm: Notifications) -> None:
    give(crm, JESSICA)
    assert crm.as_(JESSICA).close_guide() == {"guide": None}
    happens(crm, "deal.created")
    assert crm.as_(JESSICA).get_guide() == {"guide": None}
    crm.join(JESSICA, version=2)
    assert crm.as_(JESSICA).get_guide() == {"guide": None}
