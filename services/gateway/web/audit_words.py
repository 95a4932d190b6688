"""The audit log in words: what was done to what, by whom, and a value before and after."""

from __future__ import annotations

from typing import Any

import orjson
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.ids import is_id
from services.gateway.web import formats, shell, words

ACTIONS = {
    "created": _l("created"),
    "changed": _l("changed"),
    "deleted": _l("deleted"),
    "emptied": _l("emptied as a whole"),
    "log_in_failed": _l("failed"),
    "log_in_locked": _l("locked out"),
    "refused": _l("refused"),
    "verified": _l("checked"),
    "exported": _l("exported"),
    "erased": _l("a person was erased"),
}
RECORDS = {
    "clients": _l("Client"),
    "contacts": _l("Contact"),
    "activities": _l("Activity"),
    "meetings": _l("Meeting"),
    "whatsapp_conversations": _l("Conversation"),
    "whatsapp_messages": _l("Message on WhatsApp"),
    "tags": _l("Tag"),
    "documents": _l("Document"),
    "assignments": _l("Assignment"),
    "access_grants": _l("Right to read"),
    "erasures": _l("Erasure of a person"),
    "exchange_rates": _l("Exchange rate"),
    "change_sets": _l("Change of many"),
    "custom_fields": _l("Field of your own"),
    "segments": _l("Saved filter"),
    "imports": _l("Import"),
    "deals": _l("Deal"),
    "briefs": _l("Project brief"),
    "stage_weights": _l("Stage weight"),
    "sales_targets": _l("Sales target"),
    "invoices": _l("Invoice"),
    "invoice_lines": _l("Invoice line"),
    "invoice_references": _l("Payment reference"),
    "payments": _l("Payment"),
    "refunds": _l("Refund"),
    "emails": _l("E-mail"),
    "preferences": _l("Preference"),
    "digests": _l("Daily summary"),
    "summary_times": _l("Time of the daily summary"),
    "reports": _l("File of a report"),
    "report_schedules": _l("Schedule of a report"),
    "generations": _l("AI answer"),
    "email_drafts": _l("Draft of an e-mail"),
    "budgets": _l("Budget for AI"),
    "score_models": _l("Model of win probability"),
    "applied_parts": _l("What was taken over from notes"),
    "users": _l("Account"),
    "sessions": _l("Log-in"),
    "log_ins": _l("Log-in"),
    "requests": _l("Request"),
    "company": _l("Company"),
    "invitations": _l("Invitation"),
    "password_resets": _l("Password reset"),
    "second_factors": _l("Two-factor log-in"),
    "recovery_codes": _l("Recovery code"),
    "api_keys": _l("API key"),
    "sso_identities": _l("Single sign-on"),
    "audit_log": _l("Audit log"),
}
# Tables that are no records of their own: what they hold is copied from records, or on its way.
COPIES = {
    "outbox": _l("Events told"),
    "inbox": _l("Events heard"),
    "commands": _l("Answers kept for repeats"),
    "jobs": _l("Work ordered"),
    "dead_letters": _l("Dead letters"),
    "change_set_rows": _l("What an undo brings back"),
    "client_deals": _l("Copies of deals"),
    "client_custom_values": _l("Values to filter by"),
    "contact_custom_values": _l("Values to filter by"),
    "deal_custom_values": _l("Values to filter by"),
    "client_keys": _l("Marks to find duplicates by"),
    "deal_states": _l("Copies of deals"),
    "deal_invoices": _l("Copies of invoices"),
    "people": _l("Copies of accounts"),
    "notifications": _l("Notifications"),
    "guides": _l("Onboarding guides"),
    "intake_forms": _l("Forms sent in"),
    "brief_drafts": _l("Briefs begun"),
    "invoice_previews": _l("Previews of invoices"),
    "provider_events": _l("Messages of the payment provider"),
    "provider_faults": _l("Faults of the payment provider"),
    "request_log": _l("Requests"),
    "stage_history": _l("Stage history"),
    "login_failures": _l("Wrong log-ins"),
    "integration_checks": _l("Checks of integrations"),
    "erasure_parts": _l("Erasures of persons"),
}
FIELDS = {
    "company_name": _l("Company name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "name": _l("Name"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "team": _l("Team"),
    "reports_to": _l("Reports to"),
    "website": _l("Website"),
    "address": _l("Address"),
    "city": _l("City"),
    "country": _l("Country"),
    "industry": _l("Industry"),
    "status": _l("Status"),
    "source": _l("Source"),
    "notes": _l("Notes"),
    "tags": _l("Tags"),
    "custom": _l("Fields of your own"),
    "owner_id": _l("Owner"),
    "previous_owner_id": _l("Owner before"),
    "assignee_id": _l("Assignee"),
    "client_id": _l("Client"),
    "contact_id": _l("Contact"),
    "deal_id": _l("Deal"),
    "invoice_id": _l("Invoice"),
    "user_id": _l("Person"),
    "job_title": _l("Job title"),
    "type": _l("Type"),
    "kind": _l("Kind"),
    "subject": _l("Subject"),
    "description": _l("Description"),
    "currency": _l("Currency"),
    "deal_name": _l("Deal name"),
    "deal_value_minor": _l("Deal value"),
    "lifetime_value_minor": _l("Lifetime value"),
    "recipients": _l("Recipients"),
    "text": _l("Text"),
    "mail_status": _l("Mail"),
    "granted_by": _l("Given by"),
    "assigned_by": _l("Assigned by"),
    "ends_at": _l("Ends"),
    "amount_minor": _l("Amount"),
    "paid_minor": _l("Paid"),
    "stage": _l("Stage"),
    "lost_reason": _l("Reason"),
    "reason": _l("Reason"),
    "expected_close_date": _l("Expected to close"),
    "actual_close_date": _l("Closed on"),
    "invoice_number": _l("Invoice number"),
    "due_date": _l("Due"),
    "due_at": _l("Due"),
    "done_at": _l("Done"),
    "role": _l("Role"),
    "active": _l("Active"),
    "locale": _l("Language"),
    "password_hash": _l("Password"),
    "user_agent": _l("Browser"),
    "revoked_at": _l("Ended"),
    "deleted_at": _l("Deleted"),
    "created_at": _l("Created"),
    "filename": _l("File"),
    "method": _l("Method"),
    "path": _l("Path"),
}
_RANKS = {name: rank for rank, name in enumerate(FIELDS)}
_SENTENCES = {
    ("sessions", "created"): _l("Signed in"),
    ("sessions", "changed"): _l("Log-in ended"),
    ("sessions", "deleted"): _l("Old log-in forgotten"),
    ("log_ins", "log_in_failed"): _l("Log-in failed"),
    ("log_ins", "log_in_locked"): _l("Log-in locked out"),
    ("requests", "refused"): _l("Request refused"),
}
# Where the page of a record is: by its own id, or by the id of whom it belongs to.
_PAGES = {"clients": "/clients/", "deals": "/deals/", "invoices": "/invoices/"}
_PAGES_OF_OWNER = {
    "assignments": "/clients/",
    "access_grants": "/clients/",
    "invoice_lines": "/invoices/",
    "payments": "/invoices/",
    "refunds": "/invoices/",
}
_OF_CLIENTS = frozenset({"contacts", "activities", "documents"})
# Said of an entry in other places of its row.
_KNOWN_ANYWAY = frozenset({"id", "created_at", "actor_id", "occurred_at"})
_LONGEST = 300
_FIRST = 4


def entry(found: dict[str, Any]) -> dict[str, Any]:
    """An entry as the page shows it: ``what, who, link, changes`` (the first few) ``, more`` (the others)."""
    # What people look for first stands first: names, then what fields are known, then the others.
    pairs = sorted(found["changes"].items(), key=lambda pair: _RANKS.get(pair[0], len(_RANKS)))
    changes = [_change(name, pair, found) for name, pair in pairs if name not in _KNOWN_ANYWAY]
    shown = [each for each in changes if each["before"] != each["after"]]
    return found | {
        "what": sentence(found["record"], found["action"]),
        "who": who(found),
        "link": _link(found),
        "changes": shown[:_FIRST],
        "more": shown[_FIRST:],
    }


def sentence(record: str, action: str) -> str:
    """``Client changed``."""
    known = _SENTENCES.get((record, action))
    if known is not None:
        return str(known)
    return f"{RECORDS.get(record, words.word(record))} {ACTIONS.get(action, words.word(action))}"


def who(found: dict[str, Any]) -> str:
    """Who did it: a person's name as it was then, a service, a visitor, a role of the database."""
    kind, _colon, name = found["actor_id"].partition(":")
    if kind == "system":
        return str(_("System: %(service)s", service=str(words.SERVICES.get(name, name))))
    if kind == "database":
        return str(_("Directly in the database, as %(role)s", role=name))
    if kind == "visitor":
        return str(_("A visitor"))
    known = shell.people().get(found["actor_id"], {}).get("name")
    return str(found["actor_name"] or known or _("Somebody who was erased"))


def _change(name: str, pair: list[Any], found: dict[str, Any]) -> dict[str, str]:
    before, after = (_value(name, value, found) for value in pair)
    return {"label": str(FIELDS.get(name) or words.word(name)).strip(), "before": before, "after": after}


def _value(name: str, value: Any, found: dict[str, Any]) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name.endswith("_minor") and isinstance(value, int):
        return _amount(value, found)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return _cut(orjson.dumps(value).decode())
    return _text(name, str(value))


def _text(name: str, value: str) -> str:
    if is_id(value):
        return str(shell.people().get(value, {}).get("name") or value)
    if name.endswith("_at"):
        try:
            return formats.moment(value)
        except ValueError:
            return value
    return words.word(value) if name in ("status", "stage", "role", "type", "source", "method") else _cut(value)


def _amount(minor: int, found: dict[str, Any]) -> str:
    """With its currency where the entry says it, else in the smallest unit."""
    currency = (found["changes"].get("currency") or [None, None])[1]
    return formats.money(minor, currency) if currency else _("%(number)s (smallest unit)", number=formats.number(minor))


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"


def _link(found: dict[str, Any]) -> str:
    record = found["record"]
    if record in _PAGES and is_id(found["record_id"]):
        return _PAGES[record] + str(found["record_id"])
    if record in _PAGES_OF_OWNER and is_id(found["subject"]):
        return _PAGES_OF_OWNER[record] + str(found["subject"])
    client = (found["changes"].get("client_id") or [None, None])[1]
    if record in _OF_CLIENTS and found["service"] == "clients" and client:
        return f"/clients/{client}"
    return ""
