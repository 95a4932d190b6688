"""A lead is made of a conversation once: the client is made under the key that the conversation has for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g

from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid
from services.gateway.api import conversations as api
from tests.support.actors import JESSICA, JOHN


class Services:
    """Notifications and clients, as far as making a lead asks them; a client is made once under a key."""

    def __init__(self) -> None:
        self.made: dict[str | None, tuple[Any, str]] = {}

    def call(self, context: Context, service: str, method: str, *, seconds: float, **given: Any) -> Any:
        if method == "begin_whatsapp_lead":
            return {"phone": "+15550123", "profile_name": None, "key": "the conversation's"}
        if method == "create_client":
            data, client_id = self.made.setdefault(context.idempotency_key, (given["data"], new_id()))
            if data != given["data"]:
                raise Invalid("this Idempotency-Key was used for another request", field="Idempotency-Key")
            return {"id": client_id}
        return {"items": []} if method == "list_contacts" else given


@pytest.fixture
def services() -> Services:
    return Services()


def lead(services: Services, who: Any, name: str = "Shops") -> Any:
    app = Flask(__name__)
    app.extensions["crm"] = SimpleNamespace(rpc=services)
    with app.test_request_context("/", method="POST"):
        g.signed_in = SimpleNamespace(actor=who)
        return api.make_lead(new_id(), api.Lead(first_name="Ann", company_name=name))


def test_each_request_gets_the_same_client(services: Services) -> None:
    made = [lead(services, JOHN)["client_id"] for _ in range(3)]
    assert len(set(made)) == 1 and list(services.made) == ["the conversation's"]


def test_another_name_meanwhile_is_a_clear_conflict(services: Services) -> None:
    lead(services, JESSICA)
    with pytest.raises(Conflict, match="a client was made of them just now"):
        lead(services, JESSICA, "Other")
