"""Use cases 5 and 7 as people play them: the forecast a CFO takes apart, and the mail a morning begins with."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from stack.demo import pdf_text
from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]
# Use case 7, and February and March so that their weighted sums are those that it gives.
JANUARY = {"lead": 120_000, "qualified": 85_000, "proposal": 180_000, "negotiation": 95_000}
LATER = (("2025-02-14", "proposal", 490_000), ("2025-03-20", "negotiation", 416_000))
CLOSED = (datetime.now(UTC).date() - timedelta(days=30)).isoformat()
BEGAN = (datetime.now(UTC).date() - timedelta(days=90)).isoformat()

# By how many pixels the words of a tile are wider than the tile.
_SPILT = """tile => {
  const words = document.createRange();
  words.selectNodeContents(tile);
  return words.getBoundingClientRect().right - tile.getBoundingClientRect().right;
}"""


@pytest.fixture(scope="session")
def source(running_stack: Any) -> str:
    """The deals of use case 7, all of one source that no other deal has."""
    crm, name = Crm(running_stack.info), f"forecast {secrets.token_hex(3)}"
    admin, john = crm.sign_in("admin"), crm.sign_in("sales").user["id"]
    client = admin.post("/clients", {"company_name": f"Quarter {name}", "owner_id": john})["id"]
    deals = [("2025-01-20", stage, value) for stage, value in JANUARY.items()] + list(LATER)
    for day, stage, value in deals:
        deal = {"client_id": client, "owner_id": john, "deal_name": f"{stage} {day}", "stage": stage, "source": name}
        admin.post("/deals", deal | {"deal_value": value, "expected_close_date": day, "created_on": BEGAN})
    # Closed outside of the quarter: a win rate, and nothing in its sums.
    for stage, more in (("won", {}), ("lost", {"lost_reason": "Price"})):
        closed = {"client_id": client, "owner_id": john, "deal_name": stage, "stage": stage, "source": name, **more}
        admin.post("/deals", closed | {"deal_value": 50_000, "created_on": BEGAN, "actual_close_date": CLOSED})
    return name


def figures(page: Page, table: str) -> list[list[str]]:
    """The cells of a table, row by row."""
    rows = page.locator(f"section[aria-labelledby=table-{table}] tbody tr").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]


def choose_the_quarter(page: Page, source: str) -> None:
    """January to March 2025, and only these deals."""
    page.get_by_label("Time", exact=True).select_option("custom")
    page.get_by_label("From", exact=True).fill("2025-01-01")
    page.get_by_label("Until", exact=True).fill("2025-03-31")
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Source").fill(source)
    page.locator(".filters").get_by_role("button", name="Apply").last.click()
    expect(page.locator(".chip")).to_contain_text(source)
    expect(page.locator(".figure.is-main .value")).to_have_text("$751,500")


def the_forecast(visit: Visit, source: str) -> Page:
    return visit.go(f"/reports/forecast?from=2025-01-01&to=2025-03-31&source={source}")


def test_use_case_7_the_cfo_takes_the_quarter_apart(open_browser: Open, source: str) -> None:
    visit = open_browser("finance")
    page = visit.go("/")
    page.get_by_role("link", name="Reports", exact=True).first.click()
    page.get_by_role("link", name="Pipeline forecast").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pipeline forecast")
    choose_the_quarter(page, source)
    rows = [row for row in figures(page, "rows") if row[0] == "Jan 2025"]
    assert [(row[1], row[3], row[4], row[5]) for row in rows] == [
        ("Lead", "$120,000", "10 %", "$12,000"),
        ("Qualified", "$85,000", "25 %", "$21,250"),
        ("Proposal", "$180,000", "50 %", "$90,000"),
        ("Negotiation", "$95,000", "75 %", "$71,250"),
    ]
    assert [(row[0], row[3]) for row in figures(page, "months")] == [
        ("Jan 2025", "$194,500"), ("Feb 2025", "$245,000"), ("Mar 2025", "$312,000"),
    ]  # fmt: skip
    for place in range(4):
        chart = page.locator(".chart").nth(place)
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg")).to_be_visible(timeout=30_000)
        assert len(chart.get_by_role("img").get_attribute("aria-label") or "") > 20
    expect(page.locator("#insight")).to_contain_text("$751,500", timeout=30_000)
    expect(page.locator("#insight")).to_contain_text("By built-in")
    january = page.locator("section[aria-labelledby=table-months] tbody tr").first
    counted = january.get_by_role("link").inner_text()
    january.get_by_role("link").click()
    expect(page.locator(".list-foot")).to_contain_text(f"{counted} deals")
    expect(page.locator(".list-foot")).to_contain_text("$480,000")


@in_short_at("desktop")
def test_the_slider_goes_through_the_days_by_keys_alone(open_browser: Open, source: str, width: str) -> None:
    visit = open_browser("finance", width=width)
    page = the_forecast(visit, source)
    main, slider = page.locator(".figure.is-main .value"), page.locator("#as-of-slider")
    expect(main).to_have_text("$751,500")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#report")).to_contain_text("as it was at the end of")
    expect(main).to_have_text("$751,500")
    page.keyboard.press("Home")
    expect(main).to_have_text("$0")
    expect(page.locator("#report")).to_contain_text("No deal closes in this time")
    assert slider.evaluate("each => document.activeElement === each")
    assert re.search(r"\d{4}", slider.get_attribute("aria-valuetext") or "")
    assert "as_of=" in page.url
    page.get_by_role("button", name="Today").press("Enter")
    expect(main).to_have_text("$751,500")
    expect(page.locator("#report")).to_contain_text("as it stands now")


@in_short_at("desktop")
def test_the_bridge_says_what_moved_the_open_deals(open_browser: Open, source: str, width: str) -> None:
    visit = open_browser("finance", width=width)
    page = the_forecast(visit, source)
    page.locator("#bridge-part").scroll_into_view_if_needed()
    bridge = page.locator("#bridge-part")
    before = (datetime.now(UTC).date() - timedelta(days=120)).isoformat()
    bridge.get_by_label("Between", exact=True).fill(before, timeout=30_000)
    came_in = bridge.locator("tbody tr", has_text="Came in")
    expect(came_in).to_contain_text("$1,386,000")
    expect(came_in.get_by_role("link")).to_have_count(5)
    expect(bridge.locator("tfoot")).to_contain_text("$1,386,000")
    expect(bridge.locator("svg")).to_be_visible(timeout=30_000)
    came_in.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2025-02-14")


def test_a_forecast_is_read_without_scrolling_sideways(open_browser: Open, source: str, width: str) -> None:
    visit = open_browser("finance", width=width)
    page = the_forecast(visit, source)
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg")).to_be_visible(timeout=30_000)
        assert chart.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    months = page.locator(".chart").first.locator("svg")
    words = months.locator("text").all_text_contents()
    assert {"Lead", "Qualified", "Proposal", "Negotiation"} <= set(words)
    # Twelve pixels of a drawing are not less than ten on the screen.
    assert months.evaluate("each => each.getBoundingClientRect().width / each.viewBox.baseVal.width") > 0.83
    assert visit.scrolls_sideways() == 0


@in_short_at("desktop")
def test_large_amounts_have_room(open_browser: Open, crm: Crm, width: str) -> None:
    admin, name = crm.sign_in("admin"), f"large {secrets.token_hex(3)}"
    john = crm.sign_in("sales").user["id"]
    client = admin.post("/clients", {"company_name": name, "owner_id": john})["id"]
    deal = {"client_id": client, "owner_id": john, "deal_name": name, "stage": "proposal", "source": name}
    admin.post("/deals", deal | {"deal_value": 987_654_321.12, "expected_close_date": "2025-02-14"})
    visit = open_browser("finance", width=width)
    if not visit.is_phone:
        visit.page.set_viewport_size({"width": 1280, "height": 900})
    page = the_forecast(visit, name)
    expect(page.locator(".figure.is-main .value")).to_have_text("$493,827,160.56")
    for figure in page.locator(".figure").all():
        assert figure.evaluate(_SPILT) <= 0
    page = visit.go("/reports/reps")
    expect(page.locator("section[aria-labelledby=table-reps] thead")).to_be_visible()
    if not visit.is_phone:
        assert page.locator(".table-wrap").first.evaluate("each => each.scrollWidth - each.clientWidth") == 0


@in_short_at("desktop")
def test_the_forecast_is_taken_along(open_browser: Open, source: str, width: str) -> None:
    visit = open_browser("finance", width=width)
    page = the_forecast(visit, source)
    with page.expect_download(timeout=90_000) as fetched:
        page.get_by_role("button", name="PDF").click()
    told = pdf_text(fetched.value.path().read_bytes())
    assert fetched.value.suggested_filename == "pipeline-forecast-2025-01-01-2025-03-31.pdf"
    for figure in ("$751,500", "$194,500", "$245,000", "$312,000", "$71,250", "1 of "):
        assert figure in told, figure
    csv = visit.context.request.get(page.get_by_role("link", name="CSV").get_attribute("href") or "")
    lines = [line.split(",") for line in csv.text().splitlines()]
    weighted = lines[0].index("weighted")
    assert sum(Decimal(line[weighted]) for line in lines[1:]) == 751_500
    xlsx = visit.context.request.get(page.get_by_role("link", name="Excel").get_attribute("href") or "")
    assert xlsx.ok and xlsx.body()[:2] == b"PK"
    page = visit.go("/reports/files")
    expect(page.get_by_role("link", name="pipeline-forecast-2025-01-01-2025-03-31.pdf").first).to_be_visible()


@in_short_at("phone")
def test_a_report_is_scheduled_sent_and_taken_off(open_browser: Open, crm: Crm, width: str) -> None:
    visit = open_browser("finance", width=width)
    page = visit.go("/reports/reps")
    page.get_by_role("link", name="Schedule").click()
    page.get_by_label("How often").select_option("monthly")
    page.get_by_label("On day").fill("3")
    page.get_by_role("button", name="Save").click()
    visit.toast("The report will be mailed")
    line = page.locator("li.schedule", has_text="on day 3")
    line.get_by_role("button", name="Send now").click()
    visit.toast("The report is being made")
    address = crm.info["users"]["finance"]["email"]
    mail = eventually(lambda: [each for each in crm.mails(address) if each["attachments"]], 90)[0]
    assert crm.attachment(mail)[:4] == b"%PDF"
    page.locator("li.schedule", has_text="on day 3").get_by_role("button", name="Delete").click()
    visit.toast("mailed no more")


def test_use_case_5_a_day_begins_informed(open_browser: Open, crm: Crm, width: str) -> None:
    john = open_browser("sales", width=width)
    address = crm.info["users"]["sales"]["email"]
    page = john.go("/reports/summary")
    mail = page.frame_locator("iframe.mail-preview")
    expect(mail.locator("h1")).to_contain_text("John", timeout=30_000)
    page.get_by_role("button", name="Send me now").click()
    john.toast("is on its way to")
    sent = eventually(lambda: _summaries(crm, address), 90)[0]
    assert sent["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    metrics = crm.sign_in("sales").get("/reports/daily-summary")["metrics"]
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', sent["html"])]
    assert any(each["count"] for each in metrics)
    for metric in metrics:
        link = next(each for each in links if urlsplit(each).path + "?" + urlsplit(each).query == metric["path"])
        page = john.go(link.removeprefix(john.base_url))
        if metric["count"]:
            expect(page.locator("main")).to_contain_text(re.compile(rf"\b{metric['count']:,} \w"))


def _summaries(crm: Crm, address: str) -> list[dict[str, Any]]:
    return [mail for mail in crm.mails(address) if "/unsubscribe/" in mail["headers"].get("List-Unsubscribe", "")]


@in_short_at("phone")
def test_a_mail_is_ended_from_within_it(open_browser: Open, crm: Crm, width: str) -> None:
    jessica, address = crm.sign_in("sales2"), crm.info["users"]["sales2"]["email"]
    jessica.post("/reports/daily-summary/send")
    sent = eventually(lambda: _summaries(crm, address), 90)[0]
    link = sent["headers"]["List-Unsubscribe"].strip("<>")
    visitor = open_browser(width=width)
    page = visitor.go(urlsplit(link).path)
    assert jessica.get("/me/summary")["enabled"] is True
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more of them")
    assert jessica.get("/me/summary")["enabled"] is False
    jessica.patch("/me/summary", {"enabled": True})
    assert parse_qs(urlsplit(link).query) == {}


@in_short_at("desktop")
def test_targets_are_typed_without_a_mouse(open_browser: Open, crm: Crm, width: str) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go("/settings/targets?year=2031")
    page.get_by_label("The company, Jan 2031").fill("250,000")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("40000")
    page.keyboard.press("ControlOrMeta+Enter")
    visit.toast("Saved")
    expect(page.get_by_label("The company, Jan 2031")).to_have_value("250000")
    items = crm.sign_in("admin").get("/targets", from_month="2031-01", to_month="2031-12")["items"]
    assert sorted(each["amount"] for each in items) == [40_000, 250_000]


@in_short_at("phone")
def test_reports_without_javascript(open_browser: Open, source: str, width: str) -> None:
    visit = open_browser("finance", width=width, java_script_enabled=False)
    page = the_forecast(visit, source)
    expect(page.locator(".figure.is-main .value")).to_have_text("$751,500")
    page.get_by_label("As of", exact=True).fill("2025-01-01")
    page.locator("noscript").get_by_role("button", name="Apply").click()
    expect(page.locator(".figure.is-main .value")).to_have_text("$0")
    page = the_forecast(visit, source)
    page.get_by_role("button", name="PDF").click()
    link = page.locator(".file-state a[download]")
    visit.reload_until(link, 90)
    assert "$751,500" in pdf_text(visit.context.request.get(link.get_attribute("href") or "").body())
