"""Use case 6, word for word, through the pages: with Gemini's stand-in, and with the built-in phrases."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from stack.application import Stack
from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp, fill, press
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]

CONTEXT = (
    "Had proposal meeting with TechCorp yesterday. They loved the chatbot demo but concerned about timeline. "
    "Need to follow up with revised timeline and next steps."
)
SUBJECT = "Revised Timeline - E-commerce AI Chatbot Project"
MAIL = """Hi Sarah,

Thank you for the excellent discussion yesterday about the AI chatbot project.
I'm glad you found the demo valuable!

Based on your timeline concerns, I've revised our delivery schedule:

• Phase 1 (Core Chatbot): 6 weeks (was 8 weeks)
• Phase 2 (Product Recommendations): +2 weeks
• Phase 3 (Order Tracking): +2 weeks

This allows you to launch the core chatbot faster while adding features incrementally.

Next steps:
1. Review revised timeline (attached)
2. Schedule kickoff call (Week of Feb 12?)
3. Finalize contract details

Let me know your thoughts!

Best regards,
John Smith
AMO AI"""


@pytest.fixture
def gemini(running_stack: Stack, crm: Crm) -> Iterator[str]:
    """Gemini's stand-in, which the AI of the running stack asks for the length of a test."""
    url = crm.info["sandbox"]["gemini_url"]
    programs = {name: running_stack.paths.programs / f"{name}.json" for name in ("ai-rpc", "ai-worker")}
    before = {name: path.read_text() for name, path in programs.items()}
    for name, path in programs.items():
        program = json.loads(before[name])
        program["env"] |= {"GEMINI_API_KEY": "a-key-of-the-test", "GEMINI_BASE_URL": url}
        path.write_text(json.dumps(program))
        running_stack.restart(name)
    yield url
    requests.delete(f"{url}/_sandbox/behaviour", timeout=5)
    for name, path in programs.items():
        path.write_text(before[name])
        running_stack.restart(name)


def techcorp(crm: Crm) -> tuple[TechCorp, str, str]:
    """The client, its deal and yesterday's meeting; (company, deal, client)."""
    company, john = TechCorp(), crm.sign_in("sales")
    contact = {"first_name": "Sarah", "last_name": "Johnson", "email": company.email, "job_title": "CTO"}
    client = john.post("/clients", {"company_name": company.name, "contact": contact})["id"]
    deal = {"client_id": client, "deal_name": "E-commerce AI Chatbot", "deal_value": 62500, "stage": "proposal"}
    made = john.post("/deals", deal | {"description": "Live chat, product recommendations, order tracking; 8 weeks"})
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    note = {"type": "meeting", "subject": "Proposal meeting", "occurred_at": yesterday, "deal_id": made["id"]}
    john.post(f"/clients/{client}/activities", note | {"description": "They loved the demo; timeline is a concern"})
    return company, made["id"], client


def ask(visit: Visit, deal: str, purpose: str = "revised_timeline") -> Page:
    """From the deal's page to the draft."""
    page = visit.go(f"/deals/{deal}")
    page.get_by_role("link", name="AI Email Assistant").click()
    expect(page.locator("main")).to_contain_text("Sarah Johnson (CTO)")
    expect(page.locator("main")).to_contain_text("Proposal meeting")
    page.locator("[name=context]").fill(CONTEXT)
    page.locator("[name=purpose]").select_option(purpose)
    press(page, "Draft it")
    return page


@in_short_at("desktop")
def test_use_case_6_with_gemini(open_browser: Open, crm: Crm, gemini: str, width: str, capsys: Any) -> None:
    company, deal, client = techcorp(crm)
    scripted = {"default": {"json": {"subject": SUBJECT, "body": MAIL}, "delay_ms": 1500}}
    requests.post(f"{gemini}/_sandbox/behaviour", json=scripted, timeout=5).raise_for_status()
    visit = open_browser("sales", width=width)
    started = time.perf_counter()
    page = ask(visit, deal)
    expect(page.get_by_text("The mail is being written.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT, timeout=30_000)
    took = time.perf_counter() - started
    expect(page.locator("[name=subject]")).to_have_value(SUBJECT)
    expect(page.locator("[name=body]")).to_have_value(MAIL)
    expect(page.locator("#made-title").locator("xpath=../..")).to_contain_text("gemini")
    checks = page.locator("#checks")
    expect(checks.locator(".check.is-unsupported", has_text="attached")).to_contain_text("Not supported")
    expect(checks.locator(".check.is-unsupported", has_text="Week of Feb 12")).to_be_visible()
    expect(checks.locator(".check.is-supported", has_text="Sarah")).to_contain_text("From: the contact")
    expect(checks.locator(".check.is-supported", has_text="yesterday")).to_contain_text("From: what you wrote")
    expect(checks.locator(".check").first).to_have_class("check is-unsupported")
    expect(page.locator(".marked mark.is-unsupported", has_text="attached")).to_be_visible()
    assert visit.scrolls_sideways() == 0

    # The timeline is attached, the phases are confirmed.
    files = {"file": ("Revised timeline.pdf", b"%PDF-1.4 timeline", "application/pdf")}
    john = crm.sign_in("sales")
    john.session.post(f"{crm.base_url}/clients/{client}/documents", files=files, timeout=30).raise_for_status()
    page.reload()
    page.get_by_label("Revised timeline.pdf").check()
    press(page, "Check again")
    visit.toast("Checked again")
    attached = checks.locator(".check.is-supported", has_text="attached")
    expect(attached).to_contain_text("From: attachment Revised timeline.pdf")
    visit.expect_status(409)
    press(page, "Send & Log")
    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    assert crm.mails(company.email) == []
    page.get_by_label("that are unsupported and send it all the same").check()
    press(page, "Send & Log")
    visit.toast("The mail is on its way")
    expect(page.get_by_text(f"Sent to {company.email}")).to_be_visible(timeout=30_000)
    (mail,) = eventually(lambda: crm.mails(company.email, SUBJECT), 30)
    assert mail["text"].strip() == MAIL and mail["to"] == [company.email]
    assert [each["filename"] for each in mail["attachments"]] == ["Revised timeline.pdf"]
    logged(crm, client, deal, f"Sent: {SUBJECT}", MAIL)
    with capsys.disabled():
        print(f"\ndraft by Gemini's stand-in (which thinks 1.5 s), from the deal's page: {took:.1f} s")
    assert took < 30


@in_short_at("phone")
def test_use_case_6_with_the_built_in_phrases(open_browser: Open, crm: Crm, width: str, capsys: Any) -> None:
    company, deal, client = techcorp(crm)
    visit = open_browser("sales", width=width, java_script_enabled=False)
    page = ask(visit, deal)
    subject = "Revised Timeline - E-commerce AI Chatbot"
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    expect(page.get_by_text("Everything the mail claims is backed.")).to_be_visible()
    body = page.locator("[name=body]").input_value()
    assert body.startswith("Hi Sarah,\n\nThank you for taking the time to meet yesterday.")
    changed = body.replace("Which day suits you?", "The kickoff is on March 3, 2031.")
    fill(page, {"body": changed})
    press(page, "Check again")
    expect(page.locator("#checks .check.is-unsupported", has_text="March 3, 2031")).to_be_visible()
    expect(page.locator(".difference ins").first).to_be_visible()
    fill(page, {"body": changed.replace(" is on March 3, 2031", " comes next")})
    press(page, "Send & Log")
    visit.reload_until(page.get_by_text(f"Sent to {company.email}"))
    expect(page.get_by_text("What was changed before it was sent")).to_be_visible()
    expect(page.locator("[name=body]")).to_have_count(0)
    logged(crm, client, deal, f"Sent: {subject}", "The kickoff comes next.")
    took = seconds_of_a_draft(crm, deal)
    with capsys.disabled():
        print(f"\ndraft by the built-in phrases, over the API: {took:.3f} s")
    assert took < 1


def logged(crm: Crm, client: str, deal: str, subject: str, text: str) -> None:
    """The mail stands in the client's history once, as John's, with its full text."""
    john = crm.sign_in("sales")

    def found() -> list[dict[str, Any]]:
        items = john.get(f"/clients/{client}/activities")["items"]
        return [each for each in items if each["type"] == "email"]

    (activity,) = eventually(found, 30)
    assert activity["subject"] == subject and text in activity["description"]
    assert (activity["actor_id"], activity["deal_id"]) == (john.user["id"], deal)


def seconds_of_a_draft(crm: Crm, deal: str) -> float:
    john = crm.sign_in("sales")
    started = time.perf_counter()
    made = john.post("/ai/email-drafts", {"deal_id": deal, "context": CONTEXT})
    assert (made["status"], made["provider"]) == ("ready", "built-in")
    return time.perf_counter() - started
