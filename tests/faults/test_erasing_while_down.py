"""A service that is down when a person is erased does its part once it is back, and the receipt says who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from stack.application import Stack
from stack.driver import Crm, Person
from tests.e2e.test_erasure import Story, erased, naming
from tests.support.waiting import eventually

DOWN = "deals-worker"


@pytest.fixture
def story(crm: Crm, people: dict[str, Person]) -> Story:
    made = Story(crm, people)
    made.play()
    return made


@pytest.fixture
def _without_deals(story: Story, running_stack: Stack) -> Iterator[None]:
    running_stack.stop_process(DOWN)
    yield
    running_stack.start_process(DOWN)
    running_stack.wait_healthy()


@pytest.mark.usefixtures("_without_deals")
def test_who_is_down_erases_later(story: Story, running_stack: Stack) -> None:
    admin = story.admin
    asked = admin.post(f"/contacts/{story.contact}/erase", {"reason": "They asked for it"})

    def only_deals_missing() -> Any:
        receipt = admin.get(f"/erasures/{asked['id']}")
        return receipt if receipt["missing"] == ["deals"] else None

    assert eventually(only_deals_missing, 60)["status"] == "asked"
    assert any(service == "deals" for service, _table, _id in naming(running_stack, story.texts()))

    running_stack.start_process(DOWN)
    receipt = eventually(lambda: erased(admin, asked["id"]), 60)
    kept = {(part["service"], row["what"], row["id"]) for part in receipt["parts"] for row in part["kept"]}
    eventually(lambda: naming(running_stack, [story.last]) <= kept or None, 60)
