"""Every kind of message as words, whoever sends it and however the batch is cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications.whatsapp.domain import (
    Changed,
    Malformed,
    NumberChanged,
    Person,
    Reacted,
    Received,
    Reported,
    fault_of,
    filled,
    is_further,
    places,
    read,
    window_ends,
)
from tests.notifications.chats import AT, NUMBER, OMAR, SARAH, body, status, text, value

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def told(*values: dict[str, Any]) -> list[Any]:
    return read(json.dumps(body(*values)), NUMBER, NOW).notices


def said(**message: Any) -> Received:
    (notice,) = told(value([text(**message)]))
    assert isinstance(notice, Received)
    return notice


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "text", "text": {"body": "Hello\x00\ud83d"}}, "Hello?"),
        ({"type": "image", "image": {"id": "1", "caption": "Our shop"}}, "[Photo] Our shop"),
        ({"type": "video", "video": {"id": "1"}}, "[Video]"),
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, "[Voice message]"),
        ({"type": "audio", "audio": {"id": "1"}}, "[Audio]"),
        ({"type": "sticker", "sticker": {"id": "1"}}, "[Sticker]"),
        ({"type": "document", "document": {"id": "1", "filename": "plan.pdf"}}, "[Document] plan.pdf"),
        (
            {"type": "location", "location": {"latitude": 40.7, "longitude": -74, "name": "Office"}},
            "[Location] Office (40.7, -74)",
        ),
        (
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "Ann"}, "phones": [{"phone": "+1 2"}]}]},
            "[Contact] Ann, +1 2",
        ),
        ({"type": "order", "order": {"product_items": [{}, {}], "text": "soon"}}, "[Order of 2 products] soon"),
        ({"type": "button", "button": {"payload": "YES", "text": "Yes, please"}}, "Yes, please"),
        ({"type": "interactive", "interactive": {"button_reply": {"id": "1", "title": "Morning"}}}, "Morning"),
        (
            {"type": "interactive", "interactive": {"list_reply": {"title": "Thursday", "description": "2 pm"}}},
            "Thursday: 2 pm",
        ),
        (
            {"type": "interactive", "interactive": {"nfm_reply": {"body": "Sent", "response_json": '{"a":1}'}}},
            '[Form] Sent {"a":1}',
        ),
        (
            {"type": "unsupported", "errors": [{"code": 131051, "error_data": {"details": "poll"}}]},
            "[A message that WhatsApp does not pass on: poll]",
        ),
        ({"type": "request_welcome"}, "[Message of type request_welcome]"),
        ({"type": None}, "[Message of type unknown]"),
        ({"type": "text", "text": None}, "[Empty message]"),
        ({"type": "system", "system": {"body": "Code changed", "type": "x"}}, "Code changed"),
    ],
)
def test_every_kind_is_words(message: dict[str, Any], words: str) -> None:
    found = said(**message)
    assert found.text == words and found.at == datetime.fromtimestamp(AT, UTC)
    assert (found.media is not None) == (message["type"] in ("image", "video", "audio", "sticker", "document"))


def test_interactive_without_its_key_says_what_the_change_says() -> None:
    errors = [{"code": 131051, "error_data": {"details": "This form is not supported"}}]
    (notice,) = told(value([text(type="interactive")], errors=errors))
    assert "This form is not supported" in notice.text and notice.type == "interactive"


def test_reactions_edits_revocations_and_new_numbers() -> None:
    target = {"original_message_id": "wamid.o"}
    messages = [
        text(type="reaction", reaction={"message_id": "wamid.o", "emoji": "👍"}),
        text(type="reaction", reaction={"message_id": "wamid.o"}),
        text(type="edit", edit={**target, "message": {"type": "text", "text": {"body": "new"}}}),
        text(type="revoke", revoke=target),
        text(type="system", system={"type": "user_changed_number", "wa_id": OMAR, "body": "moved"}),
    ]
    reacted, away, edited, revoked, moved = told(value(messages))
    assert isinstance(reacted, Reacted) and (reacted.emoji, away.emoji) == ("👍", "")
    assert isinstance(edited, Changed) and (edited.text, revoked.text) == ("new", None)
    assert isinstance(moved, NumberChanged) and (moved.person.wa_id, moved.wa_id) == (SARAH, OMAR)


def test_people_are_matched_by_what_they_are_called_and_never_by_place() -> None:
    contacts = [
        {"profile": {"name": "Omar"}, "wa_id": OMAR},
        {"profile": {"name": "Lin"}, "user_id": "US.1", "parent_user_id": "US.ENT.1"},
        {"profile": {"name": "Sarah"}, "wa_id": SARAH, "user_id": "US.2"},
    ]
    messages = [text("a", SARAH), text("b", OMAR), text("c", None, from_user_id="US.1"), text("d", "15550777")]
    found = told(value(messages) | {"contacts": contacts})
    assert [each.person for each in found] == [
        Person(SARAH, "US.2", "", "Sarah"),
        Person(OMAR, "", "", "Omar"),
        Person("", "US.1", "US.ENT.1", "Lin"),
        Person("15550777"),
    ]


def test_all_three_levels_of_a_batch_are_read() -> None:
    many = body(value([text("1"), text("2")], [status("w", "sent")]), value([text("3")]))
    many["entry"] += [{"changes": [{"field": "messages", "value": value([text("4")])}, {"field": "calls"}]}]
    webhook = read(json.dumps(many), NUMBER, NOW)
    assert [each.text for each in webhook.notices if isinstance(each, Received)] == ["1", "2", "3", "4"]
    assert sum(isinstance(each, Reported) for each in webhook.notices) == 1 and "calls" in webhook.notes[0]


@pytest.mark.parametrize("at", [None, "soon", -(10**30), 10**30, True, {}, [1]])
def test_a_time_that_is_none_is_ours(at: Any) -> None:
    assert said(timestamp=at).at in (NOW, datetime.fromtimestamp(1, UTC))


@pytest.mark.parametrize("written", ["", "null", "[]", '{"entry": 5}', "[" * 100_000, "{"])
def test_no_webhook_at_all(written: str) -> None:
    with pytest.raises(Malformed):
        read(written, NUMBER, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["messages", "statuses", "contacts", "from", "id", "type", "text", "body", "system", "errors", "wa_id",
         "reaction", "edit", "interactive", "metadata", "phone_number_id", "profile", "name", "timestamp"]
    ), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(json_values)
def test_nothing_in_a_verified_body_is_taken_for_granted(anything: Any) -> None:
    change = {"field": "messages", "value": anything}
    read(json.dumps({"entry": [{"changes": [change, anything]}, anything]}), NUMBER, NOW)
    if isinstance(anything, dict):
        read(json.dumps(body(anything | {"metadata": {"phone_number_id": NUMBER}})), NUMBER, NOW)


def test_statuses_never_go_back() -> None:
    ranks = ["queued", "sending", "unknown", "sent", "failed", "delivered", "read"]
    for place, now in enumerate(ranks):
        assert [is_further(now, told_) for told_ in ranks] == [later > place for later in range(len(ranks))]
    assert not is_further("received", "read") and not is_further("sent", "warning")


def test_the_window_is_24_hours_to_the_second() -> None:
    last = datetime(2026, 3, 1, tzinfo=UTC)
    assert window_ends(last, NOW) is None and window_ends(None, NOW) is None
    assert window_ends(last, datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)) == NOW


def test_each_code_says_what_to_do() -> None:
    for code in (130429, 131056, 131047, 131026, 131049, 130472, 131051, 131053, 190, 132001, 424242):
        fault = fault_of(code, "the details")
        assert fault.code == code and fault.advice and "the details" in fault.reason
    assert [fault_of(code).retry_seconds is not None for code in (130429, 131056, 131047, 131026)] == [1, 1, 0, 0]
    # Of a message that WhatsApp had taken nobody promises that it is sent again.
    assert "again by itself" in fault_of(131056).advice
    assert fault_of(131056).final().document()["advice"] == "Send it again if it is still needed."
    assert fault_of(131026).final() == fault_of(131026)
    assert fault_of(190).stops and fault_of("190").code == -1 and fault_of(True).code == -1


def test_templates_are_filled() -> None:
    assert places("Hi {{1}}, {{ 3 }}") == 3 and filled("{{1}} {{2}} {{9}}", ["{{2}}", "b"]) == "{{2}} b {{9}}"


@pytest.mark.parametrize(
    ("days", "believed"), [(-1, True), (0.9, True), (1.1, False), (365 * 60, False), (-365 * 20, False)]
)
def test_a_time_that_cannot_be_right_is_the_time_of_arrival(days: float, believed: bool) -> None:
    at = NOW + timedelta(days=days)
    assert said(timestamp=str(int(at.timestamp()))).at == (at.replace(microsecond=0) if believed else NOW)
