"""A private RabbitMQ node with its own epmd, on loopback only, run in the foreground by the supervisor."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from stack.bus_users import definitions
from stack.credentials import Credentials
from stack.infrastructure import InfrastructureError
from stack.packages import rabbitmq_scripts
from stack.paths import StatePaths, write_private
from stack.ports import LOOPBACK, Ports
from stack.processes import MARKER
from stack.programs import Program

# Users, their rights and the shared exchanges are read from the definitions at every start; they replace `guest`.
CONFIG = """\
# Written at every start; changes are lost.
listeners.tcp.local = {host}:{port}
load_definitions = {definitions}
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 100MB
vm_memory_high_watermark.relative = 0.4
"""


class RabbitNode:
    """The node in a state folder."""

    def __init__(self, paths: StatePaths, ports: Ports, credentials: Credentials) -> None:
        self._paths, self._ports, self._credentials = paths, ports, credentials
        self._folder = paths.rabbitmq
        self.name = f"amo-{paths.instance}@{LOOPBACK}"

    def prepare(self) -> None:
        """Write the configuration, the users, the Erlang cookie and the (empty) list of plugins."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._definitions, definitions(self._credentials))
        settings = {"host": LOOPBACK, "port": self._ports["amqp"], "definitions": self._definitions}
        write_private(self._folder / "rabbitmq.conf", CONFIG.format(**settings))
        write_private(self._folder / "enabled_plugins", "[].\n")
        # Empty, so that the machine's own /etc/rabbitmq/rabbitmq-env.conf is not read.
        write_private(self._folder / "rabbitmq-env.conf", "")
        cookie = self._folder / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, self._credentials.erlang_cookie)
            cookie.chmod(0o400)

    def programs(self) -> tuple[Program, Program]:
        """epmd (Erlang's port mapper) and the node, which would otherwise leave an epmd of its own behind."""
        environment = self.environment()
        epmd = shutil.which("epmd") or str(self._erlang_root() / "bin" / "epmd")
        port = self._ports["epmd"]
        mapper = Program(
            name="epmd",
            argv=(epmd, "-port", str(port), "-address", LOOPBACK),
            env=environment,
            cwd=self._folder,
            is_infrastructure=True,
        )
        node = Program(
            name="rabbitmq",
            argv=(str(self._scripts() / "rabbitmq-server"),),
            env=environment,
            cwd=self._folder,
            waits_for=((LOOPBACK, port),),
            # Changed rights or passwords are read at a start.
            code=(self._folder / "rabbitmq.conf").read_text() + self._definitions.read_text(),
            is_infrastructure=True,
        )
        return mapper, node

    @property
    def _definitions(self) -> Path:
        return self._folder / "definitions.json"

    def environment(self) -> dict[str, str]:
        """Everything that keeps this node apart from any other on the machine; rabbitmqctl needs the same."""
        folder = self._folder
        return {
            MARKER: str(self._paths.state),
            "PATH": f"{self._scripts()}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self._ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(self._ports["amqp_dist"]),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._paths.logs),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # The start script then becomes the Erlang machine in place of waiting for it: one pid, signals arrive.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def forget(self) -> None:
        """Remove the node's data."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _scripts(self) -> Path:
        folder = rabbitmq_scripts()
        if folder is None:
            raise InfrastructureError("RabbitMQ is not installed (Debian's package: rabbitmq-server)")
        return folder

    def _erlang_root(self) -> Path:
        return Path(os.path.realpath(shutil.which("erl") or "/usr/bin/erl")).parent.parent
