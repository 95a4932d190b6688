"""The pages of people: teams by hand, a list looked at before it comes in, and an address for who has none."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from services.gateway.models import invitations, users
from tests.gateway.integration.test_pages import token_of
from tests.gateway.page_answers import HOSTILE

TEAMS = f"sales_agent,manager,regional_office\nMoses Frase,Dustin Brinkmann,East\n{HOSTILE},Dustin Brinkmann,\n"
FAULTY = "name,email\nAnn,no address\nBen,\n"


@pytest.fixture
def look(admin: Any, runtime: Any) -> Callable[[str], Any]:
    def upload(content: str) -> Any:
        data = {"csrf_token": token_of(admin, runtime), "file": (io.BytesIO(content.encode()), "list.csv")}
        return admin.post("/settings/people/list", data=data)

    return upload


def confirmed(admin: Any, page: str, **more: str) -> Any:
    """The form under the preview, sent as it stands."""
    form = page[page.index('action="/settings/people/list/confirm"') :]
    values = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return admin.post("/settings/people/list/confirm", data={name: html.unescape(text) for name, text in values} | more)


def names(runtime: Any) -> dict[str, Any]:
    with runtime.database.engine.connect() as connection:
        return {row.name: row for row in connection.execute(select(users).where(users.c.email.is_(None)))}


def test_a_list_is_looked_at_and_then_comes_in(admin: Any, look: Any, runtime: Any) -> None:
    page = look(TEAMS)
    assert page.status_code == 200 and names(runtime) == {}
    assert "Dustin Brinkmann" in page.text and "Comes in, cannot sign in yet" in page.text and "no address" in page.text
    assert HOSTILE not in page.text and "Bring them in" in page.text
    done = confirmed(admin, page.text)
    assert (done.status_code, done.headers["Location"]) == (303, "/settings/people")
    assert set(names(runtime)) == {"Moses Frase", HOSTILE, "Dustin Brinkmann"}
    shown = admin.get("/settings/people").text
    assert "No address yet: cannot sign in" in shown and "reports to Dustin Brinkmann" in shown
    assert "3 people came in." in shown and HOSTILE not in shown
    again = look(TEAMS).text
    assert "There is nothing to bring in." in again and "Is here already" in again


def test_lines_with_faults_stay_out(admin: Any, look: Any, runtime: Any) -> None:
    page = look(FAULTY).text
    assert "1 line has a fault." in page and "Line 2: This is not an e-mail address." in page
    refused = confirmed(admin, page, only_good="false")
    assert refused.status_code == 422 and "Some lines have faults" in refused.text and names(runtime) == {}
    assert confirmed(admin, page).status_code == 303 and set(names(runtime)) == {"Ben"}


@pytest.mark.parametrize("content", ["", "account,sector\nAcme,medical\n", "\x89PNG\r\n" + "\x00" * 5000])
def test_what_is_no_list_is_said_at_the_field(look: Any, content: str) -> None:
    page = look(content)
    assert page.status_code == 422 and 'id="error-file"' in page.text


@pytest.mark.parametrize("lines", ["", "[]", "nothing", '[{"number": "x"}]', "[{}]", '[{"number": 1, "name": 5}]'])
def test_a_preview_that_was_tampered_with_is_refused(admin: Any, runtime: Any, lines: str) -> None:
    data = {"csrf_token": token_of(admin, runtime), "lines": lines}
    assert admin.post("/settings/people/list/confirm", data=data).status_code == 422


def test_a_team_is_changed_and_an_address_is_given(admin: Any, look: Any, runtime: Any) -> None:
    confirmed(admin, look(TEAMS).text)
    moses, dustin = names(runtime)["Moses Frase"], names(runtime)["Dustin Brinkmann"]
    path = f"/settings/people/{moses.id}"
    page = admin.get(path).text
    assert f'<option value="{dustin.id}" selected>' in page and 'value="East"' in page
    token = {"csrf_token": token_of(admin, runtime), "version": "1"}
    changed = {"name": "Moses Frase", "team": "", "reports_to": ""}
    assert admin.post(f"{path}/team", data=token | changed).status_code == 303
    assert (names(runtime)["Moses Frase"].team, names(runtime)["Moses Frase"].reports_to) == ("", None)
    refused = admin.post(f"{path}/team", data=token | changed)
    assert refused.status_code == 409 and "Moses Frase" in refused.text

    refused = admin.post(f"{path}/invitation", data=token | {"email": "no address"})
    assert refused.status_code == 422 and 'id="error-email"' in refused.text
    assert admin.post(f"{path}/invitation", data=token | {"email": "moses@amoai.example"}).status_code == 303
    assert "Invited at moses@amoai.example, has not joined yet" in admin.get("/settings/people").text
    with runtime.database.engine.connect() as connection:
        assert connection.execute(select(invitations.c.user_id)).scalar_one() == moses.id
    assert "Invited at moses@amoai.example" in admin.get(path).text
