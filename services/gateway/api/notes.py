"""Notes of a meeting: have them read, look at what they come to, and take over what is chosen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from libs.common.problems import Invalid
from services.gateway import applying
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Id, NeededTitle, Paragraph

routes = Routes("meeting notes")

MOST_CHARACTERS = 50_000
SALES = frozenset({"admin", "sales"})


class NotesNew(Body):
    """The notes as they were typed, in English or German; what they say is read and never obeyed."""

    deal_id: Id
    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_CHARACTERS),
    ]


class StepChoice(Body):
    """A step by its place, with other words or another day where they are given; ``due: null`` takes the day away."""

    index: Annotated[int, Field(ge=0, le=1000, strict=True)]
    text: NeededTitle | None = None
    due: date | None = None


class NotesChoice(Body):
    """What is taken over. ``summary_text``: other words than those that were read."""

    summary: Annotated[bool, Field(strict=True)] = False
    summary_text: Paragraph | None = None
    steps: list[Annotated[int, Field(ge=0, le=1000, strict=True)] | StepChoice] = Field(default=[], max_length=50)
    fields: list[Literal["deal_value", "expected_close_date", "stage"]] = Field(default=[], max_length=3)


class StepDocument(d.Document):
    text: str
    due: date | None
    quote: str


class FieldDocument(d.Document):
    """``from`` is what the deal had when the notes were read; ``quote`` the words of the notes it rests on."""

    field: Literal["deal_value", "expected_close_date", "stage"]
    to: float | str
    quote: str


class PartDocument(d.Document):
    """``content`` is what was chosen first; sent again with other words, that stands."""

    content: dict[str, Any]
    done: bool
    result: dict[str, Any] | None


class NotesDocument(d.Document):
    """``status``: waiting, done or failed. ``dropped``: proposals that rested on nothing in the notes.

    ``parts``: what was chosen so far, by ``summary``, ``step:0``, ``field:stage``.
    """

    id: str
    deal_id: str
    status: Literal["waiting", "done", "failed"]
    provider: str | None
    model: str | None
    stands_in_because: str | None
    problem: str | None
    created_at: datetime
    currency: str
    text: str
    summary: str
    steps: list[StepDocument]
    fields: list[FieldDocument]
    dropped: int
    parts: dict[str, PartDocument]


class NotesOrdered(d.Document):
    id: str
    status: str


@routes.route("POST", "/ai/meeting-notes", body=NotesNew, answers={202: NotesOrdered})
def take_notes(body: NotesNew) -> dict[str, Any]:
    """Have notes about a deal read. Nothing changes until what they come to is applied."""
    return r.ask("ai", "take_notes", deal_id=body.deal_id, text=body.text)


@routes.route("GET", "/ai/meeting-notes/<uuid:notes_id>", answers=NotesDocument)
def get_notes(notes_id: Any) -> dict[str, Any]:
    """What the notes come to, as soon as they are read, and what was taken over of them."""
    return document(r.ask("ai", "get_notes", generation_id=str(notes_id)))


@routes.route("POST", "/ai/meeting-notes/<uuid:notes_id>/apply", who=SALES, body=NotesChoice, answers=NotesDocument)
def apply_notes(notes_id: Any, body: NotesChoice) -> dict[str, Any]:
    """Take over what is chosen: a meeting in the timeline, tasks, fields of the deal.

    Sent again, it completes what is missing and repeats nothing. 409 where a chosen field of the deal was changed since
    the notes were read; `changed` says what.
    """
    return document(applying.apply(str(notes_id), chosen(body)))


def chosen(body: NotesChoice) -> applying.Chosen:
    """The choice as it is applied; Invalid for a step that is named twice."""
    steps: dict[int, dict[str, Any]] = {}
    for each in body.steps:
        index = each if isinstance(each, int) else each.index
        if index in steps:
            raise Invalid("a step is named more than once", field="steps")
        steps[index] = {} if isinstance(each, int) else each.model_dump(include={"text", "due"}, exclude_unset=True)
    summary = (body.summary_text or "") if body.summary else None
    return applying.Chosen(summary=summary, steps=steps, fields=tuple(dict.fromkeys(body.fields)))


def document(notes: dict[str, Any]) -> dict[str, Any]:
    """As the API shows it: the amounts of a value in major units."""
    fields = [
        {"field": each["field"], "quote": each["quote"], "from_minor": each["from"], "to_minor": each["to"]}
        if each["field"] == "deal_value"
        else each
        for each in notes["fields"]
    ]
    return notes | {"fields": fields}
