"""The log cannot be changed by the service, shows who changed it otherwise, forgets whom it must, and loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from libs.common.audit import keys, notes, reading, sealing
from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.problems import Invalid
from tests.audit.logs import Log
from tests.support.actors import JESSICA, JOHN, system

pytestmark = pytest.mark.infrastructure

LogOf = Callable[[str], Log]

_CLIENT = """
    INSERT INTO clients (id, company_name, match_name, status, source, tags, lifetime_value_minor, currency,
                         access_version, created_at, updated_at, version)
    VALUES (:id, :name, :name, 'prospect', 'manual', '{}', 0, 'USD', 1, now(), now(), 1)
"""
_RENAME = "UPDATE clients SET company_name = :name, version = version + 1, updated_at = now() WHERE id = :id"


def a_client(log: Log, name: str = "Hidden Harbour Ltd") -> str:
    client_id = new_id()
    log.change(_CLIENT, id=client_id, name=name)
    return client_id


def test_before_and_after_are_read_again_and_silent_columns_say_nothing(log_of: LogOf) -> None:
    log = log_of("clients")
    client_id = a_client(log)
    log.change(_RENAME, JESSICA, id=client_id, name="Open Harbour Ltd")
    log.change("UPDATE clients SET last_activity_at = now(), version = version + 1", id=client_id)
    log.seal()
    renamed, created = log.entries(record_id=client_id)
    assert renamed["changes"] == {"company_name": ["Hidden Harbour Ltd", "Open Harbour Ltd"]}
    assert created["changes"]["status"] == [None, "prospect"]
    assert log.value("SELECT count(*) FROM audit.pending") == 0


def test_personal_values_stand_nowhere_in_clear(log_of: LogOf) -> None:
    log = log_of("clients")
    a_client(log)
    log.seal()
    kept = log.value("SELECT string_agg(body, '') FROM audit.entries")
    assert "Hidden Harbour" not in kept and JOHN.name not in kept and "203.0.113.7" not in kept
    assert "prospect" in kept and JOHN.id in kept


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.entries SET body = body",
        "DELETE FROM audit.entries",
        "TRUNCATE audit.entries",
        "DROP TABLE audit.entries",
        "ALTER TABLE audit.entries DROP COLUMN hash",
        "DROP SCHEMA audit CASCADE",
        "ALTER SCHEMA audit OWNER TO CURRENT_USER",
        "GRANT DELETE ON audit.entries TO CURRENT_USER",
        "UPDATE audit.pending SET action = 'nothing'",
        "UPDATE audit.keys SET key = '\\x00'",
        "DELETE FROM audit.erased",
        "CREATE OR REPLACE FUNCTION audit.note_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_the_service_cannot_change_what_is_written(as_service: tuple[Log, str], statement: str) -> None:
    log, _admin = as_service
    client_id = a_client(log)
    log.seal()
    if statement.startswith("GRANT"):
        # PostgreSQL only warns: nothing is granted.
        log.change(statement)
        statement = "DELETE FROM audit.entries"
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be member"):
        log.change(statement)
    assert [each["action"] for each in log.entries(record_id=client_id)] == ["created"]
    assert log.verified()["ok"]


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit.entries SET body = replace(body, 'prospect', 'active') WHERE seq = 2", 2),
        ("UPDATE audit.entries SET hash = sha256('x') WHERE seq = 3", 3),
        ("DELETE FROM audit.entries WHERE seq = 2", 3),
        ("DELETE FROM audit.entries WHERE seq = 1", 2),
        ("UPDATE audit.entries SET seq = seq + 100 WHERE seq = 4", 104),
    ],
)
def test_what_the_servers_admin_changes_is_found(as_service: tuple[Log, str], statement: str, broken_at: int) -> None:
    log, admin = as_service
    for number in range(4):
        a_client(log, f"Client {number}")
    log.seal()
    assert log.verified() == log.verified() | {"ok": True, "entries": 4, "last_seq": 4, "broken_at": None}
    with psycopg.connect(admin, autocommit=True) as database:
        database.execute(statement.encode())
    found = log.verified()
    assert not found["ok"] and found["broken_at"] == broken_at


@pytest.mark.parametrize("changed", [None, 1, 2, 3, 4, 5, 6, 7])
def test_a_long_chain_is_read_in_stretches(
    as_service: tuple[Log, str], monkeypatch: pytest.MonkeyPatch, changed: int | None
) -> None:
    log, admin = as_service
    for number in range(7):
        a_client(log, f"Client {number}")
    log.seal()
    with psycopg.connect(admin, autocommit=True) as database:
        database.execute("UPDATE audit.entries SET body = body || ' ' WHERE seq = %s", (changed,))
    monkeypatch.setattr(reading, "STRETCH", 3)
    after, answers = 0, []
    while after < 7 and (not answers or answers[-1]["ok"]):
        with log.database.read() as session:
            answers.append(reading.verify(session, after=after))
        after = answers[-1]["reached"]
    assert answers[-1]["broken_at"] == changed
    assert len(answers) == (3 if changed is None else (changed + 2) // 3)


def test_an_end_that_was_cut_off_shows_against_an_older_hash(as_service: tuple[Log, str]) -> None:
    log, admin = as_service
    for number in range(3):
        a_client(log, f"Client {number}")
    log.seal()
    head = log.verified()
    with psycopg.connect(admin, autocommit=True) as database:
        database.execute("DELETE FROM audit.entries WHERE seq = 3")
    assert log.verified(head["last_seq"])["ok"]
    assert log.verified(head["last_seq"])["asked_hash"] is None
    assert log.verified(2)["asked_hash"] == log.verified()["last_hash"]


def test_a_destroyed_key_leaves_the_chain_whole_and_the_values_unreadable(log_of: LogOf) -> None:
    log = log_of("clients")
    erased, kept = a_client(log, "Forget Me Inc"), a_client(log, "Keep Me Inc")
    log.seal()
    before = log.verified()
    # The erasure's own change is in the same moment: what stood there before must not come back with it.
    log.change(_RENAME, id=erased, name="erased")
    assert log.destroy(erased) == 1
    log.seal()
    changed, created = log.entries(record_id=erased)
    assert changed["erased"] and created["erased"]
    assert "company_name" not in changed["changes"] | created["changes"]
    assert created["changes"]["status"] == [None, "prospect"]
    assert log.entries(record_id=kept)[0]["changes"]["company_name"] == [None, "Keep Me Inc"]
    after = log.verified(before["last_seq"])
    assert after["ok"] and after["asked_hash"] == before["last_hash"]
    assert log.destroy(erased) == 0


def test_a_text_moved_to_another_entry_does_not_open(log_of: LogOf) -> None:
    log = log_of("clients")
    client_id = a_client(log)
    log.seal()
    with log.database.read() as session:
        body = session.execute(text("SELECT body::jsonb ->> 'personal' FROM audit.entries")).scalar_one()
        reader = keys.Reader(session, [body])
    assert reader.opened(client_id, body)["company_name"][1] == "Hidden Harbour Ltd"
    assert reader.opened(new_id(), body) is None
    assert reader.opened(client_id, body[:-2] + ("00" if body[-2:] != "00" else "01")) is None


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_write", "_TAKEN"])
def test_a_sealer_killed_in_the_middle_loses_and_doubles_nothing(
    log_of: LogOf, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    log = log_of("clients")
    ids = [a_client(log, f"Client {number}") for number in range(5)]
    write = sealing._write

    def dies_after(session: Session, *arguments: Any) -> Any:
        write(session, *arguments)
        if step == "_TAKEN":
            session.execute(text("DELETE FROM audit.pending"))
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(sealing, "_write", dies_after)
        log.seal()
    assert log.entries() == [] and log.value("SELECT count(*) FROM audit.pending") == 5
    log.seal()
    assert [each["record_id"] for each in reversed(log.entries())] == ids
    assert log.verified()["ok"] and log.value("SELECT count(*) FROM audit.pending") == 0


def test_many_sealers_at_once_write_one_chain(log_of: LogOf) -> None:
    log = log_of("clients")
    ids = {a_client(log, f"Client {number}") for number in range(40)}
    threads = [threading.Thread(target=log.seal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.seal()
    entries = log.entries()
    assert len(entries) == 40 and {each["record_id"] for each in entries} == ids
    assert log.verified()["ok"]


def test_a_change_that_is_rolled_back_is_no_entry(log_of: LogOf) -> None:
    log = log_of("clients")
    with pytest.raises(Killed), log.database.unit_of_work(Context(actor=JOHN)) as uow:
        uow.session.execute(text(_CLIENT), {"id": new_id(), "name": "Never There"})
        raise Killed
    log.seal()
    assert log.entries() == []


def test_who_works_past_the_service_is_known_by_the_role(as_service: tuple[Log, str]) -> None:
    log, admin = as_service
    client_id = a_client(log)
    with psycopg.connect(admin, autocommit=True) as database:
        database.execute("UPDATE clients SET status = 'churned'")
        database.execute("TRUNCATE exchange_rates CASCADE")
        role = database.execute("SELECT session_user").fetchone()
    log.seal()
    emptied, changed = log.entries()[:2]
    assert role is not None and changed["actor_id"] == f"database:{role[0]}"
    assert changed["record_id"] == client_id and changed["changes"] == {"status": ["prospect", "churned"]}
    assert emptied["action"] == "emptied" and emptied["record"] == "exchange_rates"


def test_a_transaction_says_nothing_of_the_one_before(log_of: LogOf) -> None:
    log = log_of("clients")
    client_id = a_client(log)
    with log.database.engine.begin() as connection:
        connection.execute(text("UPDATE clients SET status = 'active'"))
    log.change("UPDATE clients SET status = 'inactive'", system("clients"))
    log.seal()
    service, past, _person = log.entries(record_id=client_id)
    assert service["actor_id"] == "system:clients" and past["actor_id"].startswith("database:")


def test_notes_of_what_is_no_change(log_of: LogOf) -> None:
    log = log_of("clients")
    with log.database.unit_of_work(Context(actor=JOHN, address="192.0.2.9")) as uow:
        said, personal = {"path": "/settings"}, {"email": "eve@example.org"}
        notes.note(
            uow.session, uow.context, "refused", record="requests", record_id="", subject="eve", said=said,
            personal=personal,
        )  # fmt: skip
    log.seal()
    found = log.entries(action="refused")[0]
    assert found["changes"] == {"path": [None, "/settings"], "email": [None, "eve@example.org"]}
    assert found["address"] == "192.0.2.9"


def test_pages_and_filters(log_of: LogOf) -> None:
    log = log_of("clients")
    ids = [a_client(log, f"Client {number}") for number in range(7)]
    log.change("UPDATE clients SET status = 'active' WHERE id = :id", JESSICA, id=ids[3])
    log.seal()
    with log.database.read() as session:
        first = reading.search(session, {}, limit=5)
        last = first["items"][-1]
        rest = reading.search(session, {}, [last["at"], last["seq"]], limit=5)
    assert first["more"] and not rest["more"] and first["total"] == 8
    assert [each["seq"] for each in first["items"] + rest["items"]] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [each["record_id"] for each in log.entries(actor_id=JESSICA.id)] == [ids[3]]
    assert len(log.entries(record_id=ids[3])) == 2 and len(log.entries(action="changed")) == 1
    at = log.entries()[3]["at"]
    assert len(log.entries(**{"from": at})) == 4 and len(log.entries(to=at)) == 4


@pytest.mark.parametrize(
    ("filters", "field"), [({"when": "x"}, "when"), ({"from": "monday"}, "from"), ({"to": "2026-01-01T00:00:00"}, "to")]
)
def test_filters_that_cannot_be_read_are_named(log_of: LogOf, filters: dict[str, str], field: str) -> None:
    log = log_of("clients")
    with pytest.raises(Invalid) as refusal:
        log.entries(**filters)
    assert refusal.value.field == field


def test_a_cursor_of_another_list_is_refused(log_of: LogOf) -> None:
    log = log_of("clients")
    with log.database.read() as session, pytest.raises(Invalid):
        reading.search(session, {}, ["2026-01-01", "2"])


def test_a_backlog_that_grows_waits_for_those_who_make_it_but_not_for_ever() -> None:
    while_written = sealing.rest(True, timedelta(seconds=5))
    for_long, afterwards = sealing.rest(True, timedelta(minutes=5)), sealing.rest(False, timedelta(minutes=5))
    assert while_written > for_long > afterwards > 0
