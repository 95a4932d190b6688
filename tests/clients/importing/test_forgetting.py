"""Rows of imports are kept for a while; then the import stays with its counts, and can no longer be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.context import Context
from libs.common.identity import system_actor
from libs.common.problems import Conflict, NotFound
from services.clients.worker import TABLE
from tests.clients.importing.conftest import Importer

FILE = "Company name,First name,Email\nAcme,Ann,ann@acme.example\nBeta,Bob,not-an-address\n"
(JOB,) = (each for each in TABLE.schedule if each.name == "forget imports")


def at_night(runtime: Any, after: timedelta) -> None:
    with runtime.database.unit_of_work(Context(actor=system_actor("clients"))) as uow:
        JOB.run(uow, datetime.now(UTC) + after)


def counts(runtime: Any) -> tuple[int, ...]:
    tables = ("import_rows", "import_changes", "import_keys")
    with runtime.database.read() as session:
        return tuple(session.execute(text(f"SELECT count(*) FROM {each}")).scalar_one() for each in tables)


def test_rows_go_after_ninety_days_and_the_counts_stay(importer: Importer, runtime: Any) -> None:
    done = importer.commit(importer.bring(FILE)["id"], only_good=True)
    at_night(runtime, timedelta(days=89, hours=23))
    assert importer.get(done["id"])["rows_gone"] is False and counts(runtime)[:2] == (2, 2)

    at_night(runtime, timedelta(days=90, hours=1))
    importer.work()
    gone = importer.get(done["id"])
    assert gone["rows_gone"] is True and counts(runtime)[:2] == (0, 0)
    for name in ("filename", "state", "rows", "bad", "results", "states"):
        assert gone[name] == done[name], name
    # Nothing of what stood in the file is left beside it.
    assert (gone["sheets"], gone["questions"], gone["answers"], importer.rows(done["id"])) == ([], [], {}, [])
    assert [each["rows_gone"] for each in importer.rpc.list_imports()["items"]] == [True]
    with pytest.raises(NotFound):
        runtime.object_store.get(f"imports/{done['id']}/file")
    assert [each["company_name"] for each in importer.listed()] == ["Acme"]

    calls: list[tuple[str, dict[str, Any]]] = [
        ("undo_import", {}), ("commit_import", {"only_good": True}), ("change_import", {"answers": {}}),
        ("repair_row", {"n": 2, "cells": {"Email": "bob@beta.example"}}), ("delete_import", {}),
        ("complete_import", {"size": 1}),
    ]  # fmt: skip
    for method, given in calls:
        with pytest.raises(Conflict):
            getattr(importer.rpc, method)(import_id=done["id"], **given)
    assert importer.get(done["id"]) == gone
    # Again it finds nothing to do, and the same file brings in what it did not bring before.
    at_night(runtime, timedelta(days=400))
    assert importer.get(done["id"]) == gone
    again = importer.commit(importer.bring(FILE.replace("not-an-address", "bob@beta.example"))["id"])
    assert again["states"] == {"created": 1, "unchanged": 1}


def test_what_was_not_brought_in_or_was_undone_goes_too_and_can_be_thrown_away(
    importer: Importer, runtime: Any
) -> None:
    waiting = importer.bring(FILE)["id"]
    undone = importer.undo(importer.commit(importer.bring(FILE)["id"], only_good=True)["id"])["id"]
    uploading = importer.rpc.prepare_import(filename="x.csv", people={})["import_id"]
    at_night(runtime, timedelta(days=91))
    assert counts(runtime)[0] == 0
    for import_id in (waiting, undone, uploading):
        assert importer.get(import_id)["rows_gone"] is True
        importer.rpc.delete_import(import_id=import_id)
    assert importer.rpc.list_imports()["total"] == 0


@pytest.mark.parametrize("state", ["reading", "checking", "committing", "undoing"])
def test_what_the_worker_is_at_is_left_alone(importer: Importer, runtime: Any, state: str) -> None:
    import_id = importer.bring(FILE)["id"]
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE imports SET state = :state"), {"state": state})
    at_night(runtime, timedelta(days=400))
    assert importer.get(import_id)["rows_gone"] is False and counts(runtime)[0] == 2
