"""Use case 3 and everyday work by keyboard alone: what has the focus is always seen, and never lost."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from stack.driver import Crm
from tests.browser import use_cases
from tests.browser.use_cases import TechCorp, lane
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]

# What has the focus: whether it can be seen, and whether something at it says so.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "nothing";
  // A frame shows it within itself.
  if (element.matches("iframe")) return "";
  const box = element.getBoundingClientRect();
  const marked = [element, element.parentElement, element.closest(".deal-card, label")].filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  const name = element.outerHTML.slice(0, 120);
  if (!marked) return `no sign at ${name}`;
  const seen = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return seen ? "" : `out of sight: ${name}`;
}"""


def has_focus(wanted: Locator) -> bool:
    return bool(wanted.count() and wanted.first.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, wanted: Locator, most: int = 120) -> None:
    """Go from element to element until it is the one; each on the way has to show the focus."""
    faults = []
    for _step in range(most):
        page.keyboard.press("Tab")
        fault = page.evaluate(FOCUS)
        # After the last element of a page the focus is in the browser's own bars.
        faults += [fault] if fault not in ("", "nothing") else []
        if has_focus(wanted):
            assert not faults, "\n".join(dict.fromkeys(faults))
            return
    raise AssertionError(f"not reached within {most} steps: {wanted}; {faults[:3]}")


def arrives(page: Page, url: str | re.Pattern[str]) -> None:
    """The page of this address is there and its scripts hear keys, which they do not yet when its address changes."""
    page.wait_for_url(url, wait_until="load")


def focus_is_seen(page: Page) -> None:
    eventually(lambda: page.evaluate(FOCUS) == "", 5)


def test_use_case_3_by_keyboard(open_browser: Open, crm: Crm) -> None:
    company = TechCorp()
    deal_id = use_cases.a_qualified_deal(crm, company)
    john = open_browser("sales")
    page, keys = john.go("/"), john.page.keyboard
    keys.press("g")
    keys.press("b")
    arrives(page, john.base_url + "/deals/board")
    keys.press("/")
    expect(page.get_by_role("searchbox", name="Search deals")).to_be_focused()
    keys.type(company.mark)
    keys.press("Enter")
    arrives(page, re.compile("q=" + company.mark))
    card = page.locator(f".deal-card[data-id='{deal_id}'] > a")
    tab_to(page, card)
    for stage in ("Proposal", "Negotiation", "Won"):
        keys.press("Shift+ArrowRight")
        john.toast(f"is in {stage} now")
        expect(lane(page, stage.lower()).locator(".deal-card")).to_have_count(1)
        eventually(lambda: has_focus(card))
        focus_is_seen(page)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("E-commerce AI Chatbot")
    draft = page.locator("section", has=page.get_by_role("heading", name="Invoices")).locator("a[href^='/invoices/']")
    expect(draft).to_be_visible(timeout=30_000)
    tab_to(page, draft)
    keys.press("Enter")
    expect(page.locator(".page-head .status")).to_have_text("Draft")
    page.wait_for_load_state()
    number = page.get_by_role("heading", level=1).inner_text()
    keys.press("e")
    subject = page.get_by_label("Subject")
    expect(subject).to_be_visible()
    tab_to(page, subject)
    keys.press("Control+a")
    keys.type("Phase 1, by keyboard")
    keys.press("Control+Enter")
    expect(page.locator(".sheet")).to_contain_text("Phase 1, by keyboard")
    tab_to(page, page.get_by_role("link", name="Preview PDF"))
    keys.press("Enter")
    expect(page.locator("iframe.pdf")).to_be_visible(timeout=30_000)
    tab_to(page, page.get_by_role("link", name="Back", exact=True))
    keys.press("Enter")
    send = page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_visible()
    tab_to(page, send)
    keys.press("Enter")
    john.toast(f"{number} is on its way")
    eventually(lambda: crm.mails(company.email, f"Invoice #{number} from"), 60)


def test_the_palette_goes_anywhere_and_gives_the_focus_back(open_browser: Open, crm: Crm) -> None:
    company = TechCorp()
    use_cases.send_contact_form(open_browser(), company)
    use_cases.client_of(crm, company)
    visit = open_browser("admin")
    page, keys = visit.go("/tasks"), visit.page.keyboard
    before = page.get_by_role("link", name="New task")
    tab_to(page, before)
    keys.press("Control+k")
    entry = page.locator("#palette-input")
    expect(entry).to_be_focused()
    focus_is_seen(page)
    expect(page.locator("#palette-results [role=option]").first).to_have_attribute("aria-selected", "true")
    keys.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(before).to_be_focused()
    keys.press("Control+k")
    keys.type("board")
    expect(page.locator("#palette-results [aria-selected=true]")).to_contain_text("Board")
    keys.press("Enter")
    arrives(page, visit.base_url + "/deals/board")
    keys.press("Control+k")
    keys.type(company.mark)
    found = page.locator("#palette-results [role=option]", has_text=company.name)
    expect(found.first).to_be_visible()
    for _step in range(10):
        if found.first.get_attribute("aria-selected") == "true":
            break
        keys.press("ArrowDown")
    assert entry.get_attribute("aria-activedescendant") == found.first.get_attribute("id")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(company.name)


def test_letters_lead_where_the_list_of_keys_says(open_browser: Open) -> None:
    visit = open_browser("admin")
    page, keys = visit.go("/"), visit.page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    focus_is_seen(page)
    keys.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    for letter, path in (("c", "/clients"), ("d", "/deals"), ("i", "/invoices"), ("t", "/tasks"), ("h", "/")):
        keys.press("g")
        keys.press(letter)
        arrives(page, visit.base_url + path)
    visit.go("/clients")
    keys.press("/")
    expect(page.get_by_role("searchbox", name="Search clients")).to_be_focused()
    keys.type("gc?")
    expect(page.locator("#q")).to_have_value("gc?")
    arrives(page, re.compile(r"q=gc%3F"))
    visit.go("/clients")
    keys.press("c")
    arrives(page, visit.base_url + "/clients/new")
    expect(page.get_by_label("Company name")).to_be_focused()
    focus_is_seen(page)
    keys.press("Escape")
    arrives(page, visit.base_url + "/clients")


def test_menus_and_fields_give_the_focus_back(open_browser: Open, crm: Crm) -> None:
    """A menu by arrows; a property changed in place, saved with Enter or left with Esc; a note added."""
    client = crm.sign_in("sales").post("/clients", {"company_name": f"Keys {TechCorp().mark}"})
    john = open_browser("sales")
    page, keys = john.go(f"/clients/{client['id']}"), john.page.keyboard
    menu = page.locator("summary[aria-label='More to do']")
    tab_to(page, menu)
    keys.press("Enter")
    keys.press("ArrowDown")
    expect(page.get_by_role("link", name="Edit all fields")).to_be_focused()
    focus_is_seen(page)
    keys.press("Escape")
    expect(menu).to_be_focused()
    industry = page.locator("#prop-industry button.prop")
    tab_to(page, industry)
    keys.press("Enter")
    field = page.locator("#prop-industry [name=industry]")
    expect(field).to_be_focused()
    keys.type("Energy")
    keys.press("Escape")
    expect(industry).to_be_focused()
    expect(industry).not_to_contain_text("Energy")
    keys.press("Enter")
    expect(field).to_be_focused()
    keys.type("Retail")
    keys.press("Enter")
    expect(industry).to_contain_text("Retail")
    expect(industry).to_be_focused()
    text = page.locator("#a-text")
    tab_to(page, text)
    keys.type("Called back.")
    keys.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Called back.")
    expect(text).to_be_focused()
