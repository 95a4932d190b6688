"""Use case 10 at a browser: filters, a search, an order, all of it picked, tagged, and kept as a segment."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp
from tests.browser.visiting import Visit
from tests.e2e.test_finding import MATCHING, made
from tests.support.waiting import eventually

Open = Callable[..., Visit]


def row(page: Page, number: int, field: str, op: str, value: str) -> None:
    """Fill in a row of the form that builds filters."""
    at = f"g0.r{number}."
    # What may be asked comes anew with the field.
    with page.expect_response(lambda answer: "/clients/filter" in answer.url):
        page.locator(f"[name='{at}field']").select_option(field)
    page.locator(f"[name='{at}op']").locator(f"option[value={op}]").wait_for(state="attached")
    with page.expect_response(lambda answer: "/clients/filter" in answer.url):
        page.locator(f"[name='{at}op']").select_option(op)
    page.locator(f"input[name='{at}value']").fill(value)


@in_short_at("desktop")
def test_use_case_10_clients_are_found_picked_and_tagged(open_browser: Open, crm: Crm, width: str) -> None:
    john, mark = crm.sign_in("sales"), TechCorp().mark
    for number in range(MATCHING + 4):
        made(john, mark, number)
    typed = f"finder {mark} e-commerce OR finder {mark} chatbot"
    eventually(lambda: john.get("/clients", q=typed, industry="Technology")["total"] == MATCHING + 4, 60)
    eventually(lambda: all(each["lifetime_value"] for each in john.get("/clients", q=typed)["items"]), 60)
    visit = open_browser("sales", width=width)
    page = visit.go("/clients")
    page.get_by_role("link", name="Build a filter").click()
    for number, condition in enumerate(
        (("industry", "is", "Technology"), ("state", "is", "California"), ("deal_value", "gt", "50,000"))
    ):
        if number:
            page.get_by_role("button", name="Add a condition").click()
            expect(page.locator(f"[name='g0.r{number}.field']")).to_be_visible()
        row(page, number, *condition)
    page.locator("#builder").get_by_role("button", name="Apply").last.click()
    chips = page.locator(".chip")
    expect(chips).to_have_count(3)
    expect(chips.nth(2)).to_contain_text("Value of a deal: more than $50,000")
    page.locator("#q").fill(typed)
    expect(page.locator(".list-foot")).to_contain_text(f"{MATCHING} clients")
    expect(chips).to_have_count(4)
    expect(page.locator(".hit mark").first).to_have_text(re.compile("e-commerce|chatbot|finder", re.I))
    for direction in ("ascending", "descending"):
        page.locator("th", has_text="Lifetime value").get_by_role("link").click()
        expect(page.locator("th", has_text="Lifetime value")).to_have_attribute("aria-sort", direction)
    expect(page.locator("td.main-cell a").first).to_have_text(f"Finder {mark} {MATCHING - 1:02}")
    page.locator(".pick-all").check()
    bar = page.locator(".bulkbar")
    expect(bar).to_contain_text(f"{MATCHING} selected")
    tag = f"q1_priority_{mark}"
    bar.get_by_label("Tag", exact=True).fill(tag)
    bar.get_by_role("button", name="Apply").click()
    visit.toast(f"{MATCHING} clients changed")
    assert john.get("/clients", tag=tag)["total"] == MATCHING
    page.locator("summary", has_text="Save as segment").click()
    page.locator("#segment-new").fill(f"Q1 {mark}")
    page.locator(".keep form").filter(has=page.locator("#segment-new")).get_by_role("button", name="Save").click()
    visit.toast(f"Saved as Q1 {mark}")
    tab = page.get_by_role("navigation", name="Segments").get_by_role("link", name=f"Q1 {mark}")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab.locator(".count")).to_have_text(str(MATCHING))
    page.get_by_role("link", name=re.compile("^Without Value of a deal")).click()
    expect(page.locator(".list-foot")).to_contain_text(f"{MATCHING + 2} clients")
    expect(page.locator(".keep").get_by_role("button", name="Save", exact=True).first).to_be_visible()
    assert visit.scrolls_sideways() == 0


def typed_meanwhile(page: Page, op: str, value: str) -> None:
    """Fill in the value of the first row while the form is on its way that comes anew with a condition."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/clients/filter?*", hold)
    page.locator("[name='g0.r0.op']").select_option(op)
    page.locator("[name='g0.r0.value']").fill(value)
    eventually(lambda: page.wait_for_timeout(10) or held, 30)
    with page.expect_response(lambda answer: "/clients/filter" in answer.url):
        held.pop().continue_()


def test_what_is_typed_while_the_form_comes_anew_stays(open_browser: Open) -> None:
    page = open_browser("sales").go("/clients")
    page.get_by_role("link", name="Build a filter").click()
    row(page, 0, "deal_value", "gt", "")
    typed_meanwhile(page, "between", "50,000")
    expect(page.locator("[name='g0.r0.other']")).to_be_visible()
    expect(page.locator("[name='g0.r0.value']")).to_have_value("50,000")
    expect(page.locator("[name='g0.r0.value']")).to_be_focused()


def test_what_stands_in_clients_is_offered(open_browser: Open, crm: Crm) -> None:
    mark = TechCorp().mark
    crm.sign_in("sales").post("/clients", {"company_name": f"Offered {mark}", "city": f"Ulm {mark}"})
    page = open_browser("sales").go("/clients")
    page.get_by_role("link", name="Build a filter").click()
    row(page, 0, "city", "is", "")
    typed_meanwhile(page, "is_not", mark)
    expect(page.locator("#builder datalist option")).to_have_count(1)
    expect(page.locator("#builder datalist option")).to_have_attribute("value", f"Ulm {mark}")
    page.unroute_all()
    page.locator("[name='g0.r0.value']").fill("nowhere at all")
    expect(page.locator("#builder datalist option")).to_have_count(0)
