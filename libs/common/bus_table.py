"""Who says what on the bus: the one table that the broker's permissions and the receivers' checks are made from.

A test holds it against the code: an event that is told or heard, or a call that is made, without its place here
fails the build.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """What one service may do on the bus.

    tells: the event types it publishes. hears: those it subscribes to. asks: the RPC methods it calls on others,
    ``service.method``. hands_on: those of them that it also calls with the token of the person it acts for.
    answers: whether it takes calls itself; such a service may ping itself.
    """

    tells: frozenset[str] = frozenset()
    hears: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    hands_on: frozenset[str] = frozenset()
    answers: bool = True


def _of(service: str, methods: str) -> frozenset[str]:
    return frozenset(f"{service}.{method}" for method in methods.split())


# Answered by every service that takes calls.
_OPERATIONS = "list_dead_letters readiness replay_dead_letter search_audit trace verify_audit"

TABLE: Mapping[str, Voice] = {
    "clients": Voice(
        tells=_of("client", "access_changed assigned created inquired merged unmerged")
        | _of("clients", "access_changed assigned imported")
        | {"activity.changed", "activity.logged", "contact.created", "contact.erasure_asked", "exchange_rate.set"}
        | _of("meeting", "booked cancelled")
        | _of("task", "assigned due"),
        hears=_of("deal", "changed created fully_paid removed stage_changed stagnant won")
        | {"deal_field.set"}
        | _of("whatsapp", "failed received sent")
        | frozenset(f"{each}.person_erased" for each in ("ai", "billing", "deals", "gateway", "notifications"))
        | {"email.sent", "payment.received"},
        asks=_of("deals", "bring_custom_fields bring_deals list_custom_fields own_values")
        | _of("deals", "take_back_custom_fields take_back_deals"),
    ),
    "deals": Voice(
        tells=_of("deal", "changed created fully_paid lost removed reopened stage_changed stagnant won")
        | {"brief.submitted", "deal_field.set", "deals.person_erased"},
        hears=_of("invoice", "drafted paid refunded sent voided")
        | _of("client", "access_changed merged unmerged")
        | {"activity.logged", "clients.access_changed", "contact.erasure_asked", "deal.analyzed", "deal.scored"}
        | {"exchange_rate.set"},
        asks=frozenset({"clients.client_access", "clients.list_exchange_rates", "clients.segment_clients"}),
        hands_on=frozenset({"clients.segment_clients"}),
    ),
    "billing": Voice(
        tells=_of("invoice", "drafted overdue paid refunded sent voided")
        | _of("payment", "disputed receipt_ready received refunded unmatched")
        | {"billing.person_erased"},
        hears=_of("deal", "changed reopened won")
        | _of("client", "access_changed merged unmerged")
        | {"clients.access_changed", "company.changed", "contact.erasure_asked", "email.failed", "email.sent"},
        asks=_of("clients", "client_access contact_card segment_clients") | {"deals.get_deal"},
        hands_on=_of("clients", "contact_card segment_clients") | {"deals.get_deal"},
    ),
    "notifications": Voice(
        tells=_of("email", "failed sent")
        | _of("whatsapp", "failed received sent status_changed")
        | {"notifications.person_erased", "people.notified"},
        hears=_of("client", "access_changed assigned inquired merged unmerged")
        | _of("payment", "disputed receipt_ready received refunded unmatched")
        | _of("user", "changed deactivated invited joined reset_asked role_changed")
        | _of("deal", "created stage_changed won")
        | {"activity.logged", "brief.submitted", "company.changed", "contact.erasure_asked", "invoice.sent"}
        | {"clients.access_changed", "clients.assigned", "email.ordered", "meeting.booked", "meeting.cancelled"}
        | {"task.assigned", "task.due"},
        asks=_of(
            "clients",
            "client_access complete_document contact_card contacts_of_phones prepare_document summary",
        )
        | _of("deals", "forecast forecast_bridge funnel reps risks sources stagnation summary trend velocity win_rate")
        | _of("billing", "payment_time receivables summary")
        | {"ai.report_insight"},
    ),
    "ai": Voice(
        tells=frozenset({"ai.person_erased", "deal.analyzed", "deal.scored", "email.ordered"}),
        hears=_of("deal", "changed created removed stage_changed")
        | _of("client", "access_changed created merged unmerged")
        | _of("clients", "access_changed imported")
        | {"brief.submitted", "contact.erasure_asked"}
        | {"company.changed", "email.failed", "email.sent"},
        asks=_of("clients", "client_access document_link list_activities list_clients list_contacts")
        | _of("billing", "invoice_link list_invoices")
        | {"deals.get_deal", "deals.stage_visits"},
        hands_on=_of("clients", "document_link list_activities list_contacts")
        | _of("billing", "invoice_link list_invoices")
        | {"deals.get_deal"},
    ),
    # The gateway asks on behalf of people; their tokens are its own.
    "gateway": Voice(
        tells=_of("user", "changed deactivated invited joined reset_asked role_changed")
        | {"company.changed", "gateway.person_erased"},
        # What open pages are told of.
        hears=_of("deal", "changed created lost removed reopened stage_changed won")
        | _of("activity", "changed logged")
        | _of("client", "access_changed created")
        | _of("whatsapp", "failed received sent status_changed")
        | {"clients.access_changed", "contact.erasure_asked", "people.notified"},
        asks=_of(
            "clients",
            "assign_client bulk_update client_access client_values complete_document contact_card create_client"
            " create_contact"
            " create_custom_field delete_client delete_contact delete_custom_field delete_document"
            " dismiss_duplicate document_link erase_contact find_duplicates get_change_set get_client get_erasure"
            " grant_access list_activities list_change_sets list_clients list_contacts list_custom_fields"
            " list_documents list_duplicates list_erasures list_exchange_rates list_grants list_tags list_tasks"
            " log_activity merge_clients person personal_data prepare_document quick_find revoke_access"
            " set_exchange_rate submit_contact timeline create_segment delete_segment get_segment list_segments"
            " update_segment undo_change_set update_activity update_client update_contact update_custom_field"
            " change_import commit_import complete_import delete_import get_import import_rows list_imports"
            " export_page prepare_import preview_import repair_row undo_import"
            " book_meeting cancel_meeting get_meeting meeting_slots move_meeting"
            f" {_OPERATIONS}",
        )
        | _of(
            "deals",
            "board create_custom_field create_deal delete_custom_field export_deals get_deal history"
            " list_custom_fields list_deals move_stage personal_data quick_find request_analysis"
            f" set_stage_weights stage_weights submit_brief totals update_custom_field update_deal"
            f" {_OPERATIONS}",
        )
        | _of(
            "deals",
            "forecast forecast_bridge funnel list_targets reps risks set_targets sources stagnation trend velocity"
            " win_rate",
        )
        | _of("billing", "payment_time receivables")
        | _of(
            "notifications",
            "create_schedule daily_summary delete_schedule draw_chart get_report get_summary_settings list_reports"
            " list_schedules order_report send_daily_summary send_schedule_now set_summary_settings subscription"
            " unsubscribe update_schedule",
        )
        | _of(
            "notifications",
            "begin_whatsapp_lead dismiss_conversation get_conversation link_conversation list_conversations"
            " list_messages list_whatsapp_templates mark_conversation_read message_media send_message start_message"
            " sync_whatsapp_templates whatsapp_verify whatsapp_webhook",
        )
        | _of(
            "billing",
            "assign_payment create_invoice get_invoice integration_status invoice_link list_invoices list_payments"
            " personal_data preview_link preview_totals public_invoice public_invoice_link quick_find"
            " record_payment refund_payment request_preview send_invoice start_payment stripe_webhook"
            f" test_integration totals update_invoice void_invoice {_OPERATIONS}",
        )
        | _of(
            "notifications",
            "close_guide get_guide get_preferences integration_status list_emails list_notifications mark_all_read"
            f" mark_read personal_data review_guide set_preferences test_integration unread_count {_OPERATIONS}",
        )
        | _of(
            "ai",
            "change_budget claim_parts get_budget get_generation integration_status list_generations get_notes"
            " list_score_models note_done personal_data read_times score_standing take_notes test_integration"
            f" train_scores usage {_OPERATIONS}",
        )
        | _of("ai", "get_insight report_insight")
        | _of("ai", "draft_email get_email_draft list_email_drafts redraft_email send_email_draft update_email_draft"),
        answers=False,
    ),
}


def teller_of(event_type: str) -> str | None:
    """The one service that may publish an event type; None for a type that nobody tells."""
    return next((name for name, voice in TABLE.items() if event_type in voice.tells), None)


def callers_of(service: str) -> list[str]:
    """The services that call a service, itself among them (it pings itself)."""
    calling = {name for name, voice in TABLE.items() if any(each.startswith(f"{service}.") for each in voice.asks)}
    return sorted(calling | ({service} if TABLE[service].answers else set()))


def may_call(caller: str, service: str, method: str) -> bool:
    """Whether the table lets ``caller`` call ``service.method``."""
    if caller == service:
        return method == "ping" and TABLE[service].answers
    return caller in TABLE and f"{service}.{method}" in TABLE[caller].asks
