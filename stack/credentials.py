"""Passwords, signing keys and shared secrets of one stack: generated once, kept in a file only its owner can read."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stack.paths import write_private

DATABASES = ("clients", "deals", "billing", "notifications", "ai", "gateway")
# Key in stack.json -> name and role of the demo people.
PEOPLE = {
    "admin": ("Alex Morgan", "admin"),
    "sales": ("John Smith", "sales"),
    "sales2": ("Jessica Lee", "sales"),
    "finance": ("Maria Garcia", "finance"),
    "manager": ("David Kim", "manager"),
}
MAIL_DOMAIN = "amo-ai.example"


@dataclass(frozen=True)
class Credentials:
    """Everything secret of one stack. `signing_keys` are private Ed25519 keys as JWK, `kid` the service's name."""

    postgres_password: str
    amqp_password: str
    erlang_cookie: str
    database_passwords: dict[str, str]
    signing_keys: dict[str, dict[str, str]]
    link_secret: str
    mailed_link_key: str
    second_factor_key: str
    stripe_api_key: str
    stripe_webhook_secret: str
    whatsapp_token: str
    whatsapp_phone_number_id: str
    whatsapp_app_secret: str
    whatsapp_verify_token: str
    demo_password: str
    bus_passwords: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Credentials:
        """Read the stack's secrets; generate and keep them at the first call, and those that are missing at any."""
        kept = json.loads(path.read_text()) if path.exists() else {}
        made = asdict(cls.generate())
        whole = made | kept | {"bus_passwords": made["bus_passwords"] | kept.get("bus_passwords", {})}
        if whole != kept:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, json.dumps(whole, indent=2))
        return cls(**whole)

    @classmethod
    def generate(cls) -> Credentials:
        """A new set. Passwords hold only characters that need no quoting in URLs and configuration files."""
        return cls(
            postgres_password=secrets.token_hex(16),
            amqp_password=secrets.token_hex(16),
            erlang_cookie=secrets.token_hex(16),
            database_passwords={name: secrets.token_hex(16) for name in DATABASES},
            signing_keys={name: signing_key(name) for name in DATABASES},
            link_secret=secrets.token_hex(32),
            mailed_link_key=secrets.token_hex(32),
            second_factor_key=secrets.token_hex(32),
            stripe_api_key="sk_test_" + secrets.token_hex(16),
            stripe_webhook_secret="whsec_" + secrets.token_hex(24),
            whatsapp_token=secrets.token_hex(24),
            whatsapp_phone_number_id=str(secrets.randbelow(9 * 10**14) + 10**14),
            whatsapp_app_secret=secrets.token_hex(16),
            whatsapp_verify_token=secrets.token_hex(16),
            demo_password="demo-" + secrets.token_hex(6),
            bus_passwords={name: secrets.token_hex(16) for name in DATABASES},
        )

    @property
    def public_keys(self) -> str:
        """JSON Web Key Set with every service's public key."""
        keys = [{name: key[name] for name in key if name != "d"} for key in self.signing_keys.values()]
        return json.dumps({"keys": keys}, separators=(",", ":"))

    def private_key(self, service: str) -> str:
        """The service's own signing key as JWK JSON."""
        return json.dumps(self.signing_keys[service], separators=(",", ":"))

    @property
    def users(self) -> dict[str, dict[str, str]]:
        """Log-ins of the demo people as they stand in stack.json."""
        return {key: {"email": f"{key}@{MAIL_DOMAIN}", "password": self.demo_password} for key in PEOPLE}

    @property
    def demo_users(self) -> list[dict[str, Any]]:
        """The demo people as `seed-users` reads them."""
        return [{**self.users[key], "name": name, "role": role} for key, (name, role) in PEOPLE.items()]


def signing_key(service: str) -> dict[str, str]:
    """A new Ed25519 key pair as private JWK (RFC 8037)."""
    key = Ed25519PrivateKey.generate()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": service,
        "x": unpadded(key.public_key().public_bytes_raw()),
        "d": unpadded(key.private_bytes_raw()),
    }


def unpadded(raw: bytes) -> str:
    """Base64url without padding, as JWK wants it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
