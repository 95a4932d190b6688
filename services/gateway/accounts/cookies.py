"""Browsers: one cookie that names the session, and the proof that a request was meant by the person at the page.

A cookie is sent by the browser whichever site asked for it, so every mutation that a cookie authenticates also
carries a token that only our own pages know, and comes from our own origin (OWASP, CSRF Prevention).
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Request, Response

from libs.common.problems import Forbidden
from services.gateway.settings import GatewaySettings

NAME = "crm_session"
TOKEN_FIELD, TOKEN_HEADER = "csrf_token", "X-CSRF-Token"
_UNSAFE = ("POST", "PATCH", "PUT", "DELETE")


class StaleToken(Forbidden):
    """Our own page asked, with the token of a session that has ended since."""


def csrf_token(settings: GatewaySettings, cookie: str) -> str:
    """The token of a session's pages: it tells nothing of the cookie."""
    key = hashlib.sha256(b"csrf:" + settings.link_secret.encode()).digest()
    return hmac.new(key, cookie.encode(), hashlib.sha256).hexdigest()


def check(settings: GatewaySettings, request: Request, cookie: str) -> None:
    """Forbidden unless a mutation comes from our own pages and carries their token."""
    if request.method not in _UNSAFE:
        return
    check_origin(settings, request)
    sent = request.headers.get(TOKEN_HEADER) or (
        request.form.get(TOKEN_FIELD, "") if request.mimetype != "application/json" else ""
    )
    if hmac.compare_digest(sent.encode(), csrf_token(settings, cookie).encode()):
        return
    ours = request.headers.get("Origin") is not None and bool(sent)
    # Only a browser's word that our own page asks makes a page with the right token a help and not a hole.
    raise (StaleToken if ours else Forbidden)("this page is too old to be sent; load it again and send it once more")


def check_origin(settings: GatewaySettings, request: Request) -> None:
    """Forbidden when a browser says that another site's page asks."""
    origin = request.headers.get("Origin")
    if origin is None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
            raise Forbidden("this was asked for by another website")
        return
    ours = {urlsplit(settings.public_url).netloc.lower(), request.host.lower()}
    if urlsplit(origin).netloc.lower() not in ours:
        raise Forbidden("this was asked for by another website")


def put(response: Response, settings: GatewaySettings, request: Request, token: str) -> None:
    """Give a browser its session."""
    age, secure = settings.refresh_days * 86_400, is_secure(settings, request)
    response.set_cookie(NAME, token, max_age=age, httponly=True, samesite="Lax", secure=secure, path="/")


def is_secure(settings: GatewaySettings, request: Request) -> bool:
    """Whether people reach us over TLS, which often ends at a proxy before us."""
    return request.is_secure or settings.public_url.startswith("https://")


def forget(response: Response) -> None:
    """Take the session from a browser."""
    response.delete_cookie(NAME, path="/")
