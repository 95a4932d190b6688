"""The form that builds filters, and the tabs of segments, where they stand and what they keep."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]


def box(of: Locator) -> dict[str, float]:
    found = of.bounding_box()
    assert found is not None
    return {**found, "right": found["x"] + found["width"], "middle": found["y"] + found["height"] / 2}


def is_beside(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether they stand on one line."""
    return abs(one["middle"] - other["middle"]) < other["height"] / 2


def choose(page: Page, name: str, value: str) -> None:
    with page.expect_response(lambda answer: "/clients/filter" in answer.url):
        page.locator(f"[name='{name}']").select_option(value)
    # The answer stands in the page only a moment after it came.
    page.locator(f"[name='{name}'] option[value='{value}'][selected]").wait_for(state="attached")


def where_of(page: Page) -> Any:
    return json.loads(parse_qs(urlsplit(page.url).query)["where"][0])


def apply(page: Page) -> None:
    page.locator("#builder").get_by_role("button", name="Apply").last.click()


def test_the_count_of_a_segment_stands_beside_its_name(open_browser: Open, crm: Crm, width: str) -> None:
    name = f"Tab {TechCorp().mark}"
    where = {"field": "city", "op": "not_empty"}
    made = crm.sign_in("sales").post("/segments", {"name": name, "filters": {"where": where}})
    visit = open_browser("sales", width=width)
    page = visit.go(f"/clients?segment={made['id']}")
    tab = page.locator(".tabs a", has_text=name)
    expect(tab.locator(".count")).to_be_visible()
    tab.scroll_into_view_if_needed()
    count, around, named = box(tab.locator(".count")), box(tab), box(tab.locator(".clip"))
    assert around["x"] <= named["right"] <= count["x"] and count["right"] <= around["right"]
    assert is_beside(count, named)
    assert visit.scrolls_sideways() == 0


@in_short_at("phone")
def test_a_condition_is_removed_at_the_end_of_its_row(open_browser: Open, width: str) -> None:
    visit = open_browser("sales", width=width)
    for field, op, value in (
        ("status", "is", "active"), ("status", "any_of", ["active"]), ("city", "is", "Ulm"), ("phone", "empty", None),
        ("deal_value", "gt", 700),
    ):  # fmt: skip
        where = {"field": field, "op": op, "value": value}
        page = visit.go("/clients/filter?" + urlencode({"where": json.dumps(where)}))
        remove = box(page.get_by_role("button", name="Remove this condition"))
        assert remove["right"] >= box(page.locator(".condition"))["right"] - 2, field
        if op == "is":
            assert is_beside(remove, box(page.locator("[name='g0.r0.value']"))), field


@in_short_at("desktop")
def test_a_filter_is_opened_and_applied_untouched(open_browser: Open, width: str) -> None:
    page = open_browser("sales", width=width).go("/clients/filter")
    choose(page, "g0.r0.field", "status")
    choose(page, "g0.r0.op", "any_of")
    page.get_by_role("checkbox", checked=True).uncheck()
    apply(page)
    expect(page.locator(".condition .field-error")).to_have_text("Status: Type a value, or remove this condition.")
    for name in ("Active", "Prospect"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    apply(page)
    expect(page.locator(".chip")).to_contain_text("is any of")
    either = {"field": "status", "op": "any_of", "value": ["prospect", "active"]}
    assert where_of(page) == either
    lines = {"field": "notes", "op": "is", "value": "one\ntwo"}
    deep = {"any": [lines, {"all": [{"field": "deal_value", "op": "gt", "value": 700}, either]}]}
    visit_at = "/clients/filter?" + urlencode({"where": json.dumps({"all": [either, deep]})})
    page.goto(page.url.split("/clients")[0] + visit_at)
    expect(page.locator(".condition .kept")).to_have_count(2)
    expect(page.locator(".condition .kept").nth(1)).to_contain_text("more than $700")
    apply(page)
    expect(page.locator(".chip")).to_have_count(2)
    assert where_of(page) == {"all": [either, deep]}


def test_what_is_ticked_while_the_form_comes_anew_stays(open_browser: Open) -> None:
    page = open_browser("sales").go("/clients/filter")
    choose(page, "g0.r0.field", "status")
    choose(page, "g0.r0.op", "any_of")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/clients/filter?*", hold)
    page.locator("[name='g0.r0.op']").select_option("none_of")
    page.get_by_role("checkbox", name="Prospect", exact=True).uncheck()
    for name in ("Active", "Churned"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    eventually(lambda: page.wait_for_timeout(10) or held, 30)
    with page.expect_response(lambda answer: "/clients/filter" in answer.url):
        held.pop().continue_()
    expect(page.locator("[name='g0.r0.op'] [selected]")).to_have_attribute("value", "none_of")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.unroute("**/clients/filter?*")
    apply(page)
    expect(page.locator(".chip")).to_contain_text("is none of Active, Churned")
