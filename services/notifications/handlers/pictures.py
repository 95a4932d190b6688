"""The charts within a mail, drawn when it leaves: nothing of them has to be kept or forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from libs.common.logging import get_logger
from services.notifications import charts
from services.notifications.domain import Email
from services.notifications.ports import Inline, Painter

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, and what the template says of it: ``{src, alt, title, path}``."""

    inline: Inline
    shown: dict[str, Any]


def inline_pictures(painter: Painter | None, email: Email) -> list[Shown]:
    """The pictures of a mail; one that cannot be drawn is left out, since the mail says the same in words."""
    found: list[Shown] = []
    if painter is None:
        return found
    for each in email.context.get("charts") or ():
        try:
            found.append(_drawn(painter, each, email))
        except Exception:  # whatever is wrong with a picture, the mail matters more
            log.warning("a picture of a mail could not be drawn", chart=each.get("name"), exc_info=True)
    return found


def _drawn(painter: Painter, asked: dict[str, Any], email: Email) -> Shown:
    name = asked["name"]
    chart = charts.drawn(name, asked["data"], charts.Reader())
    picture = painter.svg(chart.spec, chart.alt)
    cid = f"{name}.{email.message_id.strip('<>')}"
    said = {"src": f"cid:{cid}", "alt": chart.alt, "title": asked["title"], "path": asked["path"]}
    return Shown(Inline(cid, f"{name}.png", painter.png(picture)), said)
