"""What travels: envelopes that are checked, and problems that arrive as they were sent."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import problems
from libs.common.context import Context
from libs.common.events import Envelope, Event, SchemaError
from libs.common.ids import new_id
from libs.common.problems import Conflict, DeadlineExceeded, Invalid, Problem, Unavailable, from_document
from tests.support.actors import JOHN

KINDS = [
    kind
    for kind in vars(problems).values()
    if isinstance(kind, type) and issubclass(kind, Problem) and kind.__module__ == problems.__name__
]


class BookSold(Event):
    event_type: ClassVar[str] = "book.sold"

    title: str
    copies: int
    sold_on: date | None = None


def envelope(**changes: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "type": "book.sold",
        "version": 1,
        "occurred_at": "2025-01-06T10:00:00Z",
        "aggregate_id": new_id(),
        "aggregate_version": 3,
        "correlation_id": "r",
        "causation_id": None,
        "actor": {"id": JOHN.id, "role": "sales", "name": "John Smith"},
        "data": {"title": "Emma", "copies": 2, "unread": True},
    } | changes


def test_an_envelope_is_read() -> None:
    found = Envelope.parse(orjson.dumps(envelope()))
    assert found.who == JOHN and found.read(BookSold) == BookSold(title="Emma", copies=2)


@pytest.mark.parametrize("missing", sorted(envelope().keys() - {"causation_id"}))
def test_an_envelope_lacks_a_part(missing: str) -> None:
    document = {name: value for name, value in envelope().items() if name != missing}
    with pytest.raises(SchemaError, match=missing):
        Envelope.parse(orjson.dumps(document))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"not json", b"\xff\xfe", orjson.dumps(envelope())[:-2], b'"text"']
)
def test_what_is_no_envelope(body: bytes) -> None:
    with pytest.raises(SchemaError, match="not an event envelope"):
        Envelope.parse(body)


@pytest.mark.parametrize(
    ("part", "value"),
    [("version", 0), ("version", "one"), ("occurred_at", "yesterday"), ("data", []), ("actor", "John"), ("id", 5)],
)
def test_an_envelope_of_the_wrong_kind(part: str, value: Any) -> None:
    with pytest.raises(SchemaError, match=part):
        Envelope.parse(orjson.dumps(envelope(**{part: value})))


@pytest.mark.parametrize("data", [{"title": "Emma"}, {"title": 5, "copies": 1}, {"title": "Emma", "copies": "many"}])
def test_data_that_does_not_fit_names_event_class_and_field(data: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match=r"book.sold does not fit BookSold: (copies|title)"):
        Envelope.parse(orjson.dumps(envelope(data=data))).read(BookSold)


def test_events_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        BookSold(title="Emma", copies=2).copies = 3  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(detail=st.text(max_size=50), field=st.none() | st.sampled_from(["budget.min", "email"]))
def test_a_problem_arrives_as_it_was_sent(kind: type[Problem], detail: str, field: str | None) -> None:
    sent = kind(detail, field=field, retry_after=5, current_version=3)
    got = from_document(orjson.loads(orjson.dumps(sent.document())))
    assert type(got) is kind and got.document() == sent.document()
    assert (got.detail, got.field, got.extra, got.status) == (detail, field, sent.extra, kind.status)


def test_problems_have_codes_of_their_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert issubclass(DeadlineExceeded, Unavailable) and DeadlineExceeded.status == 503


@pytest.mark.parametrize("document", [{}, {"code": "made_up"}, {"detail": None}, {"code": None, "errors": []}])
def test_a_problem_nobody_knows_is_an_internal_error(document: dict[str, Any]) -> None:
    assert type(from_document(document)) is Problem and from_document(document).status == 500


def test_several_faults_stay_several() -> None:
    faults = [{"field": "a", "message": "x"}, {"field": "b", "message": "y"}]
    sent = Invalid("two faults")
    sent.extra = {"errors": faults}
    got = from_document(sent.document())
    assert got.field is None and got.document()["errors"] == faults


def test_a_problem_document_has_the_members_of_the_standard() -> None:
    document = Conflict("somebody else was first", field="version").document()
    assert {"type", "title", "status", "detail"} <= document.keys() and document["type"].startswith("urn:")
    assert document["errors"] == [{"field": "version", "message": "somebody else was first"}]


def test_a_context_counts_down_and_refuses_when_it_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.common.context.time.time", lambda: 1000.0)
    context = Context(actor=JOHN, idempotency_key="k").within(5)
    assert context.remaining(60) == 5 and context.remaining(2) == 2
    assert context.within(60).deadline == context.deadline and context.within(1).remaining(60) == 1
    assert (
        context.keyed("client").idempotency_key == "k:client" and Context(actor=JOHN).keyed("x").idempotency_key is None
    )
    assert Context(actor=JOHN).remaining(60) == 60
    monkeypatch.setattr("libs.common.context.time.time", lambda: 1005.0)
    with pytest.raises(DeadlineExceeded):
        context.remaining(60)
