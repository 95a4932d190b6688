"""A service that is down takes only its own part of a page with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from stack.application import Stack
from stack.driver import Crm
from tests.browser import use_cases
from tests.browser.use_cases import TechCorp, press
from tests.browser.visiting import Visit

Open = Callable[..., Visit]
STOPPED = ("billing-rpc", "billing-worker")
SAYS = "Billing is not answering right now."


@pytest.fixture
def deal_id(crm: Crm) -> str:
    return use_cases.a_qualified_deal(crm, TechCorp())


@pytest.fixture
def _without_billing(deal_id: str, running_stack: Stack) -> Iterator[None]:
    for name in STOPPED:
        running_stack.stop_process(name)
    yield
    for name in STOPPED:
        running_stack.start_process(name)
    running_stack.wait_healthy()


@pytest.mark.usefixtures("_without_billing")
def test_pages_without_billing_show_the_rest(open_browser: Open, crm: Crm, deal_id: str) -> None:
    client_id = crm.sign_in("admin").get(f"/deals/{deal_id}")["client_id"]
    john = open_browser("sales")
    john.expect_status(503)
    page = john.go("/")
    expect(page.locator(".figure", has_text="Overdue")).to_contain_text("Billing is not answering")
    expect(page.locator(".figure", has_text="Open deals")).to_contain_text("$")
    expect(page.get_by_role("heading", name="My deals")).to_be_visible()
    page = john.go(f"/clients/{client_id}")
    invoices = page.locator("section", has=page.get_by_role("heading", name="Invoices"))
    expect(invoices).to_contain_text(SAYS)
    page.locator("#a-text").fill("Written while billing was away.")
    press(page, "Add")
    expect(page.locator(".timeline")).to_contain_text("Written while billing was away.")
    page = john.go(f"/deals/{deal_id}")
    expect(page.locator("section", has=page.get_by_role("heading", name="Invoices"))).to_contain_text(SAYS)
    page.locator(".stages").get_by_role("button", name="Proposal").click()
    john.toast("is in Proposal now")
    john.go("/invoices")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices")
    expect(page.locator("#results")).to_contain_text(SAYS)
