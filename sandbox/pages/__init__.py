"""What the web pages of all stand-ins share: layout, style sheet, links to each other and the security headers."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, request

from sandbox.settings import Settings

# No script at all, nothing from another host. Forms may lead elsewhere: a paid checkout goes back to the shop.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def install(app: Flask, settings: Settings, current: str) -> None:
    """Give an app the shared pages; `current` is the tab it lights up: mail, stripe or whatsapp."""
    app.register_blueprint(
        Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/_static")
    )
    app.jinja_env.filters.update(moment=moment, initials=initials, shade=shade, money=money)

    @app.context_processor
    def shared() -> dict[str, object]:
        return {"tabs": _tabs(settings), "current": current}

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _tabs(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, label, address) of each tab, on the host the person already uses."""
    host = re.sub(r":\d+$", "", request.host)
    return [
        ("mail", "Mail", f"http://{host}:{settings.mail_port}/"),
        ("stripe", "Payments", f"http://{host}:{settings.stripe_port}/"),
        ("whatsapp", "WhatsApp", f"http://{host}:{settings.whatsapp_port}/"),
    ]


def moment(seconds: float) -> str:
    """Unix seconds as people read them, in UTC."""
    when = datetime.fromtimestamp(seconds, UTC)
    today = datetime.now(UTC).date()
    if when.date() == today:
        return when.strftime("%H:%M:%S")
    return when.strftime("%d %b %Y, %H:%M")


def initials(name: str) -> str:
    """Two letters for an avatar: of "Ada Lovelace" or "ada.lovelace@x" AL."""
    words: list[str] = re.findall(r"\w+", name.split("@", maxsplit=1)[0])
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def shade(name: str) -> int:
    """A number from 0 to 7 that stays the same for a name: the avatar's colour."""
    return hashlib.sha256(name.lower().encode()).digest()[0] % 8


ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())


def money(amount: int, currency: str) -> str:
    """Minor units as people read them: 6250000, "usd" is 62,500.00 USD."""
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    whole, part = divmod(amount, 10**digits)
    return f"{whole:,}" + (f".{part:0{digits}d}" if digits else "") + f" {currency.upper()}"
