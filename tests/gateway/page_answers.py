"""What services answer to the pages, as far as pages show it; names hold what a page must not take for markup."""

from __future__ import annotations

from typing import Any

from services.gateway.web.reporting.catalogue import CHARTS
from services.gateway.web.reporting.catalogue import PAGES as REPORT_PAGES
from tests.gateway.report_answers import ANSWERS as REPORTS

ID = "0192f0c0-0000-7000-8000-000000000001"
WHEN = "2026-11-20T10:00:00Z"
HOSTILE = "<script>alert(1)</script> \u202eevil {{7*7}}"

CLIENT: dict[str, Any] = {
    "id": ID, "company_name": f"TechCorp {HOSTILE}", "email": "hello@techcorp.com", "phone": None, "website": None,
    "industry": "Technology", "status": "prospect", "source": "website", "address": None, "city": "San Francisco",
    "state": "California", "country": "US", "notes": "one\ntwo", "tags": ["vip"], "owner_id": None,
    "lifetime_value_minor": 6250000, "currency": "USD", "last_activity_at": WHEN, "created_at": WHEN,
    "updated_at": WHEN, "version": 3, "access": "write", "deals_without_rate": [], "open_deals": 1234,
    "deal_value_minor": 7500050,
}  # fmt: skip
CUSTOM: dict[str, Any] = {
    "our_text": HOSTILE, "our_number": 12.5, "our_money": {"amount_minor": 500000, "currency": "EUR"},
    "our_date": "2026-11-01", "our_yes_no": False, "our_choice": "Gold",
}  # fmt: skip
CLIENT["custom"] = CUSTOM
FIELDS = [
    {"id": ID, "entity": "client", "key": key, "label": f"{key} {HOSTILE}", "kind": key.removeprefix("our_"),
     "options": ["Gold", HOSTILE] if key == "our_choice" else [], "position": 1, "archived": False, "version": 1}
    for key in CUSTOM
]  # fmt: skip
CARD = {name: CLIENT[name] for name in ("id", "company_name", "industry", "status", "owner_id")} | {"access": "card"}
HIT: dict[str, Any] = {
    "field": "notes", "source_id": ID,
    "snippet": [{"text": "before ", "found": False}, {"text": HOSTILE, "found": True}],
}  # fmt: skip
CONDITION = {"field": "deal_value", "op": "gt", "value": 5000000}
OWN_CONDITION = {"field": "custom.our_text", "op": "is", "value": HOSTILE}
SEGMENT: dict[str, Any] = {
    "id": ID, "name": f"Big {HOSTILE}", "filters": {"where": {"any": [CONDITION, OWN_CONDITION]}, "q": HOSTILE},
    "sort": "-lifetime_value", "shared": False, "owner_id": ID, "own": True, "created_at": WHEN, "updated_at": WHEN,
    "version": 1,
}  # fmt: skip
CONTACT: dict[str, Any] = {
    "id": ID, "client_id": ID, "company_name": "TechCorp", "first_name": "Sarah", "last_name": "Johnson",
    "email": "sarah@techcorp.com", "phone": "+1-555-0123", "job_title": "CTO", "is_primary": True, "version": 1,
    "custom": CUSTOM,
}  # fmt: skip
ACTIVITY: dict[str, Any] = {
    "id": ID, "client_id": ID, "type": "task", "subject": HOSTILE, "description": "Hi", "actor_id": ID,
    "actor_name": "John", "occurred_at": WHEN, "due_at": WHEN, "assignee_id": None, "done_at": None, "version": 1,
    "company_name": "TechCorp",
}  # fmt: skip
CITED = {"field": "features", "words": HOSTILE}
INSIGHTS: dict[str, Any] = {
    "complexity": "medium", "technical_fit": "high", "recommended_stack": ["React"], "estimated_hours": 280,
    "risk_factors": [HOSTILE], "summary": "s", "dropped": 2,
    "factors": [{"name": "clarity", "points": 20, "of": 25, "reason": HOSTILE, "field": "audience", "evidence": ""},
                {"name": "time", "points": 10, "of": 25, "reason": "r", "field": "features", "evidence": HOSTILE}],
    "evidence": {"complexity": CITED, "technical_fit": CITED, "recommended_stack": [CITED], "estimated_hours": CITED,
                 "risk_factors": [CITED]},
    "provider": "built-in", "model": "rules-2", "prompt_version": "rules-2", "milliseconds": 1234, "attempts": 2,
    "input_tokens": 10, "output_tokens": None, "thought_tokens": 5,
    "cost_micro_usd": 1234, "stands_in_because": HOSTILE, "analyzed_at": WHEN,
}  # fmt: skip
GENERATION: dict[str, Any] = {
    "id": ID, "kind": "brief_analysis", "deal_id": ID, "status": "done", "provider": "built-in", "model": "rules-2",
    "score": 70, "created_at": WHEN, "updated_at": WHEN, "milliseconds": 3, "cost_micro_usd": None, "attempts": 1,
    "prompt_version": "rules-2", "stands_in_because": None,
}  # fmt: skip
CHECK: dict[str, Any] = {"kind": "date", "text": HOSTILE, "status": "unsupported", "source": None}
DRAFT: dict[str, Any] = {
    "id": ID, "deal_id": ID, "client_id": ID, "contact_id": ID, "user_id": ID, "status": "ready", "version": 2,
    "subject": HOSTILE, "body": f"Hi Sarah,\n\n{HOSTILE} attached\n\nJohn", "provider": "gemini", "model": "g-1",
    "prompt_version": "e-1", "milliseconds": 900, "attempts": 1, "cost_micro_usd": 12, "stands_in_because": HOSTILE,
    "input_tokens": 1200, "output_tokens": 90, "problem": None,
    "to": {"contact_id": ID, "name": HOSTILE, "email": "sarah@techcorp.com"}, "words": HOSTILE,
    "purpose": "follow_up", "tone": "friendly", "language": "en", "missing": ["invoices"], "removed": [HOSTILE],
    "known": {"client": HOSTILE, "deal": {"name": HOSTILE}, "company": "AMO AI"}, "attachments": [],
    "checks": [CHECK, CHECK | {"text": "Sarah", "kind": "person", "status": "supported", "source": "contact (CTO)"},
               CHECK | {"text": "attached", "kind": "attachment"}],
    "generated": {"subject": "S", "body": "B"}, "changed": True,
    "difference": [{"kind": "removed", "text": HOSTILE}, {"kind": "added", "text": "x"}, {"kind": "same", "text": "y"}],
    "confirmed": [CHECK], "sent_at": None, "sent_by": None, "sent_by_name": None, "mail_status": None,
    "mail_problem": None, "sent_to": [], "created_at": WHEN, "updated_at": WHEN,
}  # fmt: skip
USED = {
    "generations": 5, "stood_in": 2, "failed": 0, "calls": 4, "problems": 1, "input_tokens": 1000, "output_tokens": 10,
    "thought_tokens": 5, "cost_micro_usd": 12345, "generations_today": 1, "cost_micro_usd_today": 30,
}  # fmt: skip
DEAL: dict[str, Any] = {
    "id": ID, "deal_name": HOSTILE, "client_id": ID, "company_name": "TechCorp", "deal_value_minor": 6250000,
    "currency": "USD", "stage": "qualified", "expected_close_date": "2027-01-01", "owner_id": None, "tags": ["a"],
    "ai_score": 85, "version": 1, "source": "brief_wizard", "description": "d", "probability": 25, "created_at": WHEN,
    "win_probability": {"probability": 0.44, "source": "model", "model_version": 2, "because": None, "scored_at": WHEN,
                        "reasons": [{"feature": "source", "value": HOSTILE, "points": 12.5, "pooled": True},
                                    {"feature": "owner", "value": ID, "points": -3.0, "pooled": False},
                                    {"feature": "days", "value": 3.0, "points": -1.0, "pooled": False},
                                    {"feature": "value", "value": None, "points": -1.0, "pooled": False}]},
    "actual_close_date": None, "lost_reason": None, "custom": CUSTOM,
    "ai_insights": INSIGHTS,
    "brief": {"vision_title": "Chatbot", "vision_summary": HOSTILE, "audience": "y", "design": "z",
              "features": ["Live chat"], "budget_min_minor": 5000000, "budget_max_minor": 7500000,
              "currency": "USD", "timeline_weeks": 8},
}  # fmt: skip
TRAINING: dict[str, Any] = {
    "number": 2, "outcome": "used", "because": None, "closed": 80, "won": 40, "learnt_from": 60, "held_back": 20,
    "split_on": "2026-10-01", "base_rate": 0.5, "trained_by": ID, "created_at": WHEN,
    "figures": {name: {"brier": 0.2, "log_loss": 0.6, "roc_auc": 0.7} for name in ("model", "base")},
    "calibration": [{"from": 0.4, "to": 0.5, "count": 3, "predicted": 0.44, "won": 0.3333}],
}  # fmt: skip
TOO_FEW = TRAINING | {"number": 1, "outcome": "too_few", "because": "12 of the 40 closed deals it needs", "closed": 12,
                      "calibration": [], "figures": None, "base_rate": None, "split_on": None}  # fmt: skip
NOTES: dict[str, Any] = {
    "id": ID, "deal_id": ID, "client_id": ID, "user_id": ID, "status": "done", "problem": None, "created_at": WHEN,
    "provider": "gemini", "model": "gemini-2.5-flash", "milliseconds": 900, "currency": "USD", "text": HOSTILE,
    "stands_in_because": "Gemini was asked as often as it may be", "summary": HOSTILE, "dropped": 2,
    "steps": [{"text": HOSTILE, "due": "2026-12-01", "quote": HOSTILE}, {"text": "Call", "due": None, "quote": "call"}],
    "fields": [
        {"field": "deal_value", "from": None, "to": 7500000, "quote": HOSTILE},
        {"field": "expected_close_date", "from": None, "to": "2026-12-01", "quote": HOSTILE},
        {"field": "stage", "from": "lead", "to": "proposal", "quote": HOSTILE},
    ],
    "parts": {"step:1": {"content": {"subject": HOSTILE, "due_at": WHEN}, "done": True, "result": {}}},
}  # fmt: skip
INVOICE: dict[str, Any] = {
    "id": ID, "invoice_number": "INV-2026-001", "amount_minor": 6250000, "currency": "USD", "status": "draft",
    "overdue": False, "company_name": HOSTILE, "client_id": ID, "deal_id": ID, "issued_on": None,
    "due_date": "2026-12-01", "description": "Phase 1", "notes": "", "subtotal_minor": 6250000, "discount_minor": 0,
    "tax_minor": 500, "discount_percent": "0", "tax_percent": "8.25", "paid_minor": 100, "refunded_minor": 0,
    "refunds": [], "mail_status": "none", "mail_problem": None, "payment_problem": None, "void_reason": None,
    "pay_token": "abc", "version": 2, "created_at": WHEN,
    "lines": [{"description": HOSTILE, "quantity": "1", "unit_price_minor": 6250000, "amount_minor": 6250000}],
    "payments": [{"amount_minor": 100, "currency": "USD", "method": "stripe", "paid_on": "2026-11-01",
                  "reference": "x", "status": "received"}],
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "id": ID, "amount_minor": 100, "currency": "USD", "excess_minor": 0, "status": "unmatched", "reason": HOSTILE,
    "invoice_id": None, "method": "stripe", "paid_on": "2026-11-01", "reference": None, "provider_reference": "pi",
    "suggested_invoice_id": None,
}  # fmt: skip
NOTE: dict[str, Any] = {
    "id": ID, "kind": "new_lead", "title": HOSTILE, "message": "x", "action_label": "View Client",
    "action_path": f"/clients/{ID}", "read_at": None, "created_at": WHEN,
}  # fmt: skip
PUBLIC: dict[str, Any] = {
    "invoice_number": "INV-1", "amount_minor": 100, "paid_minor": 0, "due_minor": 100, "currency": "USD",
    "status": "sent", "due_date": "2026-12-01", "description": HOSTILE, "overdue": False, "seller": "AMO AI",
    "seller_email": "hello@amoai.example", "seller_website": "", "company_name": "TechCorp",
    "payment_instructions": "IBAN", "can_pay_online": True, "has_pdf": True,
}  # fmt: skip

ENTRY: dict[str, Any] = {
    "seq": 1, "at": WHEN, "action": "changed", "record": "clients", "record_id": ID, "subject": ID, "actor_id": ID,
    "actor_role": "sales", "actor_name": HOSTILE, "address": "203.0.113.7", "correlation_id": "abc", "hash": "00",
    "changes": {"notes": [HOSTILE, {"a": HOSTILE}], "status": ["prospect", "active"]}, "erased": True,
}  # fmt: skip

CHANGE: dict[str, Any] = {
    "id": ID, "action": "add_tag", "value": HOSTILE, "about": {"filters": {}}, "made_by": ID, "status": "done",
    "total": 50000, "done": 50000, "created_at": WHEN, "undone_at": None, "undone_by": None, "changed": 49998,
    "unchanged": 1, "restored": 0, "refused_count": 1, "left": 1,
    "refused": [{"id": ID, "company_name": HOSTILE, "reason": "only its owner may change it"}],
}  # fmt: skip
CHANGES = [
    CHANGE, CHANGE | {"status": "running", "done": 2000},
    CHANGE | {"status": "undone", "undone_at": WHEN, "restored": 3},
    CHANGE | {"action": "merge", "value": None, "about": {"survivor": HOSTILE, "other": HOSTILE}},
    CHANGE | {"action": "delete", "value": None, "about": {"one": HOSTILE}}, CHANGE | {"action": "assign", "value": ID},
    CHANGE | {"action": "set_status", "value": "active", "made_by": "system:clients"},
]  # fmt: skip
PAIR: dict[str, Any] = {
    "first": CLIENT, "second": CLIENT, "score": 90, "found_at": WHEN, "reasons": ["same name", "similar name"],
}  # fmt: skip


def page(*items: Any) -> dict[str, Any]:
    """A page of a list that goes on."""
    return {"items": list(items), "next_cursor": "abc", "total": 5}


def _column(stage: str) -> dict[str, Any]:
    sums = [{"currency": "USD", "value_minor": 100000, "weighted_minor": 5000}]
    card = DEAL | {"stage": stage}
    return {"stage": stage, "weight": 25, "count": 2, "values": sums, "items": [card], "next_cursor": "abc"}


STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost")
ANSWERS: dict[str, Any] = {
    **REPORTS,
    "clients.get_client": CLIENT,
    "clients.list_grants": [{"user_id": ID, "ends_at": WHEN}, {"user_id": ID, "ends_at": None}],
    "clients.list_contacts": page(CONTACT),
    "clients.timeline": page(ACTIVITY),
    "clients.list_documents": page({"id": ID, "filename": HOSTILE, "size": 1000, "created_at": WHEN}),
    "clients.list_change_sets": page(*CHANGES),
    "clients.get_change_set": CHANGE | {"status": "running", "done": 2000},
    "clients.list_duplicates": page(PAIR),
    "clients.list_clients": page(CLIENT | {"hits": [HIT, HIT | {"field": "company_name"}]}, CARD) | {"fuzzy": True},
    "clients.list_segments": page(SEGMENT, SEGMENT | {"own": False, "shared": True, "count": 1234}),
    "clients.get_segment": SEGMENT,
    "clients.create_segment": SEGMENT,
    "clients.update_segment": SEGMENT,
    "clients.delete_segment": {"id": ID, "deleted": True},
    "clients.list_custom_fields": page(*FIELDS, FIELDS[0] | {"archived": True}),
    "deals.list_custom_fields": page(*FIELDS),
    "clients.list_tags": page({"tag": "vip"}),
    "clients.client_values": page({"value": HOSTILE, "count": 3}),
    "clients.list_tasks": page(ACTIVITY),
    "clients.find_duplicates": {"items": [CLIENT | {"reasons": ["same name"], "score": 90}]},
    "clients.quick_find": {"clients": [CLIENT], "contacts": [CONTACT]},
    "clients.contact_card": {"email": "sarah@techcorp.com", "contact_name": "Sarah"},
    "clients.list_exchange_rates": page({"currency": "EUR", "day": "2026-11-01", "rate": "1.1"}),
    "deals.list_deals": page(DEAL),
    "deals.get_deal": DEAL,
    "deals.quick_find": {"deals": [DEAL]},
    "deals.totals": {"count": 3, "values": [{"currency": "USD", "value_minor": 100, "weighted_minor": 50}]},
    "deals.board": {"columns": [_column(stage) for stage in STAGES]},
    "deals.stage_weights": {"items": [{"stage": stage, "weight": 10, "default": 10} for stage in STAGES]},
    "deals.history": page({"to_stage": "won", "moved_at": WHEN, "moved_by": ID, "moved_by_name": "John",
                           "lost_reason": None}),
    "billing.list_invoices": page(INVOICE),
    "billing.get_invoice": INVOICE,
    "billing.quick_find": {"invoices": [INVOICE]},
    "billing.totals": {"count": 1, "amounts": [{"currency": "USD", "amount_minor": 100, "paid_minor": 0,
                                                "due_minor": 100}]},
    "billing.list_payments": page(PAYMENT),
    "billing.request_preview": {"status": "ready", "key": "x", "filename": "x.pdf", "problem": None},
    "billing.preview_totals": {"currency": "USD", "lines": [], "subtotal_minor": 100, "discount_minor": 0,
                               "tax_minor": 0, "amount_minor": 100},
    "billing.public_invoice": PUBLIC,
    "notifications.list_notifications": page(NOTE),
    "notifications.unread_count": {"unread": 3},
    "notifications.get_guide": {"guide": None},
    "notifications.get_preferences": {"items": [{"kind": "deal_won", "label": "A deal was won", "email": True}]},
    "notifications.list_emails": page({"subject": HOSTILE, "to": ["sarah@techcorp.com"], "sent_at": None,
                                       "created_at": WHEN, "last_error": None, "status": "sent"}),
    **{f"{service}.search_audit": {"items": [ENTRY], "more": True, "total": 5}
       for service in ("ai", "billing", "clients", "deals", "notifications")},
    "ai.get_email_draft": DRAFT,
    "ai.list_email_drafts": page(DRAFT),
    "ai.get_notes": NOTES,
    "ai.list_score_models": page(TRAINING, TOO_FEW),
    "ai.score_standing": {"newest": TRAINING, "closed": 80, "needed": 40, "needed_each": 8},
    "ai.list_generations": page(GENERATION, GENERATION | {"provider": "gemini"}),
    "ai.get_generation": GENERATION | {"output": INSIGHTS},
    "ai.usage": {
        "provider": "gemini", "model": "gemini-2.5-flash", "today": "2026-11-20",
        "days": [USED | {"day": f"2026-11-{day}"} for day in range(14, 21)],
        "by_kind": [USED | {"value": "email_draft"}],
        "by_user": [USED | {"value": value} for value in (ID, None)], "by_provider": [USED | {"value": "gemini"}],
        "reasons": [{"reason": HOSTILE, "count": 2, "last_at": WHEN}],
        "failures": [{"at": WHEN, "kind": "brief_analysis", "provider": "gemini", "model": "m", "attempt": 1,
                      "milliseconds": 5, "problem": HOSTILE}],
        "budget": {"daily_micro_usd": 10000000, "user_daily_micro_usd": 2000000, "version": 1, "spent_micro_usd": 150},
        "paused": {"until": WHEN, "because": "Gemini has too much to do (429)"},
    },
}  # fmt: skip

PATHS = (
    "/", "/search?q=te", "/search",
    "/clients", "/clients?status=prospect&sort=-company_name&q=x&owner_id=none", "/clients/new",
    '/clients?where={"field":"city","op":"empty"}&segment=' + ID, "/clients/filter", "/clients/segments",
    "/clients/values?field=city&g0.r0.value=te",
    '/clients/filter?where={"any":[{"field":"custom.our_choice","op":"is","value":"Gold"}]}',
    "/clients/similar?company_name=x", "/clients/options?client_q=te",
    f"/clients/{ID}", f"/clients/{ID}/edit", f"/clients/{ID}/timeline",
    f"/clients/{ID}/fields/notes", f"/clients/{ID}/fields/status?read", f"/clients/{ID}/contacts/new",
    f"/contacts/{ID}/edit?client_id={ID}", "/settings/fields",
    "/changes", f"/changes/{ID}", f"/changes/{ID}?tries=3", "/clients/duplicates", "/clients/duplicates?cursor=abc",
    f"/clients/{ID}/merge", f"/clients/{ID}/merge?q=te", f"/clients/{ID}/merge/{ID}",
    *(f"/clients/{ID}/fields/custom-{each}{end}" for each in CUSTOM for end in ("", "?read")),
    "/deals", "/deals?stage=open&sort=deal_value", "/deals/new", "/deals/board", "/deals/board/lead?cursor=abc",
    f"/deals/{ID}", f"/deals/{ID}/edit", f"/deals/{ID}/fields/deal_value", f"/deals/{ID}/insights",
    f"/deals/{ID}/notes", f"/deals/{ID}/notes/{ID}", f"/deals/{ID}/notes/{ID}/reading",
    f"/deals/{ID}/invoices?tries=1", f"/deals/{ID}/analyses/{ID}",
    "/invoices", "/invoices?status=open&overdue=true", "/invoices/new", f"/invoices/new?deal_id={ID}",
    f"/invoices/{ID}", f"/invoices/{ID}/edit", f"/invoices/{ID}/state", f"/invoices/{ID}/preview",
    "/payments", "/payments?status=unmatched", "/tasks", "/tasks/new", "/notifications", "/notifications/count",
    "/account", "/account/second-factor", "/account/sessions", "/account/keys", "/forgot",
    "/settings", "/settings/people", "/settings/people/list",
    "/settings/stages", "/settings/rates", "/settings/win-probability",
    "/settings/win-probability/models?after=3&tries=1", "/settings/embed", "/settings/ai",
    "/settings/integrations", "/settings/system", "/settings/dead-letters", "/settings/traces",
    "/settings/audit", f"/settings/audit?record_id={ID}&from=2026-01-01&to=2026-12-31",
    "/reports", *(f"/reports/{name}" for name in REPORT_PAGES), *(f"/reports/{name}/headline" for name in REPORT_PAGES),
    *(f"/reports/charts/{name}" for name in CHARTS),
    "/reports/forecast?from=2025-01-01&to=2025-03-31&group_by=month&owner_id=none&source=website&tag=vip",
    "/reports/forecast?as_of=2025-01-15&period=next_quarter", "/reports/forecast/insight?tries=1",
    f"/reports/forecast/insight?spoken={ID}", "/reports/win-rate?group_by=owner&period=this_year",
    "/reports/bridge?part=within&measure=weighted&currency=USD", "/reports/stagnation?idle_days=5",
    "/reports/files", f"/reports/files/{ID}", "/reports/summary",
    "/reports/schedules", "/reports/schedules/new?kind=reps&period=this_month", f"/reports/schedules/{ID}",
    "/settings/targets?year=2026", "/unsubscribe/abc",
    "/deals?stagnant=true&idle_days=14&undated=true&closes_from=2025-01-01&currency=USD", "/clients?unanswered=true",
    "/tasks?type=meeting&due_from=2025-01-01&due_to=2025-01-01", f"/tasks?assignee_id={ID}&done=false",
    "/contact", "/contact/thanks", "/brief", "/brief/thanks", "/pay/abc",
)  # fmt: skip
