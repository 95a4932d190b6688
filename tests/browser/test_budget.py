"""What a page may cost: bytes on the wire, calls to services, clicks of a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from playwright.sync_api import expect

from stack.driver import Crm, Person
from tests.browser.use_cases import TechCorp, fill
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]
FIRST_LOAD = 300_000
CLICKS = 25
ROWS = 60


def test_the_first_page_is_light(open_browser: Open) -> None:
    visit = open_browser("sales", reduced_motion="no-preference")
    sizes: dict[str, float] = {}
    urls: dict[str, str] = {}
    protocol = visit.context.new_cdp_session(visit.page)
    protocol.send("Network.enable")
    protocol.on("Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]}))
    protocol.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    visit.go("/")
    visit.page.wait_for_load_state("networkidle")
    whole = sum(sizes.values())
    rows = sorted(((size, urls.get(id, "?").removeprefix(visit.base_url)) for id, size in sizes.items()), reverse=True)
    print(f"first load: {whole / 1000:.0f} KB in {len(sizes)} requests")
    assert whole < FIRST_LOAD, rows
    again: list[float] = []
    protocol.on("Network.loadingFinished", lambda event: again.append(event["encodedDataLength"]))
    visit.go("/clients")
    visit.page.wait_for_load_state("networkidle")
    assert sum(again) < FIRST_LOAD / 5, "what was loaded once is loaded again"


def test_a_page_makes_as_many_calls_with_many_rows_as_with_none(crm: Crm) -> None:
    admin, mark = crm.sign_in("admin"), TechCorp().mark
    client = admin.post("/clients", {"company_name": f"Rows {mark}", "tags": [mark]})["id"]
    new_deal = {"deal_name": f"Row {mark}", "client_id": client, "deal_value": 1, "tags": [mark]}
    deal = admin.post("/deals", new_deal)["id"]
    paths = [f"/clients?tag={mark}", f"/deals?tag={mark}", f"/deals/board?tag={mark}", f"/invoices?client_id={client}"]
    paths += [f"/clients/{client}", f"/deals/{deal}", "/", "/tasks?whose=all", "/notifications", "/payments", "/search"]
    before = calls_of(crm, paths)
    _many(admin, client, deal, mark)
    assert calls_of(crm, paths) == before
    assert max(before.values()) <= 9, before


def calls_of(crm: Crm, paths: list[str]) -> dict[str, int]:
    """How many calls to services each page says it made."""
    session = requests.Session()
    session.post(crm.info["base_url"] + "/login", crm.info["users"]["admin"], timeout=30).raise_for_status()
    made = {}
    for path in paths:
        answer = session.get(crm.info["base_url"] + path, timeout=30)
        assert answer.status_code == 200, path
        found = re.search(r'rpc;desc="(\d+)"', answer.headers["Server-Timing"])
        assert found, path
        made[path] = int(found[1])
    return made


def _many(admin: Person, client: str, deal: str, mark: str) -> None:
    """Sixty of each."""
    line = {"description": "Work", "quantity": 1, "unit_price": 10}

    def add(number: int) -> None:
        admin.post("/clients", {"company_name": f"Row {mark} {number}", "tags": [mark]})
        about = {"client_id": client, "deal_value": number, "tags": [mark]}
        admin.post("/deals", about | {"deal_name": f"Row {mark} {number}"})
        admin.post("/invoices", {"client_id": client, "deal_id": deal, "lines": [line]})
        admin.post(f"/clients/{client}/activities", {"type": "task", "subject": f"Row {number}", "deal_id": deal})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(ROWS)))


def test_from_log_in_to_a_sent_invoice_takes_few_clicks(open_browser: Open, crm: Crm) -> None:
    company = TechCorp()
    visit = open_browser()
    page: Any = visit.go("/login")
    fill(page, crm.info["users"]["sales"])
    visit.click(page.get_by_role("button", name="Sign in"))
    visit.click(page.locator("main").get_by_role("link", name="New client"))
    person = {"contact_first_name": "Sarah", "contact_last_name": "Johnson", "contact_email": company.email}
    expect(page.get_by_role("heading", level=1)).to_have_text("New client")
    # Unlike any other: a likely duplicate would be asked about.
    fill(page, {"company_name": f"{company.mark} Ventures {company.mark}"} | person)
    visit.click(page.get_by_role("button", name="Save", exact=True))
    visit.click(page.locator(".page-head").get_by_role("link", name="New deal"))
    fill(page, {"deal_name": "Chatbot", "deal_value": "62,500"})
    visit.click(page.get_by_role("button", name="Save", exact=True))
    visit.click(page.locator(".stages").get_by_role("button", name="Won"))
    visit.toast("is in Won now")
    draft = page.locator("section", has=page.get_by_role("heading", name="Invoices")).locator("a[href^='/invoices/']")
    expect(draft).to_be_visible(timeout=30_000)
    visit.click(draft)
    visit.click(page.get_by_role("button", name="Send", exact=True))
    expect(page.locator("#state")).to_contain_text("The invoice was mailed.", timeout=60_000)
    eventually(lambda: crm.mails(company.email, "Invoice #"))
    print(f"clicks from log-in to a sent invoice: {visit.clicks}")
    assert visit.clicks < CLICKS
