"""All that match at once and back again, fields of the company's own, and two clients that are one."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect

from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp
from tests.browser.visiting import Visit

Open = Callable[..., Visit]
MANY = 60


@pytest.fixture(scope="module")
def wood(running_stack: Any) -> str:
    """The tag of 60 clients, more than a page of the list has."""
    mark = TechCorp().mark
    admin = Crm(running_stack.info).sign_in("admin")
    with ThreadPoolExecutor(4) as pool:
        names = [{"company_name": f"Wood {mark} {number:02}", "tags": [f"wood-{mark}"]} for number in range(MANY)]
        list(pool.map(lambda body: admin.post("/clients", body), names))
    return f"wood-{mark}"


def test_all_that_match_are_tagged_and_it_is_undone(open_browser: Open, wood: str) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/clients?tag={wood}")
    page.get_by_label("Select all that are shown").check()
    expect(page.locator("[data-count]")).to_have_text("50")
    page.get_by_role("button", name=f"Select all {MANY} that match").click()
    expect(page.locator("[data-count]")).to_have_text(str(MANY))
    page.locator(".bulkbar [name=value]").fill("q1 priority")
    page.locator(".bulkbar").get_by_role("button", name="Apply").click()
    visit.toast(f"{MANY} clients changed")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    visit.toast(f"{MANY} clients are as they were")
    page = visit.go("/changes")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("q1 priority")
    expect(row).to_contain_text("Undone")
    row.get_by_role("link").click()
    expect(page.locator("#state")).to_contain_text(f"Taken back{MANY}")


def test_what_is_picked_is_deleted_when_it_was_asked(open_browser: Open, crm: Crm) -> None:
    admin, mark = crm.sign_in("admin"), TechCorp().mark
    for number in range(2):
        admin.post("/clients", {"company_name": f"Gone {mark} {number}", "tags": [f"gone-{mark}"]})
    visit = open_browser("admin")
    page = visit.go(f"/clients?tag=gone-{mark}")
    page.get_by_label("Select all that are shown").check()
    bar, dialog = page.locator(".bulkbar"), page.locator("#sure")
    bar.get_by_label("What to do").select_option("delete")
    for answer in ("Cancel", "Delete"):
        bar.get_by_role("button", name="Apply").click()
        expect(dialog).to_contain_text("Clients to delete: 2")
        assert admin.get("/clients", tag=f"gone-{mark}")["total"] == 2
        dialog.get_by_role("button", name=answer).click()
    visit.toast("2 clients deleted")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    visit.toast("2 clients are as they were")
    assert admin.get("/clients", tag=f"gone-{mark}")["total"] == 2


def test_unpicking_one_unpicks_the_rest_that_match(open_browser: Open, wood: str) -> None:
    page = open_browser("admin").go(f"/clients?tag={wood}")
    page.get_by_label("Select all that are shown").check()
    page.get_by_role("button", name=re.compile("that match")).click()
    page.locator(".pick").first.uncheck()
    expect(page.locator("[data-count]")).to_have_text("49")
    expect(page.locator("[data-matching]")).to_be_disabled()


@in_short_at("phone")
def test_two_that_are_one_are_merged_and_parted(open_browser: Open, crm: Crm, width: str) -> None:
    admin, mark = crm.sign_in("admin"), TechCorp().mark
    first = {"company_name": f"Merge {mark} Ltd", "city": "Ulm", "notes": "ours", "tags": ["one"]}
    second = {"company_name": f"Merge {mark}", "city": "Bonn", "phone": "+49 731 123456", "tags": ["two"]}
    this, other = (admin.post("/clients", each | {"contact": {"first_name": "Ann"}})["id"] for each in (first, second))
    visit = open_browser("admin", width=width)
    page = visit.go(f"/clients/{this}/merge")
    page.get_by_role("link", name=f"Merge {mark}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge two clients")
    expect(page.locator(".compare")).to_contain_text("Both together")
    page.locator("tr", has_text="City").get_by_label("Bonn").check()
    assert visit.scrolls_sideways() == 0
    page.get_by_role("button", name=re.compile("^Merge into")).click()
    visit.toast("They are one client now")
    expect(page).to_have_url(re.compile(this))
    merged = admin.get(f"/clients/{other}")
    assert (merged["id"], merged["city"], merged["phone"]) == (this, "Bonn", "+49 731 123456")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    visit.toast("2 clients are as they were")
    assert admin.get(f"/clients/{other}")["city"] == "Bonn" and admin.get(f"/clients/{this}")["city"] == "Ulm"


def test_a_field_of_ones_own_is_defined_filled_in_and_shown(open_browser: Open, crm: Crm) -> None:
    mark = TechCorp().mark
    visit = open_browser("admin")
    page = visit.go("/settings/fields")
    form = page.locator("form", has=page.get_by_role("button", name="Add the field"))
    form.get_by_label("Name").fill(f"Tier {mark}")
    form.get_by_label("Kind").select_option("choice")
    form.get_by_label("Options, one a line").fill("Gold\nSilver")
    form.get_by_role("button", name="Add the field").click()
    visit.toast("was added")
    client = crm.sign_in("admin").post("/clients", {"company_name": f"Tiered {mark}"})["id"]
    page = visit.go(f"/clients/{client}")
    page.get_by_role("button", name=re.compile(f"^Tier {mark}")).click()
    page.get_by_label(f"Tier {mark}").select_option("Gold")
    page.locator(".prop-form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name=re.compile(f"^Tier {mark}"))).to_contain_text("Gold")
    assert list(crm.sign_in("admin").get(f"/clients/{client}")["custom"].values()) == ["Gold"]
