"""A session that ended while somebody typed: what they typed is kept, and sent once they have signed in again.

Nothing is stored: the form travels, signed, with the log-in page and comes back as a form that the person sends.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from services.gateway.accounts import cookies
from services.gateway.api import requests as r

_SECONDS = 3600
# What a log-in page can carry; a longer text would not pass the limit of a body on its way back.
_LARGEST = 400_000

Fields = list[tuple[str, str]]


def kept(request: Request) -> str:
    """The form at hand, signed; empty where there is none to keep."""
    if request.method != "POST" or request.files or request.path in ("/login", "/logout"):
        return ""
    # A password is typed once more, rather than carried through a page.
    if any("password" in name for name in request.form):
        return ""
    target = request.full_path.rstrip("?")
    made = str(_serializer().dumps([target, fields_of(request)]))
    return made if len(made) <= _LARGEST else ""


def fields_of(request: Request) -> Fields:
    """What was typed, without the token of the page it was typed into."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != cookies.TOKEN_FIELD]


def opened(signed: str) -> tuple[str, Fields] | None:
    """The address and the fields of a form that was kept; None for anything we did not sign."""
    try:
        target, fields = _serializer().loads(signed, max_age=_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(target), [(str(name), str(value)) for name, value in fields]


def _serializer() -> Any:
    return URLSafeTimedSerializer(r.gateway().settings.link_secret, salt="typed")
