"""Ending a kind of mail by the link that stands in it: without log-in, and by a mail program's click (RFC 8058)."""

from __future__ import annotations

from typing import Any

from services.gateway.api.reports import mailed as api
from services.gateway.web import shell
from services.gateway.web.routing import Pages

pages = Pages("unsubscribing")


@pages.get("/unsubscribe/<token>", who=None)
def ask(token: str) -> Any:
    """Opened: asks once more, since programs open links, too."""
    return shell.page("public/unsubscribe.html", token=token, found=api.subscription(token))


@pages.post("/unsubscribe/<token>", who=None)
def end(token: str) -> Any:
    """Pressed, or posted by a mail program: no more of these mails."""
    return shell.page("public/unsubscribe.html", token=token, found=api.end_subscription(token))
