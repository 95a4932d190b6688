"""Every route of the API, for every role, on rows of every kind of owner; and for somebody who is not signed in."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from libs.common import rights
from libs.common.rights import Rows
from tests.rights.cases import CHANGE, COMMON, GATE, LIST, PUBLIC, READ, Case
from tests.rights.http_cases import APART, HTTP
from tests.rights.scene import RELATIONS, ROLES, Scene, covers

# The row does not happen to allow it, nothing was said to be done, or it was done too often: the right was there.
DONE = frozenset({200, 201, 202, 302, 400, 409, 422, 429})


def expected(case: Case, role: str, relation: str) -> frozenset[Any]:
    """The answers that the table of rights allows; of lists, whether they show the row."""
    if case.how == PUBLIC:
        return DONE | {404}
    right = next(each for each in rights.RIGHTS if each.name == case.right)
    seen = next(each for each in rights.RIGHTS if each.name == case.seen)
    if right.of(role) is Rows.NO:
        return frozenset({404 if case.looks_first and not covers(seen, role, relation) else 403})
    if case.how in (COMMON, GATE):
        return DONE | ({404} if case.how == GATE else set())
    if case.how == LIST:
        return frozenset({"shown" if covers(right, role, relation) else "not shown"})
    if covers(right, role, relation):
        return DONE
    return frozenset({403 if case.how == CHANGE and covers(seen, role, relation) else 404})


def send(scene: Scene, case: Case, session: requests.Session, relation: str) -> requests.Response:
    verb, path = case.name.split(" ")
    given = case.given(scene, scene.row(relation))
    more = {name: given.pop(name) for name in ("json", "files", "data", "headers") if name in given}
    query = given.pop("query", None)
    url = scene.crm.base_url + path.format(**given)
    return session.request(verb, url, params=query, allow_redirects=False, timeout=30, **more)


def outcome(scene: Scene, case: Case, role: str, relation: str) -> Any:
    answer = send(scene, case, scene.crm.sign_in(role).session, relation)
    if case.how == LIST and answer.ok:
        return "shown" if case.shows(answer.json(), scene.row(relation)) else "not shown"
    return answer.status_code


@pytest.mark.parametrize("name", HTTP)
def test_every_cell(scene: Scene, name: str) -> None:
    case, faults = HTTP[name], []
    relations = RELATIONS if case.how in (READ, CHANGE, LIST) else RELATIONS[:1]
    for role in ROLES:
        for relation in relations:
            wanted, found = expected(case, role, relation), outcome(scene, case, role, relation)
            if found not in wanted:
                faults.append(f"{role} on {relation}: {found}, not {' or '.join(map(str, wanted))}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", sorted(APART))
def test_what_is_tested_elsewhere_needs_a_session_too(scene: Scene, name: str) -> None:
    verb, path = name.split(" ")
    assert requests.request(verb, scene.crm.base_url + path, timeout=30).status_code == 401


@pytest.mark.parametrize("name", [name for name, case in HTTP.items() if case.how != PUBLIC])
def test_nobody_gets_in_without_a_session(scene: Scene, name: str) -> None:
    assert send(scene, HTTP[name], requests.Session(), "own").status_code == 401


def test_every_route_has_its_row(scene: Scene) -> None:
    """A new route without a case fails here."""
    paths = requests.get(f"{scene.crm.info['base_url']}/openapi.json", timeout=30).json()["paths"]
    known = {
        f"{verb.upper()} {path.removeprefix('/api/v1')}"
        for path, verbs in paths.items()
        for verb in verbs
        if path.startswith("/api/v1")
    }
    assert known - APART == set(HTTP)
