"""The same deeds where nothing forbids them: each works, so that a refusal is the rule's doing and not a mistake's."""

from __future__ import annotations

from collections.abc import Iterator

import pika
import pytest

from libs.common.bus_table import TABLE
from libs.common.publisher import parameters
from libs.common.topology import ServiceQueues
from tests.bus.conftest import Deals, running_deals
from tests.bus.forgeries import CALLS, EVENTS, REFUSED_BY_THE_BROKER, REFUSED_BY_THE_READER, forger
from tests.support.databases import Databases
from tests.support.waiting import eventually


@pytest.fixture
def topology(amqp_url: str) -> Iterator[None]:
    """What the deeds are done to; what they did to it is undone."""
    connection = pika.BlockingConnection(parameters(amqp_url, "topology"))
    channel = connection.channel()

    def declare() -> None:
        channel.exchange_declare(EVENTS, "topic", durable=True)
        channel.exchange_declare(CALLS, "topic", durable=True)
        for service in ("clients", "deals", "ai"):
            ServiceQueues(service).declare(channel, TABLE[service].hears, exchange_is_there=False)
        channel.queue_declare("rpc-deals", durable=True)

    declare()
    yield
    channel.exchange_delete("shadow")
    for service in ("clients", "deals", "ai"):
        channel.exchange_delete(ServiceQueues(service).exchange)
        channel.queue_delete(ServiceQueues(service).events)
        channel.queue_delete(f"{service}.retry.0s.v9")
    channel.queue_delete("rpc-ai")
    channel.queue_delete("rpc-deals")
    declare()
    connection.close()


@pytest.mark.parametrize("name", REFUSED_BY_THE_BROKER)
def test_the_broker_lets_the_administrator(name: str, amqp_url: str, topology: None) -> None:
    service, deed = REFUSED_BY_THE_BROKER[name]
    with forger(amqp_url, service) as forging:
        deed(forging)


@pytest.fixture(scope="module")
def trusting(databases: Databases, amqp_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deals]:
    """Deals as it is with a broker whose one user all services share."""
    with running_deals(databases, amqp_url, tmp_path_factory.mktemp("trusting")) as running:
        yield running


@pytest.mark.parametrize("name", REFUSED_BY_THE_READER)
def test_with_one_user_for_all_this_is_executed(name: str, amqp_url: str, trusting: Deals) -> None:
    service, deed = REFUSED_BY_THE_READER[name]
    executed = trusting.executions()
    with forger(amqp_url, service) as forging:
        deed(forging)
    eventually(lambda: trusting.executions() > executed)
