"""Open pages are told of what their people may see, soon, in order, and without losing anything."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import requests

from bench.live import measured
from stack.application import Stack
from stack.driver import Crm, Person
from tests.support.live_streams import PATH, Listening, browser_session
from tests.support.waiting import eventually

SOON = 2.0


@pytest.fixture
def listen(crm: Crm) -> Iterator[Callable[..., Listening]]:
    """``listen("sales")``: the open stream of one of the people."""
    made: list[Listening] = []

    def open_one(who: str, after: int | None = None) -> Listening:
        made.append(Listening.of(crm.info, who, after))
        return made[-1]

    yield open_one
    for each in made:
        each.close()


def gateway_rows(crm: Crm, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(crm.info["databases"]["gateway"], autocommit=True) as connection:
        cursor = connection.execute(statement, values)  # type: ignore[arg-type]  # a test's own words
        return cursor.fetchall() if cursor.description else []


def a_client(people: dict[str, Person], owner: str) -> str:
    body = {"company_name": f"Lighthouse {secrets.token_hex(5)}", "status": "inactive"}
    made = people["admin"].post("/clients", body | {"owner_id": people[owner].user["id"]})
    return str(made["id"])


def a_deal(people: dict[str, Person], client_id: str, stage: str = "lead") -> str:
    body = {"client_id": client_id, "deal_name": "Lamp", "deal_value": 100, "stage": stage}
    return str(people["admin"].post("/deals", body)["id"])


def told_last(stream: Listening, people: dict[str, Person]) -> None:
    """What was to be told before is told: something of which John and the manager are told surely, and last, came."""
    deal = a_deal(people, a_client(people, "sales"), "won")
    eventually(lambda: stream.hints("deals", deal_id=deal))


def test_what_is_committed_is_on_the_page_within_two_seconds(
    crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    client_id = a_client(people, "sales")
    deal = a_deal(people, client_id)
    stream = listen("sales")
    people["admin"].post(f"/deals/{deal}/stage", {"stage": "qualified"})
    eventually(lambda: stream.hints("deals", deal_id=deal, client_id=client_id), SOON)
    people["admin"].post(f"/clients/{client_id}/activities", {"type": "note", "subject": "Lit"})
    eventually(lambda: [hint for hint in stream.hints("activity", client_id=client_id) if hint["id"]], SOON)
    task = {"type": "task", "subject": "Oil", "assignee_id": people["sales"].user["id"]}
    made = people["admin"].post(f"/clients/{client_id}/activities", task)
    eventually(lambda: stream.hints("task", id=made["id"]), SOON)
    before = len(stream.hints("task", id=made["id"]))
    people["sales"].patch(f"/activities/{made['id']}", {"done": True, "version": made["version"]})
    eventually(lambda: len(stream.hints("task", id=made["id"])) > before, SOON)
    # Hints and nothing more.
    assert {name for hint in stream.events for name in hint} <= {
        "topic", "client_id", "deal_id", "conversation_id", "id", "event", "id_"
    }  # fmt: skip


def test_people_are_told_of_their_own_notifications_alone(
    people: dict[str, Person], listen: Callable[..., Listening], crm: Crm
) -> None:
    mine, other = listen("sales"), listen("sales2")
    body = {"company_name": f"Lighthouse {secrets.token_hex(5)}", "owner_id": people["admin"].user["id"]}
    made = people["admin"].post("/clients", body)
    people["admin"].post(f"/clients/{made['id']}/assign", {"owner_id": people["sales"].user["id"]})
    eventually(lambda: mine.hints("notification"))
    assert other.hints("notification") == []


def test_who_sees_a_client_is_told_of_it_and_nobody_else(
    crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    streams = {who: listen(who) for who in ("admin", "sales", "sales2", "finance", "manager")}
    client_id = a_client(people, "sales2")
    lead, won = a_deal(people, client_id), a_deal(people, client_id, "won")
    for who in ("admin", "sales2", "finance"):
        eventually(lambda who=who: streams[who].hints("deals", deal_id=lead))  # type: ignore[misc]
        eventually(lambda who=who: streams[who].hints("deals", deal_id=won))  # type: ignore[misc]
    eventually(lambda: streams["manager"].hints("deals", deal_id=won))
    told_last(streams["sales"], people)
    assert streams["sales"].hints(client_id=client_id) == []
    assert streams["manager"].hints("deals", deal_id=lead) == []


def test_a_loan_counts_from_its_beginning_to_its_end(
    crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    stream = listen("sales")
    client_id = a_client(people, "sales2")
    deal = a_deal(people, client_id)
    admin, john = people["admin"], people["sales"].user["id"]
    admin.post(f"/clients/{client_id}/shadows", {"user_id": john})
    eventually(lambda: stream.hints("clients", client_id=client_id))
    admin.post(f"/deals/{deal}/stage", {"stage": "qualified"})
    eventually(lambda: stream.hints("deals", deal_id=deal))
    gone = admin.session.delete(f"{crm.base_url}/clients/{client_id}/shadows/{john}", timeout=30)
    assert gone.ok, gone.text
    count = "SELECT count(*) FROM row_access_readers WHERE record_id = %s"
    eventually(lambda: gateway_rows(crm, count, client_id) == [(0,)])
    # What was still seen is told by now.
    told_last(stream, people)

    def moves_unseen(stage: str) -> None:
        before = len(stream.hints(client_id=client_id))
        admin.post(f"/deals/{deal}/stage", {"stage": stage})
        told_last(stream, people)
        assert len(stream.hints(client_id=client_id)) == before

    moves_unseen("proposal")
    # One that ends by itself, at its hour.
    before = len(stream.hints("deals", deal_id=deal))
    reader = "INSERT INTO row_access_readers (record_id, user_id, until) VALUES (%s, %s, %s)"
    gateway_rows(crm, reader, client_id, john, datetime.now(UTC) + timedelta(hours=1))
    admin.post(f"/deals/{deal}/stage", {"stage": "negotiation"})
    eventually(lambda: len(stream.hints("deals", deal_id=deal)) > before)
    gateway_rows(crm, "UPDATE row_access_readers SET until = now() WHERE record_id = %s", client_id)
    moves_unseen("lead")


def test_a_client_that_is_not_known_here_yet_is_asked_for(
    crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    client_id = a_client(people, "sales")
    deal = a_deal(people, client_id)
    count = "SELECT count(*) FROM row_access WHERE record_id = %s"
    eventually(lambda: gateway_rows(crm, count, client_id) == [(1,)])
    gateway_rows(crm, "DELETE FROM row_access WHERE record_id = %s", client_id)
    stream = listen("sales")
    people["admin"].post(f"/deals/{deal}/stage", {"stage": "proposal"})
    eventually(lambda: stream.hints("deals", deal_id=deal))


def test_the_stream_is_for_live_sessions_of_our_own_pages(crm: Crm) -> None:
    url = crm.info["live_url"] + PATH
    assert requests.get(url, timeout=10).status_code == 401
    assert requests.get(url, cookies={"crm_session": "x" * 43}, timeout=10).status_code == 401
    session = browser_session(crm.info, "sales")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        refused = session.get(url, headers=headers, timeout=10)
        assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused.headers, headers
    page = {"Origin": crm.info["base_url"]}
    with session.get(url, headers=page, stream=True, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == crm.info["base_url"]
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Cache-Control"] == "no-store"
        assert next(answer.iter_lines()) == b"retry: 1000"


def test_pages_may_connect_to_the_stream_and_nowhere_else(crm: Crm) -> None:
    page = browser_session(crm.info, "sales").get(f"{crm.info['base_url']}/notifications", timeout=30)
    policy = dict(each.split(" ", 1) for each in page.headers["Content-Security-Policy"].split("; "))
    assert policy["connect-src"] == f"'self' {crm.info['live_url']}{PATH}"
    assert f'data-live-url="{crm.info["live_url"]}{PATH}"' in page.text
    visitors = requests.get(f"{crm.info['base_url']}/login", timeout=30)
    assert "connect-src 'self';" in visitors.headers["Content-Security-Policy"]


def test_signing_out_ends_the_stream(crm: Crm, listen: Callable[..., Listening]) -> None:
    stream = listen("finance")
    gateway_rows(
        crm,
        "UPDATE sessions SET revoked_at = now() WHERE id = (SELECT max(s.id::text)::uuid FROM sessions s"
        " JOIN users u ON u.id = s.user_id WHERE u.role = 'finance' AND s.kind = 'web')",
    )
    eventually(lambda: stream.refused == 401)


def test_killed_and_started_again_it_loses_nothing(
    running_stack: Stack, crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    client_id = a_client(people, "sales")
    deal = a_deal(people, client_id)
    streams = [listen(who) for who in ("sales", "admin")]
    stages = ["qualified", "proposal", "negotiation", "lead"]
    number = gateway_rows(crm, "SELECT max(id) FROM live_changes")[0][0]

    enough = threading.Event()
    moves: list[str] = []

    def work() -> None:
        while not enough.wait(0.05):
            moves.append(stages[len(moves) % 4])
            people["admin"].post(f"/deals/{deal}/stage", {"stage": moves[-1]})

    working = threading.Thread(target=work)
    working.start()
    for _kill in range(2):
        before = len(streams[0].events)
        eventually(lambda before=before: len(streams[0].events) > before + 3)  # type: ignore[misc]
        pid = running_stack.kill("gateway-live", signal.SIGKILL)
        running_stack.wait_process("gateway-live", other_than=pid)
    enough.set()
    working.join(60)
    mine = "SELECT id FROM live_changes WHERE id > %s AND deal_id = %s AND topic = 'deals' ORDER BY id"
    eventually(lambda: len(gateway_rows(crm, mine, number, deal)) == len(moves))
    mine = "SELECT id FROM live_changes WHERE id > %s AND client_id = %s ORDER BY id"
    wanted = [row[0] for row in gateway_rows(crm, mine, number, client_id)]
    for stream in streams:
        eventually(lambda stream=stream: set(wanted) <= {hint["id_"] for hint in stream.hints()})  # type: ignore[misc]
        assert stream.openings >= 3 and not [each for each in stream.events if each["event"] == "gap"]
        came = [hint["id_"] for hint in stream.hints(client_id=client_id)]
        assert sorted(set(came)) == list(dict.fromkeys(came)), "out of order"


def test_stopped_in_good_order_its_pages_come_back(
    running_stack: Stack, crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]
) -> None:
    stream = listen("admin")
    running_stack.restart("gateway-live")
    eventually(lambda: stream.openings > 1)
    a_client(people, "sales")
    eventually(lambda: stream.hints("clients"))


def test_what_is_no_longer_kept_is_a_gap(crm: Crm, people: dict[str, Person], listen: Callable[..., Listening]) -> None:
    a_client(people, "sales")
    eventually(lambda: gateway_rows(crm, "SELECT max(id) - min(id) > 2 FROM live_changes") == [(True,)])
    oldest, newest = gateway_rows(crm, "SELECT min(id), max(id) FROM live_changes")[0]
    gateway_rows(crm, "DELETE FROM live_changes WHERE id < %s", newest)
    late = listen("admin", after=oldest)
    eventually(lambda: [each for each in late.events if each["event"] == "gap" and each["id_"] >= newest])
    beyond = listen("admin", after=newest + 1_000_000)
    eventually(lambda: [each["event"] for each in beyond.events[:1]] == ["gap"])


def test_it_says_how_it_is(crm: Crm, listen: Callable[..., Listening]) -> None:
    url = crm.info["live_url"]
    listen("sales")
    assert requests.get(f"{url}/health", timeout=10).json() == {"alive": True}
    ready = requests.get(f"{url}/ready", timeout=10)
    assert ready.status_code == 200 and ready.json()["ready"] and ready.json()["streams"] >= 1
    assert "crm_live_streams" in requests.get(f"{url}/metrics", timeout=10).text


def test_many_open_pages_have_every_change_and_a_kill_loses_none(crm: Crm) -> None:
    # The short form of `python -m bench live`, which has a thousand of them.
    figures = {each["figure"]: each for each in measured(crm, 60, 20)}
    killed = figures["killed, started anew, all caught up"]
    assert (killed["pages"], killed["lost"], killed["gaps"]) == (60, 0, 0)
