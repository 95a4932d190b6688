"""The gateway over HTTP in this process, with services written by hand behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.problems import Problem, Unavailable
from libs.common.rpc.client import Call
from libs.common.runtime import Runtime
from services.gateway.accounts import sessions
from services.gateway.accounts.client import Client
from services.gateway.app import routed, settle
from services.gateway.models import users
from services.gateway.settings import GatewaySettings
from tests.contracts.samples_of import sample, unlike
from tests.support.delivering import told

PASSWORD = "correct horse battery"
ROLES = ("admin", "sales", "finance", "manager")
KEYS = {"mailed_link_key": "a1" * 32, "second_factor_key": "b2" * 32}


@cache
def password_hash() -> str:
    """A hash that is checked fast; real ones are slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass
class Asked:
    """One call as a service got it."""

    context: Context
    method: str
    arguments: dict[str, Any]


@dataclass
class Services:
    """What RpcClient is to the gateway. ``answers["deals.get_deal"]`` is what that method answers, a problem to raise,
    or a function of its arguments; what nobody prepared answers nothing at all."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, context: Context, service: str, method: str, *, seconds: float = 10.0, **arguments: Any) -> Any:
        answer = self.call_many(context, [Call(service, method, arguments)], seconds=seconds)[0]
        if isinstance(answer, Problem):
            raise answer
        return answer

    def call_many(self, context: Context, calls: Sequence[Call], *, seconds: float = 10.0) -> list[Any]:
        assert context.remaining(seconds) > 0
        return [self._answer(context, call) for call in calls]

    def close(self) -> None:
        """Nothing to close."""

    def _answer(self, context: Context, call: Call) -> Any:
        arguments = orjson.loads(orjson.dumps(dict(call.arguments)))  # what cannot travel fails here too
        with self._lock:
            self.asked.append(Asked(context, str(call), arguments))
        answer = self.answers.get(str(call), Unavailable(f"{call.service} is not running"))
        if not callable(answer):
            return answer
        try:
            return answer(**arguments)
        except Problem as problem:
            return problem

    def last(self, method: str) -> Asked:
        return [each for each in self.asked if each.method == method][-1]


@pytest.fixture
def rpc() -> Services:
    return Services()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test module changes of the gateway's settings."""
    return {}


@pytest.fixture
def runtime(runtime_of: Any, rpc: Services, settings: dict[str, Any]) -> Iterator[Runtime[Any]]:
    made = runtime_of("gateway", GatewaySettings, **KEYS | settings)
    made.__dict__["rpc"] = rpc
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == [], event.type


@pytest.fixture(scope="session")
def application() -> Flask:
    return routed()


@pytest.fixture
def app(application: Flask, runtime: Runtime[Any]) -> Flask:
    return settle(application, runtime)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def new_user(runtime: Runtime[Any]) -> Callable[..., str]:
    """``new_user("sales")``: the id of somebody who can sign in with PASSWORD."""

    def make(role: str = "sales", email: str | None = None, active: bool = True) -> str:
        user_id = new_id()
        now = runtime.clock.now()
        row = {"id": user_id, "email": email or f"{role}@amoai.example", "name": role.title(), "role": role}
        times = {"created_at": now, "updated_at": now, "version": 1}
        with runtime.database.engine.begin() as connection:
            made = row | times | {"locale": "en", "active": active, "password_hash": password_hash()}
            connection.execute(insert(users).values(made))
        return user_id

    return make


@pytest.fixture
def bearer(app: Flask, runtime: Runtime[Any], new_user: Callable[..., str]) -> Callable[..., dict[str, str]]:
    """``bearer("admin")``: headers of somebody in that role; ``bearer(user_id=…)``: of that person."""

    def headers(role: str = "sales", user_id: str | None = None) -> dict[str, str]:
        user_id = user_id or new_user(role, f"{role}-{new_id()}@amoai.example")
        with runtime.database.unit_of_work(runtime.own_context()) as uow:
            person = uow.session.execute(users.select().where(users.c.id == user_id)).one()
            opened = sessions.open_session(uow, runtime.settings, person, Client("127.0.0.1", "test"))
        return {"Authorization": f"Bearer {app.extensions['access_tokens'].issue(opened['session_id'])}"}

    return headers


def problem(answer: Any, status: int, field: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal, after a look at its form."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = orjson.loads(answer.data)
    assert document["status"] == status and document["detail"] and document["title"] and document["type"]
    assert document["correlation_id"] == answer.headers["X-Correlation-Id"]
    if field is not None:
        assert field in [fault["field"] for fault in document["errors"]], document
    return document
