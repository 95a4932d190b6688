"""Personal data: everything known of a person as a file, erasing them, and the receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from libs.common.ids import new_id
from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]


@pytest.fixture
def person(crm: Crm) -> dict[str, Any]:
    """Somebody at a client of John's, and a note that names them."""
    john, mark = crm.sign_in("sales"), new_id()[-6:]
    contact = {"first_name": "Theodora", "last_name": f"Lund{mark}", "email": f"thea@{mark}.example"}
    client = john.post("/clients", {"company_name": f"Quay {mark}", "contact": contact})["id"]
    john.post(f"/clients/{client}/activities", {"type": "note", "subject": f"Met Theodora Lund{mark}"})
    made: dict[str, Any] = john.get(f"/clients/{client}/contacts")["items"][0]
    return made


def edit(person: dict[str, Any]) -> str:
    return f"/contacts/{person['id']}/edit?client_id={person['client_id']}"


def test_what_is_known_comes_as_a_file(open_browser: Open, person: dict[str, Any]) -> None:
    page = open_browser("admin").go(edit(person))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what is known").click()
    known = json.loads(Path(download.value.path()).read_text())
    assert known["missing"] == [] and {"contacts", "activities"} <= {
        each["what"] for each in known["services"]["clients"]
    }


@in_short_at("phone")
def test_a_person_is_erased_and_the_receipt_says_where(
    open_browser: Open, crm: Crm, person: dict[str, Any], width: str
) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go(edit(person))
    page.get_by_role("link", name="Erase this person…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Erase Theodora {person['last_name']}")
    assert visit.scrolls_sideways() == 0
    page.get_by_label("Why").fill(f"{person['last_name']} asked for it")
    page.get_by_role("button", name="Erase this person").click()
    expect(page).to_have_url(re.compile("/erase"))  # not sure yet
    page.get_by_label("I am sure that this person is to be erased").check()
    page.get_by_role("button", name="Erase this person").click()
    expect(page).to_have_url(re.compile("/settings/erasures/"))
    admin, receipt = crm.sign_in("admin"), page.url.rpartition("/")[2]
    eventually(lambda: admin.get(f"/erasures/{receipt}")["status"] == "erased", 30)
    page.reload()
    expect(page.get_by_text("Erased everywhere.")).to_be_visible()
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    assert visit.scrolls_sideways() == 0
    visit.go(f"/clients/{person['client_id']}")
    expect(page.locator("main")).not_to_contain_text(person["last_name"])
    visit.go("/settings/erasures")
    expect(page.locator("main table tbody tr").first).to_contain_text("[erased] asked for it")


def test_only_an_admin_is_offered_it(open_browser: Open, person: dict[str, Any]) -> None:
    visit = open_browser("sales")
    page = visit.go(edit(person))
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    expect(page.get_by_text("Personal data")).to_have_count(0)
    visit.expect_status(403)
    assert visit.page.goto(f"/contacts/{person['id']}/erase?client_id={person['client_id']}").status == 403  # type: ignore[union-attr]  # it answers
