"""Small secrets that have to lie somewhere for a while, encrypted under a key that lies elsewhere.

AES-256-GCM with a random nonce. What a secret belongs to is authenticated with it, so that one row's secret cannot be
put into another's place.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32


class SealBroken(Exception):
    """This was not sealed under this key for this purpose."""


class Sealer:
    """Seals and opens under one key: 64 hexadecimal digits."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(key_of(key))

    def seal(self, secret: str, about: str) -> str:
        """The secret as text that may lie in a database; ``about``: what it belongs to."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, secret.encode(), about.encode())
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, about: str) -> str:
        """The secret again; SealBroken under another key, for another purpose, or when it was changed."""
        try:
            raw = base64.urlsafe_b64decode(sealed.encode())
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("this cannot be opened with the key at hand") from None


def key_of(text: str) -> bytes:
    """The bytes of a key; ValueError for anything but 64 hexadecimal digits."""
    try:
        key = binascii.unhexlify(text)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("a key is 64 hexadecimal digits")
    return key
