"""Every RPC method: the right it needs, how that shows, and how it is called about a row.

How a right shows: READ finds the row or says there is none; CHANGE does it, refuses it on rows that may only be seen,
and finds nothing else; LIST holds the row or does not; COMMON is the same for every row; GATE is refused to roles
without the right, whatever the row; PUBLIC is for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tests.rights.scene import Row, Scene

READ, CHANGE, LIST, COMMON, GATE, PUBLIC = "read", "change", "list", "common", "gate", "public"
Given = Callable[[Scene, Row], dict[str, Any]]
NOBODY = "01920000-0000-7000-8000-00000000dead"


def named(answer: Any, row: Row) -> bool:
    """Whether an answer shows the row: its name stands nowhere else."""
    return row.name.encode() in orjson.dumps(answer)


def counted(answer: Any, _row: Row) -> bool:
    """Whether a sum counted anything."""
    return bool(answer["count"])


def forecast_counts(answer: Any, _row: Row) -> bool:
    """Whether a forecast counted anything, whenever it closes."""
    return bool(answer["total_count"] + answer["without_date"]["count"])


def created_counts(answer: Any, _row: Row) -> bool:
    """Whether deals were created, by any source or owner."""
    return bool(answer["total"]["created"])


def trend_counts(answer: Any, _row: Row) -> bool:
    """Whether deals were created in any month."""
    return any(point["created"] for point in answer["points"])


def listed(answer: Any, _row: Row) -> bool:
    """Whether a list that is filtered to the row holds anything."""
    return bool(answer["items"])


def holding_the_deal(answer: Any, row: Row) -> bool:
    """Whether a list without names holds the row's deal."""
    return any(each["deal_id"] == row["deal"] for each in answer["items"])


@dataclass(frozen=True)
class Case:
    """``name`` is ``service.method`` or ``VERB /path``; ``seen``: the right by which a row is seen at all.

    looks_first: the row is looked at before it is asked who may change it, so that one nobody may see is not there.
    """

    name: str
    how: str
    right: str
    given: Given = lambda _scene, _row: {}
    seen: str = "clients.read"
    shows: Callable[[Any, Row], bool] = named
    looks_first: bool = False


def _client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"client_id": row["client"]}


def _deal(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"deal_id": row["deal"]}


def _invoice(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["invoice"]}


def _q(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"q": row.name}


def _filter_q(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"filters": {"q": row.name}}


def _of_client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"filters": {"client_id": row["client"]}}


def _closing_any(_scene: Scene, row: Row) -> dict[str, Any]:
    """Every day a deal of the row's client may close on."""
    return {"from_day": "2020-01-01", "to_day": "2029-12-31", "filters": {"client_id": row["client"]}}


def _line(price: int = 100) -> dict[str, Any]:
    return {"description": "Work", "quantity": "1", "unit_price_minor": price}


CLIENTS = (
    Case("clients.submit_contact", GATE, "intake", lambda _s, _r: {"form": {}, "reference": "x"}),
    Case("clients.list_clients", LIST, "clients.read", _filter_q),
    Case("clients.export_page", LIST, "clients.read", lambda _s, r: {"what": "clients", "filters": {"q": r.name}}),
    Case("clients.get_client", READ, "clients.read", _client),
    Case("clients.create_client", COMMON, "clients.write", lambda _s, r: {"data": {"company_name": f"{r.name} new"}}),
    Case(
        "clients.update_client", CHANGE, "clients.write", lambda _s, r: _client(_s, r) | {"changes": {"city": "Bern"}}
    ),
    Case("clients.delete_client", CHANGE, "clients.write", lambda s, r: {"client_id": s.client(r.relation)["client"]}),
    Case(
        "clients.assign_client",
        CHANGE,
        "clients.assign",
        lambda s, r: _client(s, r) | {"owner_id": s.admin.get(f"/clients/{r['client']}")["owner_id"]},
    ),
    Case("clients.grant_access", CHANGE, "clients.grant", lambda s, r: _client(s, r) | {"user_id": NOBODY}),
    Case("clients.revoke_access", CHANGE, "clients.grant", lambda s, r: _client(s, r) | {"user_id": NOBODY}),
    Case("clients.list_grants", READ, "clients.grant", _client),
    Case("clients.client_access", READ, "clients.access", _client),
    Case("clients.contact_card", READ, "clients.read", _client),
    Case("clients.list_contacts", READ, "clients.read", _client),
    Case(
        "clients.create_contact",
        CHANGE,
        "clients.write",
        lambda s, r: _client(s, r) | {"data": {"first_name": f"{r.name} more"}},
    ),
    Case(
        "clients.update_contact",
        CHANGE,
        "clients.write",
        lambda _s, r: {"contact_id": r["contact"], "changes": {"job_title": "CTO"}},
    ),
    Case("clients.delete_contact", CHANGE, "clients.write", lambda s, r: {"contact_id": s.contact(r)}),
    Case("clients.list_activities", READ, "clients.read", _client),
    Case("clients.timeline", READ, "clients.read", _client),
    Case(
        "clients.log_activity",
        CHANGE,
        "activities.log",
        lambda s, r: _client(s, r) | {"data": {"type": "note", "subject": f"{r.name} seen"}},
    ),
    Case(
        "clients.update_activity",
        CHANGE,
        "activities.log",
        lambda _s, r: {"activity_id": r["activity"], "changes": {"description": "More."}},
    ),
    Case("clients.list_tasks", LIST, "clients.read", _of_client),
    Case("clients.summary", COMMON, "clients.read", lambda _s, _r: {"today": "2025-01-06"}),
    Case("clients.list_segments", COMMON, "segments.own", lambda _s, _r: {"counts": True}),
    Case("clients.get_segment", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY}),
    Case(
        "clients.segment_clients",
        LIST,
        "clients.read",
        lambda s, r: {"segment_id": s.segment(r)},
        shows=lambda answer, row: row["client"] in answer["client_ids"],
    ),
    Case("clients.create_segment", GATE, "segments.own", lambda _s, _r: {"data": {}}),
    Case("clients.update_segment", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY, "changes": {}}),
    Case("clients.delete_segment", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY}),
    Case("clients.quick_find", LIST, "clients.read", _q),
    Case("clients.find_duplicates", LIST, "clients.read", lambda _s, r: {"company_name": r.name}),
    Case(
        "clients.bulk_update",
        LIST,
        "clients.write",
        lambda _s, r: {"ids": [r["client"]], "action": "add_tag", "value": "matrix"},
        shows=lambda answer, _r: not answer["refused"],
    ),
    Case("clients.prepare_import", COMMON, "imports.own", lambda _s, _r: {"filename": "x.csv", "people": {}}),
    Case("clients.list_imports", COMMON, "imports.own"),
    *(
        Case(f"clients.{method}", GATE, "imports.own", lambda _s, _r: {"import_id": NOBODY})
        for method in ("get_import", "import_rows", "change_import", "commit_import", "undo_import", "delete_import")
    ),
    Case("clients.complete_import", GATE, "imports.own", lambda _s, _r: {"import_id": NOBODY, "size": 1}),
    Case("clients.repair_row", GATE, "imports.own", lambda _s, _r: {"import_id": NOBODY, "n": 1, "cells": {}}),
    Case("clients.list_change_sets", COMMON, "clients.write"),
    Case("clients.get_change_set", GATE, "clients.write", lambda _s, _r: {"change_set_id": NOBODY}),
    Case("clients.list_duplicates", COMMON, "clients.write"),
    Case("clients.dismiss_duplicate", GATE, "clients.write", lambda _s, r: {"first_id": NOBODY, "second_id": NOBODY}),
    Case(
        "clients.merge_clients",
        CHANGE,
        "clients.write",
        lambda s, r: {"client_id": r["client"], "other_id": s.client(r.relation)["client"]},
    ),
    Case("clients.undo_change_set", GATE, "clients.write", lambda _s, _r: {"change_set_id": NOBODY}),
    Case("clients.list_exchange_rates", COMMON, "rates.read"),
    Case(
        "clients.set_exchange_rate",
        COMMON,
        "rates.write",
        lambda _s, _r: {"currency": "EUR", "day": "2020-01-02", "rate": "1.1"},
    ),
    *(
        Case(f"{service}.list_custom_fields", COMMON, "fields.read", lambda _s, _r, of=of: {"entity": of})  # type: ignore[misc]  # the default binds the loop's value
        for service, of in (("clients", "client"), ("deals", "deal"))
    ),
    *(
        Case(f"{service}.create_custom_field", COMMON, "fields.write", lambda _s, _r, of=of: {"entity": of, "data": {}})  # type: ignore[misc]  # as above
        for service, of in (("clients", "client"), ("deals", "deal"))
    ),
    *(
        Case(f"{service}.{method}", GATE, "fields.write", lambda _s, _r, more=more: {"field_id": NOBODY} | more)  # type: ignore[misc]  # as above
        for service in ("clients", "deals")
        for method, more in (("update_custom_field", {"changes": {}}), ("delete_custom_field", {}))
    ),
    Case("clients.list_tags", LIST, "clients.read"),
    Case("clients.list_documents", READ, "documents.read", _client),
    Case(
        "clients.prepare_document",
        CHANGE,
        "documents.write",
        lambda s, r: _client(s, r) | {"filename": "new.txt", "content_type": "text/plain"},
    ),
    Case("clients.complete_document", CHANGE, "documents.write", lambda s, r: s.prepared_document(r)),
    Case("clients.delete_document", CHANGE, "documents.write", lambda s, r: {"document_id": s.document(r)}),
    Case("clients.document_link", READ, "documents.read", lambda _s, r: {"document_id": r["document"]}),
)
DEALS = (
    Case("deals.submit_brief", GATE, "intake", lambda _s, _r: {"brief": {}, "client": {}, "reference": "x"}),
    Case("deals.list_deals", LIST, "deals.read", _filter_q),
    Case("deals.export_deals", LIST, "deals.read", _filter_q),
    Case("deals.get_deal", READ, "deals.read", _deal),
    Case(
        "deals.create_deal",
        CHANGE,
        "deals.write",
        lambda _s, r: {"data": {"client_id": r["client"], "deal_name": f"{r.name} next"}},
    ),
    Case(
        "deals.bring_deals",
        GATE,
        "deals.bring",
        lambda _s, _r: {"import_id": NOBODY, "system": "", "person": {}, "deals": [], "clients": []},
    ),
    Case("deals.take_back_deals", GATE, "deals.bring", lambda _s, _r: {"import_id": NOBODY, "deal_ids": []}),
    Case(
        "deals.update_deal",
        CHANGE,
        "deals.write",
        lambda _s, r: {"deal_id": r["deal"], "changes": {"description": "More."}},
        seen="deals.read",
    ),
    Case(
        "deals.move_stage",
        CHANGE,
        "deals.write",
        lambda s, r: {"deal_id": s.deal(r), "stage": "proposal"},
        seen="deals.read",
    ),
    Case("deals.board", LIST, "deals.read", _filter_q),
    Case("deals.totals", LIST, "deals.read", _of_client, shows=counted),
    Case("deals.quick_find", LIST, "deals.read", _q),
    Case("deals.stage_weights", COMMON, "deals.read"),
    Case("deals.stage_visits", LIST, "deals.read", lambda _s, _r: {"limit": 200}, shows=holding_the_deal),
    Case("deals.set_stage_weights", COMMON, "weights.write", lambda _s, _r: {"weights": {"lead": 10}}),
    Case("deals.forecast", LIST, "deals.read", _closing_any, shows=forecast_counts),
    Case(
        "deals.forecast_bridge",
        COMMON,
        "deals.read",
        lambda s, r: _closing_any(s, r) | {"start": "2020-01-01", "end": "2025-01-01"},
    ),
    Case("deals.funnel", LIST, "deals.read", _closing_any, shows=lambda answer, _r: bool(answer["created"])),
    *(
        Case(f"deals.{method}", LIST, "deals.read", _closing_any, shows=created_counts)
        for method in ("sources", "reps")
    ),
    *(Case(f"deals.{method}", COMMON, "deals.read", _closing_any) for method in ("win_rate", "velocity")),
    Case("deals.trend", LIST, "deals.read", _of_client, shows=trend_counts),
    Case("deals.stagnation", COMMON, "deals.read"),
    Case("deals.risks", COMMON, "deals.read"),
    Case("deals.summary", COMMON, "deals.read", lambda s, r: _of_client(s, r) | {"today": "2026-01-05"}),
    Case("deals.list_targets", COMMON, "targets.read", lambda _s, _r: {"from_month": "2025-01", "to_month": "2025-03"}),
    Case(
        "deals.set_targets",
        COMMON,
        "targets.write",
        lambda _s, _r: {"targets": [{"month": "2025-01", "owner_id": None, "amount_minor": 1}]},
    ),
    Case("deals.history", READ, "deals.read", _deal),
    Case("deals.request_analysis", CHANGE, "deals.write", _deal, seen="deals.read"),
)
BILLING = (
    Case("billing.list_invoices", LIST, "invoices.read", _of_client),
    Case("billing.totals", LIST, "invoices.read", _of_client, shows=counted),
    Case(
        "billing.receivables",
        LIST,
        "invoices.read",
        lambda _s, r: {"filters": {"client_id": r["client"]}},
        shows=lambda answer, _row: bool(answer["clients"]),
    ),
    Case(
        "billing.payment_time",
        COMMON,
        "invoices.read",
        lambda _s, _r: {"from_day": "2025-01-01", "to_day": "2025-03-31"},
    ),
    Case("billing.summary", COMMON, "invoices.read", lambda _s, _r: {"today": "2025-01-06"}),
    Case("billing.quick_find", LIST, "invoices.read", _q),
    Case("billing.get_invoice", READ, "invoices.read", _invoice),
    Case("billing.preview_totals", COMMON, "invoices.write", lambda _s, _r: {"data": {"lines": [_line()]}}),
    Case(
        "billing.create_invoice",
        CHANGE,
        "invoices.write",
        lambda _s, r: {"data": {"client_id": r["client"], "lines": [_line()]}},
    ),
    Case(
        "billing.update_invoice",
        CHANGE,
        "invoices.write",
        lambda _s, r: {"invoice_id": r["invoice"], "changes": {"notes": "More."}},
        seen="invoices.read",
    ),
    Case("billing.send_invoice", CHANGE, "invoices.write", lambda s, r: {"invoice_id": s.invoice(r)}, "invoices.read"),
    Case(
        "billing.void_invoice",
        CHANGE,
        "invoices.write",
        lambda s, r: {"invoice_id": s.invoice(r), "reason": "A mistake"},
        seen="invoices.read",
    ),
    Case("billing.invoice_link", READ, "invoices.read", lambda _s, r: {"invoice_id": r["sent"]}),
    Case("billing.request_preview", READ, "invoices.read", _invoice),
    Case("billing.preview_link", READ, "invoices.read", _invoice),
    Case(
        "billing.record_payment",
        CHANGE,
        "payments.write",
        lambda _s, r: {"invoice_id": r["sent"], "data": {"amount_minor": 1, "currency": "USD"}},
        seen="invoices.read",
    ),
    Case(
        "billing.refund_payment",
        CHANGE,
        "payments.write",
        lambda _s, r: {"invoice_id": r["sent"], "amount_minor": 1},
        seen="invoices.read",
    ),
    Case("billing.assign_payment", GATE, "payments.write", lambda _s, r: {"payment_id": NOBODY, "invoice_id": NOBODY}),
    Case("billing.list_payments", LIST, "payments.read", lambda _s, r: {"filters": {"invoice_id": r["sent"]}}),
    Case("billing.public_invoice", PUBLIC, "public", lambda _s, _r: {"token": "nothing"}),
    Case("billing.public_invoice_link", PUBLIC, "public", lambda _s, _r: {"token": "nothing"}),
    Case("billing.start_payment", PUBLIC, "public", lambda _s, _r: {"token": "nothing"}),
    Case("billing.stripe_webhook", PUBLIC, "public", lambda _s, _r: {"body_base64": "e30=", "signature": "t=1,v1=0"}),
)
OTHERS = (
    Case("notifications.list_notifications", COMMON, "notifications.own", lambda _s, _r: {"unread_only": True}),
    Case("notifications.unread_count", COMMON, "notifications.own"),
    Case("notifications.mark_read", GATE, "notifications.own", lambda _s, _r: {"notification_id": NOBODY}),
    Case("notifications.mark_all_read", COMMON, "notifications.own"),
    Case("notifications.get_preferences", COMMON, "notifications.own"),
    Case("notifications.set_preferences", COMMON, "notifications.own", lambda _s, _r: {"email": {}}),
    *(Case(f"notifications.{method}", COMMON, "notifications.own") for method in ("get_guide", "review_guide")),
    Case("notifications.close_guide", COMMON, "notifications.own"),
    *(
        Case(f"notifications.{method}", COMMON, "reports.own")
        for method in ("get_summary_settings", "daily_summary", "send_daily_summary")
    ),
    Case("notifications.set_summary_settings", COMMON, "reports.own", lambda _s, _r: {"settings": {}}),
    *(
        Case(f"notifications.{method}", PUBLIC, "public", lambda _s, _r: {"token": "x"})
        for method in ("subscription", "unsubscribe")
    ),
    Case("notifications.order_report", COMMON, "reports.own", lambda _s, _r: {"kind": "nothing", "params": {}}),
    Case("notifications.get_report", GATE, "reports.own", lambda _s, _r: {"report_id": NOBODY}),
    Case("notifications.list_reports", COMMON, "reports.own"),
    Case("notifications.list_schedules", COMMON, "reports.own"),
    Case("notifications.create_schedule", COMMON, "reports.own", lambda _s, _r: {"data": {}}),
    Case("notifications.update_schedule", GATE, "reports.own", lambda _s, _r: {"schedule_id": NOBODY, "changes": {}}),
    *(
        Case(f"notifications.{method}", GATE, "reports.own", lambda _s, _r: {"schedule_id": NOBODY})
        for method in ("delete_schedule", "send_schedule_now")
    ),
    Case("notifications.draw_chart", COMMON, "reports.own", lambda _s, _r: {"name": "nothing", "data": {}}),
    Case("notifications.list_emails", LIST, "emails.read", _of_client),
    Case("notifications.get_email", READ, "emails.read", lambda _s, r: {"email_id": r["email"]}),
    Case("notifications.send_test_email", COMMON, "emails.test", lambda _s, _r: {"to": "ops@amo-ai.example"}),
    Case(
        "ai.list_generations", LIST, "generations.read", lambda _s, r: {"filters": {"deal_id": r["deal"]}}, shows=listed
    ),
    Case("ai.get_generation", READ, "generations.read", lambda _s, r: {"generation_id": r["generation"]}),
    Case("ai.provider_status", COMMON, "generations.read"),
    Case(
        "ai.draft_email",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"data": {"deal_id": r["deal"]}},
        seen="generations.read",
    ),
    Case("ai.get_email_draft", READ, "generations.read", lambda _s, r: {"draft_id": r["draft"]}),
    Case("ai.list_email_drafts", LIST, "generations.read", _deal, shows=listed),
    Case(
        "ai.update_email_draft",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "changes": {"subject": f"{r.name} mail"}},
        seen="generations.read",
    ),
    Case(
        "ai.send_email_draft",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "confirm": True},
        seen="generations.read",
    ),
    Case("ai.redraft_email", GATE, "drafts.write", lambda _s, _r: {"draft_id": NOBODY}),
    Case("ai.take_notes", CHANGE, "notes.write", lambda _s, r: {"deal_id": r["deal"], "text": "We met."}),
    Case("ai.get_notes", GATE, "generations.read", lambda _s, _r: {"generation_id": NOBODY}),
    Case("ai.claim_parts", GATE, "notes.write", lambda _s, _r: {"generation_id": NOBODY, "parts": {}}),
    Case("ai.note_done", GATE, "notes.write", lambda _s, _r: {"generation_id": NOBODY, "part": "x", "result": {}}),
    Case("ai.list_score_models", COMMON, "scores.manage"),
    Case("ai.score_standing", COMMON, "scores.read"),
    Case(
        "ai.report_insight",
        COMMON,
        "insights.write",
        lambda _s, _r: {
            "kind": "daily-summary",
            "figures": [{"name": "open_deals", "kind": "count", "value": 3}],
            "language": "en",
        },
    ),
    Case("ai.get_insight", GATE, "insights.write", lambda _s, _r: {"insight_id": NOBODY}),
    Case("ai.train_scores", COMMON, "scores.manage"),
    *(Case(f"ai.{method}", COMMON, "usage.read") for method in ("usage", "get_budget")),
    Case("ai.change_budget", COMMON, "budget.write", lambda _s, _r: {"changes": {"daily_micro_usd": 10_000_000}}),
    *(
        Case(f"{service}.{method}", GATE, "operate", lambda _s, _r, method=method: _OPERATING.get(method, {}))  # type: ignore[misc]  # the default binds the loop's value
        for service in ("billing", "notifications", "ai")
        for method in ("integration_status", "test_integration")
    ),
)
_PERSON = {"contact_id": NOBODY, "client_id": NOBODY, "first_name": "Nobody", "last_name": "Here"}
PERSONAL = (
    Case("clients.person", GATE, "personal_data", lambda _s, _r: {"contact_id": NOBODY}),
    Case("clients.erase_contact", GATE, "personal_data", lambda _s, _r: {"contact_id": NOBODY, "reason": "Asked to"}),
    Case("clients.list_erasures", COMMON, "personal_data"),
    Case("clients.get_erasure", GATE, "personal_data", lambda _s, _r: {"erasure_id": NOBODY}),
    *(
        Case(f"{service}.personal_data", COMMON, "personal_data", lambda _s, _r: {"person": _PERSON})
        for service in ("clients", "deals", "billing", "notifications", "ai")
    ),
)
_OPERATING: dict[str, dict[str, Any]] = {
    "test_integration": {"name": "nothing of ours"},
    "trace": {"reference": NOBODY},
    "replay_dead_letter": {"letter_id": NOBODY},
    "search_audit": {"filters": {}},
}
_OPERATIONS = ("readiness", "trace", "list_dead_letters", "replay_dead_letter", "search_audit", "verify_audit")
SHARED = tuple(
    Case(
        f"{service}.{method}",
        PUBLIC if method == "ping" else GATE,
        "public" if method == "ping" else "operate",
        lambda _s, _r, method=method: _OPERATING.get(method, {}),
    )  # type: ignore[misc]  # the default binds the loop's value
    for service in ("clients", "deals", "billing", "notifications", "ai")
    for method in ("ping", *_OPERATIONS)
)
RPC = {case.name: case for case in (*CLIENTS, *DEALS, *BILLING, *OTHERS, *PERSONAL, *SHARED)}
