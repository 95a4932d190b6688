"""Where the sandbox listens, which keys it expects and where it posts webhooks to; read once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """The environment lacks something; the message names every missing variable."""


@dataclass(frozen=True)
class Settings:
    """One sandbox. An empty webhook URL means that nobody listens and nothing is posted."""

    host: str
    directory: Path
    stripe_port: int
    whatsapp_port: int
    gemini_port: int
    mail_port: int
    smtp_port: int
    stripe_api_key: str
    stripe_webhook_secret: str
    stripe_webhook_url: str
    whatsapp_token: str
    whatsapp_phone_number_id: str
    whatsapp_app_secret: str
    whatsapp_verify_token: str
    whatsapp_webhook_url: str
    gemini_api_key: str  # empty: any key is taken
    log_level: str


REQUIRED = {
    "directory": "SANDBOX_DIR",
    "stripe_port": "SANDBOX_STRIPE_PORT",
    "whatsapp_port": "SANDBOX_WHATSAPP_PORT",
    "gemini_port": "SANDBOX_GEMINI_PORT",
    "mail_port": "SANDBOX_MAIL_PORT",
    "smtp_port": "SANDBOX_SMTP_PORT",
    "stripe_api_key": "STRIPE_API_KEY",
    "stripe_webhook_secret": "STRIPE_WEBHOOK_SECRET",
    "whatsapp_token": "WHATSAPP_TOKEN",
    "whatsapp_phone_number_id": "WHATSAPP_PHONE_NUMBER_ID",
    "whatsapp_app_secret": "WHATSAPP_APP_SECRET",
    "whatsapp_verify_token": "WHATSAPP_VERIFY_TOKEN",
}


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables. Raises SettingsError with all that is missing or no port number."""
    missing = [name for name in REQUIRED.values() if not environ.get(name)]
    if missing:
        raise SettingsError(f"not set: {', '.join(missing)}")
    value = {field: environ[name] for field, name in REQUIRED.items()}
    return Settings(
        host=environ.get("SANDBOX_HOST") or "127.0.0.1",
        directory=Path(value["directory"]),
        stripe_port=_port(value, "stripe_port"),
        whatsapp_port=_port(value, "whatsapp_port"),
        gemini_port=_port(value, "gemini_port"),
        mail_port=_port(value, "mail_port"),
        smtp_port=_port(value, "smtp_port"),
        stripe_api_key=value["stripe_api_key"],
        stripe_webhook_secret=value["stripe_webhook_secret"],
        stripe_webhook_url=environ.get("STRIPE_WEBHOOK_URL", ""),
        whatsapp_token=value["whatsapp_token"],
        whatsapp_phone_number_id=value["whatsapp_phone_number_id"],
        whatsapp_app_secret=value["whatsapp_app_secret"],
        whatsapp_verify_token=value["whatsapp_verify_token"],
        whatsapp_webhook_url=environ.get("WHATSAPP_WEBHOOK_URL", ""),
        gemini_api_key=environ.get("GEMINI_API_KEY", ""),
        log_level=environ.get("LOG_LEVEL") or "INFO",
    )


def _port(value: Mapping[str, str], field: str) -> int:
    text = value[field]
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"{REQUIRED[field]} is no port number: {text!r}")
    return int(text)
