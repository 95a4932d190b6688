"""Lists as people use them: chips, sorting, columns, more by scrolling, many at once and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from stack.driver import Crm
from tests.browser import use_cases
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp, lane
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]
SEEDED = 120


@pytest.fixture(scope="module")
def grove(running_stack: object) -> str:
    """The tag of 120 clients, every third of them a prospect."""
    crm, mark = Crm(running_stack.info), TechCorp().mark  # type: ignore[attr-defined]  # a stack
    jessica = crm.sign_in("sales2")

    def add(number: int) -> None:
        body = {"company_name": f"Grove {mark} {number:03}", "tags": [f"grove-{mark}"], "city": "Boston"}
        jessica.post("/clients", body | {"status": "prospect" if number % 3 == 0 else "active", "industry": "Timber"})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(SEEDED)))
    return f"grove-{mark}"


def names(page: Page) -> list[str]:
    return page.locator("td.main-cell a").all_inner_texts()


def test_filters_show_as_chips_and_go_away_again(open_browser: Open, grove: str) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/clients?tag={grove}")
    expect(page.locator(".list-foot")).to_contain_text("120 clients")
    expect(page.locator(".chip")).to_have_text(re.compile(f"Tag: {grove}"))
    page.locator(".filters [name=status]").select_option("prospect")
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".list-foot")).to_contain_text("40 clients")
    expect(page).to_have_url(re.compile("status=prospect"))
    page.get_by_role("link", name=re.compile("^Without Status")).click()
    expect(page.locator(".list-foot")).to_contain_text("120 clients")
    expect(page.locator(".filters [name=status]")).to_have_value("")
    page.get_by_text("More filters").click()
    page.get_by_label("City", exact=True).fill("Nowhere")
    page.locator(".filters details").get_by_role("button", name="Apply").click()
    expect(page.locator("#results")).to_contain_text("No client fits these filters")
    page.locator("#results").get_by_role("link", name="Clear all").last.click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_header_sorts_up_down_and_not_at_all(open_browser: Open, grove: str) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/clients?tag={grove}")
    header = page.locator("th", has_text="Company")
    for direction in ("ascending", "descending"):
        header.get_by_role("link").click()
        expect(header).to_have_attribute("aria-sort", direction)
        shown = names(page)
        assert shown == sorted(shown, reverse=direction == "descending")
    header.get_by_role("link").click()
    expect(header).not_to_have_attribute("aria-sort", re.compile("."))
    assert "sort=" not in page.url


@in_short_at("phone")
def test_scrolling_loads_the_rest(open_browser: Open, grove: str, width: str) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go(f"/clients?tag={grove}&sort=company_name")
    rows = page.locator("td.main-cell")
    expect(rows).to_have_count(50)
    for count in (100, 120):
        rows.last.scroll_into_view_if_needed()
        expect(rows).to_have_count(count)
    shown = names(page)
    assert shown == sorted(set(shown))
    assert visit.scrolls_sideways() == 0


@pytest.fixture
def _choices_as_before(crm: Crm) -> Iterator[None]:
    """Choices are the person's, for all tests."""
    yield
    session = crm.anybody().session
    session.post(crm.info["base_url"] + "/login", crm.info["users"]["admin"], timeout=30)
    token = re.search(r'data-csrf="(\w+)"', session.get(crm.info["base_url"] + "/account", timeout=30).text)
    assert token
    for name, values in (
        ("clients.columns", ["status", "owner", "industry", "lifetime_value", "last_activity"]),
        ("board.fields", ["company", "value", "closes", "owner"]),
        ("board.compact", ["false"]),
    ):
        form = {"csrf_token": token[1], "name": name, "value": values}
        session.post(crm.info["base_url"] + "/choices", form, timeout=30).raise_for_status()


@pytest.mark.usefixtures("_choices_as_before")
def test_chosen_columns_stay_in_a_new_session(open_browser: Open, crm: Crm, grove: str) -> None:
    visit = open_browser("admin")
    page = visit.go(f"/clients?tag={grove}")
    expect(page.locator("thead")).to_contain_text("Industry")
    page.locator("summary", has_text="Columns").click()
    menu = page.locator("form[action='/choices']", has=page.locator("[value='clients.columns']"))
    menu.get_by_label("Industry").uncheck()
    menu.get_by_label("Place").check()
    menu.get_by_role("button", name="Show these").click()
    expect(page.locator("thead")).not_to_contain_text("Industry")
    expect(page.locator("tbody tr").first).to_contain_text("Boston")
    expect(page).to_have_url(re.compile(f"tag={grove}"))
    other = open_browser()
    use_cases.log_in(other, crm.info["users"]["admin"])
    other.go("/clients")
    expect(other.page.locator("thead")).to_contain_text("Place")
    expect(other.page.locator("thead")).not_to_contain_text("Industry")


def test_many_at_once_and_back_again(open_browser: Open, crm: Crm, grove: str) -> None:
    admin, visit = crm.sign_in("admin"), open_browser("admin")
    page = visit.go(f"/clients?tag={grove}&sort=company_name")
    bar = page.locator(".bulkbar")
    expect(bar).to_be_hidden()
    for number in range(3):
        page.locator(".pick").nth(number).check()
    expect(bar).to_contain_text("3 selected")
    bar.get_by_label("Tag").fill("felled")
    bar.get_by_role("button", name="Apply").click()
    visit.toast("3 clients changed")
    assert admin.get("/clients", tag="felled")["total"] == 3
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    visit.toast("3 clients are as they were")
    assert admin.get("/clients", tag="felled")["total"] == 0
    page = visit.go(f"/clients?tag={grove}&sort=company_name")
    page.get_by_label("Select all that are shown").check()
    expect(bar).to_contain_text("50 selected")
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_be_hidden()
    page.locator(".pick").first.check()
    bar.get_by_label("What to do").select_option("assign")
    bar.get_by_label("Owner").select_option(label="John Smith")
    bar.get_by_role("button", name="Apply").click()
    visit.toast("1 client changed")
    john = crm.sign_in("sales").user["id"]
    eventually(lambda: admin.get("/clients", tag=grove, owner_id=john)["total"] == 1)


@pytest.mark.usefixtures("_choices_as_before")
def test_the_board_shows_what_was_chosen(open_browser: Open, crm: Crm) -> None:
    company = TechCorp()
    use_cases.a_qualified_deal(crm, company)
    visit = open_browser("admin")
    page = visit.go("/deals/board?q=" + company.mark)
    card = lane(page, "qualified").locator(".deal-card")
    expect(card).to_contain_text("$62,500")
    page.locator("summary", has_text="Cards").click()
    menu = page.locator("form[action='/choices']", has=page.locator("[value='board.fields']"))
    menu.get_by_label("Value").uncheck()
    menu.get_by_role("button", name="Show these").click()
    expect(card).to_be_visible()
    expect(card).not_to_contain_text("$62,500")
    tall = card.bounding_box()
    page.locator("summary", has_text="Cards").click()
    page.get_by_role("button", name="Compact cards").click()
    expect(page.locator(".board")).to_have_class(re.compile("compact"))
    small = card.bounding_box()
    assert tall and small and small["height"] < tall["height"]
