"""Publisher and consumers of an event are held to the same golden sample, so that neither can move away alone."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from libs.common.events import Envelope, SchemaError
from libs.common.ids import is_id
from tests.architecture.telling import EventClass, published, subscribed
from tests.contracts.samples_of import ROOT, SAMPLES, class_of, sample, unlike

PUBLISHED, SUBSCRIBED = published(ROOT), subscribed(ROOT)


def ident(described: EventClass) -> str:
    return f"{described.service}.{described.type}"


def test_the_search_found_both_sides() -> None:
    assert len(PUBLISHED) >= 30 and len(SUBSCRIBED) >= 30


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_is_an_envelope(path: Path) -> None:
    document = json.loads(path.read_text())
    envelope = Envelope.parse(path.read_bytes())
    assert envelope.type == path.stem and set(document) == set(Envelope.model_fields)
    assert is_id(envelope.id) and is_id(envelope.aggregate_id) and set(envelope.actor) == {"id", "role", "name"}
    assert envelope.occurred_at.tzinfo is not None and envelope.aggregate_version >= 1
    assert envelope.who.role in ("admin", "sales", "finance", "manager", "system")


@pytest.mark.parametrize("described", PUBLISHED, ids=ident)
def test_the_publisher_tells_exactly_the_sample(described: EventClass) -> None:
    kind, golden = class_of(described), sample(described.type)
    assert kind.event_type == golden["type"] and kind.event_version == golden["version"]
    assert golden["publisher"] == described.service
    assert set(kind.model_fields) == set(golden["data"])
    assert kind.model_validate(golden["data"]).model_dump(mode="json") == golden["data"]


@pytest.mark.parametrize("described", PUBLISHED, ids=ident)
def test_a_publisher_names_every_field(described: EventClass) -> None:
    """A field with a default could be forgotten; a publisher's class has none."""
    assert [name for name, field in class_of(described).model_fields.items() if not field.is_required()] == []


@pytest.mark.parametrize("described", SUBSCRIBED, ids=ident)
def test_the_consumer_reads_the_sample(described: EventClass) -> None:
    kind, golden = class_of(described), sample(described.type)
    envelope = Envelope.parse(json.dumps(golden))
    event = envelope.read(kind)
    for name in kind.model_fields.keys() & golden["data"].keys():
        assert event.model_dump(mode="json")[name] is not None or golden["data"][name] is None
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    assert set(required) <= set(golden["data"])


@pytest.mark.parametrize("described", SUBSCRIBED, ids=ident)
def test_a_consumer_notices_what_it_reads_is_missing(described: EventClass) -> None:
    kind, golden = class_of(described), sample(described.type)
    for name in [name for name, field in kind.model_fields.items() if field.is_required()]:
        data = {each: value for each, value in golden["data"].items() if each != name}
        with pytest.raises(SchemaError, match=name):
            Envelope.parse(json.dumps(golden | {"data": data})).read(kind)


@pytest.mark.parametrize("described", SUBSCRIBED, ids=ident)
def test_a_consumer_takes_new_fields_without_complaint(described: EventClass) -> None:
    golden = sample(described.type)
    more = golden | {"data": golden["data"] | {"field_of_tomorrow": [1, 2]}, "envelope_field_of_tomorrow": "x"}
    Envelope.parse(json.dumps(more)).read(class_of(described))


def test_a_missing_sample_fails() -> None:
    with pytest.raises(FileNotFoundError):
        sample("book.burned")


def test_unlike_finds_what_differs() -> None:
    golden = {"id": "x", "money": 1, "contact": {"email": "a"}, "readers": [{"until": "t"}], "refs": {"a": 1}}
    same = {"id": "y", "money": None, "contact": {"email": None}, "readers": [], "refs": {"b": 2}}
    assert unlike(same, golden) == []
    for change in ({"money": 1.0}, {"more": 1}, {"contact": {}}, {"readers": [{}]}, {"id": 5}):
        assert unlike(same | change, golden) != [], change
    assert unlike({"id": "y"}, golden) != []


def test_times_in_samples_are_utc() -> None:
    for path in SAMPLES.glob("*.json"):
        offset = datetime.fromisoformat(json.loads(path.read_text())["occurred_at"]).utcoffset()
        assert offset is not None and not offset
