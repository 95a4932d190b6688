"""What the gateway reads from its environment beyond the common settings."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

from libs.common.sealing import key_of
from libs.common.settings import ServiceSettings


class DemoUser(BaseModel):
    """Somebody who can log in as soon as the stack is up."""

    email: str
    password: str
    name: str
    role: str


class GatewaySettings(ServiceSettings):
    """access_minutes: life of an access token; refresh_days: of a session that is not used.

    intake_rate_limit: forms one address may send, in the notation of ``limits`` ("30/minute"); forms from this
    machine itself are not counted. intake_origins: web origins whose browsers may post forms, separated by commas.
    trusted_proxies: how many proxies in front of us append to X-Forwarded-For.
    sandbox_inbox_url: where the stand-ins show what was mailed; pages link to it in development.
    invitation_days, reset_minutes: life of the links that are mailed. reset_rate_limit: how many resets may be asked
    for one address; ten times as many from one place.
    second_factor_key: what TOTP secrets are encrypted under at rest. mailed_link_key: what the tokens of mailed links
    are encrypted under on their way to notifications. Both are 64 hexadecimal digits.
    sso_*: an OpenID Connect provider. sso_roles: ``crm-admins=admin, crm-sales=sales``, values of the claim and what
    they make of a person, the first that fits; without any, roles are the CRM's own and nobody new gets in.
    sso_domains: the e-mail domains people may come from, separated by commas; none given, any.
    live_url: where pages find the live process: a path, ":8001/live/events" for the pages' host under another port, or
    a whole address; none given, pages ask every half minute. live_host, live_port: where that process listens (no host
    given: http_host). live_check_seconds: how often it looks whether the sessions of its streams still live.
    """

    http_host: str = "127.0.0.1"
    http_port: int = 8000
    http_workers: int = 2
    http_threads: int = 8
    access_minutes: int = 30
    refresh_days: int = 30
    login_failures: int = 10
    login_failure_minutes: int = 15
    intake_rate_limit: str = "30/minute"
    intake_origins: str = ""
    trusted_proxies: int = 0
    sandbox_inbox_url: str = ""
    max_body_bytes: int = 2_000_000
    max_document_bytes: int = 50_000_000
    invitation_days: int = 7
    reset_minutes: int = 60
    reset_rate_limit: str = "5/hour"
    second_factor_key: str = ""
    mailed_link_key: str = ""
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_client_secret: str = ""
    sso_label: str = "SSO"
    sso_role_claim: str = "groups"
    sso_roles: str = ""
    sso_domains: str = ""
    live_url: str = ""
    live_host: str = ""
    live_port: int = 8001
    live_check_seconds: float = 60.0
    demo_users: list[DemoUser] = Field(default_factory=list)

    @field_validator("sso_issuer")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        # What comes from there is believed: only a provider of this machine may do without TLS.
        parts = urlsplit(value)
        if value and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("SSO_ISSUER is an address that begins with https://")
        return value

    @field_validator("live_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"(https?://[^/\s;,']+|:\d+|)/[^\s;,']*", value):
            raise ValueError("LIVE_URL is a path, :port/path or an address that begins with http:// or https://")
        return value

    @field_validator("second_factor_key", "mailed_link_key")
    @classmethod
    def _a_key(cls, value: str) -> str:
        if value:
            key_of(value)
        return value

    @property
    def sso_is_on(self) -> bool:
        """Whether people may sign in elsewhere."""
        return bool(self.sso_issuer and self.sso_client_id)
