"""The stack on this machine's own PostgreSQL and RabbitMQ: isolation, healing, a clean end."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import psycopg
import pytest

from stack import processes
from stack.application import Stack
from stack.databases import create_databases
from stack.health import broker_answers
from stack.infrastructure import InfrastructureError, Urls
from stack.infrastructure.from_environment import EnvironmentInfrastructure
from stack.infrastructure.native import NativeInfrastructure
from stack.infrastructure.readiness import wait_for_rabbitmq
from stack.paths import SYSTEM_DATA
from stack.programs import DATABASES

pytestmark = pytest.mark.infrastructure


def native(stack: Stack) -> NativeInfrastructure:
    """The infrastructure with its fault methods."""
    assert isinstance(stack.infrastructure, NativeInfrastructure)
    return stack.infrastructure


def test_info_tells_programs_how_to_drive_the_stack(stack: Stack) -> None:
    info = stack.info
    assert set(info) == {
        "base_url",
        "live_url",
        "users",
        "webhooks",
        "sandbox",
        "databases",
        "amqp_url",
        "amqp_urls",
        "processes",
    }
    assert set(info["users"]) == {"admin", "sales", "sales2", "finance", "manager"}
    assert set(info["databases"]) == set(DATABASES)
    assert {"postgres", "rabbitmq", "epmd", "watchdog", "supervisord", "clients-rpc"} <= set(info["processes"])
    assert stack.paths.info.stat().st_mode & 0o077 == 0


def test_second_up_changes_nothing_and_is_quick(stack: Stack) -> None:
    before, started = stack.info["processes"], time.monotonic()
    stack.up()
    assert time.monotonic() - started < 5
    assert {name: stack.pid(name) for name in before} == before


def test_a_role_reaches_its_own_database_only(stack: Stack) -> None:
    urls = stack.info["databases"]
    for own in DATABASES:
        with psycopg.connect(urls[own]) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS owned (id int)")
        for other in (*(f"crm_{name}" for name in DATABASES if name != own), "postgres", "template1"):
            foreign = urls[own].rpartition("/")[0] + f"/{other}"
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(foreign)


def test_extensions_are_there_and_a_second_preparation_is_harmless(stack: Stack) -> None:
    create_databases(stack.infrastructure.urls.postgres, stack.credentials)
    with psycopg.connect(stack.info["databases"]["clients"]) as connection:
        names = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
        setting = connection.execute("SELECT current_setting('max_connections')").fetchone()
    assert {"pg_trgm", "unaccent"} <= names
    assert setting == ("400",)


def test_given_urls_are_used_as_they_are(stack: Stack) -> None:
    urls = stack.infrastructure.urls
    given = EnvironmentInfrastructure({"CRM_POSTGRES_URL": urls.postgres, "CRM_AMQP_URL": urls.amqp})
    given.ensure()
    given.stop()
    assert given.urls == Urls(urls.postgres, urls.amqp)
    assert stack.problems() == {}


def test_guest_is_refused_and_nothing_listens_beyond_loopback(stack: Stack) -> None:
    amqp = stack.info["amqp_url"]
    with pytest.raises(InfrastructureError):
        wait_for_rabbitmq(amqp.replace(amqp.split("//")[1].split("@")[0], "guest:guest"), seconds=0)
    ours = {stack.ports[name] for name in ("postgres", "amqp", "amqp_dist", "epmd", "http")}
    found = {(address, port) for address, port in listeners() if port in ours}
    assert {port for _, port in found} == ours
    assert {address for address, _ in found} <= {"0100007F", "00000000000000000000000001000000"}, "127.0.0.1 and ::1"


def listeners() -> list[tuple[str, int]]:
    """Listening TCP sockets as (address in hexadecimal, port); state 0A is LISTEN."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    pairs = [row[1].split(":") for row in rows if row[3] == "0A"]
    return [(address, int(port, 16)) for address, port in pairs]


def test_every_service_logs_in_to_the_broker_as_itself(stack: Stack) -> None:
    logins = stack.info["amqp_urls"]
    for name, url in logins.items():
        assert url.startswith(f"amqp://crm_{name}:")
        wait_for_rabbitmq(url, seconds=0)
    with pytest.raises(InfrastructureError):
        wait_for_rabbitmq(logins["deals"].replace("crm_deals", "crm_billing"), seconds=0)


@pytest.mark.parametrize("name", ["clients-rpc", "gateway-http", "epmd", "postgres", "rabbitmq", "watchdog"])
def test_a_killed_process_is_back_within_thirty_seconds(stack: Stack, name: str) -> None:
    old = stack.kill(name)
    stack.wait_process(name, other_than=old, seconds=30)
    stack.infrastructure.ensure()
    stack.wait_healthy(30)


def test_a_killed_supervisor_is_back_with_everything_it_ran(stack: Stack) -> None:
    old = stack.kill("supervisord")
    assert processes.wait_until(lambda: stack.pid("supervisord") not in (0, old) and not stack.problems(), 30)
    native(stack).wait_for_rabbitmq()
    assert processes.wait_until(lambda: stack.info["processes"]["supervisord"] == stack.pid("supervisord"), 10)


def test_postgres_recovers_from_an_immediate_shutdown(stack: Stack) -> None:
    url = stack.info["databases"]["deals"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        old = native(stack).restart_postgres_immediately()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM kept").fetchone() == (True,)
    assert stack.pid("postgres") not in (0, old)


def test_rabbitmq_stays_down_until_it_is_started(stack: Stack) -> None:
    infrastructure, port = native(stack), stack.ports["amqp"]
    infrastructure.stop_rabbitmq()
    assert not broker_answers("127.0.0.1", port)
    infrastructure.start_rabbitmq()
    assert broker_answers("127.0.0.1", port)


def test_changed_settings_restart_the_services_and_leave_the_servers(stack: Stack) -> None:
    before = stack.info["processes"]
    record = stack.paths.programs / "clients-rpc.json"
    record.write_text(record.read_text().replace('"digest": "', '"digest": "0'))
    (stack.paths.state / "up").write_text("older code")
    stack.up()
    assert stack.pid("clients-rpc") != before["clients-rpc"]
    assert {name: stack.pid(name) for name in ("postgres", "rabbitmq")} == {
        name: before[name] for name in ("postgres", "rabbitmq")
    }


def test_down_leaves_nothing_of_ours(stack: Stack) -> None:
    strangers = socket.create_server(("127.0.0.1", 0))
    stack.down()
    stack.down()
    assert_nothing_left(stack)
    assert strangers.getsockname()
    strangers.close()


def test_down_works_when_the_supervisor_and_the_watchdog_were_killed(stack: Stack) -> None:
    stack.kill("watchdog", signal.SIGSTOP)
    stack.kill("supervisord")
    stack.down()
    assert_nothing_left(stack)


def assert_nothing_left(stack: Stack) -> None:
    """No process, no socket, no listening port of this stack."""
    assert processes.marked(stack.paths.state) == []
    assert processes.working_in(stack.paths.postgres) == []
    assert not stack.paths.socket.exists()
    assert not stack.paths.info.exists()
    ours = {stack.ports[name] for name in ("postgres", "amqp", "amqp_dist", "epmd", "http")}
    assert {port for _, port in listeners()} & ours == set()


def test_reset_forgets_the_data_and_up_starts_anew(stack: Stack) -> None:
    password, data = stack.credentials.postgres_password, stack.paths.postgres
    stack.reset()
    assert not data.exists()
    assert sorted(path.name for path in stack.paths.state.iterdir()) == ["lock"]
    if os.geteuid() == 0:
        assert not (SYSTEM_DATA / data.parent.name).exists()
    stack.up()
    assert stack.credentials.postgres_password != password
