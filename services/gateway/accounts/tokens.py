"""Tokens that open something: 256 random bits, of which only the SHA-256 is kept.

A hash without salt or stretching is enough for what nobody can guess (NIST SP 800-63B section 5.1.1.2 asks for more
only of secrets that people choose).
"""

from __future__ import annotations

import hashlib
import secrets

from libs.common.problems import Conflict
from libs.common.sealing import Sealer


def fresh() -> str:
    """A new token, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed_for_mail(key: str, token: str, about: str) -> str:
    """The token as it may travel to notifications; Conflict where no key is set for that.

    about: the id of what it opens, which the event names too.
    """
    if not key:
        raise Conflict("links cannot be mailed: the setting MAILED_LINK_KEY is missing")
    return Sealer(key).seal(token, about)
