"""Picks where PostgreSQL and RabbitMQ come from."""

from __future__ import annotations

from collections.abc import Mapping

from stack.credentials import Credentials
from stack.infrastructure import Infrastructure
from stack.infrastructure.docker import DockerInfrastructure
from stack.infrastructure.from_environment import EnvironmentInfrastructure
from stack.infrastructure.native import NativeInfrastructure
from stack.packages import source_of
from stack.paths import StatePaths, write_private
from stack.ports import Ports
from stack.supervisor import Supervisor


def choose(
    paths: StatePaths,
    ports: Ports,
    credentials: Credentials,
    supervisor: Supervisor,
    caller: Mapping[str, str],
) -> Infrastructure:
    """URLs in the environment, else a Docker engine that answers, else programs of this machine.

    A stack keeps its first choice (it has its data there) until it is reset, unless URLs are given.
    """
    memory = paths.state / "infrastructure"
    given = bool(caller.get("CRM_INFRASTRUCTURE") or (caller.get("CRM_POSTGRES_URL") and caller.get("CRM_AMQP_URL")))
    kind = memory.read_text() if memory.exists() and not given else source_of(caller)
    if kind == "environment":
        return EnvironmentInfrastructure(caller)
    write_private(memory, kind)
    if kind == "docker":
        return DockerInfrastructure(paths, ports, credentials)
    return NativeInfrastructure(paths, ports, credentials, supervisor, fast=caller.get("CRM_STACK_FAST") == "1")
