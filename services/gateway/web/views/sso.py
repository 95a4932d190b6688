"""Signing in at the company's own provider."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from libs.common.problems import NotFound, Problem
from services.gateway.accounts import cookies, sessions, sso, sso_people
from services.gateway.accounts.client import own_unit
from services.gateway.api import requests as r
from services.gateway.settings import GatewaySettings
from services.gateway.web import shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, local
from services.gateway.web.views import session

pages = Pages("sso")

COOKIE = "crm_sso"
_SECONDS = 600


@pages.get("/sso", who=None)
def begin() -> Any:
    """Send the browser to the provider; what its way back is checked by stays in a cookie."""
    settings = _configured()
    try:
        url, kept = sso.begin(settings)
    except Problem as problem:
        return _refused(problem)
    response = make_response(redirect(url, 303))
    value = _serializer(settings).dumps(kept | {"next": local(request.args.get("next", ""))})
    secure = cookies.is_secure(settings, request)
    # Lax: the way back begins on the provider's site.
    response.set_cookie(COOKIE, str(value), max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure, path="/sso")
    return response


@pages.get(sso.CALLBACK, who=None)
def come_back() -> Any:
    """Check the provider's answer and open a session. The second factor is the provider's matter."""
    settings, kept, database = _configured(), _kept(), r.gateway().database
    try:
        claims = sso.identity(settings, kept, request.args)
        with own_unit(database) as uow:
            person = sso_people.enter(uow, settings, claims)
            opened = sessions.open_session(uow, settings, person, r.client(), "web")
    except Problem as problem:
        return _refused(problem)
    response = session.finished(opened, Form({"next": kept.get("next", "")}))
    response.delete_cookie(COOKIE, path="/sso")
    return response


def _configured() -> GatewaySettings:
    settings = r.gateway().settings
    if not settings.sso_is_on:
        raise NotFound("there is no such page")
    return settings


def _kept() -> dict[str, str]:
    try:
        found: dict[str, str] = _serializer(r.gateway().settings).loads(
            request.cookies.get(COOKIE, ""), max_age=_SECONDS
        )
    except BadSignature:
        return {}
    return found


def _refused(problem: Problem) -> Response:
    response = shell.page("login.html", problem.status, form=Form().refused(problem))
    response.delete_cookie(COOKIE, path="/sso")
    return response


def _serializer(settings: GatewaySettings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.link_secret, salt="sso")
