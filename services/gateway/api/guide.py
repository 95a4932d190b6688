"""The first steps of somebody who is new in sales."""

from __future__ import annotations

from typing import Any, Literal

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes

routes = Routes("guide")


class GuideStep(d.Document):
    step: Literal["review", "meeting", "activity", "deal", "stage"]
    done_at: str | None


class Guide(d.Document):
    """``client_id`` is null until the first client is given."""

    client_id: str | None
    company_name: str | None
    steps: list[GuideStep]


class GuideAnswer(d.Document):
    guide: Guide | None


@routes.route("GET", "/me/guide", answers=GuideAnswer)
def get_guide() -> dict[str, Any]:
    """Your first steps, ticked by what you do; null where you have none."""
    return r.ask("notifications", "get_guide")


@routes.route("POST", "/me/guide/review", answers=GuideAnswer)
def review() -> dict[str, Any]:
    """You looked at your first client's details."""
    return r.ask("notifications", "review_guide")


@routes.route("POST", "/me/guide/close", answers=GuideAnswer)
def close() -> dict[str, Any]:
    """You need it no longer."""
    return r.ask("notifications", "close_guide")
