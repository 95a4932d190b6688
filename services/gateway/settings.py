"""What the gateway reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import BaseModel, Field

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
    demo_users: list[DemoUser] = Field(default_factory=list)
