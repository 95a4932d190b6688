"""What pages call things: a word for every state, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

STAGES = {
    "lead": _l("Lead"),
    "qualified": _l("Qualified"),
    "proposal": _l("Proposal"),
    "negotiation": _l("Negotiation"),
    "won": _l("Won"),
    "lost": _l("Lost"),
}
CLIENT_STATUSES = {
    "prospect": _l("Prospect"),
    "active": _l("Active"),
    "inactive": _l("Inactive"),
    "churned": _l("Churned"),
}
INVOICE_STATUSES = {
    "draft": _l("Draft"),
    "sent": _l("Sent"),
    "partially_paid": _l("Partially paid"),
    "paid": _l("Paid"),
    "void": _l("Void"),
}
PAYMENT_STATUSES = {
    "received": _l("Received"),
    "unmatched": _l("Unmatched"),
    "partially_refunded": _l("Partially refunded"),
    "refunded": _l("Refunded"),
}
ACTIVITIES = {
    "note": _l("Note"),
    "call": _l("Call"),
    "email": _l("E-mail"),
    "meeting": _l("Meeting"),
    "task": _l("Task"),
    "whatsapp": _l("WhatsApp"),
    "system": _l("System"),
}
ACTIVITY_ICONS = {
    "note": "note",
    "call": "phone",
    "email": "mail",
    "meeting": "calendar-event",
    "task": "checkbox",
    "whatsapp": "brand-whatsapp",
    "system": "bolt",
}
ROLES = {
    "admin": _l("Admin"),
    "sales": _l("Sales"),
    "finance": _l("Finance"),
    "manager": _l("Project manager"),
}
SOURCES = {
    "website": _l("Website"),
    "brief_wizard": _l("Brief wizard"),
    "manual": _l("By hand"),
    "referral": _l("Referral"),
    "import": _l("Import"),
}
MAIL_STATUSES = {
    "none": _l("Not mailed"),
    "waiting": _l("Waiting to be sent"),
    "sent": _l("Mailed"),
    "failed": _l("Mail failed"),
    "unknown": _l("Mail status unknown"),
}
METHODS = {
    "stripe": _l("Card (Stripe)"),
    "bank_transfer": _l("Bank transfer"),
    "cash": _l("Cash"),
    "cheque": _l("Cheque"),
    "other": _l("Other"),
}
OTHERS = {
    "overdue": _l("Overdue"),
    "open": _l("Open"),
    "high": _l("High"),
    "medium": _l("Medium"),
    "low": _l("Low"),
}
MODES = {
    "live": _l("live"),
    "test": _l("test"),
    "sandbox": _l("sandbox"),
    "built-in": _l("built-in"),
}
GENERATIONS = {
    "brief_analysis": _l("Analysis of a brief"),
    "email_draft": _l("Draft of an e-mail"),
    "meeting_notes": _l("Notes of a meeting"),
    "report_insight": _l("Insight of a report"),
    "gemini": _l("Gemini"),
}
# The parts of a score, and the answers of a brief that they rest on.
FACTORS = {
    "clarity": _l("Clarity of the brief"),
    "time": _l("Time"),
    "budget": _l("Budget"),
    "technical_fit": _l("Technical fit"),
}
BRIEF_FIELDS = {
    "vision_title": _l("Vision"),
    "vision_summary": _l("In short"),
    "audience": _l("Audience"),
    "features": _l("Features"),
    "design": _l("Design"),
    "timeline_weeks": _l("Time"),
    "budget": _l("Budget"),
}
COUNTS = {
    "events_waiting": _l("Events waiting"),
    "events_failed": _l("Events failed"),
    "refunds_waiting": _l("Refunds waiting"),
    "waiting": _l("Waiting"),
    "sent_24h": _l("Sent in 24 hours"),
    "failed_24h": _l("Failed in 24 hours"),
    "answered_24h": _l("Answered in 24 hours"),
    "stood_in_24h": _l("Built-in stood in, 24 hours"),
}
SERVICES = {
    "clients": _l("Clients"),
    "deals": _l("Deals"),
    "billing": _l("Billing"),
    "notifications": _l("Notifications"),
    "ai": _l("AI"),
    "gateway": _l("Gateway"),
}
# The texts of a client that a search looks through.
HITS = {
    "hit_company_name": _l("Company"),
    "hit_contact": _l("Contact"),
    "hit_notes": _l("Notes"),
    "hit_deal": _l("Deal"),
    "hit_activity": _l("Activity"),
    "hit_document": _l("Document"),
    "hit_custom": _l("Own field"),
    "hit_details": _l("Details"),
}
_OWN_HITS = {"contact": _l("%(field)s of a contact"), "deal": _l("%(field)s of a deal")}
_ALL: dict[str, Any] = {}
for _names in (
    HITS,
    COUNTS, GENERATIONS, FACTORS, BRIEF_FIELDS, MODES, OTHERS, METHODS, SOURCES, ROLES, ACTIVITIES,
    PAYMENT_STATUSES, INVOICE_STATUSES, CLIENT_STATUSES, STAGES,
):  # fmt: skip
    _ALL |= _names


def word(value: Any) -> str:
    """The word for a state; what nobody named is shown as it is."""
    text = str(value or "")
    return str(_ALL.get(text) or text.replace("_", " "))


def hit_place(hit: Mapping[str, Any]) -> str:
    """Where in a client a search found something; in one of the company's own fields what that is called."""
    own = hit.get("own")
    if own is None:
        return word(f"hit_{hit['field']}")
    return str(_OWN_HITS[own["of"]]) % {"field": own["label"]} if own["of"] in _OWN_HITS else str(own["label"])


RIGHTS = {
    "clients.read": _l("Read clients, contacts and timelines"),
    "clients.write": _l("Change clients and contacts, create new ones"),
    "clients.assign": _l("Give clients to somebody"),
    "clients.grant": _l("Let somebody shadow a client"),
    "activities.log": _l("Write into timelines"),
    "documents.read": _l("Open documents"),
    "documents.write": _l("Upload documents"),
    "imports.own": _l("Bring in files"),
    "rates.read": _l("See exchange rates"),
    "rates.write": _l("Set exchange rates"),
    "fields.read": _l("See which fields the company added"),
    "fields.write": _l("Add and change such fields"),
    "deals.read": _l("Read deals and the board"),
    "deals.write": _l("Create, change and move deals"),
    "weights.write": _l("Set the weights of stages"),
    "targets.read": _l("See sales targets"),
    "targets.write": _l("Set sales targets"),
    "usage.read": _l("See what AI took"),
    "budget.write": _l("Set the budget for AI"),
    "invoices.read": _l("Read invoices"),
    "invoices.write": _l("Write, change and send invoices"),
    "payments.read": _l("See payments"),
    "payments.write": _l("Record, assign and refund payments"),
    "notifications.own": _l("Notifications"),
    "segments.own": _l("Saved segments of clients"),
    "emails.read": _l("Read mails that were sent"),
    "emails.test": _l("Send a test mail"),
    "generations.read": _l("Read what the AI wrote"),
    "drafts.write": _l("Have mails drafted and send them"),
    "notes.write": _l("Have notes of meetings read, and take them over"),
    "scores.read": _l("See how good the win probabilities are"),
    "scores.manage": _l("See the models of win probability, and train one"),
    "account.own": _l("Account, sessions and password"),
    "directory.read": _l("See who works here"),
    "people.manage": _l("Invite people, change roles, end accounts"),
    "company.read": _l("See who we are"),
    "company.write": _l("Change who we are"),
    "forms.follow": _l("Follow a form from the website"),
    "personal_data": _l("Export what is known of a person, and erase them"),
    "operate": _l("Look after the system"),
}
ROWS = {
    "no": _l("no"),
    "nothing": _l("no"),
    "all": _l("all"),
    "own": _l("own clients'"),
    "seen": _l("own, shadowed and unowned leads'"),
    "won": _l("those with a won deal"),
    "self": _l("own"),
    "common": _l("yes"),
}
