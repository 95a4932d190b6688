"""What each process finds in its environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stack import bus_users
from stack.credentials import MAIL_DOMAIN, Credentials
from stack.databases import service_url
from stack.infrastructure import Urls
from stack.paths import ROOT, StatePaths
from stack.ports import LOOPBACK, Ports
from stack.processes import MARKER

# Set by the person who calls `make up`, handed on as they are: setting -> default (empty: left unset).
COMMON = {
    "BUSINESS_TZ": "America/New_York",
    "BASE_CURRENCY": "USD",
    "COMPANY_NAME": "AMO AI",
    "COMPANY_ADDRESS": "",
    "COMPANY_EMAIL": f"hello@{MAIL_DOMAIN}",
    "PAYMENT_INSTRUCTIONS": "",
    "LOG_LEVEL": "INFO",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
}
BILLING = ("PAYMENT_TERMS_DAYS",)
CLIENTS = (
    "DEFAULT_COUNTRY",
    "AUTO_MERGE_DUPLICATES",
    "IMPORT_MAX_ROWS",
    "IMPORT_KEPT_DAYS",
    "WORKING_HOURS",
    "MEETING_NOTICE_MINUTES",
    "LEAD_ANSWER_MINUTES",
    "FOLLOW_UP_DAYS",
)
DEALS = ("STAGNANT_DAYS",)
STRIPE = ("STRIPE_API_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET")
WHATSAPP = (
    "WHATSAPP_API_BASE",
    "WHATSAPP_TOKEN",
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
)
WHATSAPP_SENDING = (
    "WHATSAPP_API_VERSION",
    "WHATSAPP_BUSINESS_ACCOUNT_ID",
    "WHATSAPP_BRIEF_TEMPLATE",
    "WHATSAPP_BRIEF_LANGUAGES",
    "WHATSAPP_PAIR_SECONDS",
    "WHATSAPP_PER_SECOND",
    "WHATSAPP_SECONDS",
    "WHATSAPP_MEDIA_BYTES",
    "DEFAULT_COUNTRY",
)
AI = (
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_MODEL",
    "GEMINI_TIMEOUT_SECONDS",
    "GEMINI_ATTEMPTS",
    "GEMINI_PATIENCE_SECONDS",
    "GEMINI_WAITING_SECONDS",
    "GEMINI_PRICES",
    "AI_DAILY_BUDGET",
    "AI_USER_DAILY_BUDGET",
)
GATEWAY = {
    "HTTP_HOST": LOOPBACK,
    "HTTP_WORKERS": "2",
    "HTTP_THREADS": "8",
    "INTAKE_RATE_LIMIT": "",
    "INTAKE_ORIGINS": "",
    "TRUSTED_PROXIES": "",
    "INVITATION_DAYS": "",
    "RESET_MINUTES": "",
    "RESET_RATE_LIMIT": "",
    "SSO_ISSUER": "",
    "SSO_CLIENT_ID": "",
    "SSO_CLIENT_SECRET": "",
    "SSO_LABEL": "",
    "SSO_ROLE_CLAIM": "",
    "SSO_ROLES": "",
    "SSO_DOMAINS": "",
}
OBJECT_STORE = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT", "AWS_ENDPOINT_URL")
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def settings_of_caller(environment: Mapping[str, str] = os.environ, root: Path = ROOT) -> dict[str, str]:
    """The caller's settings: the optional `.env` at the root, overridden by the environment."""
    return read_env_file(root / ".env") | {name: value for name, value in environment.items() if value}


def read_env_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines; quotes around a value and `export` before a name are dropped, `#` lines skipped."""
    settings: dict[str, str] = {}
    for line in path.read_text().splitlines() if path.is_file() else []:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            settings[name.strip()] = value.strip().strip("'\"")
    return settings


def inherited(caller: Mapping[str, str]) -> dict[str, str]:
    """What a process needs of the caller's shell, and no more: one service's keys are not another's."""
    kept = {name: caller[name] for name in (*INHERITED, *PROXIES) if name in caller}
    if any(name in kept for name in PROXIES):
        kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, (caller.get("NO_PROXY"), LOOPBACK, "localhost")))
    return kept


@dataclass(frozen=True)
class Environments:
    """Builds each process's environment from the stack's parts; `overrides` go to every process last."""

    paths: StatePaths
    ports: Ports
    credentials: Credentials
    urls: Urls
    caller: Mapping[str, str]
    overrides: Mapping[str, str]

    @property
    def base_url(self) -> str:
        """Where the gateway listens, without a path."""
        return f"http://{LOOPBACK}:{self.ports['http']}"

    @property
    def live_url(self) -> str:
        """Where the gateway's live process listens, without a path."""
        return f"http://{LOOPBACK}:{self.ports['gateway_live']}"

    @property
    def sandbox_urls(self) -> dict[str, str]:
        """The stand-ins as stack.json names them."""
        names = ("mail", "stripe", "whatsapp", "gemini")
        return {f"{name}_url": f"http://{LOOPBACK}:{self.ports['sandbox_' + name]}" for name in names}

    def amqp_url(self, service: str) -> str:
        """The broker's URL for one service: with its own log-in where the broker knows one."""
        if not self.urls.own_users:
            return self.urls.amqp
        return bus_users.service_url(self.urls.amqp, service, self.credentials)

    def of(self, service: str, process: str) -> dict[str, str]:
        """Environment of a process of `service` (or of the sandbox), without what it inherits."""
        common = {MARKER: str(self.paths.state), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        special = self._special(service)
        if process == "gateway-http":
            special |= {"PROMETHEUS_MULTIPROC_DIR": str(self.paths.metrics)}
        if service != "sandbox":
            special = self._of_every_service(service, process) | special
        return common | special | dict(self.overrides)

    def _special(self, service: str) -> dict[str, str]:
        """What only this service's processes get."""
        builders = {
            "clients": lambda: self._given(CLIENTS),
            "deals": lambda: self._given(DEALS),
            "billing": lambda: self.stripe | self._given(BILLING),
            "notifications": self._notifications,
            "ai": lambda: self._given(AI),
            "gateway": self._gateway,
            "sandbox": self._sandbox,
        }
        return builders[service]() if service in builders else {}

    def _of_every_service(self, service: str, process: str) -> dict[str, str]:
        health = f"health:{process}"
        settings = {name: self.caller.get(name, default) for name, default in COMMON.items()}
        store = self.caller.get("OBJECT_STORE_URL") or self.paths.objects.as_uri()
        if urlsplit(store).scheme != "file":
            settings |= self._given(OBJECT_STORE)
        return {name: value for name, value in settings.items() if value} | {
            "DATABASE_URL": service_url(self.urls.postgres, service, self.credentials),
            "AMQP_URL": self.amqp_url(service),
            "ACTOR_JWKS": self.credentials.public_keys,
            "ACTOR_PRIVATE_KEY": self.credentials.private_key(service),
            "OBJECT_STORE_URL": store,
            "LINK_SECRET": self.credentials.link_secret,
            "PUBLIC_URL": self.caller.get("PUBLIC_URL") or self.base_url,
            "HEALTH_PORT": str(self.ports[health]) if process else "0",
        }

    def _given(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: self.caller[name] for name in names if self.caller.get(name)}

    def _notifications(self) -> dict[str, str]:
        account = {"WHATSAPP_BUSINESS_ACCOUNT_ID": SANDBOX_ACCOUNT} if not self.caller.get("WHATSAPP_TOKEN") else {}
        return (
            account
            | self.whatsapp
            | self._given(WHATSAPP_SENDING)
            | {
                "MAILED_LINK_KEY": self.credentials.mailed_link_key,
                "SMTP_URL": self.caller.get("SMTP_URL") or f"smtp://{LOOPBACK}:{self.ports['sandbox_smtp']}",
                "MAIL_FROM": self.caller.get("MAIL_FROM") or f"AMO AI <crm@{MAIL_DOMAIN}>",
            }
        )

    def _gateway(self) -> dict[str, str]:
        settings = {name: self.caller.get(name, default) for name, default in GATEWAY.items()}
        return {name: value for name, value in settings.items() if value} | {
            "HTTP_PORT": str(self.ports["http"]),
            "LIVE_PORT": str(self.ports["gateway_live"]),
            "LIVE_URL": self.caller.get("LIVE_URL") or f":{self.ports['gateway_live']}/live/events",
            "MAILED_LINK_KEY": self.credentials.mailed_link_key,
            "SECOND_FACTOR_KEY": self.caller.get("SECOND_FACTOR_KEY") or self.credentials.second_factor_key,
            "DEMO_USERS": json.dumps(self.credentials.demo_users),
            # Only where mail stays here: with a server of the caller's the inbox would show nothing.
            "SANDBOX_INBOX_URL": "" if self.caller.get("SMTP_URL") else self.sandbox_urls["mail_url"],
        }

    def _sandbox(self) -> dict[str, str]:
        ports = {f"SANDBOX_{name.upper()}_PORT": str(self.ports[f"sandbox_{name}"]) for name in SANDBOX_PORTS}
        hooks = f"{self.base_url}/api/v1/webhooks"
        return ports | {
            "SANDBOX_HOST": LOOPBACK,
            "SANDBOX_DIR": str(self.paths.state / "sandbox"),
            "STRIPE_WEBHOOK_URL": f"{hooks}/stripe",
            "WHATSAPP_WEBHOOK_URL": f"{hooks}/whatsapp",
            "STRIPE_API_KEY": self.credentials.stripe_api_key,
            "STRIPE_WEBHOOK_SECRET": self.stripe["STRIPE_WEBHOOK_SECRET"],
            **self.whatsapp,
        }

    @property
    def stripe(self) -> dict[str, str]:
        """The real Stripe when the caller gave a key, else the stand-in."""
        if self.caller.get("STRIPE_API_KEY"):
            secret = {"STRIPE_WEBHOOK_SECRET": self.credentials.stripe_webhook_secret}
            return secret | self._given(STRIPE)
        return {
            "STRIPE_API_KEY": self.credentials.stripe_api_key,
            "STRIPE_API_BASE": self.sandbox_urls["stripe_url"],
            "STRIPE_WEBHOOK_SECRET": self.credentials.stripe_webhook_secret,
        }

    @property
    def whatsapp(self) -> dict[str, str]:
        """The real WhatsApp when the caller gave a token, else the stand-in."""
        generated = {
            "WHATSAPP_PHONE_NUMBER_ID": self.credentials.whatsapp_phone_number_id,
            "WHATSAPP_APP_SECRET": self.credentials.whatsapp_app_secret,
            "WHATSAPP_VERIFY_TOKEN": self.credentials.whatsapp_verify_token,
        }
        if self.caller.get("WHATSAPP_TOKEN"):
            return generated | self._given(WHATSAPP)
        stand_in = {"WHATSAPP_TOKEN": self.credentials.whatsapp_token}
        return generated | stand_in | {"WHATSAPP_API_BASE": self.sandbox_urls["whatsapp_url"]}


# Any account has the stand-in's templates.
SANDBOX_ACCOUNT = "102290129340398"
SANDBOX_PORTS = ("stripe", "whatsapp", "gemini", "mail", "smtp")
