"""Two people with a page open each: what one does, the other sees, without loading anything."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from stack.application import Stack
from stack.driver import Person
from tests.browser.visiting import Visit

SOON = 2_000


def a_deal(people: dict[str, Person], owner: str = "sales") -> dict[str, Any]:
    name = f"Windmill {secrets.token_hex(4)}"
    body = {"company_name": name, "owner_id": people[owner].user["id"]}
    client = people["admin"].post("/clients", body)
    deal: dict[str, Any] = people["admin"].post(
        "/deals", {"client_id": client["id"], "deal_name": name, "deal_value": 100, "stage": "lead"}
    )
    return deal


def connected(visit: Visit, path: str) -> None:
    """Open a page whose stream is open, too."""
    with visit.page.expect_response(lambda answer: "/live/events" in answer.url and answer.status == 200):
        visit.go(path)


def cards(visit: Visit, stage: str, deal: dict[str, Any]) -> Locator:
    return visit.page.locator(f"#cards-{stage} [data-key='{deal['id']}']")


def test_a_card_that_somebody_moves_moves_on_every_board(
    open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    deal = a_deal(people)
    looks, works = open_browser("sales"), open_browser("admin")
    connected(looks, f"/deals/board?q={deal['deal_name']}")
    connected(works, f"/deals/board?q={deal['deal_name']}")
    expect(cards(looks, "lead", deal)).to_be_visible()
    card = cards(works, "lead", deal).locator("a").first
    card.focus()
    works.page.keyboard.press("Shift+ArrowRight")
    expect(cards(looks, "qualified", deal)).to_be_visible(timeout=SOON)
    expect(cards(looks, "lead", deal)).to_have_count(0)
    expect(looks.page.locator("#head-qualified .lane-count")).to_have_text("1")
    expect(looks.page.locator("#board-said")).to_contain_text(deal["deal_name"])
    # A new one comes, too.
    more = {"client_id": deal["client_id"], "deal_name": f"{deal['deal_name']} again", "deal_value": 5}
    made = people["admin"].post("/deals", more | {"stage": "proposal"})
    expect(cards(looks, "proposal", made)).to_be_visible(timeout=SOON)


def test_the_focus_and_an_open_menu_stay_where_they_are(
    open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    deal = a_deal(people)
    more = {"client_id": deal["client_id"], "deal_name": f"{deal['deal_name']} two", "deal_value": 5}
    other = people["admin"].post("/deals", more | {"stage": "lead"})
    visit = open_browser("sales")
    connected(visit, f"/deals/board?q={deal['deal_name']}")
    link = cards(visit, "lead", deal).locator("a").first
    link.focus()
    people["admin"].post(f"/deals/{other['id']}/stage", {"stage": "proposal"})
    expect(cards(visit, "proposal", other)).to_be_visible(timeout=SOON)
    expect(link).to_be_focused()
    # Somebody moves the very card that has the focus: it goes with it.
    people["admin"].post(f"/deals/{deal['id']}/stage", {"stage": "qualified"})
    expect(cards(visit, "qualified", deal).locator("a").first).to_be_focused(timeout=SOON)
    menu = cards(visit, "qualified", deal).locator("details.card-menu")
    menu.locator("summary").click()
    people["admin"].post(f"/deals/{other['id']}/stage", {"stage": "negotiation"})
    with visit.page.expect_response(lambda answer: "/deals/board" in answer.url):
        visit.page.wait_for_function("document.querySelector('details.card-menu[open]') !== null")
        visit.page.keyboard.press("Escape")
    expect(cards(visit, "negotiation", other)).to_be_visible()


def test_what_is_typed_stays_while_the_timeline_grows(
    open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    deal = a_deal(people)
    visit = open_browser("sales")
    connected(visit, f"/clients/{deal['client_id']}")
    visit.tab("Timeline")
    visit.page.locator("#a-text").fill("half a sen")
    people["admin"].post(f"/clients/{deal['client_id']}/activities", {"type": "call", "subject": "They rang"})
    expect(visit.page.locator("#happened").get_by_text("They rang")).to_be_visible(timeout=SOON)
    expect(visit.page.locator("#a-text")).to_have_value("half a sen")
    expect(visit.page.locator("#a-text")).to_be_focused()


def test_a_deals_page_follows_its_stage(open_browser: Callable[..., Visit], people: dict[str, Person]) -> None:
    deal = a_deal(people)
    visit = open_browser("sales")
    connected(visit, f"/deals/{deal['id']}")
    people["admin"].post(f"/deals/{deal['id']}/stage", {"stage": "proposal"})
    expect(visit.page.locator(".stages [aria-current=step]")).to_have_text("Proposal", timeout=SOON)
    expect(visit.page.locator(f"[hx-get='/deals/{deal['id']}/parts/way']")).to_contain_text("Proposal", timeout=SOON)


def test_a_notification_raises_the_count_and_is_said(
    open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    visit = open_browser("sales2")
    connected(visit, "/notifications")
    unread = visit.page.locator("#unread")
    visit.page.wait_for_function("document.querySelector('#unread').textContent !== null")
    before = unread.inner_text()
    deal = a_deal(people)
    people["admin"].post(f"/clients/{deal['client_id']}/assign", {"owner_id": people["sales2"].user["id"]})
    expect(visit.page.locator("#news")).to_contain_text(deal["deal_name"], timeout=SOON)
    expect(unread).not_to_have_text(before, timeout=SOON)
    expect(visit.page.locator("#notes > li").first).to_contain_text(deal["deal_name"], timeout=SOON)


def test_two_tabs_share_a_stream_and_the_one_that_stays_goes_on(
    open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    deal = a_deal(people)
    visit = open_browser("sales")
    board = f"/deals/board?q={deal['deal_name']}"
    connected(visit, board)
    streams: list[str] = []
    visit.context.on("request", lambda request: streams.append(request.url) if "/live/events" in request.url else None)
    second = visit.context.new_page()
    second.goto(board)
    people["admin"].post(f"/deals/{deal['id']}/stage", {"stage": "qualified"})
    expect(second.locator(f"#cards-qualified [data-key='{deal['id']}']")).to_be_visible(timeout=SOON)
    expect(cards(visit, "qualified", deal)).to_be_visible(timeout=SOON)
    assert streams == []
    with visit.context.expect_event("request", lambda request: "/live/events" in request.url):
        visit.page.close()
    people["admin"].post(f"/deals/{deal['id']}/stage", {"stage": "proposal"})
    expect(second.locator(f"#cards-proposal [data-key='{deal['id']}']")).to_be_visible(timeout=SOON)
    visit.page = second


def test_a_stream_that_is_away_is_said_after_a_while_and_loses_nothing(
    open_browser: Callable[..., Visit], people: dict[str, Person], running_stack: Stack
) -> None:
    deal = a_deal(people)
    visit = open_browser("sales")
    connected(visit, f"/deals/board?q={deal['deal_name']}")
    running_stack.stop_process("gateway-live")
    try:
        people["admin"].post(f"/deals/{deal['id']}/stage", {"stage": "proposal"})
        state = visit.page.locator("#live-state")
        expect(state).to_be_empty()
        expect(state).to_contain_text("connecting again", timeout=20_000)
    finally:
        running_stack.start_process("gateway-live")
    expect(cards(visit, "proposal", deal)).to_be_visible()
    expect(state).to_be_empty()
