"""RabbitMQ's users: made from the table of the bus, with anchored patterns, the same text for the same secrets."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from libs.common.bus_table import TABLE
from libs.common.ids import new_id
from libs.common.topology import RETRY_SECONDS, ServiceQueues
from stack import bus_users
from stack.credentials import DATABASES, Credentials
from stack.environment import Environments
from stack.infrastructure import Urls
from stack.infrastructure.from_environment import EnvironmentInfrastructure
from stack.paths import StatePaths
from stack.ports import Ports
from stack.programs import TABLE as PROGRAMS

AMQP = "amqp://crm:pw@127.0.0.1:2/crm"


def may(pattern: str, name: str) -> bool:
    """As RabbitMQ asks: the pattern may be found anywhere."""
    return re.search(pattern, name) is not None


def test_every_service_has_a_user_and_only_the_administrator_all_rights() -> None:
    document = json.loads(bus_users.definitions(Credentials.generate()))
    names = {f"crm_{service}" for service in DATABASES} | {"crm"}
    assert {user["name"] for user in document["users"]} == names == {row["user"] for row in document["permissions"]}
    assert {user["name"]: user["tags"] for user in document["users"] if user["tags"]} == {"crm": ["administrator"]}
    assert [row["user"] for row in document["permissions"] if ".*" in row.values()] == ["crm"]


def test_every_pattern_is_anchored_at_both_ends() -> None:
    for service in TABLE:
        rights = [bus_users.permissions(service), *bus_users.topic_permissions(service).values()]
        for pattern in (pattern for each in rights for pattern in each.values()):
            assert re.fullmatch(r"\^\(.*\)\$|\^\$", pattern), pattern


@pytest.mark.parametrize("service", TABLE)
def test_a_service_reaches_its_own_queues_and_no_others(service: str) -> None:
    rights = bus_users.permissions(service)
    for owner in TABLE:
        queues = ServiceQueues(owner)
        retries = [queues.retry(attempt + 1) or "" for attempt in range(len(RETRY_SECONDS))]
        names = [queues.exchange, queues.events, queues.dead, *retries, f"{owner}.reply.{new_id()}"]
        names += [f"rpc-{owner}"] if TABLE[owner].answers else []
        for name in names:
            for kind, pattern in rights.items():
                assert may(pattern, name) == (owner == service), (kind, name)
    for name in ("amq.default", "amq.topic", "amq.rabbitmq.trace", "amq.gen-x", "", f"x{service}.events.v2"):
        assert not any(may(pattern, name) for pattern in rights.values()), name
    assert not may(rights["configure"], "crm.events") and not may(rights["configure"], "nameko-rpc")


@pytest.mark.parametrize("service", TABLE)
def test_routing_keys_are_the_rows_of_the_table(service: str) -> None:
    voice, rights = TABLE[service], bus_users.topic_permissions(service)
    for event in {event for each in TABLE.values() for event in each.tells} | {"#", "*.*", "deal.*", "", "x.deal.won"}:
        assert may(rights["crm.events"]["write"], event) == (event in voice.tells or (not event and not voice.tells))
        assert may(rights["crm.events"]["read"], event) == (event in voice.hears or (not event and not voice.hears))
    for call in {call for each in TABLE.values() for call in each.asks}:
        assert may(rights["nameko-rpc"]["write"], call) == (call in voice.asks)
        assert not may(rights["nameko-rpc"]["read"], call)
    for other in TABLE:
        assert may(rights["nameko-rpc"]["read"], f"{other}.*") == (other == service and voice.answers)
        assert may(rights["nameko-rpc"]["read"], f"{other}.reply.{new_id()}") == (other == service)
    assert not may(rights["nameko-rpc"]["read"], "#") and not may(rights["nameko-rpc"]["read"], f"{service}.reply.#")


def test_the_password_is_kept_as_rabbitmq_keeps_it_and_the_text_stays_the_same() -> None:
    credentials = Credentials.generate()
    text = bus_users.definitions(credentials)
    assert text == bus_users.definitions(credentials)
    for user in json.loads(text)["users"]:
        raw = base64.b64decode(user["password_hash"])
        service = user["name"].removeprefix("crm_")
        password = credentials.bus_passwords.get(service, credentials.amqp_password)
        assert raw[4:] == hashlib.sha256(raw[:4] + password.encode()).digest()
        assert password not in text


def test_secrets_from_before_the_bus_had_users_are_completed_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    older = {name: value for name, value in asdict(Credentials.generate()).items() if name != "bus_passwords"}
    path.write_text(json.dumps(older))
    loaded = Credentials.load(path)
    assert set(loaded.bus_passwords) == set(DATABASES)
    assert loaded.database_passwords == older["database_passwords"]
    assert Credentials.load(path) == loaded and path.stat().st_mode & 0o777 == 0o600


def test_a_password_that_is_taken_out_is_made_anew(tmp_path: Path) -> None:
    first = Credentials.load(tmp_path / "secrets.json")
    kept = json.loads((tmp_path / "secrets.json").read_text())
    del kept["bus_passwords"]["deals"]
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    second = Credentials.load(tmp_path / "secrets.json")
    changed = {name for name in DATABASES if first.bus_passwords[name] != second.bus_passwords[name]}
    assert changed == {"deals"}


def environments(tmp_path: Path, urls: Urls) -> Environments:
    ports = Ports.of(StatePaths(tmp_path), [row.name for row in PROGRAMS])
    return Environments(StatePaths(tmp_path), ports, Credentials.generate(), urls, {}, {})


def test_each_process_logs_in_as_its_service(tmp_path: Path) -> None:
    parts = environments(tmp_path, Urls("postgresql://postgres:pw@127.0.0.1:1/postgres", AMQP, own_users=True))
    passwords = parts.credentials.bus_passwords
    for service in DATABASES:
        environment = parts.of(service, f"{service}-worker")
        assert environment["AMQP_URL"] == f"amqp://crm_{service}:{passwords[service]}@127.0.0.1:2/crm"
        assert not [name for name in DATABASES if name != service and passwords[name] in json.dumps(environment)]
    assert "AMQP_URL" not in parts.of("sandbox", "sandbox")


def test_a_given_broker_has_one_user_until_it_is_said_to_have_more(tmp_path: Path) -> None:
    given = {"CRM_POSTGRES_URL": "postgresql://postgres:pw@127.0.0.1:1/postgres", "CRM_AMQP_URL": AMQP}
    shared = environments(tmp_path, EnvironmentInfrastructure(given).urls)
    assert {shared.of(service, f"{service}-worker")["AMQP_URL"] for service in DATABASES} == {AMQP}
    own = environments(tmp_path, EnvironmentInfrastructure(given | {"CRM_AMQP_OWN_USERS": "1"}).urls)
    assert own.of("deals", "deals-worker")["AMQP_URL"].startswith("amqp://crm_deals:")


def test_the_users_of_a_given_broker_are_for_its_own_virtual_host() -> None:
    document = bus_users.users(Credentials.generate(), "/")
    rows = [*document["permissions"], *document["topic_permissions"], *document["exchanges"]]
    assert {row["vhost"] for row in rows} == {"/"}
    assert "crm" not in {user["name"] for user in document["users"]}
