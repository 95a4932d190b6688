"""Where pages find the stream, and whose pages may read it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.gateway.live.address import address_for, is_ours
from services.gateway.settings import GatewaySettings

PORT = ":8001/live/events"


@pytest.mark.parametrize(
    ("live_url", "host", "address"),
    [
        ("", "crm.example", ""),
        ("/live/events", "crm.example", "/live/events"),
        (PORT, "127.0.0.1:8000", "http://127.0.0.1:8001/live/events"),
        (PORT, "[::1]:8000", "http://[::1]:8001/live/events"),
        ("https://live.example/live/events", "crm.example", "https://live.example/live/events"),
    ],
)
def test_the_address(live_url: str, host: str, address: str) -> None:
    assert address_for(live_url, "http", host) == address


@pytest.mark.parametrize(
    ("origin", "live_url", "ours"),
    [
        ("https://crm.example", "/live/events", True),
        ("http://127.0.0.1:8001", "/live/events", True),
        ("http://127.0.0.1:8000", PORT, True),
        ("http://127.0.0.1:8000", "/live/events", False),
        ("https://evil.example", PORT, False),
        ("https://crm.example.evil.example", PORT, False),
        ("null", PORT, False),
        ("http://[", PORT, False),
        ("", PORT, False),
    ],
)
def test_whose_pages(origin: str, live_url: str, ours: bool) -> None:
    assert is_ours(origin, "https://crm.example", "127.0.0.1:8001", live_url) is ours


@pytest.mark.parametrize("wrong", ["live", "ftp://x/y", ":port/x", "/a b", "/x;script-src *", "https://x"])
def test_an_address_that_would_not_fit_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValidationError, match="LIVE_URL"):
        GatewaySettings(
            database_url="", amqp_url="", actor_jwks="", actor_private_key="", link_secret="", live_url=wrong
        )
