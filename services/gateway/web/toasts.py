"""Short messages after something was done, with the way back where there is one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Response, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from services.gateway.accounts import cookies
from services.gateway.api import requests as r

COOKIE = "crm_toast"
_SECONDS = 60


@dataclass(frozen=True)
class Toast:
    """text: what was done. undo: the address that takes it back, with what is posted there."""

    text: str
    undo: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    tone: str = ""


def keep(response: Response, toast: Toast) -> None:
    """Show it on the page that comes next."""
    value = _serializer().dumps(asdict(toast))
    secure = cookies.is_secure(r.gateway().settings, request)
    response.set_cookie(COOKIE, str(value), max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure)


def announce(response: Response, toast: Toast) -> None:
    """Show it on the page at hand, which asked by script."""
    response.headers["HX-Trigger"] = json.dumps({"toast": asdict(toast)})


def waiting() -> Toast | None:
    """The one that was kept for this page."""
    value = request.cookies.get(COOKIE)
    if not value:
        return None
    try:
        found: dict[str, Any] = _serializer().loads(value, max_age=_SECONDS)
    except BadSignature:
        return None
    return Toast(**found)


def shown(response: Response) -> None:
    """It was shown: do not show it again."""
    if request.cookies.get(COOKIE):
        response.delete_cookie(COOKIE)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(r.gateway().settings.link_secret, salt="toast")
