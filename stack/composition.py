"""Turns the table of programs into programs with environment, health check and ports, and into the jobs before them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stack.databases import service_url
from stack.environment import SANDBOX_PORTS, Environments, inherited
from stack.jobs import Job, address_of
from stack.ports import LOOPBACK
from stack.processes import MARKER
from stack.programs import DATABASES, HealthCheck, Program, Row, code_digest


def ports_of(row: Row) -> list[str]:
    """Names of the ports that a process listens on."""
    if row.service == "sandbox":
        return [f"sandbox_{part}" for part in SANDBOX_PORTS]
    own = {"gateway-http": ["http"], "gateway-live": ["gateway_live"]}
    return [f"health:{row.name}", *own.get(row.name, [])]


@dataclass(frozen=True)
class Composition:
    """The CRM's processes as one stack runs them."""

    environments: Environments
    rows: Sequence[Row]

    def programs(self) -> list[Program]:
        """Every process of the table, and the watchdog."""
        code = code_digest()
        return [*(self._program(row, code) for row in self.rows), self._watchdog(code)]

    def databases(self) -> list[str]:
        """Services of the table that own a database."""
        return sorted({row.service for row in self.rows} & set(DATABASES))

    def job(self, service: str, task: str) -> Job:
        """`python -m services.<service> <task>`."""
        module = next(row.module for row in self.rows if row.service == service)
        environment = inherited(self.environments.caller) | self.environments.of(service, "")
        return Job(f"{service} {task}", (sys.executable, "-m", module, task), environment)

    def demo_data(self) -> Job:
        """`python -m stack.demo_data`, which fills the running stack."""
        environment = inherited(self.environments.caller) | {"CRM_STATE_DIR": str(self.environments.paths.state)}
        return Job("demo data", (sys.executable, "-m", "stack.demo_data"), environment)

    def description(self, processes: dict[str, int]) -> dict[str, Any]:
        """The content of stack.json."""
        parts = self.environments
        postgres, credentials = parts.urls.postgres, parts.credentials
        return {
            "base_url": parts.base_url,
            "live_url": parts.live_url,
            "users": credentials.users,
            "webhooks": {
                "stripe_secret": parts.stripe["STRIPE_WEBHOOK_SECRET"],
                "whatsapp_app_secret": parts.whatsapp["WHATSAPP_APP_SECRET"],
                "whatsapp_verify_token": parts.whatsapp["WHATSAPP_VERIFY_TOKEN"],
                "whatsapp_phone_number_id": parts.whatsapp["WHATSAPP_PHONE_NUMBER_ID"],
            },
            "sandbox": parts.sandbox_urls,
            "databases": {name: service_url(postgres, name, credentials) for name in DATABASES},
            "amqp_url": parts.urls.amqp,
            "amqp_urls": {name: parts.amqp_url(name) for name in DATABASES},
            "processes": processes,
        }

    def _program(self, row: Row, code: str) -> Program:
        urls = self.environments.urls
        servers = [urls.postgres, urls.amqp] if row.needs_broker else [urls.postgres]
        return Program(
            name=row.name,
            argv=row.argv,
            env=self.environments.of(row.service, row.name),
            inherited=inherited(self.environments.caller),
            check=self._check(row),
            waits_for=() if row.service == "sandbox" else tuple(address_of(url) for url in servers),
            code=code,
        )

    def _check(self, row: Row) -> HealthCheck:
        parts = self.environments
        if row.service == "sandbox":
            ports = tuple(parts.ports[name] for name in ports_of(row) if name != "sandbox_mail")
            return HealthCheck(urls=(f"{parts.sandbox_urls['mail_url']}/messages",), ports=ports)
        if row.name == "gateway-http":
            return HealthCheck(urls=(f"{parts.base_url}/health",))
        if row.name == "gateway-live":
            return HealthCheck(urls=(f"{parts.live_url}/health",))
        return HealthCheck(urls=(f"http://{LOOPBACK}:{parts.ports['health:' + row.name]}/health",))

    def _watchdog(self, code: str) -> Program:
        state = str(self.environments.paths.state)
        return Program(
            name="watchdog",
            argv=(sys.executable, "-m", "stack.watchdog", state),
            env={MARKER: state, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            inherited=inherited(self.environments.caller),
            # It outlives supervisord, to start it again.
            death_signal=None,
            code=code,
        )
