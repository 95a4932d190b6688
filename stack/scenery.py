"""A little life for pages to show: a lead, a briefed deal, invoices in every state, tasks, a payment that fits none."""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from stack.driver import Crm, Person, wait_for

BRIEF: dict[str, Any] = {
    "vision": {
        "title": "E-commerce AI Chatbot",
        "summary": "A chatbot that answers shoppers, recommends products and knows where each parcel is.",
    },
    "audience": "Online shoppers, 25-45 years old",
    "features": ["Live chat", "Product recommendations", "Order tracking"],
    "design": "Modern, minimalist",
    "timeline_weeks": 8,
    "budget": {"min": 50000, "max": 75000, "currency": "USD"},
}
# The same, as the six stages of the wizard ask for it.
STAGES = (
    {"title": BRIEF["vision"]["title"], "summary": BRIEF["vision"]["summary"]},
    {"audience": BRIEF["audience"]},
    {"features": "\n".join(BRIEF["features"])},
    {"design": BRIEF["design"]},
    {"timeline_weeks": "8", "budget_min": "50,000", "budget_max": "75,000", "currency": "USD"},
)


def scene(crm: Crm) -> dict[str, str]:
    """Make it, once; what addresses in `stack.pages` are filled with."""
    john, jessica, admin = (crm.sign_in(who) for who in ("sales", "sales2", "admin"))
    found = _techcorp(crm, john)
    found |= {
        "other_client": jessica.post(
            "/clients", {"company_name": "Halcyon Media", "status": "active", "industry": "Media"}, "scene-media"
        )["id"]
    }
    found |= _invoices(crm, john, found["client"])
    lost = {"deal_name": "Loyalty app", "client_id": found["client"], "deal_value": 12000, "stage": "lost"}
    found |= _mailed_links(crm)
    found["erasure"] = _erased(crm)
    found["lost_deal"] = john.post("/deals", lost | {"lost_reason": "Went with somebody else"}, "scene-lost")["id"]
    _day(john, found["client"], found["deal"])
    wish = {"deal_id": found["deal"], "context": "Had the proposal meeting yesterday. The price is fixed for 6 weeks."}
    found["mail"] = john.post("/ai/email-drafts", wish, "scene-mail")["id"]
    _pay_for_nothing(crm)
    text = "Sarah loved the demo. The budget is now $68,000.\nNext steps:\n- Send the revised timeline by Friday"
    found["notes"] = john.post("/ai/meeting-notes", {"deal_id": found["deal"], "text": text}, "scene-notes")["id"]
    wait_for(lambda: john.get(f"/ai/meeting-notes/{found['notes']}")["status"] == "done", "the notes")
    # Yesterday, whatever the business time zone: the rate of a day that has not begun there is refused.
    rate = {"currency": "EUR", "day": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(), "rate": 1.08}
    crm.sign_in("finance").post("/exchange-rates", rate, f"scene-rate-{rate['day']}")
    found["import"] = _import(john)
    found |= _chats(crm, john, found["client"])
    found |= _found_again(admin) | _twins(admin)
    found["colleague"] = _colleague(admin)
    return found | _reports(crm)


def _colleague(admin: Person) -> str:
    """Somebody whose address is not known yet, as a list of people brings them in."""
    content = b"sales_agent,manager,regional_office\nRobin Vale,Casey Lindqvist,West\n"
    return str(admin.upload("/users/import", "teams.csv", content)["items"][-1]["user_id"])


def _chats(crm: Crm, john: Person, client: str) -> dict[str, str]:
    """What was said on WhatsApp: with Sarah, who was written to after her brief, and by somebody nobody knows; and the
    call that came of it."""
    url = f"{crm.info['sandbox']['whatsapp_url']}/_sandbox/inbound"
    sarah = wait_for(lambda: john.get("/conversations", client_id=client)["items"], "the conversation with Sarah")[0]
    if not sarah["window_ends_at"]:
        said = {"from": sarah["phone"], "name": "Sarah Johnson", "text": "Thursday afternoon works best"}
        requests.post(url, json=said, timeout=30).raise_for_status()
    if not john.get("/conversations", state="unknown")["items"]:
        said = {"from": "+49 170 5550199", "name": "Jonas", "text": "Do you build chatbots for museums?"}
        requests.post(url, json=said, timeout=30).raise_for_status()
    unknown = wait_for(lambda: john.get("/conversations", state="unknown")["items"], "the unknown sender")[0]
    meetings = john.get("/tasks", type="meeting", client_id=client)["items"]
    if not meetings:
        slot = john.post(f"/clients/{client}/meeting-slots", {"text": "Thursday afternoon works best"})["slots"][0]
        meetings = [john.post(f"/clients/{client}/meetings", {"begins_at": slot["begins_at"]})]
    return {"conversation": sarah["id"], "stranger": unknown["id"], "meeting": meetings[0]["id"]}


def _import(person: Person) -> str:
    """A file with a fault in it, read and waiting."""
    file = "Company,First name,Email,Phone\nNorthwind,Ann,ann@northwind.example,+1-555-0123\n"
    file += "Southwind,Bob,bob at home,\n"
    made = person.upload("/imports", "people.csv", file.encode())["id"]
    wait_for(lambda: person.get(f"/imports/{made}")["state"] == "ready", "the file")
    return str(made)


def _found_again(admin: Person) -> dict[str, str]:
    """A filter that is kept as a segment, a field of the company's own, and a change of many clients at once."""
    if not admin.get("/custom-fields", entity="client")["items"]:
        tier = {"entity": "client", "label": "Tier", "kind": "choice", "options": ["Gold", "Silver"]}
        admin.post("/custom-fields", tier, "scene-field")
    where = {"any": [{"field": "tag", "op": "is", "value": "retail"}, {"field": "last_activity_at", "op": "empty"}]}
    kept = {"name": "Prospects to call", "shared": True, "filters": {"status": "prospect"}}
    segment = admin.post("/segments", kept, "scene-segment")["id"]
    many = {"filter": {"status": "prospect"}, "action": "add_tag", "value": "spring fair"}
    change_set = admin.post("/clients/bulk", many, "scene-bulk")["change_set_id"]
    return {"where": quote(json.dumps(where)), "segment": segment, "change_set": change_set}


def _twins(admin: Person) -> dict[str, str]:
    """Two clients that are one."""
    first = {"company_name": "Brightwater Coffee GmbH", "city": "Hamburg", "phone": "+49 40 5550147"}
    second = {"company_name": "Brightwater Coffee", "city": "Hamburg", "website": "https://brightwater.example"}
    made = [admin.post("/clients", body, f"scene-twin-{number}") for number, body in enumerate((first, second))]
    return {"twin": made[0]["id"], "other_twin": made[1]["id"]}


def _reports(crm: Crm) -> dict[str, str]:
    """A report on a schedule and one as a file, and the end of a mail that comes by itself."""
    finance = crm.sign_in("finance")
    today = datetime.now(UTC).date()
    weekly = {"kind": "pipeline-forecast", "params": {"period": "this_quarter"}, "cadence": "weekly", "weekday": 0}
    schedule = finance.post("/report-schedules", weekly, "scene-schedule")["id"]
    finance.download("/reports/receivables.pdf")
    file = wait_for(lambda: finance.get("/reports/files")["items"], "the file of a report")[0]["id"]
    found = {"schedule": schedule, "report_file": file, "last_week": (today - timedelta(days=7)).isoformat()}
    return found | {"unsubscribe_token": _summary(crm, crm.sign_in("sales2"))}


def _summary(crm: Crm, person: Person) -> str:
    """Somebody has the daily summary sent; the token that ends it."""
    address = person.user["email"]
    person.post("/reports/daily-summary/send", key="scene-summary")

    def link() -> re.Match[str] | None:
        heads = [mail["headers"].get("List-Unsubscribe", "") for mail in crm.mails(address)]
        return next((found for each in heads if (found := re.search(r"/unsubscribe/([\w.-]+)", each))), None)

    return wait_for(link, "the daily summary")[1]


def halfway(base_url: str) -> dict[str, str]:
    """The cookie of a visitor who filled in five stages of the brief."""
    session = requests.Session()
    for number, stage in enumerate(STAGES, 1):
        session.post(f"{base_url}/brief/{number}", data=stage, timeout=30).raise_for_status()
    cookie = next(iter(session.cookies))
    return {"name": cookie.name, "value": cookie.value or "", "url": f"{base_url}/brief"}


def _erased(crm: Crm) -> str:
    """Somebody at a company of their own who wanted to be forgotten; the receipt."""
    admin = crm.sign_in("admin")
    client = admin.post("/clients", {"company_name": "Lumen Optics", "status": "inactive"}, "scene-optics")["id"]
    person = {"first_name": "Ines", "last_name": "Albarracin", "email": "ines@lumen-optics.example"}
    contact = admin.post(f"/clients/{client}/contacts", person, "scene-ines")["id"]
    asked = admin.post(f"/contacts/{contact}/erase", {"reason": "Asked by mail to be forgotten"})
    wait_for(lambda: admin.get(f"/erasures/{asked['id']}")["status"] != "asked", "the erasure")
    return str(asked["id"])


def _mailed_links(crm: Crm) -> dict[str, str]:
    """Somebody is invited, and the manager forgot the password."""
    admin, anybody = crm.sign_in("admin"), crm.anybody()
    invited, forgetful = "nina.new@amo-ai.example", crm.info["users"]["manager"]["email"]
    before = {address: len(crm.mails(address)) for address in (invited, forgetful)}
    waiting = [each for each in admin.get("/invitations")["items"] if each["email"] == invited]
    if waiting:
        admin.post(f"/invitations/{waiting[0]['id']}/send-again")
    else:
        admin.post("/invitations", {"email": invited, "name": "Nina New", "role": "sales"})
    anybody.post("/auth/forgot", {"email": forgetful})
    return {
        "join_token": mailed_token(crm, invited, "join", before[invited]),
        "reset_token": mailed_token(crm, forgetful, "reset", before[forgetful]),
    }


def mailed_token(crm: Crm, address: str, what: str, before: int = 0) -> str:
    """The token of the link to ``join`` or ``reset`` in an address's newest mail, once it has more than so many."""

    def link() -> re.Match[str] | None:
        mails = crm.mails(address)
        return re.search(rf"/{what}/([\w-]+)", mails[0]["text"]) if len(mails) > before else None

    return wait_for(link, f"the mail to {what}")[1]


def _techcorp(crm: Crm, john: Person) -> dict[str, str]:
    """Use cases 1 and 2: somebody asks, another one sends a brief and is John's."""
    admin, anybody = crm.sign_in("admin"), crm.anybody()
    lead = {"first_name": "Omar", "last_name": "Haddad", "email": "omar@meridian.example"}
    more = {"company_name": "Meridian Labs", "industry": "Biotechnology", "job_title": "Head of Data"}
    anybody.post("/intake/contact", lead | more | {"message": "Can you read lab reports for us?"}, "scene-lead")
    person = {"first_name": "Sarah", "last_name": "Johnson", "email": "sarah@techcorp.example", "phone": "+1-555-0123"}
    firm = {"company_name": "TechCorp Solutions", "job_title": "CTO", "industry": "Technology"}
    reference = anybody.post("/intake/brief", BRIEF | {"contact": person | firm}, "scene-brief")["reference"]

    def done() -> Any:
        state = admin.get(f"/intake/{reference}")
        return state if state["status"] == "done" else None

    made = wait_for(done, "the brief's deal")
    client, deal = made["client_id"], made["deal_id"]
    admin.post(f"/clients/{client}/assign", {"owner_id": john.user["id"]})
    wait_for(lambda: john.get(f"/deals/{deal}")["ai_insights"], "AI insights")
    contact = john.get(f"/clients/{client}/contacts")["items"][0]["id"]
    analysis = john.get("/generations", deal_id=deal, kind="brief_analysis")["items"][0]["id"]
    return {"client": client, "deal": deal, "contact": contact, "analysis": analysis, "reference": reference}


def _invoices(crm: Crm, john: Person, client: str) -> dict[str, str]:
    """One of each: a draft, one that was sent, one that was paid."""
    lines = [
        {"description": "Discovery workshop, two days on site", "quantity": 2, "unit_price": 1800},
        {"description": "Chatbot development, phase 1", "quantity": 1, "unit_price": 27500},
        {"description": "Integration with the shop", "quantity": 24, "unit_price": 145},
    ]
    body = {"client_id": client, "lines": lines, "tax_percent": 8.25, "description": "E-commerce AI Chatbot, phase 1"}
    made = {name: john.post("/invoices", body, f"scene-{name}") for name in ("draft", "sent", "paid")}
    for name in ("sent", "paid"):
        if john.get(f"/invoices/{made[name]['id']}")["status"] == "draft":
            john.post(f"/invoices/{made[name]['id']}/send")
    sent, paid = (_mailed(john, made[name]["id"]) for name in ("sent", "paid"))
    if paid["status"] == "sent":
        crm.pay(paid["payment_reference"])
    wait_for(lambda: john.get(f"/invoices/{paid['id']}")["status"] == "paid", "the payment")
    ids = {name: str(invoice["id"]) for name, invoice in made.items()}
    return ids | {"sent_token": sent["pay_token"], "paid_token": paid["pay_token"]}


def _mailed(john: Person, invoice_id: str) -> dict[str, Any]:
    def mailed() -> Any:
        invoice = john.get(f"/invoices/{invoice_id}")
        return invoice if invoice["mail_status"] == "sent" and invoice["payment_reference"] else None

    found: dict[str, Any] = wait_for(mailed, "the invoice's mail")
    return found


def _day(john: Person, client: str, deal: str) -> None:
    """What John wrote down, and what he has to do."""
    if john.get("/tasks", client_id=client)["total"]:
        return
    now = datetime.now(UTC)
    call = "Sarah wants the first version before the autumn sale. Returns are out of scope for now."
    entries: list[dict[str, Any]] = [
        {"type": "call", "subject": "Scope and dates with Sarah", "description": call, "deal_id": deal},
        {"type": "note", "subject": "Their shop runs on Shopify Plus", "deal_id": deal},
        {"type": "task", "subject": "Send the proposal", "due_at": now.isoformat(), "deal_id": deal},
        {"type": "task", "subject": "Ask for test data", "due_at": (now - timedelta(days=2)).isoformat()},
        {"type": "task", "subject": "Invite to the workshop", "due_at": (now + timedelta(days=3)).isoformat()},
    ]
    for entry in entries:
        john.post(f"/clients/{client}/activities", entry)
    john.patch(f"/clients/{client}", {"tags": ["e-commerce", "retail"], "city": "San Francisco", "state": "California"})


def _pay_for_nothing(crm: Crm) -> None:
    """Money that no invoice waits for."""
    if crm.sign_in("finance").get("/payments", status="unmatched")["total"]:
        return
    intent = {
        "id": f"pi_{secrets.token_hex(8)}",
        "object": "payment_intent",
        "amount": 120000,
        "amount_received": 120000,
        "currency": "usd",
        "latest_charge": f"ch_{secrets.token_hex(8)}",
        "metadata": {},
        "livemode": False,
        "status": "succeeded",
    }
    url = f"{crm.info['sandbox']['stripe_url']}/_sandbox/events"
    requests.post(url, json={"type": "payment_intent.succeeded", "object": intent}, timeout=30).raise_for_status()
    wait_for(lambda: crm.sign_in("finance").get("/payments", status="unmatched")["total"], "the unmatched payment")
