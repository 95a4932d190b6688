"""The answering side of a call, and how answers and problems travel: without a broker."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from psycopg import errors as pg
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from libs.common.identity import Actor, Signer, Verifier, system_actor
from libs.common.problems import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Unauthorized,
    Unavailable,
)
from libs.common.rpc import wire
from libs.common.rpc.client import Call, _result
from libs.common.rpc.server import PUBLIC, CurrentCall, Operations, RpcService, as_problem, method
from tests.support.actors import ADMIN, FINANCE, JOHN, jwks, private_jwk


class OutOfPrint(Exception):
    field = "title"


class BooksRpc(Operations, RpcService):
    name = "books"
    permissions = {"books.read": frozenset({"admin", "sales"}), "operate": frozenset({"admin"})}  # noqa: RUF012
    errors = {OutOfPrint: Invalid}  # noqa: RUF012

    @method("books.read")
    def find(self, title: str, copies: int = 1) -> dict[str, Any]:
        if isinstance(title, Exception):
            raise title
        return {"title": title, "copies": copies, "by": self.actor.name, "reference": self.context.correlation_id}

    @method(PUBLIC)
    def hello(self) -> str:
        return "hello"


def call(
    name: str, actor: Actor | None = JOHN, *args: Any, headers: dict[str, Any] | None = None, **kwargs: Any
) -> Any:
    """Call as nameko does: headers as context data, the reply as JSON on the wire."""
    service = BooksRpc()
    signer = Signer(private_jwk(actor.name if actor and actor.is_system else "gateway"))
    data = {wire.ACTOR: signer.sign(actor)} if actor else {}
    runtime: Any = SimpleNamespace(verifier=Verifier(jwks()), database=None)
    service.current = CurrentCall(runtime, data | (headers or {}))
    try:
        answer = getattr(service, name)(*args, **kwargs)
        reply = {"result": answer, "error": None}
    except wire.ProblemReply as problem:
        error = {"exc_type": type(problem).__name__, "exc_args": list(problem.args), "value": str(problem)}
        reply = {"result": None, "error": error}
    return _result(orjson.loads(orjson.dumps(reply)))


def test_an_answer_travels() -> None:
    answer = call("find", JOHN, title="Emma", headers={wire.CORRELATION: "ref-1"})
    assert answer == {"title": "Emma", "copies": 1, "by": "John Smith", "reference": "ref-1"}


@pytest.mark.parametrize(
    ("raised", "kind", "field"),
    [
        (NotFound("no such book"), NotFound, None),
        (Invalid("too short", field="title"), Invalid, "title"),
        (OutOfPrint("out of print"), Invalid, "title"),
        (StaleDataError(), Conflict, None),
        (IntegrityError("x", {}, pg.UniqueViolation("dup")), Conflict, None),
        (OperationalError("x", {}, pg.AdminShutdown("going down")), Unavailable, None),
        (OperationalError("x", {}, pg.OperationalError("gone")), Unavailable, None),
        (InterfaceError("x", {}, pg.InterfaceError("gone")), Unavailable, None),
        (ZeroDivisionError("secret detail"), Problem, None),
    ],
    ids=lambda value: getattr(value, "__name__", None) or type(value).__name__,
)
def test_what_is_raised_arrives_as_a_problem(raised: Exception, kind: type[Problem], field: str | None) -> None:
    problem = call("find", JOHN, title=raised)
    assert type(problem) is kind and problem.field == field
    assert "secret" not in problem.detail


@pytest.mark.parametrize(
    ("actor", "kind"), [(None, Unauthorized), (FINANCE, Forbidden), (system_actor("deals"), Forbidden), (ADMIN, dict)]
)
def test_only_who_holds_the_permission_is_answered(actor: Actor | None, kind: type) -> None:
    assert isinstance(call("find", actor, title="Emma"), kind)


def test_a_public_method_still_needs_an_actor_but_no_role() -> None:
    assert call("hello", FINANCE) == "hello" and call("ping", FINANCE) == "pong"
    assert isinstance(call("hello", None), Unauthorized)


@pytest.mark.parametrize("data", [{wire.ACTOR: "forged"}, {wire.ACTOR: None}, {wire.ACTOR: 5}])
def test_a_forged_actor_is_refused(data: dict[str, Any]) -> None:
    assert isinstance(call("find", None, headers=data, title="Emma"), Unauthorized)


def test_a_late_call_is_not_begun() -> None:
    late = call("find", JOHN, title=ZeroDivisionError(), headers={wire.DEADLINE: str(time.time() - 1)})
    assert type(late) is DeadlineExceeded
    assert call("find", JOHN, title="Emma", headers={wire.DEADLINE: str(time.time() + 5)})["copies"] == 1


@pytest.mark.parametrize("arguments", [{}, {"titel": "Emma"}, {"title": "Emma", "copies": 1, "more": 2}])
def test_arguments_that_do_not_fit_are_invalid(arguments: dict[str, Any]) -> None:
    assert type(call("find", JOHN, **arguments)) is Invalid


@pytest.mark.parametrize("name", ["readiness", "trace", "list_dead_letters", "replay_dead_letter"])
def test_operations_are_for_those_who_operate(name: str) -> None:
    assert type(call(name, JOHN)) is Forbidden


def test_headers_carry_what_there_is() -> None:
    made = wire.headers({wire.ACTOR: "token", wire.CAUSATION: None, wire.KEY: ""})
    assert made == {"nameko.actor": "token", "nameko.idempotency_key": ""}


@pytest.mark.parametrize("kind", ["MethodNotFound", "IncorrectSignature", "MalformedRequest", "RuntimeError"])
def test_what_nameko_itself_answers_is_a_problem(kind: str) -> None:
    found = _result({"result": None, "error": {"exc_type": kind, "exc_args": [], "value": "nope"}})
    assert type(found) is Problem and found.status == 500


def test_a_call_names_itself() -> None:
    assert str(Call("deals", "move_stage", {"deal_id": "x"})) == "deals.move_stage"


def test_an_unknown_error_says_nothing_of_itself() -> None:
    assert "password" not in as_problem(RuntimeError("password=hunter2"), {}).detail
