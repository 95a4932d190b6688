"""Where the live process is, as pages and browsers say it, and which origins may ask it."""

from __future__ import annotations

from urllib.parse import urlsplit

PATH = "/live/events"


def address_for(live_url: str, scheme: str, host: str) -> str:
    """The stream's address for a page that was asked for at ``scheme://host``; "" where there is none.

    live_url: a path (a proxy leads it to the live process), ``:8001/live/events`` (the page's host, another port), or a
    whole address.
    """
    if live_url.startswith(":"):
        return f"{scheme}://{hostname(host)}{live_url}"
    return live_url


def source_for(live_url: str, scheme: str, host: str) -> str:
    """What a page's policy has to let it connect to beyond itself: an origin, or ""."""
    parts = urlsplit(address_for(live_url, scheme, host))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def is_ours(origin: str, public_url: str, host: str, live_url: str) -> bool:
    """Whether pages of an origin are ours: the public address, the host that was asked, or, where pages and stream
    differ in the port alone, that host under any port."""
    try:
        asked, same_host = urlsplit(origin), hostname(urlsplit(origin).netloc) == hostname(host)
    except ValueError:
        return False
    if asked.scheme not in ("http", "https"):
        return False
    if asked.netloc.lower() in (urlsplit(public_url).netloc.lower(), host.lower()):
        return True
    return live_url.startswith(":") and asked.netloc != "" and same_host


def hostname(host: str) -> str:
    """A ``Host`` without its port; an IPv6 address keeps its brackets."""
    found = urlsplit(f"//{host}").hostname or ""
    return f"[{found}]" if ":" in found else found
