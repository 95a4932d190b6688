"""PostgreSQL and RabbitMQ for tests: containers where a Docker engine answers, this machine's programs otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.application import Options, Stack

ROOT = Path(__file__).parents[2]


def engine_answers() -> bool:
    """Whether a Docker engine can be asked."""
    import docker

    try:
        docker.from_env(timeout=2).ping()
    except Exception:  # no engine, no rights, no socket: all mean "not here"
        return False
    return True


@contextmanager
def test_stack(state_dir: Path, options: Options) -> Iterator[Stack]:
    """A stack of its own for tests, empty at first and forgotten afterwards."""
    with _containers() as settings:
        stack = Stack(state_dir, options)
        stack._caller |= settings
        stack.reset()
        try:
            yield stack
        finally:
            stack.reset()


@contextmanager
def _containers() -> Iterator[dict[str, str]]:
    """The servers' addresses when they run in containers, nothing when they are given or native."""
    if os.environ.get("CRM_POSTGRES_URL") or not engine_answers():
        yield {}
        return
    from testcontainers.postgres import PostgresContainer
    from testcontainers.rabbitmq import RabbitMqContainer

    with PostgresContainer("postgres:16", driver=None) as postgres, RabbitMqContainer("rabbitmq:3.13") as rabbit:
        parameters = rabbit.get_connection_params()
        amqp = f"amqp://guest:guest@{parameters.host}:{parameters.port}/%2F"
        yield {"CRM_POSTGRES_URL": postgres.get_connection_url(), "CRM_AMQP_URL": amqp}
