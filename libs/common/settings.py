"""What every process reads from its environment, once, at start."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import zone_names
from libs.common.money import exponent


class ServiceSettings(BaseSettings):
    """Settings common to all processes; a service adds its own in a subclass.

    company_*, payment_instructions: who we are and how we are paid, until somebody writes it down in the CRM itself.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str
    amqp_url: str
    actor_jwks: str
    actor_private_key: str
    object_store_url: str = "file:///tmp/amo-crm-objects"
    link_secret: str
    business_tz: str = "America/New_York"
    base_currency: str = "USD"
    company_name: str = "AMO AI"
    company_address: str = ""
    company_email: str = "hello@amoai.example"
    payment_instructions: str = ""
    public_url: str = "http://127.0.0.1:8000"
    log_level: str = "INFO"
    health_host: str = "127.0.0.1"
    health_port: int = 0
    database_pool: int = 10
    event_threads: int = 4
    job_threads: int = 4

    @field_validator("business_tz")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zone_names():
            raise ValueError(f"{value!r} is not an IANA time zone")
        return value

    @field_validator("base_currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        exponent(value)
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with the psycopg 3 driver named."""
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)


Settings = TypeVar("Settings", bound=ServiceSettings)


@cache
def load(kind: type[Settings]) -> Settings:
    """The settings of this process, read and checked once."""
    return kind()
