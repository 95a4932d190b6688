"""How the system is: ways to the outside, processes, dead letters, and the way of one request through the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from libs.common.problems import NotFound, Problem
from services.gateway.api import conversations, integrations, operations
from services.gateway.web import shell
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.said import refusal, said
from services.gateway.web.toasts import Toast

pages = Pages("settings_operations")

_WIDTH = 1000.0


@pages.get("/settings/integrations", who=ADMIN)
def list_integrations() -> Any:
    """How each way to the outside stands: the last success, the real last error, the counts."""
    return shell.page("settings/integrations.html", found=integrations.list_integrations())


@pages.post("/settings/integrations/<name>/test", who=ADMIN)
def test_integration(name: str) -> Any:
    """Ask the outside itself whether it answers."""
    found = integrations.test_integration(name)
    text = _("It answers: %(message)s", message=said(found["message"])) if found["ok"] else refusal(found["message"])
    return done("/settings/integrations", Toast(text, tone="" if found["ok"] else "bad"))


@pages.post("/settings/integrations/whatsapp/templates", who=ADMIN)
def sync_templates() -> Any:
    """Fetch the templates that WhatsApp has approved, now instead of within the day."""
    try:
        found = conversations.sync_templates()
    except Problem as problem:
        return done("/settings/integrations", Toast(refusal(problem.detail), tone="bad"))
    text = ngettext("%(num)s template is here", "%(num)s templates are here", found["synced"])
    return done("/settings/integrations", Toast(text))


@pages.get("/settings/system", who=ADMIN)
def system() -> Any:
    """How each service is."""
    return shell.page("settings/system.html", found=operations.status())


@pages.get("/settings/dead-letters", who=ADMIN)
def dead_letters() -> Any:
    """Events that could not be applied, with the reason, to be sent again once it is mended."""
    return shell.page("settings/dead_letters.html", found=operations.list_dead_letters())


@pages.post("/settings/dead-letters/<uuid:letter_id>/replay", who=ADMIN)
def replay(letter_id: Any) -> Any:
    """Send one to its service again."""
    operations.replay_dead_letter(letter_id)
    return done("/settings/dead-letters", Toast(_("It was sent to its service again")))


@pages.get("/settings/traces", who=ADMIN)
def traces() -> Any:
    """One request's way through the services, as a waterfall."""
    reference, trace, problem = request.args.get("reference", "").strip()[:100], None, ""
    if reference:
        try:
            trace = operations.get_trace(reference)
        except NotFound as missing:
            problem = missing.detail
    with_bars = waterfall(trace["hops"]) if trace else []
    recent = operations.recent_requests()
    shown = {"reference": reference, "trace": trace, "hops": with_bars, "problem": problem, "recent": recent}
    return shell.page("settings/traces.html", 404 if problem else 200, **shown)


def waterfall(hops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each hop with where its bar begins and how long it is, in thousandths of the whole."""
    begins = [_instant(hop["at"]) for hop in hops]
    first = min(begins)
    ends = [(begin - first).total_seconds() * 1000 + (hop["ms"] or 0) for begin, hop in zip(begins, hops, strict=True)]
    whole = max([*ends, 1.0])
    rows = []
    for begin, hop in zip(begins, hops, strict=True):
        offset = (begin - first).total_seconds() * 1000
        length = max((hop["ms"] or 0) / whole * _WIDTH, 4)
        rows.append(hop | {"offset_ms": offset, "x": min(offset / whole * _WIDTH, _WIDTH - 4), "length": length})
    return rows


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
