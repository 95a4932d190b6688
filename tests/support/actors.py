"""Actors, keys and contexts for tests."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.common.context import Context
from libs.common.identity import Actor
from libs.common.ids import new_id

SERVICES = ("gateway", "clients", "deals", "billing", "notifications", "ai", "bookshop")

ADMIN = Actor("01920000-0000-7000-8000-00000000000a", "admin", "Ada Admin")
JOHN = Actor("01920000-0000-7000-8000-000000000001", "sales", "John Smith")
JESSICA = Actor("01920000-0000-7000-8000-000000000002", "sales", "Jessica Lee")
FINANCE = Actor("01920000-0000-7000-8000-0000000000f1", "finance", "Fiona Figures")
MANAGER = Actor("01920000-0000-7000-8000-0000000000e1", "manager", "Max Manager")


def system(service: str) -> Actor:
    return Actor(f"system:{service}", "system", service)


def context(actor: Actor, key: str | None = None) -> Context:
    return Context(actor=actor, idempotency_key=key or new_id())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def _keys() -> dict[str, dict[str, Any]]:
    keys = {}
    for name in SERVICES:
        key = Ed25519PrivateKey.generate()
        public = {"kty": "OKP", "crv": "Ed25519", "kid": name, "x": _text(key.public_key().public_bytes_raw())}
        keys[name] = public | {"d": _text(key.private_bytes_raw())}
    return keys


def private_jwk(service: str) -> str:
    return json.dumps(_keys()[service])


@cache
def jwks() -> str:
    return json.dumps({"keys": [{k: v for k, v in key.items() if k != "d"} for key in _keys().values()]})
