"""Who may say what on the bus, judged from the log-in that a message came under."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from prometheus_client import REGISTRY

from libs.common.bus_identity import Guard, Refused, login_of, service_of, user_of
from libs.common.bus_table import TABLE, callers_of, may_call, teller_of
from libs.common.rpc.client import _Connection
from tests.support.actors import ADMIN, JOHN, system


def guard(service: str) -> Guard:
    return Guard(f"amqp://crm_{service}:pw@broker/crm")


def refusals(service: str, kind: str) -> float:
    return REGISTRY.get_sample_value("crm_bus_refusals_total", {"service": service, "kind": kind}) or 0.0


@pytest.mark.parametrize(
    ("user", "service"),
    [
        ("crm_deals", "deals"),
        ("crm", None),
        ("crm_", None),
        ("crm_bookshop", None),
        ("deals", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_user_stands_for_one_service(user: object, service: str | None) -> None:
    assert service_of(user) == service


def test_the_log_in_is_read_from_the_url() -> None:
    assert login_of("amqp://crm_deals:pw@broker:5672/crm") == "crm_deals"
    assert login_of("amqp://a%40b:pw@broker/crm") == "a@b"
    assert login_of("amqp://broker") == "guest"
    assert user_of("deals") == "crm_deals"


def test_an_event_comes_from_its_publisher() -> None:
    guard("deals").check_event("crm_billing", "invoice.paid", "billing")
    guard("deals").check_event("crm_billing", "invoice.paid", None)


@pytest.mark.parametrize(
    ("user", "event_type", "publisher"),
    [
        (None, "invoice.paid", "billing"),
        ("crm", "invoice.paid", "billing"),
        ("crm_clients", "invoice.paid", "billing"),
        ("crm_deals", "invoice.paid", "billing"),
        ("crm_billing", "invoice.exploded", "billing"),
        (None, "invoice.exploded", None),
        ("crm_billing", "invoice.paid", "clients"),
        ("crm_billing", "invoice.paid", ""),
    ],
)
def test_an_event_of_anybody_else_is_refused(user: object, event_type: str, publisher: str | None) -> None:
    before = refusals("deals", "event")
    with pytest.raises(Refused):
        guard("deals").check_event(user, event_type, publisher)
    assert refusals("deals", "event") == before + 1


def test_calls_follow_the_table() -> None:
    clients = guard("clients")
    clients.check_call("crm_billing", "contact_card")
    clients.check_call("crm_clients", "ping")
    for user, method in (
        ("crm_deals", "contact_card"),
        ("crm_ai", "contact_card"),
        ("crm_clients", "get_client"),
        ("crm_deals", "ping"),
        ("crm", "ping"),
        (None, "ping"),
    ):
        with pytest.raises(Refused):
            clients.check_call(user, method)


def test_a_service_carries_its_own_token_and_the_gateway_those_of_people() -> None:
    clients = guard("clients")
    clients.check_actor("crm_billing", "contact_card", system("billing"))
    clients.check_actor("crm_billing", "contact_card", JOHN)
    clients.check_actor("crm_gateway", "get_client", ADMIN)
    clients.check_actor("crm_gateway", "get_client", system("gateway"))
    for user, method, actor in (
        ("crm_billing", "client_access", JOHN),  # asked as billing itself, never for a person
        ("crm_notifications", "contact_card", JOHN),
        ("crm_billing", "contact_card", system("gateway")),
        ("crm_gateway", "get_client", system("billing")),
        ("crm", "get_client", JOHN),
        (None, "get_client", system("gateway")),
    ):
        with pytest.raises(Refused):
            clients.check_actor(user, method, actor)


def test_with_one_user_for_all_nothing_can_be_told_and_all_passes() -> None:
    shared = Guard("amqp://crm:pw@broker/crm")
    assert not shared.is_on
    shared.check_event(None, "invoice.exploded", "nobody")
    shared.check_call(None, "anything")
    shared.check_actor(None, "anything", JOHN)
    shared.check_answer(None, "deals")
    assert shared.may_tell("book.sold") and shared.may_call("deals", "anything")


def test_an_answer_counts_only_from_whom_was_asked() -> None:
    """A service that learned the name of a reply queue answers in another's place."""
    connection: Any = _Connection.__new__(_Connection)
    connection._guard, connection._answers, connection._asked = guard("billing"), {}, {"q1": "deals"}

    def answer(user: str | None, correlation_id: str, result: str) -> None:
        properties = {"correlation_id": correlation_id, "user_id": user}
        connection._on_reply(
            SimpleNamespace(properties=properties, body=orjson.dumps({"result": result, "error": None}))
        )

    for user, correlation_id in (("crm_clients", "q1"), (None, "q1"), ("crm_deals", "q2")):
        answer(user, correlation_id, "forged")
    assert connection._answers == {}
    answer("crm_deals", "q1", "true")
    assert connection._answers == {"q1": "true"}


def test_the_table_is_whole_in_itself() -> None:
    told = [event for voice in TABLE.values() for event in voice.tells]
    assert len(told) == len(set(told)), "each event has one publisher"
    for voice in TABLE.values():
        assert voice.hears <= set(told) and voice.hands_on <= voice.asks
        assert {call.split(".")[0] for call in voice.asks} <= {name for name, each in TABLE.items() if each.answers}
    assert teller_of("deal.won") == "deals" and teller_of("deal.exploded") is None
    assert callers_of("deals") == ["ai", "billing", "clients", "deals", "gateway", "notifications"]
    assert not may_call("gateway", "gateway", "ping")
