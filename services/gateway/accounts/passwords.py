"""Passwords: argon2id, and the same time for a person we do not know."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from libs.common.problems import Invalid

MIN_LENGTH, MAX_LENGTH = 10, 200
# Judging takes longer the longer a password is, and what is this long is not on a list.
_JUDGED = 64
_SAFE = 3

# The second recommendation of RFC 9106 section 4: 64 MiB, three passes.
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def hashed(password: str, field: str = "password") -> str:
    """The hash to keep; Invalid for a password that is too short or too long, or among the first to be tried."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters", field=field)
    if _is_common(password):
        raise Invalid("this password is one of the first that are tried; choose another", field=field)
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one; for nobody's hash it takes as long and is False."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _is_common(password: str) -> bool:
    """Whether it stands on a list of passwords as it is, or is guessed as fast as one (NIST SP 800-63B, 5.1.1.2)."""
    found = zxcvbn(password[:_JUDGED])
    listed = [each.get("dictionary_name") for each in found["sequence"]] == ["passwords"]
    return found["score"] == 0 or (listed and found["score"] < _SAFE)


@cache
def _nobody() -> str:
    return _hasher.hash("the password of nobody at all")
