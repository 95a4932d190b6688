"""The audit log: who did what, found by filters, before and after in words, exported, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from libs.common.ids import new_id
from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]


@pytest.fixture
def harbour(crm: Crm) -> dict[str, Any]:
    """A client that John made and changed."""
    john = crm.sign_in("sales")
    made: dict[str, Any] = john.post("/clients", {"company_name": f"Harbour {new_id()[-6:]}", "status": "prospect"})
    john.patch(f"/clients/{made['id']}", {"status": "active", "city": "Boston"})
    return made


@in_short_at("phone")
def test_what_was_done_to_a_record_is_found_and_leads_to_it(open_browser: Open, harbour: Any, width: str) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go(f"/settings/audit?record_id={harbour['id']}")
    rows = page.locator("table.audit tbody tr")
    expect(rows.first).to_contain_text("Client changed")
    expect(rows.first).to_contain_text("John Smith")
    expect(rows.first).to_contain_text("127.0.0.1")
    expect(rows.first).to_contain_text(re.compile(r"Status:\s*Prospect\s*→\s*became\s*Active"))
    expect(rows.first).to_contain_text("Boston")
    assert visit.scrolls_sideways() == 0
    rows.first.get_by_role("link", name="Client changed", exact=True).click()
    expect(page).to_have_url(re.compile(f"/clients/{harbour['id']}$"))


def test_filters_narrow_it_and_go_away_again(open_browser: Open, harbour: Any) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/settings/audit?record_id={harbour['id']}")
    page.get_by_label("Done", exact=True).select_option("changed")
    expect(page.locator("table.audit tbody tr")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_label("Who", exact=True).select_option("visitor")
    expect(page.locator("#results")).to_contain_text("No entry fits these filters")
    page.locator("#results").get_by_role("link", name="Clear all").last.click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("table.audit tbody tr").first).to_be_visible()


def test_by_keyboard_alone(open_browser: Open, harbour: Any) -> None:
    visit = open_browser("admin")
    page = visit.go("/settings/audit")
    page.get_by_text("More filters").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Id of a record").focus()
    page.keyboard.type(harbour["id"])
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("table.audit tbody tr").first).to_contain_text("John Smith")


def test_a_refusal_and_a_log_in_that_failed_stand_in_it(open_browser: Open, crm: Crm) -> None:
    visitor = open_browser()
    visitor.expect_status(401, 403)
    email = f"eve-{new_id()[-6:]}@example.org"
    visitor.go("/login")
    visitor.page.get_by_label("E-mail address").fill(email)
    visitor.page.locator("#password, [name=password]").fill("not the right one")
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(visitor.page.locator("body")).to_contain_text("wrong")
    rep = open_browser("sales")
    rep.expect_status(403)
    rep.go("/settings/system")
    admin = open_browser("admin")
    page = admin.go("/settings/audit?record=log_ins")
    expect(page.locator("table.audit tbody tr").first).to_contain_text("Log-in failed")
    expect(page.locator("table.audit tbody tr").first).to_contain_text(email)
    page = admin.go("/settings/audit?action=refused")
    expect(page.locator("table.audit tbody tr").first).to_contain_text("John Smith")
    expect(page.locator("table.audit tbody tr").first).to_contain_text("/settings/system")


def test_it_is_exported_as_it_is_filtered(open_browser: Open, harbour: Any) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/settings/audit?record_id={harbour['id']}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Export as CSV").click()
    lines = waiting.value.path().read_text().splitlines()
    assert waiting.value.suggested_filename.endswith(".csv") and lines[0].startswith("at,service,seq,actor_id")
    assert len(lines) >= 3 and all(harbour["id"] in line for line in lines[1:])


def test_a_check_says_that_it_is_whole(open_browser: Open, crm: Crm, harbour: Any) -> None:
    visit = open_browser("admin")
    page = visit.go("/settings/audit")
    page.get_by_role("button", name="Check it now").click()
    visit.toast("Every chain is whole")
    expect(page.get_by_role("region", name="Whether the log is whole")).to_contain_text("Every chain is whole.")


def test_erased_values_show_as_such(open_browser: Open, crm: Crm, harbour: Any) -> None:
    url = crm.info["databases"]["clients"]

    def sealed() -> Any:
        with psycopg.connect(url) as database:
            return database.execute("SELECT 1 FROM audit.keys WHERE subject = %s", (harbour["id"],)).fetchone()

    eventually(sealed)
    with psycopg.connect(url) as database:
        database.execute("DELETE FROM audit.keys WHERE subject = %s", (harbour["id"],))
    visit = open_browser("admin")
    page = visit.go(f"/settings/audit?record_id={harbour['id']}&action=changed")
    row = page.locator("table.audit tbody tr").first
    expect(row).to_contain_text("personal values erased")
    expect(row).not_to_contain_text("Boston")
    expect(row).to_contain_text("Active")


def test_it_is_for_admins(open_browser: Open) -> None:
    rep = open_browser("sales")
    rep.expect_status(403)
    rep.go("/settings/audit")
    expect(rep.page.locator("body")).to_contain_text("Your role does not open this page.")
