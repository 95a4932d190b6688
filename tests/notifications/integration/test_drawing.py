"""Charts are drawn once, by a worker, and kept under what they show."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.context import Context
from libs.common.problems import Forbidden, Invalid, Unavailable
from services.notifications import handlers, wiring
from services.notifications.waiting import WaitingRoom
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system
from tests.support.report_answers import FUNNEL, REPS, TREND
from tests.support.waiting import eventually

pytestmark = pytest.mark.infrastructure


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a worker that is not there."""
    monkeypatch.setattr("services.notifications.rpc._WAIT_SECONDS", 0.2)


def orders(crm: Notifications) -> int:
    return int(crm.sql("SELECT count(*) FROM jobs WHERE kind = 'draw_chart'")[0][0])


def test_a_chart_is_drawn_and_found_again(crm: Notifications) -> None:
    with crm.working():
        made = crm.as_(FINANCE).draw_chart(name="funnel", data=FUNNEL)
        assert set(made) == {"svg", "alt", "width", "height", "milliseconds"}
        assert made["svg"].startswith("<svg ") and made["alt"].startswith("How far deals got: Lead 420")
        assert made["width"] == 640 and made["milliseconds"] >= 1
        # Whoever shows the same gets the same: what is in it decides, not who asks.
        assert crm.as_(JOHN).draw_chart(name="funnel", data=dict(reversed(FUNNEL.items()))) == made
        assert orders(crm) == 1
        other = crm.as_(FINANCE).draw_chart(name="funnel", data=FUNNEL, language="de")
        assert other["alt"].startswith("So weit kamen die Deals") and orders(crm) == 2
        narrow = crm.as_(FINANCE).draw_chart(name="funnel", data=FUNNEL, narrow=True)
        assert (narrow["width"], narrow["alt"]) == (360, made["alt"]) and orders(crm) == 3
    row = crm.sql("SELECT data, problem FROM renderings")
    assert all(each.data is None and each.problem is None for each in row)


def test_people_have_names_in_it(crm: Notifications) -> None:
    with crm.working():
        assert "John Smith" in crm.as_(ADMIN).draw_chart(name="reps", data=REPS)["svg"]


def test_many_who_ask_at_once_have_it_drawn_once(crm: Notifications) -> None:
    with crm.working(), ThreadPoolExecutor(5) as asking:
        answers = list(asking.map(lambda _each: crm.as_(ADMIN).draw_chart(name="trend", data=TREND), range(5)))
    assert len({each["svg"] for each in answers}) == 1 and orders(crm) == 1


@pytest.mark.usefixtures("hurried")
def test_without_a_worker_it_comes_later(crm: Notifications) -> None:
    with pytest.raises(Unavailable, match="not drawn yet"):
        crm.as_(ADMIN).draw_chart(name="trend", data=TREND)
    crm.send()
    assert crm.as_(ADMIN).draw_chart(name="trend", data=TREND)["svg"] and orders(crm) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "pie"}, "name"),
        ({"name": None}, "name"),
        ({"language": "fr"}, "language"),
        ({"narrow": 1}, "narrow"),
        ({"data": []}, "data"),
        ({"data": {"x": "y" * 2_000_000}}, "data"),
    ],
)
def test_what_is_no_chart_is_refused(crm: Notifications, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        crm.as_(ADMIN).draw_chart(**({"name": "trend", "data": TREND} | given))
    assert refused.value.field == field and not crm.sql("SELECT 1 FROM renderings")


def test_data_of_something_else_is_refused_with_the_reason(crm: Notifications) -> None:
    with crm.working():
        for data in ({}, {"points": 7, "currency": "USD"}, {"points": [{"month": 3}], "currency": "USD"}):
            with pytest.raises(Invalid, match="not what the chart trend shows") as refused:
                crm.as_(ADMIN).draw_chart(name="trend", data=data)
            assert refused.value.field == "data"


def test_everybody_has_charts_and_services_have_none(crm: Notifications) -> None:
    with crm.working():
        assert crm.as_(MANAGER).draw_chart(name="funnel", data=FUNNEL)["svg"]
    with pytest.raises(Forbidden):
        crm.as_(system("deals")).draw_chart(name="funnel", data=FUNNEL)


def test_pictures_are_forgotten_after_a_day(crm: Notifications) -> None:
    with crm.working():
        crm.as_(ADMIN).draw_chart(name="funnel", data=FUNNEL)
    for later, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with crm.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
            handlers.forget_renderings(uow, datetime.now(UTC) + later)
        assert len(crm.sql("SELECT 1 FROM renderings")) == left


def test_those_who_wait_leave_room_for_others(crm: Notifications) -> None:
    room, found = WaitingRoom(1), threading.Event()
    waiting = threading.Thread(target=room.wait, args=(lambda: found.is_set() or None, 20))
    waiting.start()

    def full() -> bool:
        try:
            room.wait(lambda: True, 1)
        except Unavailable:
            return True
        return False

    eventually(full)
    found.set()
    waiting.join(20)
    assert room.wait(lambda: "there", 1) == "there"
    assert wiring.waiting_room() is wiring.waiting_room()


def test_warming_up_draws_something(crm: Notifications) -> None:
    handlers.warm_up(crm.reporting.painter)
