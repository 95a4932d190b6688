"""Two people change one thing at once: both versions are shown, one is chosen, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from stack.driver import Crm
from tests.browser.use_cases import TechCorp, fill, press
from tests.browser.visiting import Visit

Open = Callable[..., Visit]


@pytest.fixture
def client(crm: Crm) -> dict[str, Any]:
    body = {"company_name": f"Shared {TechCorp().mark}", "industry": "Technology", "city": "Boston"}
    made: dict[str, Any] = crm.sign_in("sales").post("/clients", body)
    return made


@pytest.fixture
def two(open_browser: Open) -> tuple[Visit, Visit]:
    """Alex and John, each at a browser."""
    alex, john = open_browser("admin"), open_browser("sales")
    john.expect_status(409)
    return alex, john


def change(page: Page, name: str, value: str) -> None:
    """Open a property in place and type; not saved yet."""
    page.locator(f"#prop-{name} button.prop").click()
    page.locator(f"#prop-{name} [name={name}]").fill(value)


def keep(page: Page, name: str, button: str = "Save") -> None:
    page.locator(f"#prop-{name}").get_by_role("button", name=button).click()


def test_one_field_in_place(two: tuple[Visit, Visit], client: dict[str, Any], crm: Crm) -> None:
    alex, john = two
    for visit in two:
        visit.go(f"/clients/{client['id']}")
    change(alex.page, "industry", "Retail")
    change(john.page, "industry", "Healthcare")
    keep(alex.page, "industry")
    expect(alex.page.locator("#prop-industry")).to_contain_text("Retail")
    keep(john.page, "industry")
    clash = john.page.locator("#prop-industry")
    for said in ("It was: Technology", "Theirs: Retail", "Yours: Healthcare"):
        expect(clash).to_contain_text(said)
    keep(john.page, "industry", "Keep this")
    expect(john.page.locator("#prop-industry button.prop")).to_contain_text("Healthcare")
    assert crm.sign_in("admin").get(f"/clients/{client['id']}")["industry"] == "Healthcare"


def test_different_fields_in_place_come_together(two: tuple[Visit, Visit], client: dict[str, Any], crm: Crm) -> None:
    alex, john = two
    for visit in two:
        visit.go(f"/clients/{client['id']}")
    change(alex.page, "city", "Chicago")
    change(john.page, "country", "United States")
    keep(alex.page, "city")
    expect(alex.page.locator("#prop-city button.prop")).to_contain_text("Chicago")
    keep(john.page, "country")
    expect(john.page.locator("#prop-country button.prop")).to_contain_text("United States")
    expect(john.page.locator("#prop-city")).to_contain_text("Chicago")
    found = crm.sign_in("admin").get(f"/clients/{client['id']}")
    assert (found["city"], found["country"]) == ("Chicago", "United States")


def test_the_whole_form(two: tuple[Visit, Visit], client: dict[str, Any], crm: Crm) -> None:
    alex, john = two
    for visit in two:
        visit.go(f"/clients/{client['id']}/edit")
    fill(alex.page, {"industry": "Retail", "address": "1 Main Street", "notes": "Alex wrote this."})
    fill(john.page, {"industry": "Healthcare", "city": "Denver", "notes": "John wrote that."})
    press(alex.page, "Save")
    alex.toast("Saved")
    press(john.page, "Save")
    page = john.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Somebody saved this while you were typing")
    rows = page.locator(".diff tbody tr")
    expect(rows).to_have_count(2)
    industry, notes = rows.filter(has_text="Industry"), rows.filter(has_text="Notes")
    for said in ("Technology", "Retail", "Healthcare"):
        expect(industry).to_contain_text(said)
    industry.get_by_label("Retail").check()
    expect(notes.get_by_label("John wrote that.")).to_be_checked()
    press(page, "Save what is chosen")
    john.toast("Saved")
    found = crm.sign_in("admin").get(f"/clients/{client['id']}")
    assert (found["industry"], found["notes"]) == ("Retail", "John wrote that.")
    assert (found["address"], found["city"]) == ("1 Main Street", "Denver")


def test_different_fields_of_the_form_come_together(two: tuple[Visit, Visit], client: dict[str, Any], crm: Crm) -> None:
    alex, john = two
    for visit in two:
        visit.go(f"/clients/{client['id']}/edit")
    fill(alex.page, {"address": "2 Side Street"})
    fill(john.page, {"country": "Canada"})
    press(alex.page, "Save")
    alex.toast("Saved")
    press(john.page, "Save")
    john.toast("Saved")
    found = crm.sign_in("admin").get(f"/clients/{client['id']}")
    assert (found["address"], found["country"], found["industry"]) == ("2 Side Street", "Canada", "Technology")


def test_an_invoice_draft(two: tuple[Visit, Visit], client: dict[str, Any], crm: Crm) -> None:
    alex, john = two
    line = {"description": "Workshop", "quantity": 1, "unit_price": 1000}
    draft = crm.sign_in("sales").post("/invoices", {"client_id": client["id"], "lines": [line]})
    for visit in two:
        visit.go(f"/invoices/{draft['id']}/edit")
    fill(alex.page, {"lines.0.unit_price": "1,200", "description": "As Alex calls it"})
    fill(john.page, {"lines.0.description": "Two workshops", "lines.0.quantity": "2", "notes": "Thank you!"})
    press(alex.page, "Save the draft")
    alex.toast("Saved")
    press(john.page, "Save the draft")
    page = john.page
    rows = page.locator(".diff tbody tr")
    expect(rows).to_have_count(1)
    for said in ("1 × Workshop: 1000", "1 × Workshop: 1200", "2 × Two workshops: 1000"):
        expect(rows).to_contain_text(said)
    expect(rows.get_by_label("Two workshops")).to_be_checked()
    press(page, "Save what is chosen")
    john.toast("Saved")
    found = crm.sign_in("admin").get(f"/invoices/{draft['id']}")
    assert (found["amount"], found["notes"], found["lines"][0]["description"]) == (2000, "Thank you!", "Two workshops")
    assert found["description"] == "As Alex calls it"
