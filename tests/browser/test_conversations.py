"""Use case 8 with two browsers open: a brief is followed up on WhatsApp, the answer comes while the rep looks on, the
call is booked from it; and somebody nobody knows is given a name."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import requests
from playwright.sync_api import expect

from stack.driver import Crm, Person
from tests.browser.test_live_pages import connected
from tests.browser.use_cases import TechCorp, a_qualified_deal, press
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

SOON = 4_000


def whatsapp(crm: Crm, path: str, body: dict[str, Any] | None = None) -> Any:
    url = f"{crm.info['sandbox']['whatsapp_url']}/_sandbox/{path}"
    answer = requests.get(url, timeout=30) if body is None else requests.post(url, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()


def sent_to(crm: Crm, digits: str) -> list[dict[str, Any]]:
    return [each for each in whatsapp(crm, "messages") if each["to"] == digits]


def test_a_brief_is_followed_up_and_the_answer_becomes_a_call(
    crm: Crm, open_browser: Callable[..., Visit], people: dict[str, Person]
) -> None:
    digits = f"1415555{secrets.randbelow(10_000):04d}"
    company = TechCorp(phone=f"+{digits}")
    a_qualified_deal(crm, company)
    (first,) = eventually(lambda: sent_to(crm, digits), 30)
    # Nobody wrote to us yet: WhatsApp takes a template alone.
    assert first["type"] == "template" and "text" not in first

    rep, boss = open_browser("sales"), open_browser("admin")
    connected(rep, "/conversations")
    connected(boss, "/conversations")
    row = rep.page.locator("#conversations li", has_text=company.name)
    expect(row).to_be_visible(timeout=SOON)
    row.get_by_role("link").first.click()
    thread = rep.page.locator("#chat")
    expect(thread).to_contain_text("Thanks for sharing your project details")
    expect(rep.page.get_by_text("WhatsApp takes an approved template now")).to_be_visible()
    expect(thread.locator(".tick.is-read")).to_have_count(1, timeout=10_000)

    whatsapp(crm, "inbound", {"from": digits, "name": "Sarah", "text": "Thursday afternoon works best"})
    # It comes to both pages by itself.
    expect(thread.locator(".bubble.is-in")).to_contain_text("Thursday afternoon works best", timeout=SOON)
    listed = boss.page.locator("#conversations li", has_text=company.name)
    expect(listed).to_contain_text("Thursday afternoon", timeout=SOON)

    # What can be answered changes with it, and a word that names no time hides none that does.
    expect(rep.page.get_by_text("Free text is taken until")).to_be_visible(timeout=SOON)
    whatsapp(crm, "inbound", {"from": digits, "name": "Sarah", "text": "Thanks!"})
    expect(thread.locator(".bubble.is-in").first).to_contain_text("Thanks!", timeout=SOON)
    rep.page.get_by_role("link", name="Find a time").click()
    expect(rep.page.get_by_text("Thursday afternoon works best")).to_be_visible()
    expect(rep.page.get_by_text("Read as:")).to_be_visible()
    rep.page.get_by_role("button", name=re.compile("^Book ")).first.click()
    expect(rep.page.locator("#chat .bubble.is-out").first).to_contain_text("Our meeting is confirmed", timeout=15_000)
    (mail,) = eventually(lambda: crm.mails(company.email, "Confirmed"), 30)
    assert mail["attachments"][0]["filename"] == "meeting.ics"

    client = rep.page.locator(".lede a").first
    client.click()
    timeline = rep.page.locator(".timeline")
    expect(timeline).to_contain_text("WhatsApp message received")
    expect(timeline).to_contain_text("Thursday afternoon works best")
    expect(timeline.locator(".entry.is-meeting")).to_have_count(1)

    # The timeline's composer writes into the same conversation, and shows what went out.
    rep.page.locator(".composer .tabs label", has_text="WhatsApp").click()
    composer = rep.page.locator("#whatsapp")
    expect(composer).to_contain_text("To Sarah")
    composer.get_by_label("Message").fill("See you on Thursday!")
    composer.get_by_role("button", name="Send", exact=True).click()
    # WhatsApp takes a message to one person every six seconds, and the confirmation went out a moment ago.
    expect(timeline).to_contain_text("See you on Thursday!", timeout=15_000)
    expect(composer.get_by_label("Message")).to_have_value("")
    assert eventually(lambda: [each for each in sent_to(crm, digits) if "See you on Thursday!" in str(each)], 30)


def test_whom_nobody_knows_becomes_a_lead(crm: Crm, open_browser: Callable[..., Visit]) -> None:
    digits, mark = f"1646555{secrets.randbelow(10_000):04d}", secrets.token_hex(4)
    visit = open_browser("sales")
    connected(visit, "/conversations?state=unknown")
    whatsapp(crm, "inbound", {"from": digits, "name": f"Nova {mark}", "text": "Do you build chatbots?"})
    row = visit.page.locator("#conversations li", has_text=f"Nova {mark}")
    expect(row).to_be_visible(timeout=SOON)
    row.get_by_role("link").first.click()
    visit.page.get_by_label("First name").fill("Nova")
    visit.page.get_by_label("Company name").fill(f"Nova Labs {mark}")
    press(visit.page, "Make a lead")
    expect(visit.page.get_by_text("The lead was made")).to_be_visible()
    visit.page.locator(".lede a").first.click()
    expect(visit.page.locator(".timeline")).to_contain_text("Do you build chatbots?", timeout=15_000)
