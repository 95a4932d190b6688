"""Two people edit one record: what is brought together by itself, and what a person has to decide."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Conflict, Invalid
from services.gateway.web import editing
from services.gateway.web.editing import Field, Merge
from services.gateway.web.forms import Form

FIELDS = (
    Field("company_name", "Company", needed=True),
    Field("phone", "Phone"),
    Field("notes", "Notes", "area"),
    Field("tags", "Tags", "tags"),
)
LOADED: dict[str, Any] = {"company_name": "TechCorp", "phone": "1", "notes": "a\nb", "tags": ["vip"], "version": 3}


class Record:
    """A record as a service keeps it: a stale version is refused."""

    def __init__(self, **now: Any) -> None:
        self.now = LOADED | {"version": 4 if now else 3} | now
        self.saved: list[dict[str, Any]] = []

    def load(self) -> dict[str, Any]:
        return dict(self.now)

    def update(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["version"] != self.now["version"]:
            raise Conflict("somebody changed this since you loaded it")
        self.saved.append(body)
        self.now |= {name: value for name, value in body.items() if name != "version"}
        self.now["version"] += 1
        return dict(self.now)


def typed(**changes: str) -> Form:
    form = editing.form_of(LOADED, FIELDS)
    form.values |= changes
    return form


def save(form: Form, record: Record) -> Any:
    return editing.save(form, FIELDS, record.update, record.load)


def test_only_what_was_changed_is_sent() -> None:
    record = Record()
    save(typed(phone="2"), record)
    assert record.saved == [{"phone": "2", "version": 3}]


def test_nothing_changed_is_nothing_sent() -> None:
    record = Record()
    assert save(typed(notes="a\r\nb"), record)["version"] == 3
    assert record.saved == []


def test_an_emptied_field_is_told_as_empty() -> None:
    record = Record()
    save(typed(phone="", tags=""), record)
    assert record.saved == [{"phone": None, "tags": [], "version": 3}]


def test_a_needed_field_cannot_be_emptied() -> None:
    with pytest.raises(Invalid) as refused:
        save(typed(company_name=" "), Record())
    assert refused.value.field == "company_name"


def test_different_fields_are_brought_together() -> None:
    record = Record(phone="9")
    saved = save(typed(notes="c"), record)
    assert (saved["phone"], saved["notes"]) == ("9", "c")


def test_the_same_field_is_shown_in_all_its_versions_and_nothing_is_written() -> None:
    record = Record(phone="9")
    found = save(typed(phone="2", notes="c"), record)
    assert isinstance(found, Merge) and record.saved == []
    clash = found.clashes[0]
    assert (clash.field.name, clash.was, clash.theirs, clash.ours) == ("phone", "1", "9", "2")
    assert found.merged["notes"] == "c" and found.version == 4


def test_the_decision_is_saved_over_theirs() -> None:
    record = Record(phone="9")
    found = save(typed(phone="2"), record)
    assert isinstance(found, Merge)
    was = {f"was.{name}": value for name, value in found.theirs.items()}
    decided = Form(found.merged | was | {"phone": "2", "version": str(found.version)})
    assert save(decided, record)["phone"] == "2"


def test_who_typed_the_same_as_the_other_has_nothing_to_decide() -> None:
    record = Record(phone="2")
    assert save(typed(phone="2"), record)["phone"] == "2"
    assert record.saved == []


def test_a_conflict_of_another_kind_is_told_as_it_is() -> None:
    def refuse(_body: dict[str, Any]) -> dict[str, Any]:
        raise Conflict("this client has deals")

    with pytest.raises(Conflict, match="has deals"):
        editing.save(typed(phone="2"), FIELDS, refuse, Record().load)
