"""Every RPC method, for every role, on rows of every kind of owner: what the table of rights says is what happens."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from libs.common import rights
from libs.common.bus_table import may_call
from libs.common.problems import Problem
from libs.common.rights import Rows
from tests.rights.cases import CHANGE, COMMON, GATE, LIST, PUBLIC, READ, RPC, Case
from tests.rights.scene import RELATIONS, ROLES, Scene, covers

SERVICES = ("clients", "deals", "billing", "notifications", "ai")
# What an answer may be where the right is there and the row does not happen to allow it.
DONE = frozenset({"ok", "conflict", "invalid"})
# Who may have it sent five times an hour may have had that: other tests of the stack ask for it too.
THROTTLED = frozenset({"notifications.send_daily_summary"})


def expected(case: Case, role: str, relation: str) -> frozenset[str]:
    """The outcomes that the table of rights allows; none where the bus does not let the gateway call."""
    if not may_call("gateway", *case.name.split(".")):
        return frozenset({"internal_error"})
    if case.how == PUBLIC:
        return DONE | {"not_found", "bad_request", "unauthorized"}
    service = case.name.split(".")[0]
    right = rights.right(service, case.right)
    if right.of(role) is Rows.NO:
        return frozenset({"forbidden"})
    if case.how in (COMMON, GATE):
        throttled = {"too_many_requests"} if case.name in THROTTLED else set()
        return DONE | throttled | ({"not_found"} if case.how == GATE else set())
    if case.how == LIST:
        return frozenset({"shown" if covers(right, role, relation) else "not shown"})
    if covers(right, role, relation):
        return DONE
    seen = next(each for each in rights.RIGHTS if each.name == case.seen)
    return frozenset({"forbidden" if case.how == CHANGE and covers(seen, role, relation) else "not_found"})


def outcome(scene: Scene, case: Case, role: str, relation: str) -> str:
    """What happens: ``ok``, ``shown`` or ``not shown``, or the code of the problem."""
    row = scene.row(relation)
    service, method = case.name.split(".")
    arguments: dict[str, Any] = case.given(scene, row)
    try:
        answer = scene.ask(role, service, method, **arguments)
    except Problem as problem:
        return problem.code
    return ("shown" if case.shows(answer, row) else "not shown") if case.how == LIST else "ok"


@pytest.mark.parametrize("name", RPC)
def test_every_cell(scene: Scene, name: str) -> None:
    case, faults = RPC[name], []
    relations = RELATIONS if case.how in (READ, CHANGE, LIST) else RELATIONS[:1]
    for role in ROLES:
        for relation in relations:
            wanted, found = expected(case, role, relation), outcome(scene, case, role, relation)
            if found not in wanted:
                faults.append(f"{role} on {relation}: {found}, not {' or '.join(sorted(wanted))}")
    assert not faults, "\n".join(faults)


def test_every_method_has_its_row() -> None:
    """A new method without a case fails here."""
    known = set()
    for service in SERVICES:
        of_service = importlib.import_module(f"services.{service}.rpc").SERVICE
        known |= {f"{service}.{name}" for name in dir(of_service) if hasattr(getattr(of_service, name), "permission")}
    assert known == set(RPC)


def test_a_case_names_the_right_its_method_asks_for() -> None:
    for case in RPC.values():
        service, method = case.name.split(".")
        assert getattr(importlib.import_module(f"services.{service}.rpc").SERVICE, method).permission == case.right
