"""What an answer of the Cloud API means: taken, refused, never got there, or nobody knows."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from services.notifications.adapters.whatsapp import CloudApi
from services.notifications.whatsapp.ports import NoAnswer, NotReached, Refused
from tests.notifications.graph import Graph

HTML = "<html><body>upstream timed out</body></html>"


def send(api: CloudApi) -> Any:
    return api.send({"to": "15550123"}, {"type": "text", "text": {"body": "Hi"}}, "our-id")


def error(code: int) -> str:
    return json.dumps({"error": {"message": f"(#{code})", "type": "OAuthException", "code": code}})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_that_answers_in_its_place_knows_nothing(graph: Graph, status: int) -> None:
    graph.status, graph.body = status, HTML
    with pytest.raises(NoAnswer, match=str(status)):
        send(graph.api())


@pytest.mark.parametrize(("status", "code", "again"), [(429, 130429, True), (503, 131016, True), (400, 131026, False)])
def test_an_error_of_its_own_says_what_became_of_it(graph: Graph, status: int, code: int, again: bool) -> None:
    graph.status, graph.body = status, error(code)
    with pytest.raises(Refused) as refused:
        send(graph.api())
    assert refused.value.fault.code == code and (refused.value.fault.retry_seconds is not None) is again


def test_what_was_never_connected_or_was_turned_away_is_safe_to_repeat(graph: Graph) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotReached):
        send(graph.api(port))
    graph.status, graph.body = 404, HTML
    with pytest.raises(NotReached):
        send(graph.api())


def test_a_connection_that_ends_without_an_answer(graph: Graph) -> None:
    graph.silent.set()
    with pytest.raises(NoAnswer):
        send(graph.api())


@pytest.mark.parametrize("body", ["", HTML, "[]", json.dumps({"messages": []})])
def test_an_answer_that_names_no_message_is_none(graph: Graph, body: str) -> None:
    graph.body = body
    with pytest.raises(NoAnswer):
        send(graph.api())
    assert graph.asked[0]["biz_opaque_callback_data"] == "our-id"


def test_an_object_that_is_not_there_is_told_from_a_wrong_parameter(graph: Graph) -> None:
    graph.status = 400
    graph.body = json.dumps({"error": {"message": "(#100)", "code": 100, "error_subcode": 33}})
    with pytest.raises(Refused) as refused:
        send(graph.api())
    assert refused.value.fault.code == 33 and refused.value.fault.stops
