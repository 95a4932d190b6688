"""Use cases 1 to 4, entirely through the pages, at a desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable

from playwright.sync_api import expect
from pypdf import PdfReader

from stack.driver import Crm
from tests.browser import use_cases
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import BRIEF, TechCorp, fill, lane, press
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@in_short_at("desktop")
def test_use_case_1_a_contact_form_becomes_johns_client(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    visitor = open_browser(width=width, reduced_motion="no-preference")
    use_cases.send_contact_form(visitor, company, message="AI automation")
    admin = open_browser(width=width, reduced_motion="no-preference")
    use_cases.log_in(admin, crm.info["users"]["admin"])
    leads = admin.page.locator("section", has=admin.page.get_by_role("heading", name="New leads"))
    expect(leads.get_by_role("link", name=company.name)).to_be_visible()
    sales = open_browser("sales2", width=width)
    sales.go("/")
    sales.reload_until(sales.page.locator("#unread:not(:empty)"))
    note = sales.go("/notifications").locator("li", has_text=f"New Lead: {company.name}")
    sales.reload_until(note)
    expect(note).to_contain_text("Sarah Johnson (CTO) is interested in AI automation")
    note.get_by_role("button", name="View Client").click()
    expect(sales.page.get_by_role("heading", level=1)).to_have_text(company.name)
    expect(sales.page.locator(".timeline")).to_contain_text("New inquiry from website")
    leads.get_by_role("link", name=company.name).click()
    page = admin.page
    expect(page.get_by_role("heading", level=1)).to_have_text(company.name)
    admin.tab("About")
    expect(page.locator("#props")).to_contain_text("Technology")
    page.locator("summary", has_text="Change").click()
    page.locator("button[name=owner_id]", has_text="John Smith").click()
    admin.toast(f"{company.name} belongs to John Smith now")
    john = crm.sign_in("sales").user["email"]
    eventually(lambda: [mail for mail in crm.mails(john) if company.email in mail["text"]], 30)
    mails = crm.info["sandbox"]["mail_url"]
    admin.expect_host(mails)
    page.goto(f"{mails}/?q={john}")
    page.locator("a", has_text=company.name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(company.name)


@in_short_at("phone")
def test_use_case_2_a_brief_becomes_a_qualified_deal_with_insights(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    use_cases.send_brief(open_browser(width=width), company)
    admin = open_browser("admin", width=width)
    page = admin.go("/deals/board?q=" + company.mark)
    card = lane(page, "qualified").get_by_role("link", name="E-commerce AI Chatbot")
    admin.reload_until(card)
    expect(lane(page, "qualified")).to_contain_text("$62,500")
    card.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("E-commerce AI Chatbot")
    admin.tab("AI and invoices")
    insights = page.locator("#insights")
    expect(insights).to_contain_text("Complexity", timeout=30_000)
    expect(insights.locator("meter").first).to_be_visible()
    admin.tab("About")
    expect(page.locator("#prop-deal_value")).to_contain_text("$62,500")
    expect(page.locator("main")).to_contain_text("Online shoppers, 25-45 years old")


@in_short_at("phone")
def test_a_brief_keeps_what_was_typed(open_browser: Open, width: str) -> None:
    """Each stage checks itself; going back, closing the tab and coming back keep every word."""
    company, visit = TechCorp(), open_browser(width=width)
    visit.expect_status(422)
    page = visit.go("/brief")
    page.locator("form.card").evaluate("form => form.noValidate = true")
    press(page, "Next")
    expect(page.locator("#error-title")).to_have_text("This is needed.")
    expect(page.locator("[name=title]")).to_be_focused()
    for stage in BRIEF[:4]:
        fill(page, stage)
        press(page, "Next")
    fill(page, BRIEF[4] | {"budget_max": "40,000"})
    press(page, "Next")
    expect(page.locator("#error-budget_max")).to_have_text("The upper end is below the lower end.")
    expect(page.locator("[name=timeline_weeks]")).to_have_value("8")
    for number in (4, 3, 2, 1):
        press(page, "Back")
        for name, value in BRIEF[number - 1].items():
            expect(page.locator(f"[name={name}]")).to_have_value(value)
    page.close()
    visit.page = page = visit.context.new_page()
    visit.go("/brief/5")
    expect(page.locator("[name=budget_min]")).to_have_value("50,000")
    expect(page.locator("[name=budget_max]")).to_have_value("40,000")
    fill(page, {"budget_max": "75,000"})
    press(page, "Next")
    fill(page, company.person | {"email": "nobody"})
    page.locator("form.card").evaluate("form => form.noValidate = true")
    press(page, "Send the brief")
    expect(page.locator("#error-email")).to_be_visible()
    fill(page, {"email": company.email})
    press(page, "Send the brief")
    expect(page).to_have_url(visit.base_url + "/brief/thanks")
    visit.go("/brief")
    expect(page.locator("[name=title]")).to_have_value("")


@in_short_at("desktop")
def test_a_brief_without_javascript(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    visit = open_browser(width=width, java_script_enabled=False)
    use_cases.send_brief(visit, company)
    deal = use_cases.deal_of(crm, company)
    assert (deal["stage"], deal["deal_value"]) == ("qualified", 62500)


def test_use_case_3_a_won_deal_is_invoiced_and_sent(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    deal_id = use_cases.a_qualified_deal(crm, company)
    john = open_browser("sales", width=width)
    if john.is_phone:
        page = john.go(f"/deals/{deal_id}")
        page.locator(".stages").get_by_role("button", name="Won").click()
        john.toast("is in Won now")
    else:
        page = john.go("/deals/board?q=" + company.mark)
        card = page.locator(f".deal-card[data-id='{deal_id}']")
        use_cases.drag_card(card, lane(page, "won"))
        john.toast("is in Won now")
        expect(page.locator("#head-won")).to_contain_text("$62,500")
        expect(page.locator("#head-qualified .lane-count")).to_have_text("0")
        lane(page, "won").get_by_role("link").click()
    expect(page.locator(".stages [aria-current=step]")).to_have_text("Won")
    john.tab("AI and invoices")
    draft = page.locator("section", has=page.get_by_role("heading", name="Invoices")).locator("a[href^='/invoices/']")
    draft.click(timeout=30_000)
    expect(page.locator(".page-head .status")).to_have_text("Draft")
    expect(page.locator(".sums .grand")).to_contain_text("$62,500")
    page.get_by_role("link", name="Edit").click()
    fill(page, {"description": "E-commerce AI Chatbot Development - Phase 1"})
    press(page, "Save the draft")
    expect(page.locator(".sheet")).to_contain_text("Phase 1")
    page.get_by_role("link", name="Preview PDF").click()
    frame = page.locator("iframe.pdf")
    expect(frame).to_be_visible(timeout=30_000)
    preview = john.context.request.get(frame.get_attribute("src") or "")
    assert "62,500" in pdf_text(preview.body()) and "Phase 1" in pdf_text(preview.body())
    page.get_by_role("link", name="Back").click()
    number = page.get_by_role("heading", level=1).inner_text()
    press(page, "Send")
    john.toast(f"{number} is on its way")
    expect(page.locator("#state")).to_contain_text("The invoice was mailed.", timeout=60_000)
    mail = eventually(lambda: crm.mails(company.email, f"Invoice #{number} from"))[0]
    assert "62,500" in pdf_text(crm.attachment(mail))
    client = use_cases.client_of(crm, company)
    page = john.go(f"/clients/{client['id']}")
    entry = page.locator(".timeline .entry", has_text=f"Invoice {number} sent")
    john.reload_until(entry)
    expect(entry).to_contain_text(f"Sent to {company.email} for $62,500")
    john.tab("About")
    expect(page.locator(".about")).to_contain_text("$62,500")


@in_short_at("phone")
def test_use_case_4_the_client_pays_and_everybody_knows(open_browser: Open, crm: Crm, width: str) -> None:
    company = TechCorp()
    invoice = use_cases.a_sent_invoice(crm, company)
    john = open_browser("sales", width=width)
    link = john.go(f"/invoices/{invoice['id']}").locator("#pay-link").input_value()
    sarah = open_browser(width=width)
    sarah.expect_host(crm.info["sandbox"]["stripe_url"])
    sarah.page.goto(link)
    expect(sarah.page.locator(".owed")).to_have_text("$62,500")
    press(sarah.page, "Pay $62,500")
    expect(sarah.page.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    sarah.page.get_by_role("button", name="Pay").click()
    expect(sarah.page).to_have_url(f"{link}?paid=1")
    expect(sarah.page.get_by_role("button", name="Pay $62,500")).to_have_count(0)
    expect(sarah.page.get_by_text("This invoice is paid. Thank you!")).to_be_visible(timeout=30_000)
    page = john.page
    page.reload()
    expect(page.locator(".page-head .status")).to_have_text("Paid")
    page.get_by_role("link", name="Open the deal").click()
    tagged = page.locator(".page-head .tag", has_text="fully_paid")
    john.reload_until(tagged)
    _is_told(john, f"{company.name} payment confirmed")
    _is_told(open_browser("finance", width=width), "Payment received: $62,500")
    receipt = eventually(lambda: crm.mails(company.email, "Payment Confirmation"), 60)[0]
    assert "62,500" in pdf_text(crm.attachment(receipt))


def _is_told(visit: Visit, title: str) -> None:
    note = visit.go("/notifications").get_by_text(title)
    visit.reload_until(note)
