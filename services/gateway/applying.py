"""Taking over what a person chose of notes: one command for each part, each with a key of its own.

The parts are claimed first, with their content, in the service that keeps the notes. What was claimed is done with that
content, under a key made of the notes and the part; so a sequence that was cut off is completed when it is sent again,
and nothing is done twice. The deal goes first: where it was changed meanwhile, nothing else was done yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from libs.common.money import display
from libs.common.problems import Conflict
from services.gateway.api import requests as r

Document = dict[str, Any]

# A task of a day is due when people go home.
_DUE_AT = time(17, 0)
_SUBJECT = "Meeting: {deal_name}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """summary: None where it is not wanted, "" for the words that were read. steps: by place, with ``text`` and ``due``
    where they were changed."""

    summary: str | None
    steps: dict[int, Document]
    fields: tuple[str, ...]


def apply(notes_id: str, chosen: Chosen) -> Document:
    """Do what is chosen and not done yet; the notes as they stand then."""
    notes = r.ask("ai", "get_notes", generation_id=notes_id)
    deal = r.ask("deals", "get_deal", deal_id=notes["deal_id"])
    wanted = _contents(notes, deal, chosen)
    done = {name for name, part in notes["parts"].items() if part["done"]}
    _refuse_if_changed(notes, deal, [name for name in chosen.fields if f"field:{name}" not in done])
    claimed = r.ask("ai", "claim_parts", generation_id=notes_id, parts=wanted)
    todo = {name: claimed["parts"][name]["content"] for name in wanted if not claimed["parts"][name]["done"]}
    _change_deal(notes_id, deal, {name: content for name, content in todo.items() if name.startswith("field:")})
    for name, content in todo.items():
        if not name.startswith("field:"):
            logged = _ask(f"{notes_id}:{name}", "clients", "log_activity", client_id=deal["client_id"], data=content)
            _note(notes_id, name, {"activity_id": logged["id"]})
    return r.ask("ai", "get_notes", generation_id=notes_id)


def _contents(notes: Document, deal: Document, chosen: Chosen) -> dict[str, Document]:
    """What each part is done with."""
    wanted: dict[str, Document] = {}
    for name in chosen.fields:
        proposed = next((each for each in notes["fields"] if each["field"] == name), None)
        wanted[f"field:{name}"] = {"to": proposed["to"] if proposed else None}
    if chosen.summary is not None:
        subject = _SUBJECT.format(deal_name=deal["deal_name"])[:300]
        wanted["summary"] = _activity(deal, "meeting", subject, chosen.summary or notes["summary"])
    for place, changes in sorted(chosen.steps.items()):
        # One that is not there is refused when the parts are claimed.
        none: Document = {"text": "?", "due": None, "quote": ""}
        read: Document = notes["steps"][place] if place < len(notes["steps"]) else none
        step = read | {name: value for name, value in changes.items() if name == "due" or value}
        task = _activity(deal, "task", step["text"][:300], read["quote"])
        wanted[f"step:{place}"] = task | ({"due_at": _due(step["due"])} if step["due"] else {})
    return wanted


def _activity(deal: Document, kind: str, subject: str, description: str) -> Document:
    return {"type": kind, "subject": subject, "description": description, "deal_id": deal["id"]}


def _due(day: date | str) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(found, _DUE_AT, ZoneInfo(r.gateway().settings.business_tz)).isoformat()


def _refuse_if_changed(notes: Document, deal: Document, names: list[str]) -> None:
    """Conflict where a chosen field is neither what it was when the notes were read nor what it is to become."""
    changed = []
    for each in notes["fields"]:
        now = _current(deal, each["field"])
        if each["field"] in names and now not in (each["from"], each["to"]):
            changed.append(
                {"field": each["field"], "was": _shown(deal, each, each["from"]), "now": _shown(deal, each, now)}
            )
    if changed:
        words = "; ".join(f"{each['field']} was {each['was']} and is now {each['now']}" for each in changed)
        problem = Conflict(f"the deal was changed since the notes were read: {words}")
        problem.extra = {"changed": changed, "current_version": deal["version"]}
        raise problem


def _shown(deal: Document, each: Document, value: Any) -> str:
    if value is None:
        return "empty"
    return display(value, deal["currency"]) if each["field"] == "deal_value" else str(value)


def _current(deal: Document, name: str) -> Any:
    return deal["deal_value_minor" if name == "deal_value" else name]


def _change_deal(notes_id: str, deal: Document, todo: dict[str, Document]) -> None:
    """Change what is not so already; the version keeps somebody else's change from being overwritten."""
    to = {name.removeprefix("field:"): content["to"] for name, content in todo.items()}
    wanted = {name: value for name, value in to.items() if _current(deal, name) != value}
    version = deal["version"]
    columns = {
        "deal_value_minor" if name == "deal_value" else name: value for name, value in wanted.items() if name != "stage"
    }
    if columns:
        key = f"{notes_id}:deal:{version}:{'+'.join(sorted(columns))}"
        changed = _ask(key, "deals", "update_deal", deal_id=deal["id"], changes=columns, version=version)
        version = changed["version"]
    if "stage" in wanted:
        key = f"{notes_id}:stage:{version}"
        _ask(key, "deals", "move_stage", deal_id=deal["id"], stage=wanted["stage"], version=version)
    for name in todo:
        _note(notes_id, name, {"deal_id": deal["id"]})


def _note(notes_id: str, part: str, result: Document) -> None:
    _ask(f"{notes_id}:{part}:done", "ai", "note_done", generation_id=notes_id, part=part, result=result)


def _ask(key: str, service: str, method: str, **arguments: Any) -> Document:
    """A command under a key of our own: the same part of the same notes is one command, whoever sends it again."""
    context = replace(r.context(), idempotency_key=f"notes:{key}")
    answer = r.gateway().rpc.call(context, service, method, seconds=r.WRITE_SECONDS, **arguments)
    return cast(Document, answer)
