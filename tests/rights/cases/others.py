"""The RPC methods of the other services, personal data and what all services have."""

from __future__ import annotations

from typing import Any

from tests.rights.cases.case import (
    CHANGE,
    COMMON,
    GATE,
    LIST,
    NOBODY,
    PUBLIC,
    READ,
    Case,
    deal_of,
    filter_of_client,
    listed,
)
from tests.rights.scene import TEMPLATE, Row, Scene


def _conversation_of(scene: Scene, row: Row) -> dict[str, Any]:
    return {"conversation_id": scene.conversation(row)}


def _conversations_of(scene: Scene, row: Row) -> dict[str, Any]:
    scene.conversation(row)
    return filter_of_client(scene, row)


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
    Case("notifications.list_emails", LIST, "emails.read", filter_of_client),
    Case("notifications.get_email", READ, "emails.read", lambda _s, r: {"email_id": r["email"]}),
    Case("notifications.list_conversations", LIST, "whatsapp.read", _conversations_of),
    Case("notifications.get_conversation", READ, "whatsapp.read", _conversation_of),
    Case(
        "notifications.list_messages",
        READ,
        "whatsapp.read",
        _conversation_of,
        shows=lambda answer, _row: bool(answer["items"]),
    ),
    Case("notifications.message_media", GATE, "whatsapp.read", lambda _s, _r: {"message_id": NOBODY}),
    Case("notifications.mark_conversation_read", READ, "whatsapp.read", _conversation_of),
    Case(
        "notifications.send_message",
        CHANGE,
        "whatsapp.write",
        lambda s, r: _conversation_of(s, r) | {"template": TEMPLATE},
        seen="whatsapp.read",
    ),
    Case(
        "notifications.start_message",
        CHANGE,
        "whatsapp.write",
        lambda s, r: {"client_id": r["client"], "contact_id": s.reachable(r), "template": TEMPLATE},
        seen="whatsapp.read",
    ),
    Case(
        "notifications.link_conversation",
        GATE,
        "whatsapp.triage",
        lambda _s, _r: {"conversation_id": NOBODY, "client_id": NOBODY},
    ),
    *(
        Case(f"notifications.{method}", GATE, "whatsapp.triage", lambda _s, _r: {"conversation_id": NOBODY})
        for method in ("begin_whatsapp_lead", "dismiss_conversation")
    ),
    Case("notifications.list_whatsapp_templates", COMMON, "whatsapp.read"),
    Case("notifications.sync_whatsapp_templates", COMMON, "whatsapp.templates"),
    Case(
        "notifications.whatsapp_webhook",
        PUBLIC,
        "public",
        lambda s, _r: {"body_base64": "e30=", "signature": s.signed(b"{}")},
    ),
    Case(
        "notifications.whatsapp_verify",
        PUBLIC,
        "public",
        lambda s, _r: {"mode": "subscribe", "token": s.agreed(), "challenge": "1"},
    ),
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
    Case("ai.list_email_drafts", LIST, "generations.read", deal_of, shows=listed),
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
    Case(
        "ai.read_times",
        CHANGE,
        "notes.write",
        lambda _s, r: {"client_id": r["client"], "text": "Thursday", "said_on": "2025-01-14"},
        seen="generations.read",
    ),
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
