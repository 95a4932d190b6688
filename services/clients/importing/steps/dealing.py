"""The deals of a batch go to the service that owns them, which knows a deal that comes twice."""

from __future__ import annotations

from typing import Any

from libs.common.jobs import Job
from services.clients.importing.committing.batch import Batch, Change, Line
from services.clients.importing.steps.batching import batch_of, found_again, next_batch, write
from services.clients.importing.steps.counting import await_counted
from services.clients.importing.steps.run import Tools, person, take_turn, unit


def bring_deals(tools: Tools, job: Job, run: Any) -> None:
    """Bring the deals of the next rows, and note what became of them; asked twice, the service answers the same."""
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None:
            return
        begun_at = now.position
        _rows, lines = next_batch(tools, uow.session, now, "deals", begun_at)
        batch = batch_of(uow, now, lines)
        take_turn(uow)
        found_again(batch)
        batch.keep()
        asked = [_asked(line, now) for line in batch.lines if has_deal(line)]
        client_ids = {each["data"]["client_id"] for each in asked}
    answers = tools.deals.bring(now.id, now.system, person(now), asked, client_ids) if asked else []
    await_counted(tools, {each["deal_id"]: each["version"] for each in answers if each.get("state") == "created"})
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None or now.position != begun_at:
            return
        rows, lines = next_batch(tools, uow.session, now, "deals", begun_at)
        batch = batch_of(uow, now, lines)
        _note(batch, {each["n"]: each for each in answers}, {each["n"]: each for each in asked})
        write(uow, now, batch, rows, "deals")


def has_deal(line: Line) -> bool:
    """Whether a deal comes along with a line."""
    # Without a stage it is a link to a deal, no deal.
    return line.goes_on and line.client_id is not None and "stage" in line.reading.deal


def _asked(line: Line, run: Any) -> dict[str, Any]:
    values = dict(line.reading.deal)
    key = values.pop("external_id", None)
    if "owner" in values:
        values["owner_id"] = values.pop("owner")
    return {"n": line.n, "key": key, "data": values | {"client_id": line.client_id}}


def _note(batch: Batch, answers: dict[int, dict[str, Any]], asked: dict[int, dict[str, Any]]) -> None:
    for line in batch.lines:
        answer = answers.get(line.n)
        if answer is None:
            continue
        if answer.get("problem"):
            line.refuse(f"deal.{answer.get('field') or ''}".rstrip("."), answer["problem"])
            continue
        data = asked[line.n]
        if data["key"]:
            batch.stands_for("deal", str(data["key"]), answer["deal_id"])
        if answer["state"] == "created":
            client_id, name = data["data"]["client_id"], data["data"]["deal_name"]
            batch.note(Change("deal", answer["deal_id"], line.n, client_id, name, True, answer["version"]))
        line.did(answer["state"])
