"""The guide of somebody who is new in sales."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from services.gateway.api import guide as api
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("guide")


@pages.post("/guide/review", who=SALES)
def review() -> Any:
    """Go to the first client; its details are looked at then."""
    found = api.review()["guide"] or {}
    return done(f"/clients/{found['client_id']}" if found.get("client_id") else "/")


@pages.post("/guide/close", who=SALES)
def close() -> Any:
    """Put it away."""
    api.close()
    return done("/", Toast(_("The guide is put away")))
