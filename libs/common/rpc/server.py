"""The answering side: a nameko service whose methods name their permission and run in one transaction."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast

import orjson
from nameko.extensions import DependencyProvider
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from libs.common import commands, dead_letters, health, trace
from libs.common.audit import reading as audit_log
from libs.common.audit import sealing
from libs.common.audit.plan import AuditPlan
from libs.common.context import Context
from libs.common.database import UnitOfWork, is_deadlock, is_outage
from libs.common.identity import Actor, on_behalf
from libs.common.logging import get_logger
from libs.common.problems import Conflict, Forbidden, Invalid, Problem, Unauthorized, Unavailable
from libs.common.rpc import wire
from libs.common.rpc.entrypoint import rpc
from libs.common.runtime import AnyRuntime
from libs.common.telemetry import RPC_SECONDS, tracer

log = get_logger(__name__)

# How often a command is run again after the database gave it up.
_DEADLOCKS = 3

Method = TypeVar("Method", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")

# Permissions that mean the same in every service.
PUBLIC = "public"
OPERATE = "operate"


class CallProvider(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Gives each call its context and the process's runtime."""

    def get_dependency(self, worker_ctx: Any) -> CurrentCall:
        return CurrentCall(self.container.config[wire.RUNTIME], worker_ctx.context_data)


class CurrentCall:
    """The call being answered."""

    def __init__(self, runtime: AnyRuntime, data: Mapping[str, Any]) -> None:
        self.runtime = runtime
        self._data = data

    @functools.cached_property
    def context(self) -> Context:
        """The verified context; Unauthorized where the actor's token is missing or false."""
        token = self._data.get(wire.ACTOR)
        if not isinstance(token, str):
            raise Unauthorized("this call carries no actor")
        deadline = self._data.get(wire.DEADLINE)
        actor = self.runtime.verifier.verify(token)
        found = Context(
            actor=actor,
            voucher=(actor, token),
            causation_id=self._data.get(wire.CAUSATION),
            idempotency_key=self._data.get(wire.KEY),
            deadline=float(deadline) if deadline else None,
            address=self._data.get(wire.ADDRESS),
        )
        correlation_id = self._data.get(wire.CORRELATION)
        return replace(found, correlation_id=correlation_id) if correlation_id else found


class RpcService:
    """What every service's rpc class is. Its methods are answered to whoever holds their permission.

    permissions: permission → roles that hold it. errors: the domain's errors → the problems they become.
    audit: what its audit log covers.
    """

    name: ClassVar[str]
    permissions: ClassVar[Mapping[str, frozenset[str]]]
    errors: ClassVar[Mapping[type[Exception], type[Problem]]] = {}
    audit: ClassVar[AuditPlan]

    current = CallProvider()

    @property
    def context(self) -> Context:
        context: Context = self.current.context
        return context

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def runtime(self) -> AnyRuntime:
        runtime: AnyRuntime = self.current.runtime
        return runtime

    def execute(self, handler: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs) -> R:
        """Run a command in one transaction; sent again with its key, it answers what it answered first.

        A transaction that the database gave up for another's sake left no trace, and is run again.
        """
        for _ in range(_DEADLOCKS):
            try:
                return self._execute_once(handler, *args, **arguments)
            except DBAPIError as error:
                if not is_deadlock(error):
                    raise
                log.warning("two transactions waited for each other; once more", command=handler.__name__)
        return self._execute_once(handler, *args, **arguments)

    def _execute_once(
        self, handler: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        method = handler.__name__
        with self.runtime.database.unit_of_work(self.context) as uow:
            new, response = commands.begin(uow, method, dict(arguments))
            if new:
                response = handler(uow, *args, **arguments)
                uow.session.flush()
                commands.finish(uow, method, response)
        return cast(R, response)

    def read(self, query: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **arguments: P.kwargs) -> R:
        """Run a query as the caller: ``query(session, actor, **arguments)``."""
        with self.runtime.database.read() as session:
            return query(session, self.actor, *args, **arguments)

    def read_for(
        self,
        person: dict[str, Any] | None,
        query: Callable[Concatenate[Session, Actor, P], R],
        /,
        *args: P.args,
        **arguments: P.kwargs,
    ) -> R:
        """Run a query as the person a service asks for, or as the caller where none is named."""
        with self.runtime.database.read() as session:
            return query(session, on_behalf(self.actor, person), *args, **arguments)


def method(permission: str) -> Callable[[Method], Method]:
    """Declare an RPC method and the permission it needs."""

    def declare(function: Method) -> Method:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def answered(self: RpcService, *args: Any, **kwargs: Any) -> Any:
            return _answer(self, function, signature, permission, args, kwargs)

        answered.permission = permission  # type: ignore[attr-defined]  # read by the permission test
        # Called in two steps: given the function directly, nameko forgets the other arguments.
        return rpc(expected_exceptions=(wire.ProblemReply,))(answered)  # type: ignore[no-any-return]  # nameko has no types

    return declare


def _answer(
    service: RpcService,
    function: Callable[..., Any],
    signature: inspect.Signature,
    permission: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    started, outcome = time.perf_counter(), "ok"
    try:
        with tracer.start_as_current_span(f"{service.name}.{function.__name__}"):
            context = service.context
            context.remaining(0)
            _require(service, permission, context.actor)
            _check_arguments(signature, service, args, kwargs)
            return function(service, *args, **kwargs)
    except Exception as error:
        problem = as_problem(error, service.errors)
        outcome = problem.code
        if problem.status >= 500:
            log.error("an rpc method failed", method=function.__name__, exc_info=not isinstance(error, Problem))
        raise wire.ProblemReply(orjson.dumps(problem.document()).decode()) from None
    finally:
        RPC_SECONDS.labels(service.name, function.__name__, outcome).observe(time.perf_counter() - started)


def as_problem(error: Exception, errors: Mapping[type[Exception], type[Problem]]) -> Problem:
    """The problem that stands for an error; what nobody expected says no more than that."""
    if isinstance(error, Problem):
        return error
    for kind, problem in errors.items():
        if isinstance(error, kind):
            return problem(str(error), field=getattr(error, "field", None))
    if isinstance(error, StaleDataError):
        return Conflict("somebody changed this at the same moment; load it again and repeat your change")
    if is_outage(error):
        return Unavailable("the database of this service is not answering; try again in a moment")
    if isinstance(error, IntegrityError):
        log.warning("a constraint refused a change", error=str(error.orig))
        return Conflict("this does not fit what is there already")
    return Problem("this could not be done; the error was recorded")


def _require(service: RpcService, permission: str, actor: Actor) -> None:
    if permission == PUBLIC or actor.role in service.permissions[permission]:
        return
    raise Forbidden("your role does not allow this")


def _check_arguments(
    signature: inspect.Signature, service: RpcService, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    try:
        signature.bind(service, *args, **kwargs)
    except TypeError as error:
        raise Invalid(f"the call does not fit the method: {error}") from None


class Operations:
    """The methods every service answers beside its own."""

    @method(PUBLIC)
    def ping(self: Any) -> str:
        """Answers "pong": the process takes calls and gives answers."""
        return "pong"

    @method(OPERATE)
    def readiness(self: Any) -> dict[str, Any]:
        """``{ready, database, broker, oldest_unsent_seconds, dead_letters}``."""
        return health.readiness(self.runtime)

    @method(OPERATE)
    def trace(self: Any, reference: str) -> list[dict[str, Any]]:
        """This service's hops of one request."""
        with self.runtime.database.read() as session:
            return trace.hops(session, self.name, reference)

    @method(OPERATE)
    def list_dead_letters(self: Any, limit: int = 200) -> list[dict[str, Any]]:
        with self.runtime.database.read() as session:
            return [row | {"service": self.name} for row in dead_letters.listed(session, limit)]

    @method(OPERATE)
    def replay_dead_letter(self: Any, letter_id: str) -> dict[str, Any]:
        """NotFound unless this service keeps that letter."""
        with self.runtime.database.unit_of_work(self.context) as uow:
            return dead_letters.replay(uow.session, self.runtime.publisher, letter_id)

    @method(OPERATE)
    def search_audit(
        self: Any, filters: dict[str, Any], before: list[Any] | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """Entries of this service's audit log, newest first; what was done a moment ago is among them."""
        sealing.seal(self.runtime.database, self.audit)
        with self.runtime.database.read() as session:
            return audit_log.search(session, filters, before, limit)

    @method(OPERATE)
    def verify_audit(self: Any, seq: int | None = None, after: int = 0) -> dict[str, Any]:
        """Whether a stretch of this service's chain is whole, and the hash of the entry asked for."""
        with self.runtime.database.read() as session:
            return audit_log.verify(session, seq, after)
