"""Tasks that make themselves: one for each cause however many workers look, told, and ticked off when it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.context import Context
from libs.common.ids import new_id
from services.clients.handlers.automatic_tasks import task_for
from services.clients.handlers.loading import locked_client
from services.clients.worker import TABLE
from tests.support.actors import ADMIN, JOHN, system
from tests.support.delivering import told

JOBS = {each.name: each for each in TABLE.schedule}
ZONE = ZoneInfo("America/New_York")


def ago(**much: int) -> datetime:
    return datetime.now(UTC) - timedelta(**much)


@pytest.fixture
def look(runtime: Any) -> Callable[..., None]:
    """``look("answer leads", workers=5)``: so many workers run a scheduled job at once."""

    def run(name: str, workers: int = 1) -> None:
        def once(_number: int) -> None:
            with runtime.database.unit_of_work(Context(actor=system("clients"))) as uow:
                JOBS[name].run(uow, uow.now)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(once, range(workers)))

    return run


@pytest.fixture
def waits(runtime: Any, new_client: Any) -> Callable[..., str]:
    """``waits(ago(minutes=61), owner_id=…)``: the id of a client that waits for an answer since then."""

    def make(since: datetime, owner_id: str | None = JOHN.id, **data: Any) -> str:
        made: str = new_client(owner_id, **data)["id"]
        with runtime.database.engine.begin() as connection:
            statement = text("UPDATE clients SET waiting_since = :since WHERE id = :id")
            connection.execute(statement, {"since": since, "id": made})
        return made

    return make


def tasks(clients: Any, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clients.as_(ADMIN).list_tasks(filters=filters)["items"]
    return found


def subjects(clients: Any, **filters: Any) -> list[str]:
    return [each["subject"] for each in tasks(clients, **filters)]


def log(clients: Any, client_id: str, kind: str = "email", subject: str = "Sent: Our offer", **data: Any) -> str:
    made = clients.as_(JOHN).log_activity(client_id=client_id, data={"type": kind, "subject": subject} | data)
    return str(made["id"])


# A lead that waits.


def test_who_has_waited_for_an_hour_is_answered_by_one_task(clients: Any, look: Any, waits: Any, runtime: Any) -> None:
    found = [waits(ago(minutes=61), company_name=f"Company {number}") for number in range(12)]
    look("answer leads", workers=5)
    look("answer leads", workers=5)
    made = tasks(clients)
    assert sorted(each["client_id"] for each in made) == sorted(found)
    assert made[0]["subject"] == f"Answer {made[0]['company_name']}: they have waited for an hour"
    assert {(each["assignee_id"], each["actor_id"]) for each in made} == {(JOHN.id, "system:clients")}
    assert sorted(each.data["client_id"] for each in told(runtime, "task.assigned")) == sorted(found)


def test_a_task_has_its_place_in_the_timeline_and_the_day(clients: Any, look: Any, waits: Any) -> None:
    client_id = waits(ago(minutes=61))
    look("answer leads")
    (made,) = tasks(clients)
    assert clients.as_(JOHN).timeline(client_id=client_id, types=["task"])["items"][0]["id"] == made["id"]
    day = clients.as_(JOHN).summary(today=datetime.now(ZONE).date().isoformat(), owner_id=None)["tasks"]
    assert [each["id"] for each in day["items"]] == [made["id"]]
    done = clients.as_(JOHN).update_activity(activity_id=made["id"], changes={"done": True})
    assert done["done_at"]


@pytest.mark.parametrize("since", [{"minutes": 59}, {"days": 7, "minutes": 1}, {"days": 400}])
def test_who_waits_for_less_or_since_long_makes_none(
    clients: Any, look: Any, waits: Any, since: dict[str, int]
) -> None:
    waits(ago(**since))
    look("answer leads")
    assert tasks(clients) == []


def test_answered_in_time_makes_none(clients: Any, look: Any, waits: Any) -> None:
    client_id = waits(ago(minutes=61))
    log(clients, client_id, "call", "Called")
    look("answer leads", workers=5)
    assert tasks(clients) == []


def test_a_deleted_client_is_not_answered(clients: Any, look: Any, waits: Any, runtime: Any) -> None:
    clients.as_(ADMIN).delete_client(client_id=waits(ago(minutes=61)))
    look("answer leads")
    assert told(runtime, "task.assigned") == []


def test_nobodys_client_makes_nobodys_task(clients: Any, look: Any, waits: Any, runtime: Any) -> None:
    waits(ago(minutes=61), owner_id=None)
    look("answer leads")
    assert [each["assignee_id"] for each in tasks(clients)] == [None]
    assert told(runtime, "task.assigned") == []


def test_an_answer_ticks_the_task_off_and_the_next_wait_makes_another(
    clients: Any, look: Any, waits: Any, runtime: Any
) -> None:
    client_id = waits(ago(minutes=90))
    look("answer leads")
    log(clients, client_id, "note", "Thought about it")
    log(clients, client_id, "call", "Called before they asked", occurred_at=ago(minutes=95).isoformat())
    assert len(tasks(clients, done=False)) == 1
    log(clients, client_id, "email", "Sent: Hello")
    (made,) = tasks(clients)
    assert made["done_at"] and made["version"] == 2
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE clients SET waiting_since = now() - interval '61 minutes'"))
    look("answer leads", workers=5)
    assert len(tasks(clients, done=False)) == 1 and len(tasks(clients)) == 2


def test_two_that_become_one_have_one_open_task(clients: Any, look: Any, waits: Any) -> None:
    one, other = waits(ago(minutes=61)), waits(ago(minutes=62), company_name="Other")
    look("answer leads")
    (first,) = tasks(clients, client_id=one)
    clients.as_(JOHN).update_activity(activity_id=first["id"], changes={"done": True})
    clients.as_(ADMIN).merge_clients(client_id=one, other_id=other)
    look("answer leads")
    assert len(tasks(clients, client_id=one, done=False)) == 1
    log(clients, one, "call", "Called")
    assert tasks(clients, client_id=one, done=False) == []


# A deal that stands still.


def test_a_stagnant_deal_is_picked_up_by_one_task(clients: Any, hear: Any, new_client: Any, runtime: Any) -> None:
    client_id, deal_id = new_client(JOHN.id)["id"], new_id()
    about = {"client_id": client_id, "deal_id": deal_id, "deal_name": "Chatbot", "idle_days": 15}

    def give(_number: int) -> None:
        hear("deal.stagnant", **about)  # an id of its own each: the cause decides

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(give, range(5)))
    (made,) = tasks(clients)
    assert made["subject"] == "Pick up Chatbot again: nothing happened for 15 days"
    assert (made["deal_id"], made["assignee_id"]) == (deal_id, JOHN.id)
    (event,) = told(runtime, "task.assigned")
    assert event.data["cause"] == f"stagnant:{deal_id}:2024-12-23T16:00:00+00:00"
    # The next stretch asks again only when the first task is done.
    hear("deal.stagnant", **about | {"since": "2025-01-01T00:00:00Z"})
    assert len(tasks(clients)) == 1
    clients.as_(JOHN).update_activity(activity_id=made["id"], changes={"done": True})
    hear("deal.stagnant", **about | {"since": "2025-02-01T00:00:00Z", "because": ["long_in_stage"]})
    assert subjects(clients, done=False) == ["Pick up Chatbot again: it is long in its stage"]


def test_a_move_or_work_on_the_deal_ticks_it_off(clients: Any, hear: Any, new_client: Any) -> None:
    client_id, one, two = new_client(JOHN.id)["id"], new_id(), new_id()

    def stagnant(deal_id: str, since: str) -> None:
        hear("deal.stagnant", client_id=client_id, deal_id=deal_id, deal_name=deal_id, since=since)

    for deal_id in (one, two):
        hear("deal.created", client_id=client_id, deal_id=deal_id, stage="lead", version=1)
        stagnant(deal_id, "2025-01-01T00:00:00Z")
    log(clients, client_id, "note", "About the first", deal_id=one)
    assert [each["deal_id"] for each in tasks(clients, done=False)] == [two]
    hear("deal.changed", client_id=client_id, deal_id=two, stage="lead", version=2)
    assert len(tasks(clients, done=False)) == 1
    hear("deal.stage_changed", client_id=client_id, deal_id=two, stage="proposal", version=3)
    assert tasks(clients, done=False) == []
    for deal_id in (one, two):
        stagnant(deal_id, "2025-02-01T00:00:00Z")
    hear("deal.stage_changed", client_id=client_id, deal_id=two, stage="qualified", version=2)  # late
    log(clients, client_id, "call", "Called last week", occurred_at=ago(days=7).isoformat())
    assert len(tasks(clients, done=False)) == 2
    log(clients, client_id, "call", "Called")
    assert tasks(clients, done=False) == []


def test_a_closed_deal_is_left_alone(clients: Any, hear: Any, new_client: Any) -> None:
    client_id, deal_id = new_client(JOHN.id)["id"], new_id()
    hear("deal.stage_changed", client_id=client_id, deal_id=deal_id, stage="won", version=2)
    hear("deal.stagnant", client_id=client_id, deal_id=deal_id)
    hear("deal.stagnant", client_id=new_id())  # of nobody that is known
    assert tasks(clients) == []


# A follow-up that is overdue.


def days_ago(days: int) -> str:
    """Noon of a day of the business."""
    day = datetime.now(ZONE).date() - timedelta(days=days)
    return datetime.combine(day, time(12), ZONE).isoformat()


@pytest.fixture
def silent(clients: Any, new_client: Any, hear: Any) -> Callable[..., str]:
    """``silent(4)``: a client with an open deal to whom we wrote so many days ago."""

    def make(days: int, owner_id: str | None = JOHN.id, **data: Any) -> str:
        client_id: str = new_client(owner_id, **data)["id"]
        hear("deal.created", client_id=client_id, deal_id=new_id(), stage="proposal", version=1)
        if owner_id:
            log(clients, client_id, occurred_at=days_ago(days))
        return client_id

    return make


def test_who_does_not_answer_is_asked_again_by_one_task(clients: Any, look: Any, silent: Any, runtime: Any) -> None:
    found = [silent(3, company_name=f"Company {number}") for number in range(6)]
    look("follow up", workers=5)
    look("follow up", workers=5)
    made = tasks(clients)
    assert sorted(each["client_id"] for each in made) == sorted(found)
    assert made[0]["subject"] == f"Follow up with {made[0]['company_name']}: no answer to Our offer for 3 days"
    assert {each["assignee_id"] for each in made} == {JOHN.id}
    assert len(told(runtime, "task.assigned")) == 6
    # Done without a word to the client, it does not come back for the same mail.
    for each in made:
        clients.as_(JOHN).update_activity(activity_id=each["id"], changes={"done": True})
    look("follow up")
    assert tasks(clients, done=False) == []
    log(clients, found[0], subject="Sent: Once more", occurred_at=days_ago(3).replace("T12", "T13"))
    look("follow up")
    assert [each["client_id"] for each in tasks(clients, done=False)] == [found[0]]


@pytest.mark.parametrize(("days", "made"), [(2, 0), (3, 1), (14, 1), (15, 0)])
def test_after_three_days_and_not_after_two_weeks(clients: Any, look: Any, silent: Any, days: int, made: int) -> None:
    silent(days)
    look("follow up")
    assert len(tasks(clients)) == made


def test_nobody_is_asked_again_who_need_not_be(clients: Any, look: Any, silent: Any, hear: Any, runtime: Any) -> None:
    wrote, busy, lost, received, meets, spoke = (silent(5, company_name=f"Company {n}") for n in range(6))
    silent(5, company_name="Company 6")
    with runtime.database.engine.begin() as connection:
        waiting = text("UPDATE clients SET waiting_since = now() - interval '30 days' WHERE id = :id")
        connection.execute(waiting, {"id": wrote})
    log(clients, busy, "task", "Think about it")
    with runtime.database.engine.begin() as connection:
        closed = text("UPDATE client_deals SET stage = 'lost' WHERE client_id = :id")
        connection.execute(closed, {"id": lost})
    hear("whatsapp.received", client_id=received, contact_id=None, message_id=new_id(), occurred_at=days_ago(4))
    begins = datetime.now(UTC) + timedelta(days=2)
    log(clients, meets, "meeting", "Call", occurred_at=days_ago(4), due_at=begins.isoformat())
    log(clients, spoke, "call", "Called", occurred_at=days_ago(1))
    log(clients, wrote, "note", "Nice people")
    look("follow up")
    made = [each for each in tasks(clients) if each["type"] == "task" and each["subject"].startswith("Follow up")]
    assert [each["company_name"] for each in made] == ["Company 6"]


def test_a_word_of_theirs_or_ours_ticks_it_off(clients: Any, look: Any, silent: Any) -> None:
    ours, theirs = silent(3, company_name="Company 1"), silent(3, company_name="Acme Robots")
    look("follow up")
    log(clients, ours, "call", "Called the day before", occurred_at=days_ago(1))
    assert len(tasks(clients, done=False)) == 2
    log(clients, ours, "call", "Called")
    assert [each["client_id"] for each in tasks(clients, done=False)] == [theirs]
    form = {"first_name": "Ann", "last_name": "Lee", "email": "ann@robots.example", "company_name": "Acme Robots"}
    clients.as_(system("gateway")).submit_contact(form=form, reference="ref-1", source="website")
    assert tasks(clients, done=False) == []


# Called from a reaction.


def test_a_cause_makes_one_task_whoever_calls(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(JOHN.id)["id"]

    def call(number: int) -> bool:
        with runtime.database.unit_of_work(Context(actor=system("clients"))) as uow:
            client = locked_client(uow, client_id)
            assert client is not None
            due_at = uow.now + timedelta(hours=1)
            task = task_for(uow, "failed:1", client, "x" * 400, f"from {number}", due_at)
            return task is not None

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(call, range(5))) == [False] * 4 + [True]
    (made,) = tasks(clients)
    assert len(made["subject"]) == 300
    (event,) = told(runtime, "task.assigned")
    assert (event.data["cause"], event.data["activity_id"]) == ("failed:1", made["id"])
