"""Pages of the gateway, asked for by somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.gateway.conftest import PASSWORD
from tests.gateway.page_answers import ANSWERS


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str], rpc: Any) -> FlaskClient:
    """An admin at a browser, with services that answer every page's calls."""
    new_user("admin")
    rpc.answers |= ANSWERS
    assert http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD}).status_code == 303
    return http
