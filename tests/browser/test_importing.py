"""Bringing a file in at a browser: what it leaves open is answered, a row is repaired in place, and all taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp
from tests.browser.visiting import Visit

Open = Callable[..., Visit]


def sheet(mark: str) -> dict[str, Any]:
    """A file as a spreadsheet saves it: a title, semicolons, dates that may be read two ways, and a bad address."""
    lines = [
        f"Leads of the fair {mark};;;;;",
        "",
        "Company;First Name;Email;Deal Name;Close Date;Notes",
        f"Fair {mark} One;Ann;ann-{mark}@one.example;Chatbot {mark};03/04/2026;",
        f'"Fair {mark} ""Two""";Bob;bob at home;Assistant {mark};05/06/2026;"two\nlines"',
        f"Fair {mark} Three;Cem;cem-{mark}@three.example;Search {mark};07/08/2026;",
    ]
    return {"name": f"fair-{mark}.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode("utf-16")}


def _upload(visit: Visit, mark: str) -> Page:
    page = visit.go("/imports")
    page.locator("#field-file").set_input_files(sheet(mark))
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
    return page


@in_short_at("phone")
def test_a_file_is_understood_repaired_brought_in_and_taken_back(open_browser: Open, crm: Crm, width: str) -> None:
    mark, admin = TechCorp().mark, crm.sign_in("admin")
    visit = open_browser("admin", width=width)
    page = _upload(visit, mark)
    expect(page.get_by_label("What Email means").locator("option:checked")).to_have_text(re.compile("E-mail"))
    foot = page.locator("#finish")
    expect(foot).to_contain_text("Answer what is open above")
    page.get_by_label("the day (31/12)").check()
    page.get_by_role("button", name="Check again").click()
    expect(foot.get_by_role("button", name="Bring in the 2 good rows")).to_be_visible()
    assert visit.scrolls_sideways() == 0
    bad = page.locator("form.bad-row")
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text("Line 6")
    bad.get_by_label("Email", exact=True).fill(f"bob-{mark}@home.example")
    bad.get_by_role("button", name="Save this row").click()
    expect(page.locator("form.bad-row.is-good")).to_contain_text("is good now")
    foot.get_by_role("button", name="Bring in all 3 rows").click()
    expect(page.get_by_role("link", name="See the clients")).to_be_visible()
    expect(page.locator(".figures")).to_contain_text(re.compile(r"Deals\s*3"))
    brought = {each["deal_name"]: each for each in admin.get("/deals", q=mark)["items"]}
    assert brought[f"Assistant {mark}"]["expected_close_date"] == "2026-06-05"
    # The row was repaired, and its other cells are as they were.
    assert admin.get(f"/deals/{brought[f'Assistant {mark}']['id']}")["description"] == "two\nlines"
    page.get_by_role("button", name="Take it all back").click()
    expect(page.get_by_text("This import was taken back.")).to_be_visible()
    assert admin.get("/deals", q=mark)["total"] == 0


@in_short_at("phone")
def test_how_a_file_is_read_is_chosen_with_the_keyboard(open_browser: Open, width: str) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go("/imports")
    text = "Acme GmbH;Köln\nBeta AG;Zürich\n".encode("mac_roman")
    page.locator("#field-file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": text})
    page.get_by_role("button", name="Upload and look").click()
    # No line names the columns, so that this is open.
    header = page.get_by_label("Line that names the columns")
    expect(header.locator("option:checked")).to_have_text("None: the file has no names of columns")
    expect(page.get_by_role("cell", name="Acme GmbH").first).to_be_visible()
    assert visit.scrolls_sideways() == 0
    page.get_by_label("Encoding of its letters").select_option(label="Western European (Windows)")
    page.get_by_role("button", name="Read it anew").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Kšln").first).to_be_visible()
    page.get_by_label("Line that names the columns").select_option(label="Line 1: Acme GmbH, Kšln")
    page.get_by_role("button", name="Read it anew").click()
    expect(page.get_by_label("What Acme GmbH means")).to_be_visible()


def test_rows_are_repaired_one_after_the_other_with_the_keyboard(open_browser: Open) -> None:
    page = open_browser("admin").go("/imports")
    lines = ["Company,First name,Email", "One,Ann,ann at home", "Two,Bob,bob@two.example", "Three,Cem,cem at home"]
    file = {"name": "three.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.locator("#field-file").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    email = page.locator("form.bad-row").get_by_label("Email", exact=True)
    expect(page.locator("#bad-count")).to_have_text("2 rows")
    email.first.fill("ann@")
    email.first.press("Enter")
    # It is not good yet, and has the focus still.
    expect(page.locator("form.bad-row").first).to_contain_text("“ann@”")
    expect(email.first).to_be_focused()
    email.first.fill("ann@one.example")
    email.first.press("Enter")
    expect(email.nth(1)).to_be_focused()
    expect(page.locator("#bad-count")).to_have_text("1 row")
    expect(page.locator("#first")).to_contain_text("ann@one.example")
    email.nth(1).fill("cem@three.example")
    page.locator("form.bad-row").nth(1).get_by_role("button", name="Save this row").click()
    expect(page.get_by_role("button", name="Bring in all 3 rows")).to_be_focused()
    expect(page.locator("#bad-count")).to_have_text("0 rows")
    page.get_by_role("button", name="Throw away").click()


def test_a_file_that_is_none_is_refused_in_words(open_browser: Open) -> None:
    page = open_browser("admin").go("/imports")
    file = {"name": "photo.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40}
    page.locator("#field-file").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("alert")).to_contain_text("This file could not be brought in.")
    page.get_by_role("link", name="Choose another file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import")
