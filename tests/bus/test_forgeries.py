"""Forged, unsigned, expired and foreign publishes and binds: each is refused, and nothing is executed."""

from __future__ import annotations

import json
from typing import Any

import pika.exceptions
import pytest

from libs.common.context import Context
from libs.common.identity import Signer
from libs.common.ids import new_id
from libs.common.problems import NotFound
from libs.common.rpc.client import RpcClient
from tests.bus.conftest import Deals, LoginOf
from tests.bus.forgeries import (
    EVENTS,
    REFUSED_ALWAYS,
    REFUSED_BY_THE_BROKER,
    REFUSED_BY_THE_READER,
    event,
    forger,
)
from tests.support.actors import ADMIN, private_jwk, system
from tests.support.waiting import eventually

REACHING = REFUSED_BY_THE_READER | REFUSED_ALWAYS
_BROKER_REFUSES = (pika.exceptions.ChannelClosedByBroker, pika.exceptions.ChannelWrongStateError)


def test_there_are_thirty_and_more() -> None:
    assert len(REFUSED_BY_THE_BROKER) >= 30 and len(REACHING) >= 20


@pytest.mark.parametrize("name", REFUSED_BY_THE_BROKER)
def test_the_broker_refuses_to(name: str, deals: Deals, login_of: LoginOf) -> None:
    service, deed = REFUSED_BY_THE_BROKER[name]
    executed = deals.executions()
    with (
        forger(login_of(service), service) as forging,
        pytest.raises(pika.exceptions.ChannelClosedByBroker) as refusal,
    ):
        deed(forging)
    assert refusal.value.reply_code == 403
    assert deals.executions() == executed


@pytest.mark.parametrize("name", REACHING)
def test_the_receiver_refuses(name: str, deals: Deals, login_of: LoginOf) -> None:
    service, deed = REACHING[name]
    executed, refused = deals.executions(), deals.refusals()
    with forger(login_of(service), service) as forging:
        deed(forging)
    eventually(lambda: deals.refusals() == refused + 1)
    assert deals.executions() == executed
    assert deals.rows("SELECT 1 FROM deal_invoices") == []


def test_nobody_speaks_under_another_name(deals: Deals, login_of: LoginOf, amqp_url: str) -> None:
    """Not even the administrator: the broker compares the name with the log-in."""
    for url, service in ((login_of("clients"), "clients"), (amqp_url, "crm")):
        with forger(url, service) as forging, pytest.raises(pika.exceptions.ChannelClosedByBroker) as refusal:
            forging.publish(EVENTS, "client.created", event("invoice.paid"), user_id="crm_billing")
        assert refusal.value.reply_code == 406


def test_the_administrator_is_no_publisher_and_no_caller(deals: Deals, amqp_url: str) -> None:
    """The broker refuses it nothing, so its messages come in, and are refused there."""
    executed, refused = deals.executions(), deals.refusals()
    with forger(amqp_url, "gateway") as forging:
        forging.publish(EVENTS, "invoice.paid", event("invoice.paid"))
        forging.publish("", "deals.events.v2", event("invoice.paid"))
        forging.publish("deals.queues.v1", "deals.events.v2", event("invoice.paid"))
        forging.call("deals.get_deal", system("gateway"))
        forging.call("rpc-deals", system("gateway"), exchange="")
    eventually(lambda: deals.refusals() == refused + 5)
    assert deals.executions() == executed


@pytest.mark.parametrize("login", ["guest:guest", "crm_deals:guessed", "crm_:x", "crm_bookshop:x"])
def test_a_stranger_does_not_get_in(login: str, login_of: LoginOf) -> None:
    url = login_of("deals")
    with (
        pytest.raises(pika.exceptions.AMQPConnectionError),
        forger(url.replace(url[7 : url.index("@")], login), "deals"),
    ):
        pass


def test_a_service_gets_into_no_other_virtual_host(login_of: LoginOf) -> None:
    with pytest.raises(pika.exceptions.AMQPConnectionError), forger(login_of("deals")[: -len("crm")] + "%2F", "deals"):
        pass


def test_what_is_refused_is_seen_and_cannot_be_replayed(deals: Deals, login_of: LoginOf) -> None:
    body = event("invoice.paid")
    with forger(login_of("clients"), "clients") as forging:
        forging.publish(EVENTS, "client.access_changed", body)
    statement = f"SELECT id::text, error FROM dead_letters WHERE event_id = '{json.loads(body)['id']}'"
    [(letter, error)] = eventually(lambda: deals.rows(statement))
    assert error == "refused: invoice.paid is told by billing, not by crm_clients"
    answer = _asking(login_of("gateway")).call_many(
        Context(actor=ADMIN), [_call("replay_dead_letter", letter_id=letter)]
    )[0]
    assert answer.status == 409
    assert deals.metric("crm_events_handled_total", type="invoice.paid") == 0


def test_what_is_rightly_sent_is_executed(deals: Deals, login_of: LoginOf) -> None:
    """Without this the tests above would also pass against a service that is deaf."""
    with forger(login_of("billing"), "billing") as forging:
        forging.publish(EVENTS, "invoice.paid", event("invoice.paid", publisher="billing"))
    eventually(lambda: deals.metric("crm_events_handled_total", type="invoice.paid") == 1)
    for service, actor in (("billing", ADMIN), ("billing", system("billing")), ("gateway", ADMIN)):
        client = RpcClient(
            login_of(service), Signer(private_jwk(actor.name if actor.is_system else "gateway")), service
        )
        with pytest.raises(NotFound):
            client.call(Context(actor=actor), "deals", "get_deal", deal_id=new_id())
        client.close()


def test_a_caller_is_told_that_it_may_not(deals: Deals, login_of: LoginOf) -> None:
    client = RpcClient(login_of("billing"), Signer(private_jwk("billing")), "billing")
    stolen = RpcClient(login_of("billing"), Signer(private_jwk("notifications")), "billing")
    foreign, beside = (
        stolen.call_many(Context(actor=system("notifications")), [_call("get_deal", deal_id=new_id())])[0],
        client.call_many(Context(actor=system("billing")), [_call("create_deal", data={})])[0],
    )
    assert (foreign.status, foreign.detail) == (403, "the bus does not let you call this")
    assert "may not call deals.create_deal" in beside.detail


def _asking(url: str) -> RpcClient:
    return RpcClient(url, Signer(private_jwk("gateway")), "gateway")


def _call(method: str, **arguments: Any) -> Any:
    from libs.common.rpc.client import Call

    return Call("deals", method, arguments)
