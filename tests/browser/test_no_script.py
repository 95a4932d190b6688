"""The daily work with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from stack.driver import Crm
from tests.browser import use_cases
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp, fill, press
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]


@in_short_at("phone")
def test_from_log_in_to_a_sent_invoice_without_javascript(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    contact = {"first_name": "Sarah", "email": company.email}
    client = crm.sign_in("sales").post("/clients", {"company_name": company.name, "contact": contact, "city": "Reno"})
    visit = open_browser(width=width, java_script_enabled=False)
    use_cases.log_in(visit, crm.info["users"]["sales"])
    page = visit.go("/clients")
    page.get_by_label("Search clients").fill(company.mark)
    page.locator(".filters [name=status]").select_option("prospect")
    page.locator("noscript").get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("link", name=company.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(company.name)
    page.locator("#a-text").fill("Written without any script.")
    press(page, "Add")
    visit.toast("Note added")
    expect(page.locator(".timeline")).to_contain_text("Written without any script.")
    page.locator(".page-head").get_by_role("link", name="New deal").click()
    fill(page, {"deal_name": "Plain deal", "deal_value": "4,000"})
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain deal")
    page.locator(".stages").get_by_role("button", name="Proposal").click()
    visit.toast("is in Proposal now")
    expect(page.locator(".stages [aria-current=step]")).to_have_text("Proposal")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".stages [aria-current=step]")).to_have_text("Lead")
    visit.go(f"/invoices/new?client_id={client['id']}")
    fill(page, {"lines.0.description": "Workshop", "lines.0.quantity": "2", "lines.0.unit_price": "1,500"})
    press(page, "Add a line")
    fill(page, {"lines.1.description": "Report", "lines.1.unit_price": "1,000.50"})
    press(page, "Work out the total")
    expect(page.locator(".sums .grand")).to_contain_text("$4,000.50")
    press(page, "Save the draft")
    expect(page.locator(".sums .grand")).to_contain_text("$4,000.50")
    number = page.get_by_role("heading", level=1).inner_text()
    press(page, "Send")
    visit.toast(f"{number} is on its way")
    eventually(lambda: crm.mails(company.email, f"Invoice #{number} from"), 60)
