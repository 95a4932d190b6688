"""Whatever is typed is shown as text: none of it runs, none of it becomes an element, every page keeps its shape."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from stack.driver import Crm
from tests.browser.conftest import FULL
from tests.browser.use_cases import press
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

Open = Callable[..., Visit]

MARKUP = "<script>alert(1)</script>"
BROKEN_OUT = '"><img src=x onerror=alert(1)>'
RIGHT_TO_LEFT = "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u202egnirts desrever"
FACES = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f680\u2764\ufe0f"
TEMPLATE = "[{{7*7}}]"
LONG = "W" * 10_000
TEXTS = {
    "markup": MARKUP,
    "attribute": BROKEN_OUT,
    "right-to-left": RIGHT_TO_LEFT,
    "emoji": FACES,
    "long": LONG,
    "template": TEMPLATE,
    # What the short form types: one of each, and then no end.
    "all": f"{BROKEN_OUT}{MARKUP}{TEMPLATE} {FACES} {RIGHT_TO_LEFT}{LONG}"[:10_000],
}
# What a field takes whose content has a form of its own.
FITTING = {
    "phone": "+1-555-0123",
    "contact_phone": "+1-555-0123",
    "website": "https://example.org",
    "timeline_weeks": "8",
    "budget_min": "100",
    "budget_max": "200",
    "deal_value": "62,500",
    "lines.0.quantity": "2",
    "lines.0.unit_price": "100",
    "tax_percent": "",
    "discount_percent": "",
    "currency": "USD",
    "training_url": "https://example.org",
    "amount": "5",
}
INJECTED = """() => [...document.querySelectorAll("img[src='x'], script:not([src])")].map(each => each.outerHTML)"""


@pytest.fixture(params=list(TEXTS) if FULL else ["all"])
def hostile(request: pytest.FixtureRequest, mark: str) -> str:
    """One of the texts, told apart from what other tests typed."""
    return mark + TEXTS[str(request.param)]


@pytest.fixture
def mark() -> str:
    return secrets.token_hex(3)


def type_everywhere(form: Locator, text: str, mark: str) -> None:
    """The text into every field of a form that is open to any; what fits into the others."""
    for field in form.locator(":not(.pot *):is(input, textarea):visible").all():
        kind, name = field.get_attribute("type") or "text", field.get_attribute("name") or ""
        if kind in ("hidden", "checkbox", "radio", "file", "date", "datetime-local", "password", "search"):
            continue
        if kind == "email":
            field.fill(f"{name.replace('_', '-')}@h-{mark}.example")
        else:
            most = int(field.get_attribute("maxlength") or len(text))
            most = 60 if name == "tags" else 500 if name == "features" else most
            field.fill(FITTING.get(name, fitting(text, most)))


def fitting(text: str, most: int) -> str:
    """As much of it as a browser lets into a field: maxlength counts UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def submit(visit: Visit, button: str, url: str) -> None:
    """Send it; it has to be taken as it is."""
    press(visit.page, button)
    visit.page.wait_for_url(url)


def look_over(visit: Visit, paths: list[str]) -> None:
    """Each page shows the text as text, and keeps its shape at a desk and on a phone."""
    faults = []
    for path in paths:
        page = visit.go(path)
        faults += [f"{path}: {element[:200]}" for element in page.evaluate(INJECTED)]
        if "[49]" in page.content():
            faults.append(f"{path}: a template was run")
        for width, height in ((1400, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
            if wide > width:
                faults.append(f"{path}: {wide - width} px wider than {width}")
    assert not faults, "\n".join(faults)


def test_what_people_type_into_records(open_browser: Open, crm: Crm, hostile: str, mark: str) -> None:
    """Client, contact, activities, deal, task, invoice, payment: typed through the pages, then looked at."""
    visit = open_browser("admin")
    page = visit.go("/clients/new")
    type_everywhere(page.locator("main form"), hostile, mark)
    press(page, "Save")
    again = page.get_by_role("button", name="Save it as a new client")
    expect(again.or_(page.locator("#record"))).to_be_visible()
    if again.is_visible():
        again.click()
    expect(page.locator("#record")).to_be_visible()
    client = page.url.rsplit("/", 1)[1]
    expect(page.get_by_role("heading", level=1)).to_have_text(fitting(hostile, 200).strip())
    _write_timeline(visit, hostile, mark)
    visit.go(f"/clients/{client}/contacts/new")
    type_everywhere(page.locator("main form"), hostile, mark)
    submit(visit, "Save", f"**/clients/{client}")
    visit.go(f"/deals/new?client_id={client}")
    type_everywhere(page.locator("main form"), hostile, mark)
    submit(visit, "Save", lambda url: "/deals/" in url and "/new" not in url)  # type: ignore[arg-type]  # or a check
    deal = page.url.rsplit("/", 1)[1]
    visit.go(f"/tasks/new?client_id={client}")
    type_everywhere(page.locator("main form"), hostile, mark)
    submit(visit, "Save", "**/tasks")
    visit.go(f"/invoices/new?client_id={client}")
    type_everywhere(page.locator("main form"), hostile, mark)
    submit(visit, "Save the draft", lambda url: "/invoices/" in url and "/new" not in url)  # type: ignore[arg-type]
    invoice = page.url.rsplit("/", 1)[1]
    contact = crm.sign_in("admin").get(f"/clients/{client}/contacts")["items"][0]["id"]
    paths = [f"/clients/{client}", f"/clients/{client}/edit", f"/clients/{client}/timeline", f"/clients?q={mark}", "/"]
    paths += [f"/contacts/{contact}/edit?client_id={client}", f"/deals/{deal}", f"/deals/{deal}/edit", "/deals"]
    paths += [f"/deals/board?q={mark}", "/tasks?whose=all", f"/invoices/{invoice}", f"/invoices/{invoice}/edit"]
    paths += ["/invoices", f"/deals/new?client_id={client}", f"/invoices/new?client_id={client}"]
    look_over(visit, paths)
    _search(visit, hostile)
    _lose(visit, deal, hostile)
    look_over(visit, [f"/deals/{deal}"])


def _write_timeline(visit: Visit, hostile: str, mark: str) -> None:
    """A call and a task from the composer, which stays on the page."""
    page = visit.page
    for kind in ("Call", "Task"):
        composer = page.locator(".composer form")
        composer.get_by_text(kind, exact=True).click()
        expect(composer.locator("[name=subject]")).to_be_visible()
        type_everywhere(composer, hostile, mark)
        composer.get_by_role("button", name="Add", exact=True).click()
        visit.toast(f"{kind} added")


def _search(visit: Visit, hostile: str) -> None:
    """The palette shows what is called so, and what was typed."""
    page = visit.go("/")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.keyboard.press("Control+k")
    page.locator("#palette-input").fill(hostile[:100])
    page.wait_for_function("document.querySelectorAll('#palette-results [role=option]').length > 0")
    expect(page.locator("#palette-results")).to_contain_text(hostile[:60].strip())
    assert page.evaluate(INJECTED) == []


def _lose(visit: Visit, deal: str, hostile: str) -> None:
    page = visit.go(f"/deals/{deal}")
    page.locator("#lost summary").click()
    page.locator("#lost-reason").fill(hostile[:500])
    press(page, "Mark as lost")
    expect(page.locator(".notice.bad")).to_contain_text(hostile[:60].strip())


def test_what_visitors_type_into_public_forms(open_browser: Open, crm: Crm, hostile: str, mark: str) -> None:
    """Contact form and brief: shown to visitors again, and to sales on every page it reaches."""
    visitor = open_browser()
    page = visitor.go("/contact")
    type_everywhere(page.locator("main form"), hostile, mark)
    submit(visitor, "Send", "**/contact/thanks")
    visitor.go("/brief")
    for number in range(1, 7):
        page.wait_for_url(lambda url, number=number: url.endswith(f"/brief/{number}") or number == 1)
        type_everywhere(page.locator("main form"), hostile, mark)
        assert visitor.scrolls_sideways() == 0, number
        assert page.evaluate(INJECTED) == [], number
        if number == 6:
            page.locator("summary").click()
            expect(page.locator(".review")).to_contain_text(hostile[:60].strip())
        press(page, "Next" if number < 6 else "Send the brief")
    page.wait_for_url("**/brief/thanks")
    admin = crm.sign_in("admin")
    client = eventually(lambda: admin.get("/clients", q=mark)["items"], 30)[0]["id"]
    deal = eventually(lambda: admin.get("/deals", client_id=client)["items"], 30)[0]["id"]
    visit = open_browser("admin")
    paths = ["/", f"/clients/{client}", f"/deals/{deal}", "/deals/board", "/clients?status=prospect&owner_id=none"]
    look_over(visit, paths)
    sales = open_browser("sales")
    eventually(lambda: crm.sign_in("sales").get("/notifications", unread_only="true")["items"])
    look_over(sales, ["/notifications", "/"])


@pytest.fixture
def _as_before(crm: Crm) -> Iterator[None]:
    """Names that everybody sees are put back."""
    admin = crm.sign_in("admin")
    company = admin.get("/company")
    yield
    kept = ("name", "email", "website", "address", "payment_instructions", "training_url")
    admin.patch("/company", {name: company[name] or "" for name in kept})
    jessica = crm.sign_in("sales2")
    jessica.patch("/me", {"name": "Jessica Lee"})


@pytest.mark.usefixtures("_as_before")
def test_names_that_stand_on_every_page(open_browser: Open, hostile: str, mark: str) -> None:
    """The company's and a person's own name; and what stands in addresses."""
    jessica = open_browser("sales2")
    page = jessica.go("/account")
    page.locator("main [name=name]").fill(hostile[:100])
    page.locator("form[action='/account'] button").click()
    jessica.toast("Saved")
    admin = open_browser("admin")
    page = admin.go("/settings")
    type_everywhere(page.locator("form[action='/settings']"), hostile, mark)
    press(page, "Save")
    admin.toast("Saved")
    everywhere = ["/", "/settings", "/settings/people", "/account", "/clients", "/deals/board", "/contact", "/brief"]
    look_over(admin, [*everywhere, "/login"])
    look_over(jessica, ["/", "/account"])
    admin.expect_status(404, 422)
    typed = quote(hostile[:150])
    paths = [f"/{path}{typed}" for path in ("clients?q=", "deals?q=", "invoices?q=", "deals/board?q=", "nowhere/")]
    look_over(admin, [*paths, f"/clients?tag={typed}&city={typed}", f"/settings/traces?reference={typed}"])
