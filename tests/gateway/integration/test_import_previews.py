"""What the rows of a file would do: over the API, and as the import's page tells it in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Conflict, Unavailable
from tests.gateway.conftest import PASSWORD
from tests.gateway.integration.test_imports_and_exports import IMPORT, MARGIN, REGION
from tests.gateway.integration.test_pages import speak
from tests.gateway.page_answers import ANSWERS, HOSTILE, ID

PREVIEW = f"/imports/{ID}/preview"
PART = {"HX-Request": "true"}
SIZE = REGION | {"name": "client.custom.size", "key": "size", "label": "Size", "kind": "money", "options": []}
READY = IMPORT | {"questions": [], "custom_fields": [REGION, MARGIN, SIZE]}


def change(field: str, before: Any, after: Any, entity: str = "client", name: str = "Acme") -> dict[str, Any]:
    return {"entity": entity, "name": name, "field": field, "before": before, "after": after}


def row(n: int, **more: Any) -> dict[str, Any]:
    known = {"id": ID, "company_name": f"Acme {HOSTILE}", "found_by": "name", "made_by": None}
    empty = {"client": known, "brings": [], "changes": [], "repeats": None, "problems": []}
    return {"n": n, "sheet": 0, "line": n + 1, "outcome": "unchanged"} | empty | more


NEW = {"id": None, "company_name": "Beta", "found_by": None, "made_by": None}
FIRST = {"n": 1, "sheet": 0, "line": 2}
AMOUNT = {"amount_minor": 1250, "currency": "EUR"}
ROWS = [
    row(1, outcome="created", client=NEW, brings=["client", "contact", "deal"]),
    row(2, outcome="updated", client=NEW | {"found_by": "name", "made_by": FIRST}, repeats=FIRST,
        changes=[change("city", "Ulm", HOSTILE), change("job_title", None, "CEO", "contact", "Ann Archer")]),
    row(3),
    row(4, outcome="updated", changes=[
        change("custom.region", "North", "South"), change("custom.size", None, AMOUNT),
        change("tags", ["a"], ["a", "b"]), change("status", "prospect", "active"),
    ]),
    row(5, outcome="refused", client=None, problems=[
        {"column": "Company", "field": "client.external_id",
         "reason": "no company has the id '9', here or in this file"},
    ]),
]  # fmt: skip


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str], rpc: Any) -> FlaskClient:
    new_user("admin")
    rpc.answers |= ANSWERS | {
        "clients.get_import": READY,
        "clients.import_rows": {"items": [], "next_cursor": None, "total": 0},
        "clients.preview_import": {"items": ROWS, "next_cursor": "abc", "total": 30},
    }
    http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD})
    return http


def test_the_api_answers_what_each_row_would_do(admin: Any, rpc: Any) -> None:
    found = admin.get(f"/api/v1{PREVIEW}?limit=50&cursor=xyz")
    assert rpc.last("clients.preview_import").arguments == {"import_id": ID, "limit": 50, "cursor": "xyz"}
    assert (found.json["total"], found.json["next_cursor"]) == (30, "abc")
    assert found.json["items"][:2] == ROWS[:2]
    assert found.json["items"][3]["changes"][1]["after"] == {"amount": 12.5, "currency": "EUR"}
    assert admin.get(f"/api/v1{PREVIEW}?limit=51").status_code == 422


def test_the_page_of_an_import_that_is_ready_asks_for_it(admin: Any, rpc: Any) -> None:
    assert f'hx-get="{PREVIEW}"' in admin.get(f"/imports/{ID}").text
    for other in (IMPORT, READY | {"state": "done"}, READY | {"states": {"bad": 2}}):
        rpc.answers["clients.get_import"] = other
        assert PREVIEW not in admin.get(f"/imports/{ID}").text


def test_it_is_said_in_words(admin: Any) -> None:
    text = " ".join(admin.get(PREVIEW, headers=PART).text.split())
    assert "New client: <strong>Beta</strong>" in text and "A new person" in text and "A deal comes along" in text
    assert "The new client of line 2: <strong>Beta</strong>" in text and "This replaces what line 2 says." in text
    assert '<span class="soft">City:</span> <span class="was">Ulm</span>' in text
    assert '<span class="soft">Ann Archer, Job title:</span> <span class="soft">empty</span>' in text
    assert f'Known: <a href="/clients/{ID}">Acme &lt;script&gt;' in text and "Nothing new" in text
    assert "<summary>4 values would change</summary>" in text and "€12.50" in text and "a, b" in text
    assert "Prospect</span>" in text and '<span class="soft">Region &lt;script&gt;' in text
    assert "Not brought in: Company: No company has the id “9”, here or in this file" in text
    assert HOSTILE not in text and 'href="/imports' in text and "cursor=abc" in text


def test_it_is_a_page_of_its_own_and_goes_on(admin: Any, rpc: Any) -> None:
    page = admin.get(PREVIEW).text
    assert "<h1>list.csv</h1>" in page and f'<a class="btn" href="/imports/{ID}">Back to the import</a>' in page
    more = admin.get(f"{PREVIEW}?cursor=abc", headers=PART).text
    assert more.lstrip().startswith("<li") and "<h2" not in more
    rpc.answers["clients.preview_import"] = {"items": [], "next_cursor": None, "total": 0}
    assert "No row is good yet" in admin.get(PREVIEW, headers=PART).text


def test_german_is_spoken(admin: Any, runtime: Any) -> None:
    speak(runtime, "de")
    text = admin.get(PREVIEW, headers=PART).text
    assert (
        "Neuer Kunde:" in text and "4 Werte würden sich ändern" in text and "Das ersetzt, was in Zeile 2 steht." in text
    )


def test_a_client_that_is_busy_takes_no_page_with_it(admin: Any, rpc: Any) -> None:
    rpc.answers["clients.preview_import"] = Unavailable("somebody is changing these clients just now")
    found = admin.get(PREVIEW, headers=PART)
    assert (found.status_code, "It cannot be told just now" in found.text) == (200, True)
    assert admin.get(PREVIEW).status_code == 503 and "Try again" in admin.get(PREVIEW).text
    assert admin.get(f"/api/v1{PREVIEW}").status_code == 503
    # The service is not taken for one that is away: its parts of other pages are waited for as before.
    assert "is not answering" not in admin.get(f"/imports/{ID}").text
    rpc.answers["clients.preview_import"] = Conflict("this import is not ready to be committed")
    assert "This import is not ready to be committed." in admin.get(f"{PREVIEW}?cursor=abc", headers=PART).text
