"""The worker's job of an import, and who goes on with the import while it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libs.common.job_runner import JobRunner
from libs.common.jobs import Job
from services.clients.importing.steps.run import JOB
from services.clients.worker import TABLE
from tests.clients.importing.conftest import Importer


@pytest.mark.usefixtures("deals")
def test_what_is_committed_while_the_check_of_it_ends_is_brought_in(importer: Importer) -> None:
    import_id = importer.upload(b"Company\nSlowpoke Ltd\n")
    handler = TABLE.jobs[JOB]
    committed: list[str] = []

    def perform(job: Job) -> Any:
        more = handler.perform(job)
        if importer.get(import_id)["state"] == "ready" and not committed:
            committed.append(importer.rpc.commit_import(import_id=import_id.upper(), only_good=False)["state"])
        return more

    runner = JobRunner("clients", importer.runtime.database, TABLE.jobs | {JOB: replace(handler, perform=perform)})
    while runner.run_one():
        pass
    assert committed == ["committing"]
    found = importer.get(import_id)
    assert (found["state"], found["states"]) == ("done", {"created": 1})
