"""Every operation of the HTTP API: the right it needs, how that shows, and what is sent about a row."""

from __future__ import annotations

from typing import Any

from tests.rights.cases import CHANGE, COMMON, GATE, LIST, NOBODY, PUBLIC, READ, Case, counted, listed
from tests.rights.report_cases import REPORT_CASES
from tests.rights.scene import Row, Scene

_LINE = {"description": "Work", "quantity": 1, "unit_price": 100}


def _client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"client_id": row["client"]}


def _deal(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"deal_id": row["deal"]}


def _invoice(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["invoice"]}


def _sent(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"invoice_id": row["sent"]}


def _q(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"query": {"q": row.name}}


def _of_client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"query": {"client_id": row["client"]}}


_IMPORT = {"import_id": NOBODY}
CLIENTS = (
    Case("GET /clients", LIST, "clients.read", _q),
    Case("POST /clients", COMMON, "clients.write", lambda _s, r: {"json": {"company_name": f"{r.name} new"}}),
    Case("GET /clients/tags", LIST, "clients.read"),
    Case("GET /clients/duplicates", LIST, "clients.read", lambda _s, r: {"query": {"company_name": r.name}}),
    Case(
        "POST /clients/bulk",
        LIST,
        "clients.write",
        lambda _s, r: {"json": {"ids": [r["client"]], "action": "add_tag", "value": "matrix"}},
        shows=lambda answer, _r: not answer["refused"],
    ),
    Case("GET /change-sets", COMMON, "clients.write"),
    Case("GET /change-sets/{change_set_id}", GATE, "clients.write", lambda _s, _r: {"change_set_id": NOBODY}),
    Case(
        "POST /clients/duplicates/dismiss",
        GATE,
        "clients.write",
        lambda _s, _r: {"json": {"first_id": NOBODY, "second_id": NOBODY}},
    ),
    Case(
        "POST /clients/{client_id}/merge",
        CHANGE,
        "clients.write",
        lambda s, r: _client(s, r) | {"json": {"other_id": s.client(r.relation)["client"]}},
    ),
    Case("POST /change-sets/{change_set_id}/undo", GATE, "clients.write", lambda _s, _r: {"change_set_id": NOBODY}),
    Case("GET /clients/{client_id}", READ, "clients.read", _client),
    Case(
        "PATCH /clients/{client_id}", CHANGE, "clients.write", lambda s, r: _client(s, r) | {"json": {"city": "Bonn"}}
    ),
    Case("DELETE /clients/{client_id}", CHANGE, "clients.write", lambda s, r: _client(s, s.client(r.relation))),
    Case(
        "POST /clients/{client_id}/assign",
        CHANGE,
        "clients.assign",
        lambda s, r: _client(s, r) | {"json": {"owner_id": s.admin.get(f"/clients/{r['client']}")["owner_id"]}},
    ),
    Case("GET /clients/{client_id}/shadows", READ, "clients.grant", _client),
    Case(
        "POST /clients/{client_id}/shadows",
        CHANGE,
        "clients.grant",
        lambda s, r: _client(s, s.client(r.relation)) | {"json": {"user_id": s.actor("sales2").id}},
    ),
    Case(
        "DELETE /clients/{client_id}/shadows/{user_id}",
        CHANGE,
        "clients.grant",
        lambda s, r: _client(s, r) | {"user_id": NOBODY},
    ),
    Case("GET /clients/{client_id}/contacts", READ, "clients.read", _client),
    Case(
        "POST /clients/{client_id}/contacts",
        CHANGE,
        "clients.write",
        lambda s, r: _client(s, r) | {"json": {"first_name": f"{r.name} more"}},
    ),
    Case(
        "PATCH /contacts/{contact_id}",
        CHANGE,
        "clients.write",
        lambda _s, r: {"contact_id": r["contact"], "json": {"job_title": "CEO"}},
    ),
    Case("DELETE /contacts/{contact_id}", CHANGE, "clients.write", lambda s, r: {"contact_id": s.contact(r)}),
    Case("GET /clients/{client_id}/activities", READ, "clients.read", _client),
    Case(
        "POST /clients/{client_id}/activities",
        CHANGE,
        "activities.log",
        lambda s, r: _client(s, r) | {"json": {"type": "note", "subject": f"{r.name} seen"}},
    ),
    Case("GET /clients/{client_id}/timeline", READ, "clients.read", _client),
    Case("GET /clients/{client_id}/documents", READ, "documents.read", _client),
    Case(
        "POST /clients/{client_id}/documents",
        CHANGE,
        "documents.write",
        lambda s, r: _client(s, r) | {"files": {"file": ("more.txt", b"more", "text/plain")}},
    ),
    Case("DELETE /documents/{document_id}", CHANGE, "documents.write", lambda s, r: {"document_id": s.document(r)}),
    Case("GET /documents/{document_id}", READ, "documents.read", lambda _s, r: {"document_id": r["document"]}),
    Case("GET /tasks", LIST, "clients.read", _of_client),
    Case(
        "PATCH /activities/{activity_id}",
        CHANGE,
        "activities.log",
        lambda _s, r: {"activity_id": r["activity"], "json": {"description": "More."}},
    ),
    Case("GET /imports", COMMON, "imports.own"),
    Case("POST /imports", COMMON, "imports.own", lambda _s, _r: {"files": {"file": ("x.csv", b"", "text/csv")}}),
    Case("GET /imports/{import_id}", GATE, "imports.own", lambda _s, _r: _IMPORT),
    Case("GET /imports/{import_id}/rows", GATE, "imports.own", lambda _s, _r: _IMPORT),
    Case("DELETE /imports/{import_id}", GATE, "imports.own", lambda _s, _r: _IMPORT),
    *(
        Case(f"{verb} /imports/{{import_id}}{rest}", GATE, "imports.own", lambda _s, _r, body=body: _IMPORT | body)
        for verb, rest, body in (
            ("PATCH", "", {"json": {}}),
            ("PATCH", "/rows/{n}", {"n": 1, "json": {"cells": {"a": "b"}}}),
            ("POST", "/commit", {"json": {}}),
            ("POST", "/undo", {}),
        )
    ),
    *(
        Case(f"GET /{what}/export.{ending}", COMMON, right)
        for what, right in (
            ("clients", "clients.read"),
            ("contacts", "clients.read"),
            ("activities", "clients.read"),
            ("deals", "deals.read"),
            ("invoices", "invoices.read"),
        )
        for ending in ("csv", "xlsx")
    ),
    Case("GET /export.zip", COMMON, "operate"),
    Case("GET /quick-find", LIST, "clients.read", lambda _s, r: {"query": {"q": r.name}}),
    Case("GET /segments", COMMON, "segments.own", lambda _s, _r: {"query": {"counts": True}}),
    Case("POST /segments", GATE, "segments.own", lambda _s, _r: {"json": {}}),
    Case("GET /segments/{segment_id}", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY}),
    Case("PATCH /segments/{segment_id}", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY, "json": {}}),
    Case("DELETE /segments/{segment_id}", GATE, "segments.own", lambda _s, _r: {"segment_id": NOBODY}),
    Case("GET /custom-fields", COMMON, "fields.read"),
    Case("POST /custom-fields", COMMON, "fields.write", lambda _s, _r: {"json": {}}),
    Case(
        "PATCH /custom-fields/{field_id}",
        GATE,
        "fields.write",
        lambda _s, _r: {"field_id": NOBODY, "query": {"entity": "deal"}, "json": {"label": "X"}},
    ),
    Case(
        "DELETE /custom-fields/{field_id}",
        GATE,
        "fields.write",
        lambda _s, _r: {"field_id": NOBODY, "query": {"entity": "deal"}},
    ),
    Case("GET /exchange-rates", COMMON, "rates.read"),
    Case(
        "POST /exchange-rates",
        COMMON,
        "rates.write",
        lambda _s, _r: {"json": {"currency": "EUR", "day": "2020-01-03", "rate": 1.1}},
    ),
)
DEALS = (
    Case("GET /deals", LIST, "deals.read", _q),
    Case("GET /deals/board", LIST, "deals.read", _q),
    Case("GET /deals/totals", LIST, "deals.read", _of_client, shows=counted),
    Case(
        "POST /deals",
        CHANGE,
        "deals.write",
        lambda _s, r: {"json": {"client_id": r["client"], "deal_name": f"{r.name} next"}},
    ),
    Case("GET /deals/{deal_id}", READ, "deals.read", _deal),
    Case(
        "PATCH /deals/{deal_id}",
        CHANGE,
        "deals.write",
        lambda s, r: _deal(s, r) | {"json": {"description": "Text"}},
        seen="deals.read",
    ),
    Case(
        "POST /deals/{deal_id}/stage",
        CHANGE,
        "deals.write",
        lambda s, r: {"deal_id": s.deal(r), "json": {"stage": "negotiation"}},
        seen="deals.read",
    ),
    Case("GET /deals/{deal_id}/history", READ, "deals.read", _deal),
    Case("POST /deals/{deal_id}/analyze", CHANGE, "deals.write", _deal, seen="deals.read"),
    Case(
        "GET /deals/{deal_id}/win-probability",
        READ,
        "deals.read",
        _deal,
        shows=lambda answer, row: bool(answer["deal_id"] == row["deal"]),
    ),
    Case("GET /settings/stage-weights", COMMON, "deals.read"),
    *(Case(f"GET /ai/{each}", COMMON, "usage.read") for each in ("usage", "budget")),
    Case("PATCH /ai/budget", COMMON, "budget.write", lambda _s, _r: {"json": {"daily": 10}}),
    Case("PATCH /settings/stage-weights", COMMON, "weights.write", lambda _s, _r: {"json": {"lead": 10}}),
)
BILLING = (
    Case("GET /invoices", LIST, "invoices.read", _of_client),
    Case("GET /invoices/totals", LIST, "invoices.read", _of_client, shows=counted),
    Case("POST /invoices/preview", COMMON, "invoices.write", lambda _s, _r: {"json": {"lines": [_LINE]}}),
    Case(
        "POST /invoices",
        CHANGE,
        "invoices.write",
        lambda _s, r: {"json": {"client_id": r["client"], "lines": [_LINE]}},
    ),
    Case("GET /invoices/{invoice_id}", READ, "invoices.read", _invoice),
    Case(
        "PATCH /invoices/{invoice_id}",
        CHANGE,
        "invoices.write",
        lambda s, r: _invoice(s, r) | {"json": {"notes": "Text"}},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/send",
        CHANGE,
        "invoices.write",
        lambda s, r: {"invoice_id": s.invoice(r)},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/void",
        CHANGE,
        "invoices.write",
        lambda s, r: {"invoice_id": s.invoice(r), "json": {"reason": "A mistake"}},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/payments",
        CHANGE,
        "payments.write",
        lambda s, r: _sent(s, r) | {"json": {"amount": 1}},
        seen="invoices.read",
        looks_first=True,
    ),
    Case(
        "POST /invoices/{invoice_id}/refund",
        CHANGE,
        "payments.write",
        lambda s, r: _sent(s, r) | {"json": {"amount": 1}},
        seen="invoices.read",
        looks_first=True,
    ),
    Case("GET /invoices/{invoice_id}/pdf", READ, "invoices.read", _sent),
    Case("POST /invoices/{invoice_id}/preview", READ, "invoices.read", _invoice),
    Case("GET /invoices/{invoice_id}/preview.pdf", READ, "invoices.read", _invoice),
    Case("GET /payments", LIST, "payments.read", lambda _s, r: {"query": {"invoice_id": r["sent"]}}),
    Case(
        "POST /payments/{payment_id}/assign",
        GATE,
        "payments.write",
        lambda _s, _r: {"payment_id": NOBODY, "json": {"invoice_id": NOBODY}},
    ),
    Case("GET /emails", LIST, "emails.read", lambda _s, r: {"query": {"invoice_id": r["sent"], "kind": "invoice"}}),
    Case("GET /generations", LIST, "generations.read", lambda _s, r: {"query": _deal(_s, r)}, shows=listed),
    Case(
        "GET /generations/{generation_id}", READ, "generations.read", lambda _s, r: {"generation_id": r["generation"]}
    ),
    Case(
        "POST /ai/email-drafts",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"json": {"deal_id": r["deal"]}},
        seen="generations.read",
    ),
    Case("GET /deals/{deal_id}/email-drafts", LIST, "generations.read", _deal, shows=listed),
    Case("GET /ai/email-drafts/{draft_id}", READ, "generations.read", lambda _s, r: {"draft_id": r["draft"]}),
    Case(
        "PATCH /ai/email-drafts/{draft_id}",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "json": {"subject": f"{r.name} mail"}},
        seen="generations.read",
    ),
    Case(
        "POST /ai/email-drafts/{draft_id}/send",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "json": {"confirm": True}},
        seen="generations.read",
    ),
    Case("POST /ai/email-drafts/{draft_id}/again", GATE, "drafts.write", lambda _s, _r: {"draft_id": NOBODY}),
)
_TOKEN = {"token": "nothing"}
OTHERS = (
    Case("GET /notifications", COMMON, "notifications.own"),
    Case("GET /notifications/unread-count", COMMON, "notifications.own"),
    Case(
        "POST /notifications/{notification_id}/read",
        GATE,
        "notifications.own",
        lambda _s, _r: {"notification_id": NOBODY},
    ),
    Case("POST /notifications/read-all", COMMON, "notifications.own"),
    Case("GET /me/guide", COMMON, "notifications.own"),
    Case("POST /me/guide/review", COMMON, "notifications.own"),
    Case("POST /me/guide/close", COMMON, "notifications.own"),
    Case("GET /me", COMMON, "account.own"),
    Case("PATCH /me", COMMON, "account.own", lambda _s, _r: {"json": {"locale": "en"}}),
    Case(
        "POST /me/password",
        COMMON,
        "account.own",
        lambda _s, _r: {"json": {"current_password": "not this one", "new_password": "long enough for us"}},
    ),
    Case("GET /me/second-factor", COMMON, "account.own"),
    Case("POST /me/second-factor/confirm", COMMON, "account.own", lambda _s, _r: {"json": {"code": "000000"}}),
    Case("POST /me/second-factor/recovery-codes", COMMON, "account.own", lambda _s, _r: {"json": {"password": "no"}}),
    Case("POST /me/second-factor/off", COMMON, "account.own", lambda _s, _r: {"json": {"password": "no"}}),
    Case("GET /me/sessions", COMMON, "account.own"),
    Case("DELETE /me/sessions/{session_id}", GATE, "account.own", lambda _s, _r: {"session_id": NOBODY}),
    Case("GET /api-keys", COMMON, "account.own"),
    Case("POST /api-keys", COMMON, "account.own", lambda _s, _r: {"json": {}}),
    Case("DELETE /api-keys/{key_id}", GATE, "account.own", lambda _s, _r: {"key_id": NOBODY}),
    Case("GET /invitations", COMMON, "people.manage"),
    Case("POST /invitations", COMMON, "people.manage", lambda _s, _r: {"json": {}}),
    Case(
        "POST /invitations/{invitation_id}/send-again", GATE, "people.manage", lambda _s, _r: {"invitation_id": NOBODY}
    ),
    Case("DELETE /invitations/{invitation_id}", GATE, "people.manage", lambda _s, _r: {"invitation_id": NOBODY}),
    Case("GET /users/{user_id}/sessions", GATE, "people.manage", lambda _s, _r: {"user_id": NOBODY}),
    Case("DELETE /users/{user_id}/sessions", GATE, "people.manage", lambda _s, _r: {"user_id": NOBODY}),
    Case("DELETE /users/{user_id}/second-factor", GATE, "people.manage", lambda _s, _r: {"user_id": NOBODY}),
    Case("GET /contacts/{contact_id}/personal-data", GATE, "personal_data", lambda _s, _r: {"contact_id": NOBODY}),
    Case(
        "POST /contacts/{contact_id}/erase",
        GATE,
        "personal_data",
        lambda _s, _r: {"contact_id": NOBODY, "json": {"reason": "Asked to"}},
    ),
    Case("GET /erasures", COMMON, "personal_data"),
    Case("GET /erasures/{erasure_id}", GATE, "personal_data", lambda _s, _r: {"erasure_id": NOBODY}),
    Case("GET /audit", COMMON, "operate"),
    Case("GET /audit/export", COMMON, "operate"),
    Case("GET /audit/verify", COMMON, "operate"),
    Case("GET /users/directory", COMMON, "directory.read"),
    Case("GET /users", COMMON, "people.manage"),
    Case("POST /users", COMMON, "people.manage", lambda _s, _r: {"json": {}}),
    Case("GET /users/{user_id}", GATE, "people.manage", lambda _s, _r: {"user_id": NOBODY}),
    Case("PATCH /users/{user_id}", GATE, "people.manage", lambda _s, _r: {"user_id": NOBODY, "json": {}}),
    Case("GET /company", COMMON, "company.read"),
    Case("PATCH /company", COMMON, "company.write", lambda _s, _r: {"json": {}}),
    Case("GET /integrations", COMMON, "operate"),
    Case("POST /integrations/{name}/test", GATE, "operate", lambda _s, _r: {"name": "nothing"}),
    Case(
        "POST /ai/meeting-notes", CHANGE, "notes.write", lambda _s, r: {"json": {"deal_id": r["deal"], "text": "Hi."}}
    ),
    Case("GET /ai/meeting-notes/{notes_id}", GATE, "generations.read", lambda _s, _r: {"notes_id": NOBODY}),
    Case(
        "POST /ai/meeting-notes/{notes_id}/apply", GATE, "notes.write", lambda _s, _r: {"notes_id": NOBODY, "json": {}}
    ),
    Case("GET /ai/score-models", COMMON, "scores.manage"),
    Case("POST /ai/score-models/train", COMMON, "scores.manage"),
    Case("GET /traces/{reference}", GATE, "operate", lambda _s, _r: {"reference": NOBODY}),
    Case("GET /dead-letters", COMMON, "operate"),
    Case("POST /dead-letters/{letter_id}/replay", GATE, "operate", lambda _s, _r: {"letter_id": NOBODY}),
    Case("GET /status", COMMON, "operate"),
    Case("GET /intake/{reference}", GATE, "forms.follow", lambda _s, _r: {"reference": NOBODY}),
    Case("POST /intake/contact", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /intake/brief", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /auth/login", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /auth/second-factor", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /auth/join", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /invitations/{token}/accept", PUBLIC, "public", lambda _s, _r: {"token": "none", "json": {}}),
    Case("POST /auth/forgot", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /auth/reset", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("POST /auth/refresh", PUBLIC, "public", lambda _s, _r: {"json": {}}),
    Case("GET /pay/{token}", PUBLIC, "public", lambda _s, _r: _TOKEN),
    Case("GET /pay/{token}/pdf", PUBLIC, "public", lambda _s, _r: _TOKEN),
    Case("POST /pay/{token}", PUBLIC, "public", lambda _s, _r: _TOKEN),
    Case("POST /webhooks/stripe", PUBLIC, "public", lambda _s, _r: {"json": {}}),
)
# They end sessions that other tests use, or change how these people sign in; the tests of accounts have them.
APART = frozenset({"POST /auth/logout", "DELETE /me/sessions", "POST /me/second-factor"})
HTTP = {case.name: case for case in (*CLIENTS, *DEALS, *BILLING, *OTHERS, *REPORT_CASES)}
