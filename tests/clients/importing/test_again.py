"""A file that is committed a second time, and one whose work fails: deals come once, and nobody waits for ever."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.problems import Unavailable
from services.clients import wiring
from services.clients.importing.steps import working
from services.clients.importing.steps.working import AWAY, BROKEN
from tests.clients.importing.conftest import Deals, Importer
from tests.clients.importing.test_committing import Killed, _deaths, _small_batches

FILE = """Company name,Email,Deal name,Deal value
SecA,info@seca.example,Sec deal A,100
SecB,x@secb.example,Sec deal B,abc
"""


def changes(runtime: Any, import_id: str) -> dict[str, int]:
    """How many records of each kind the import says it made or changed."""
    statement = text("SELECT entity, count(*) FROM import_changes WHERE import_id = :id GROUP BY entity")
    with runtime.database.read() as session:
        return {row[0]: row[1] for row in session.execute(statement, {"id": import_id})}


def hurry(runtime: Any) -> None:
    """Whatever waits for its next attempt is due, and the lease of who died is over."""
    with runtime.database.engine.begin() as connection:
        now = "UPDATE jobs SET due_at = now(), locked_until = NULL WHERE finished_at IS NULL AND failed_at IS NULL"
        connection.execute(text(now))


def test_a_second_commit_brings_what_was_repaired_and_notes_no_deal_twice(
    importer: Importer, deals: Deals, runtime: Any
) -> None:
    found = importer.commit(importer.bring(FILE)["id"], only_good=True)
    assert (found["state"], found["states"]) == ("done", {"created": 1, "bad": 1})
    again = importer.commit(found["id"], only_good=True)
    assert (again["state"], again["results"]) == ("done", found["results"])
    (bad,) = importer.rows(found["id"], "bad")
    importer.rpc.repair_row(import_id=found["id"], n=bad["n"], cells={"Deal value": "200"})
    done = importer.commit(found["id"], only_good=True)
    assert (done["state"], done["states"]) == ("done", {"created": 2})
    assert done["results"] == {"client.created": 2, "deal.created": 2}
    assert changes(runtime, found["id"]) == {"client": 2, "deal": 2} and len(deals.made) == 2
    undone = importer.undo(found["id"])
    assert (undone["kept"], deals.made, importer.listed()) == ([], {}, [])


def test_a_deal_that_stands_in_two_batches_of_a_file_is_one(
    importer: Importer, deals: Deals, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "import_tools", partial(_small_batches, wiring.import_tools))
    rows = [f"Acme,Deal {n % 70},{n % 70}\n" for n in range(140)]
    done = importer.commit(importer.bring("Company name,Deal name,Deal value\n" + "".join(rows))["id"])
    assert (done["state"], done["results"]) == ("done", {"client.created": 1, "deal.created": 70})
    assert changes(runtime, done["id"])["deal"] == len(deals.made) == 70


@pytest.mark.parametrize("dies_at", ["inside a batch", "after the deals were brought"])
def test_a_second_commit_whose_worker_dies_ends_like_one_that_lives(
    importer: Importer, deals: Deals, runtime: Any, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    monkeypatch.setattr(wiring, "import_tools", partial(_small_batches, wiring.import_tools))
    rows = [f"Company {n % 40},Deal {n},{'x' if n % 50 == 7 else n}\n" for n in range(400)]
    found = importer.bring("Company name,Deal name,Deal value\n" + "".join(rows))
    assert importer.commit(found["id"], only_good=True)["state"] == "done"
    for bad in importer.rows(found["id"], "bad"):
        importer.rpc.repair_row(import_id=found["id"], n=bad["n"], cells={"Deal value": "7"})
    importer.rpc.commit_import(import_id=found["id"], only_good=True)
    deaths = _deaths(monkeypatch, deals, dies_at)
    while importer.get(found["id"])["state"] == "committing":
        with suppress(Killed):
            importer.work()
        hurry(runtime)
    assert deaths == [1, 1]
    done = importer.get(found["id"])
    assert (done["states"], done["results"]) == ({"created": 400}, {"client.created": 40, "deal.created": 400})
    assert changes(runtime, found["id"])["deal"] == len(deals.made) == 400
    assert importer.undo(found["id"])["kept"] == [] and deals.made == {}


def test_an_import_that_fails_again_and_again_says_so_and_is_taken_back(
    importer: Importer, deals: Deals, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> list[dict[str, Any]]:
        raise LookupError("SELECT secrets")

    found = importer.bring(FILE)
    with monkeypatch.context() as patched:
        patched.setattr(deals, "bring", broken)
        failed = importer.commit(found["id"], only_good=True)
        for _attempt in range(4):
            assert (failed["state"], failed["problem"]) == ("committing", None)
            hurry(runtime)
            importer.work()
            failed = importer.get(found["id"])
    assert (failed["state"], failed["problem"]) == ("failed", BROKEN)
    undone = importer.undo(found["id"])
    assert (undone["state"], undone["problem"], importer.listed()) == ("undone", None, [])
    importer.rpc.delete_import(import_id=found["id"])


def test_an_import_waits_for_hours_for_who_does_not_answer_and_then_says_so(
    importer: Importer, deals: Deals, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any) -> list[dict[str, Any]]:
        raise Unavailable("nobody answers")

    found = importer.bring(FILE)
    monkeypatch.setattr(deals, "bring", away)
    waiting = importer.commit(found["id"], only_good=True)
    for _attempt in range(6):
        hurry(runtime)
        importer.work()
        waiting = importer.get(found["id"])
    assert waiting["state"] == "committing"
    monkeypatch.setattr(working, "PATIENCE", timedelta(0))
    hurry(runtime)
    importer.work()
    given_up = importer.get(found["id"])
    assert (given_up["state"], given_up["problem"]) == ("failed", AWAY)
    assert importer.undo(found["id"])["state"] == "undone"
