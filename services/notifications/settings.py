"""What the notifications service reads from its environment beyond the common settings."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from libs.common import settings
from libs.common.sealing import key_of
from libs.common.settings import ServiceSettings

# The sandbox in containers goes by its name.
_NEARBY = frozenset({"127.0.0.1", "localhost", "::1", "sandbox"})


class NotificationsSettings(ServiceSettings):
    """smtp_url: ``smtp://[user:password@]host[:port][?starttls=1]`` or ``smtps://…``; without it mails wait.

    mail_from: the sender, ``Name <address>``; the company's name and address unless set.
    smtp_seconds: how long one SMTP command may take. smtp_answer_seconds: how long the server may think about a
    whole mail before nobody can say whether it took it.
    mailed_link_key: what the tokens of mailed links are encrypted under on their way here, 64 hexadecimal digits.
    whatsapp_token, whatsapp_phone_number_id: without them nothing is sent. whatsapp_app_secret: without it no webhook
    is believed. whatsapp_pair_seconds: between two messages to one person; whatsapp_per_second: messages to all.
    whatsapp_brief_template: what is sent after a brief; whatsapp_brief_languages: in which languages, the first that is
    approved (``de, en``; ``en_US`` is an ``en``).
    whatsapp_seconds: how long WhatsApp's answer may take. default_country: how numbers without a country code are read.
    """

    smtp_url: str = ""
    mail_from: str = ""
    smtp_seconds: float = Field(default=20.0, gt=0)
    smtp_answer_seconds: float = Field(default=120.0, gt=0)
    mailed_link_key: str = ""
    whatsapp_api_base: str = "https://graph.facebook.com"
    whatsapp_api_version: str = "v23.0"
    whatsapp_token: str = ""
    whatsapp_phone_number_id: str = ""
    whatsapp_business_account_id: str = ""
    whatsapp_app_secret: str = ""
    whatsapp_verify_token: str = ""
    whatsapp_brief_template: str = "brief_received"
    whatsapp_brief_languages: str = "en"
    whatsapp_pair_seconds: float = Field(default=6.0, ge=0)
    whatsapp_per_second: float = Field(default=80.0, gt=0)
    whatsapp_seconds: float = Field(default=20.0, gt=0)
    whatsapp_media_bytes: int = Field(default=100_000_000, gt=0)
    default_country: str = "US"

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("SMTP_URL is smtp://host:port or smtps://host:port")
        return value

    @field_validator("mailed_link_key")
    @classmethod
    def _a_key(cls, value: str) -> str:
        if value:
            key_of(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if value and "@" not in parseaddr(value)[1]:
            raise ValueError("MAIL_FROM is one address, as in AMO AI <crm@amoai.example>")
        return value

    @model_validator(mode="after")
    def _room_in_the_pool(self) -> Self:
        # Each mail under way holds one connection for its answer and needs another for its transactions.
        if 2 * self.job_threads > self.database_pool:
            raise ValueError("JOB_THREADS is at most half of DATABASE_POOL")
        return self

    @property
    def smtp_is_stand_in(self) -> bool:
        """Whether the mail server is one of this machine on a port where no real one listens, as the sandbox's is."""
        parts = urlsplit(self.smtp_url)
        return parts.hostname in _NEARBY and parts.port not in (None, 25, 465, 587)

    @property
    def whatsapp_sends(self) -> bool:
        """Whether messages can be sent at all."""
        return bool(self.whatsapp_token and self.whatsapp_phone_number_id)

    @property
    def whatsapp_is_stand_in(self) -> bool:
        """Whether the Cloud API is the sandbox's."""
        return urlsplit(self.whatsapp_api_base).hostname in _NEARBY

    @property
    def brief_languages(self) -> list[str]:
        """The languages of the template after a brief, the one that is wanted most first."""
        return [each.strip() for each in self.whatsapp_brief_languages.split(",") if each.strip()] or ["en"]

    @property
    def sender(self) -> tuple[str, str]:
        """Name and address that mails come from."""
        return parseaddr(self.mail_from) if self.mail_from else (self.company_name, self.company_email)

    @property
    def mail_domain(self) -> str:
        """The domain of the sender's address, for Message-IDs and greetings."""
        return self.sender[1].rpartition("@")[2]


def current() -> NotificationsSettings:
    """The settings of this process."""
    loaded: NotificationsSettings = settings.load(NotificationsSettings)
    return loaded
