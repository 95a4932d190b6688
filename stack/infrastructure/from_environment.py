"""Servers that somebody else runs: CRM_POSTGRES_URL (a role that may create roles and databases) and CRM_AMQP_URL.

AMQP cannot make users: all services use the log-in of CRM_AMQP_URL, until the broker was given the users that
`python3 -m stack bus-definitions` prints and CRM_AMQP_OWN_USERS=1 says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from stack.databases import drop_databases
from stack.infrastructure import InfrastructureError, Urls
from stack.infrastructure.readiness import wait_until_ready


class EnvironmentInfrastructure:
    """Uses what is there; starts and stops nothing."""

    kind = "environment"
    port_names: tuple[str, ...] = ()

    def __init__(self, caller: Mapping[str, str]) -> None:
        try:
            own_users = caller.get("CRM_AMQP_OWN_USERS") == "1"
            self.urls = Urls(caller["CRM_POSTGRES_URL"], caller["CRM_AMQP_URL"], own_users)
        except KeyError as missing:
            raise InfrastructureError(f"{missing.args[0]} is not set") from missing

    def ensure(self) -> None:
        """Check that both let us log in."""
        wait_until_ready(self.urls, seconds=30, hint="(check CRM_POSTGRES_URL and CRM_AMQP_URL)")

    def is_running(self) -> bool:
        """Not ours to judge: `ensure` finds out."""
        return True

    def stop(self) -> None:
        """Nothing of ours runs there."""

    def forget(self) -> None:
        """Drop the CRM's databases and roles. Queues stay: AMQP cannot delete a virtual host."""
        drop_databases(self.urls.postgres)
