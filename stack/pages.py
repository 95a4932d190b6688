"""Every page of the app, with who opens it: what the accessibility tests read and `make screenshots` shows."""

from __future__ import annotations

from dataclasses import dataclass

VISITOR = "visitor"
# A visitor who filled in the first five stages of the brief.
HALFWAY = "halfway"


@dataclass(frozen=True)
class Page:
    """path: its address, with names that `stack.scenery` knows. who: a key of stack.json's users, or a visitor."""

    name: str
    path: str
    who: str = "admin"
    status: int = 200


PAGES = (
    Page("home", "/", "sales"),
    Page("home-admin", "/"),
    Page("home-finance", "/", "finance"),
    Page("clients", "/clients"),
    Page("clients-filtered", "/clients?status=prospect&tag=retail&sort=-company_name"),
    Page("clients-none-fits", "/clients?q=nobody-is-called-this"),
    Page("clients-segment", "/clients?status=prospect&segment={segment}", "sales"),
    Page("clients-filter", "/clients/filter?where={where}", "sales"),
    Page("duplicates", "/clients/duplicates"),
    Page("merge-choose", "/clients/{twin}/merge"),
    Page("merge", "/clients/{twin}/merge/{other_twin}"),
    Page("changes", "/changes"),
    Page("change", "/changes/{change_set}"),
    Page("imports", "/imports"),
    Page("import", "/imports/{import}"),
    Page("import-rows", "/imports/{import}/rows?state=bad"),
    Page("import-preview", "/imports/{import}/preview"),
    Page("client-new", "/clients/new"),
    Page("client", "/clients/{client}", "sales"),
    Page("client-of-somebody-else", "/clients/{other_client}", "sales"),
    Page("client-edit", "/clients/{client}/edit"),
    Page("client-timeline", "/clients/{client}/timeline"),
    Page("contact-new", "/clients/{client}/contacts/new"),
    Page("contact-edit", "/contacts/{contact}/edit?client_id={client}"),
    Page("contact-erase", "/contacts/{contact}/erase?client_id={client}"),
    Page("deals", "/deals"),
    Page("deals-filtered", "/deals?stage=open&sort=-deal_value"),
    Page("board", "/deals/board"),
    Page("board-column", "/deals/board/proposal"),
    Page("deal", "/deals/{deal}", "sales"),
    Page("deal-analysis", "/deals/{deal}/analyses/{analysis}", "sales"),
    Page("deal-lost", "/deals/{lost_deal}"),
    Page("deal-new", "/deals/new?client_id={client}"),
    Page("deal-edit", "/deals/{deal}/edit"),
    Page("deal-email", "/deals/{deal}/email", "sales"),
    Page("email-draft", "/email-drafts/{mail}", "sales"),
    Page("deal-notes", "/deals/{deal}/notes"),
    Page("deal-notes-read", "/deals/{deal}/notes/{notes}"),
    Page("invoices", "/invoices"),
    Page("invoice-draft", "/invoices/{draft}", "sales"),
    Page("invoice-sent", "/invoices/{sent}", "finance"),
    Page("invoice-paid", "/invoices/{paid}", "finance"),
    Page("invoice-new", "/invoices/new?client_id={client}"),
    Page("invoice-edit", "/invoices/{draft}/edit"),
    Page("invoice-preview", "/invoices/{draft}/preview"),
    Page("payments", "/payments", "finance"),
    Page("payments-unmatched", "/payments?status=unmatched", "finance"),
    Page("reports", "/reports", "finance"),
    Page("report-forecast", "/reports/forecast", "finance"),
    Page("report-forecast-months", "/reports/forecast?period=next_quarter&group_by=month"),
    Page("report-forecast-past", "/reports/forecast?as_of={last_week}", "finance"),
    Page("report-forecast-empty", "/reports/forecast?from=1999-01-01&to=1999-12-31"),
    Page("report-bridge", "/reports/bridge", "finance"),
    Page("report-win-rate", "/reports/win-rate?group_by=owner", "finance"),
    Page("report-velocity", "/reports/velocity", "finance"),
    Page("report-funnel", "/reports/funnel", "finance"),
    Page("report-trend", "/reports/trend", "finance"),
    Page("report-stagnation", "/reports/stagnation?idle_days=1", "sales"),
    Page("report-sources", "/reports/sources", "finance"),
    Page("report-reps", "/reports/reps"),
    Page("report-receivables", "/reports/receivables", "finance"),
    Page("report-payment-time", "/reports/payment-time", "finance"),
    Page("report-files", "/reports/files", "finance"),
    Page("report-file", "/reports/files/{report_file}", "finance"),
    Page("report-summary", "/reports/summary", "sales"),
    Page("report-schedules", "/reports/schedules", "finance"),
    Page("report-schedule-new", "/reports/schedules/new?kind=reps", "finance"),
    Page("report-schedule", "/reports/schedules/{schedule}", "finance"),
    Page("tasks", "/tasks?whose=all"),
    Page("tasks-meetings", "/tasks?type=meeting", "sales"),
    Page("task-new", "/tasks/new?client_id={client}"),
    Page("schedule", "/clients/{client}/schedule?text=Thursday%20afternoon%20works%20best", "sales"),
    Page("meeting", "/meetings/{meeting}", "sales"),
    Page("conversations", "/conversations", "sales"),
    Page("conversation", "/conversations/{conversation}", "sales"),
    Page("conversation-unknown", "/conversations/{stranger}", "sales"),
    Page("conversation-first", "/clients/{twin}/message"),
    Page("notifications", "/notifications", "sales"),
    Page("account", "/account", "sales"),
    Page("account-second-factor", "/account/second-factor", "sales"),
    Page("account-sessions", "/account/sessions", "sales"),
    Page("account-keys", "/account/keys", "sales"),
    Page("settings-company", "/settings"),
    Page("settings-people", "/settings/people"),
    Page("settings-people-list", "/settings/people/list"),
    Page("settings-person", "/settings/people/{colleague}"),
    Page("settings-rights", "/settings/rights"),
    Page("settings-stages", "/settings/stages"),
    Page("settings-fields", "/settings/fields"),
    Page("settings-targets", "/settings/targets"),
    Page("settings-rates", "/settings/rates"),
    Page("settings-win-probability", "/settings/win-probability"),
    Page("settings-embed", "/settings/embed"),
    Page("settings-ai", "/settings/ai"),
    Page("settings-integrations", "/settings/integrations"),
    Page("settings-system", "/settings/system"),
    Page("settings-dead-letters", "/settings/dead-letters"),
    Page("settings-traces", "/settings/traces?reference={reference}"),
    Page("settings-audit", "/settings/audit"),
    Page("settings-audit-of-a-record", "/settings/audit?record_id={client}"),
    Page("settings-erasures", "/settings/erasures"),
    Page("settings-erasure", "/settings/erasures/{erasure}"),
    Page("not-found", "/nowhere", status=404),
    Page("not-allowed", "/settings", "sales", status=403),
    Page("login", "/login", VISITOR),
    Page("join", "/join/{join_token}", VISITOR),
    Page("join-unknown", "/join/nothing-of-ours", VISITOR, status=404),
    Page("forgot", "/forgot", VISITOR),
    Page("reset", "/reset/{reset_token}", VISITOR),
    Page("reset-unknown", "/reset/nothing-of-ours", VISITOR, status=404),
    Page("contact", "/contact", VISITOR),
    Page("contact-thanks", "/contact/thanks", VISITOR),
    Page("brief-start", "/brief", VISITOR),
    Page("brief-1-vision", "/brief/1", HALFWAY),
    Page("brief-2-audience", "/brief/2", HALFWAY),
    Page("brief-3-features", "/brief/3", HALFWAY),
    Page("brief-4-design", "/brief/4", HALFWAY),
    Page("brief-5-budget", "/brief/5", HALFWAY),
    Page("brief-6-you", "/brief/6", HALFWAY),
    Page("brief-thanks", "/brief/thanks", VISITOR),
    Page("pay", "/pay/{sent_token}", VISITOR),
    Page("pay-confirming", "/pay/{sent_token}?paid=1", VISITOR),
    Page("pay-paid", "/pay/{paid_token}", VISITOR),
    Page("pay-unknown", "/pay/nothing-of-ours", VISITOR, status=404),
    Page("unsubscribe", "/unsubscribe/{unsubscribe_token}", VISITOR),
    Page("unsubscribe-unknown", "/unsubscribe/nothing-of-ours", VISITOR, status=404),
    Page("docs", "/docs", VISITOR),
)

# Addresses that answer parts of pages, files and data: they have no page of their own.
PARTS = frozenset(
    """
    /clients/<uuid:client_id>/composer /conversations/<uuid:conversation_id>/answer
    /search /clients/similar /clients/options /clients/values /clients/segments /clients/<uuid:client_id>/fields/<name>
    /deals/<uuid:deal_id>/fields/<name>
    /deals/<uuid:deal_id>/notes/<uuid:notes_id>/reading
    /deals/<uuid:deal_id>/insights /deals/<uuid:deal_id>/invoices /invoices/<uuid:invoice_id>/state
    /invoices/<uuid:invoice_id>/preview.pdf /documents/<uuid:document_id> /notifications/count /embed/contact.js
    /notifications/latest /conversations/<uuid:conversation_id>/thread /home/<name> /deals/<uuid:deal_id>/parts/<name>
    /sso /sso/callback /assets/<path:name> /manifest.webmanifest /settings/audit/export
    /contacts/<uuid:contact_id>/personal-data /email-drafts/<uuid:draft_id>/state
    /contacts/<uuid:contact_id>/personal-data /settings/win-probability/models
    /reports/<name>/headline /reports/charts/<name> /reports/forecast/insight /reports/summary/mail
    """.split()
)
