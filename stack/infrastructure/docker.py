"""Servers in containers: `docker compose up -d postgres rabbitmq` with this stack's own project name and ports."""

from __future__ import annotations

import base64
import json
import os
import subprocess

from stack import bus_users
from stack.credentials import Credentials
from stack.databases import close_common_databases
from stack.infrastructure import InfrastructureError, Urls
from stack.infrastructure.readiness import wait_until_ready
from stack.paths import ROOT, StatePaths
from stack.ports import LOOPBACK, Ports

PULL_SECONDS = 900
SERVERS = ("postgres", "rabbitmq")


class DockerInfrastructure:
    """One compose project per state folder."""

    kind = "docker"
    port_names = ("postgres", "amqp")

    def __init__(self, paths: StatePaths, ports: Ports, credentials: Credentials) -> None:
        self._paths, self._ports, self._credentials = paths, ports, credentials

    @property
    def urls(self) -> Urls:
        """Published on loopback."""
        secrets = self._credentials
        return Urls(
            f"postgresql://postgres:{secrets.postgres_password}@{LOOPBACK}:{self._ports['postgres']}/postgres",
            f"amqp://crm:{secrets.amqp_password}@{LOOPBACK}:{self._ports['amqp']}/crm",
            own_users=True,
        )

    def ensure(self) -> None:
        """Start the two containers and wait for them."""
        self._compose("up", "-d", *SERVERS)
        wait_until_ready(self.urls, hint="(see: docker compose logs)")
        close_common_databases(self.urls.postgres)

    def is_running(self) -> bool:
        """True when both containers run."""
        answer = self._compose("ps", "--services", "--status", "running")
        return set(SERVERS) <= set(answer.split())

    def stop(self) -> None:
        """Stop and remove the containers; their volumes stay."""
        self._compose("down")

    def forget(self) -> None:
        """Remove the volumes too."""
        self._compose("down", "--volumes")

    def _compose(self, *arguments: str) -> str:
        command = ["docker", "compose", "-p", f"amo-crm-{self._paths.instance}", "-f", str(ROOT / "docker-compose.yml")]
        try:
            answer = subprocess.run(
                [*command, *arguments],
                env={**os.environ, **compose_settings(self._credentials, self._ports)},
                capture_output=True,
                text=True,
                timeout=PULL_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InfrastructureError(f"docker compose {arguments[0]}: {error}") from error
        if answer.returncode:
            raise InfrastructureError(f"docker compose {arguments[0]} failed: {answer.stderr.strip()[-800:]}")
        return answer.stdout


def compose_settings(credentials: Credentials, ports: Ports) -> dict[str, str]:
    """The variables docker-compose.yml asks for, all of them: compose reads the whole file for any command.

    The keys of Stripe and WhatsApp are not among them: an `.env` with those means the real ones.
    """
    secrets = credentials
    return {
        "POSTGRES_PASSWORD": secrets.postgres_password,
        # In base64: neither compose nor a shell may read the patterns' dollar signs.
        "RABBITMQ_DEFINITIONS": base64.b64encode(bus_users.definitions(secrets).encode()).decode(),
        "POSTGRES_PORT": str(ports["postgres"]),
        "AMQP_PORT": str(ports["amqp"]),
        "HTTP_PORT": str(ports["http"]),
        **{f"{name.upper()}_DB_PASSWORD": value for name, value in secrets.database_passwords.items()},
        **{f"{name.upper()}_AMQP_PASSWORD": value for name, value in secrets.bus_passwords.items()},
        "ACTOR_JWKS": secrets.public_keys,
        **{f"{name.upper()}_ACTOR_PRIVATE_KEY": secrets.private_key(name) for name in secrets.signing_keys},
        "LINK_SECRET": secrets.link_secret,
        "MAILED_LINK_KEY": secrets.mailed_link_key,
        "SECOND_FACTOR_KEY": secrets.second_factor_key,
        "STRIPE_WEBHOOK_SECRET": secrets.stripe_webhook_secret,
        "WHATSAPP_PHONE_NUMBER_ID": secrets.whatsapp_phone_number_id,
        "WHATSAPP_APP_SECRET": secrets.whatsapp_app_secret,
        "WHATSAPP_VERIFY_TOKEN": secrets.whatsapp_verify_token,
        "DEMO_USERS": json.dumps(secrets.demo_users),
    }
