"""An admin who is signed in, and answers for all that pages of reports ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD
from tests.gateway.page_answers import ANSWERS


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str], rpc: Any) -> FlaskClient:
    rpc.answers |= ANSWERS
    new_user("admin")
    assert http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD}).status_code == 303
    return http


@pytest.fixture
def token(admin: FlaskClient, runtime: Any) -> dict[str, str]:
    cookie = admin.get_cookie(cookies.NAME)
    assert cookie is not None
    return {"csrf_token": cookies.csrf_token(runtime.settings, cookie.value)}
