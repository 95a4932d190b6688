"""Every page and every button of the web app, for every role and on rows of every kind of owner."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import requests

from services.gateway.web.site import VIEWS
from tests.rights.scene import RELATIONS, ROLES, Row, Scene

# A row of the scene by what an address calls it; of what else an address names there is none.
ROWS = {
    "client_id": "client",
    "deal_id": "deal",
    "invoice_id": "invoice",
    "contact_id": "contact",
    "document_id": "document",
    "activity_id": "activity",
    "generation_id": "generation",
}
# What stands for a name in an address, by what stands before it.
NAMES = {
    "/parts/": "stages",
    "deal_id": "deal_name",
    "/reports/charts/": "trend",
    "/reports/": "reps",
    "": "company_name",
}
NOTHING = "01920000-0000-7000-8000-00000000dead"
ROUTES = sorted((f"{verb} {path}", who) for view in VIEWS for verb, path, who in view.pages.routes if who is not None)
OF_ROWS = [(name, who) for name, who in ROUTES if any(f":{row}>" in name for row in ROWS)]


def a_path(name: str, row: Row | None) -> tuple[str, str]:
    verb, path = name.split(" ")
    path = path.replace("<name>", next(name for part, name in NAMES.items() if part in path))
    path += f"?client_id={row['client']}" if row and path.startswith("/contacts/") else ""
    found = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: row[ROWS[part[1]]] if row and part[1] in ROWS else NOTHING, path)
    return verb, found


@cache
def browser(scene: Scene, role: str) -> tuple[requests.Session, str]:
    """Somebody of this role in a browser, and the token of their forms."""
    session, base = requests.Session(), scene.crm.info["base_url"]
    session.post(f"{base}/login", data=scene.crm.info["users"][role], timeout=30).raise_for_status()
    token = re.search(r'data-csrf="(\w+)"', session.get(f"{base}/", timeout=30).text)
    assert token
    return session, token[1]


def ask(scene: Scene, role: str, name: str, row: Row | None) -> requests.Response:
    session, token = browser(scene, role)
    verb, path = a_path(name, row)
    data = {"csrf_token": token} if verb == "POST" else None
    return session.request(verb, scene.crm.info["base_url"] + path, data=data, allow_redirects=False, timeout=30)


@pytest.mark.parametrize("name", [name for name, _who in ROUTES])
def test_nobody_gets_in_without_a_session(scene: Scene, name: str) -> None:
    verb, path = a_path(name, None)
    answer = requests.request(verb, scene.crm.info["base_url"] + path, allow_redirects=False, timeout=30)
    assert answer.status_code in (303, 401), answer.status_code
    assert answer.status_code == 401 or "/login" in answer.headers["Location"]


@pytest.mark.parametrize(("name", "who"), ROUTES)
def test_roles_that_a_page_is_not_for(scene: Scene, name: str, who: frozenset[str]) -> None:
    for role in set(ROLES) - who:
        assert ask(scene, role, name, None).status_code == 403, role


@pytest.mark.parametrize("name", [name for name, who in OF_ROWS if "sales" in who])
def test_rows_that_are_not_theirs(scene: Scene, name: str) -> None:
    """John gets nothing of what is Jessica's."""
    for relation in ("other", "won"):
        answer = ask(scene, "sales", name, scene.row(relation))
        assert 400 <= answer.status_code < 500, (relation, answer.status_code)
        assert scene.row(relation).name not in answer.text


def opens(name: str) -> bool:
    """Whether a page stands for the rows of the scene: it names nothing beside them."""
    return name.startswith("GET ") and set(re.findall(r"<uuid:(\w+)>", name)) <= set(ROWS)


@pytest.mark.parametrize(("name", "who"), [each for each in OF_ROWS if opens(each[0])])
def test_rows_that_are(scene: Scene, name: str, who: frozenset[str]) -> None:
    """So that finding nothing says something: the owner's and the admin's pages open."""
    for role in who & {"sales", "admin"}:
        answer: Any = ask(scene, role, name, scene.row("own"))
        # 409: a preview that nobody has asked for yet.
        assert answer.status_code < 400 or answer.status_code == 409, (role, answer.status_code)


def test_the_matrix_is_not_empty() -> None:
    posts = [name for name, _who in ROUTES if name.startswith("POST ")]
    assert len(posts) > 50 and len(OF_ROWS) > 40 and len(RELATIONS) == 5
