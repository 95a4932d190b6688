"""Servers made of programs of this machine: a private PostgreSQL cluster and a private RabbitMQ node."""

from __future__ import annotations

import os
import signal

from stack import processes
from stack.credentials import Credentials
from stack.databases import close_common_databases
from stack.infrastructure import InfrastructureError, Urls
from stack.infrastructure.postgres import PostgresCluster
from stack.infrastructure.rabbitmq import RabbitNode
from stack.infrastructure.readiness import wait_for_postgres, wait_for_rabbitmq
from stack.paths import StatePaths
from stack.ports import LOOPBACK, Ports
from stack.supervisor import Supervisor

NAMES = ("postgres", "epmd", "rabbitmq")
OUTAGE_SECONDS = 30.0


class NativeInfrastructure:
    """Runs both under the stack's supervisor. The methods below `forget` inject faults, for tests and drills."""

    kind = "native"
    port_names = ("postgres", "amqp", "amqp_dist", "epmd")

    def __init__(
        self, paths: StatePaths, ports: Ports, credentials: Credentials, supervisor: Supervisor, fast: bool = False
    ) -> None:
        self._paths, self._ports, self._credentials = paths, ports, credentials
        self._supervisor, self._fast = supervisor, fast

    @property
    def urls(self) -> Urls:
        """Loopback only, each with a generated password."""
        secrets = self._credentials
        return Urls(
            f"postgresql://postgres:{secrets.postgres_password}@{LOOPBACK}:{self._ports['postgres']}/postgres",
            f"amqp://crm:{secrets.amqp_password}@{LOOPBACK}:{self._ports['amqp']}/crm",
            own_users=True,
        )

    def ensure(self) -> None:
        """Create both if need be, put them under the supervisor and wait until they let us log in."""
        self._cluster.prepare()
        self._node.prepare()
        self._supervisor.apply([self._cluster.program(), *self._node.programs()])
        self._supervisor.start_processes(NAMES)
        try:
            wait_for_postgres(self.urls.postgres)
            wait_for_rabbitmq(self.urls.amqp)
        except InfrastructureError as error:
            raise InfrastructureError(f"{error}\n{self._last_lines()}") from error
        close_common_databases(self.urls.postgres)

    def is_running(self) -> bool:
        """True while the supervisor keeps them: they run, or are about to again."""
        return set(NAMES) <= set(self._supervisor.states())

    def stop(self) -> None:
        """Stop both, clients first having been stopped by the caller."""
        if self._supervisor.is_running():
            self._supervisor.stop(NAMES)

    def forget(self) -> None:
        """Remove the data of both."""
        self._cluster.forget()
        self._node.forget()

    def kill_rabbitmq(self) -> int:
        """kill -9 of the Erlang machine; the supervisor starts it again. Returns the killed pid."""
        return self._kill("rabbitmq", signal.SIGKILL)

    def stop_rabbitmq(self) -> None:
        """Stop the broker and leave it down."""
        self._supervisor.stop(["rabbitmq"])

    def start_rabbitmq(self) -> None:
        """Start a stopped broker and wait for it."""
        self._supervisor.start_processes(["rabbitmq"])
        self.wait_for_rabbitmq()

    def restart_rabbitmq(self) -> None:
        """Stop the broker in good order and start it again."""
        self.stop_rabbitmq()
        self.start_rabbitmq()

    def wait_for_rabbitmq(self) -> None:
        """Wait until the broker lets us log in."""
        wait_for_rabbitmq(self.urls.amqp, OUTAGE_SECONDS)

    def kill_postgres(self) -> int:
        """kill -9 of the postmaster; the supervisor starts it again. Returns the killed pid."""
        return self._kill("postgres", signal.SIGKILL)

    def restart_postgres_immediately(self) -> int:
        """Immediate shutdown (SIGQUIT: no checkpoint, recovery at the next start) and restart; the old pid."""
        pid = self._kill("postgres", signal.SIGQUIT)
        self.wait_for_postgres()
        return pid

    def wait_for_postgres(self) -> None:
        """Wait until PostgreSQL answers a query."""
        wait_for_postgres(self.urls.postgres, OUTAGE_SECONDS)

    def control_environment(self) -> dict[str, str]:
        """Environment for RabbitMQ's own command-line tools against this node."""
        return self._node.environment()

    def _kill(self, name: str, number: signal.Signals) -> int:
        """Signal a process of ours and wait until that very process is gone."""
        process = processes.identify(self._supervisor.pid(name) or -1)
        if process is None:
            raise InfrastructureError(f"{name} does not run")
        os.kill(process.pid, number)
        if not processes.wait_until(lambda: not processes.is_alive(process), OUTAGE_SECONDS):
            raise InfrastructureError(f"{name} survived {number.name}")
        return process.pid

    def _last_lines(self) -> str:
        lines = []
        for name in ("postgres", "rabbitmq"):
            log = self._paths.logs / f"{name}.log"
            if log.exists():
                tail = log.read_text(errors="replace").splitlines()[-12:]
                lines += [f"--- {log}", *tail]
        return "\n".join(lines)

    @property
    def _cluster(self) -> PostgresCluster:
        return PostgresCluster(self._paths, self._ports["postgres"], self._credentials, self._fast)

    @property
    def _node(self) -> RabbitNode:
        return RabbitNode(self._paths, self._ports, self._credentials)
