"""The operations of clients."""

from __future__ import annotations

from tests.rights.cases import CHANGE, COMMON, GATE, LIST, NOBODY, READ, Case
from tests.rights.http_cases.given import client_of, filter_of_client, words_of

_IMPORT = {"import_id": NOBODY}
CLIENTS = (
    Case("GET /clients", LIST, "clients.read", words_of),
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
        lambda s, r: client_of(s, r) | {"json": {"other_id": s.client(r.relation)["client"]}},
    ),
    Case("POST /change-sets/{change_set_id}/undo", GATE, "clients.write", lambda _s, _r: {"change_set_id": NOBODY}),
    Case("GET /clients/{client_id}", READ, "clients.read", client_of),
    Case(
        "PATCH /clients/{client_id}", CHANGE, "clients.write", lambda s, r: client_of(s, r) | {"json": {"city": "Bonn"}}
    ),
    Case("DELETE /clients/{client_id}", CHANGE, "clients.write", lambda s, r: client_of(s, s.client(r.relation))),
    Case(
        "POST /clients/{client_id}/assign",
        CHANGE,
        "clients.assign",
        lambda s, r: client_of(s, r) | {"json": {"owner_id": s.admin.get(f"/clients/{r['client']}")["owner_id"]}},
    ),
    Case("GET /clients/{client_id}/shadows", READ, "clients.grant", client_of),
    Case(
        "POST /clients/{client_id}/shadows",
        CHANGE,
        "clients.grant",
        lambda s, r: client_of(s, s.client(r.relation)) | {"json": {"user_id": s.actor("sales2").id}},
    ),
    Case(
        "DELETE /clients/{client_id}/shadows/{user_id}",
        CHANGE,
        "clients.grant",
        lambda s, r: client_of(s, r) | {"user_id": NOBODY},
    ),
    Case("GET /clients/{client_id}/contacts", READ, "clients.read", client_of),
    Case(
        "POST /clients/{client_id}/contacts",
        CHANGE,
        "clients.write",
        lambda s, r: client_of(s, r) | {"json": {"first_name": f"{r.name} more"}},
    ),
    Case(
        "PATCH /contacts/{contact_id}",
        CHANGE,
        "clients.write",
        lambda _s, r: {"contact_id": r["contact"], "json": {"job_title": "CEO"}},
    ),
    Case("DELETE /contacts/{contact_id}", CHANGE, "clients.write", lambda s, r: {"contact_id": s.contact(r)}),
    Case("GET /clients/{client_id}/activities", READ, "clients.read", client_of),
    Case(
        "POST /clients/{client_id}/activities",
        CHANGE,
        "activities.log",
        lambda s, r: client_of(s, r) | {"json": {"type": "note", "subject": f"{r.name} seen"}},
    ),
    Case("GET /clients/{client_id}/timeline", READ, "clients.read", client_of),
    Case("GET /clients/{client_id}/documents", READ, "documents.read", client_of),
    Case(
        "POST /clients/{client_id}/documents",
        CHANGE,
        "documents.write",
        lambda s, r: client_of(s, r) | {"files": {"file": ("more.txt", b"more", "text/plain")}},
    ),
    Case("DELETE /documents/{document_id}", CHANGE, "documents.write", lambda s, r: {"document_id": s.document(r)}),
    Case("GET /documents/{document_id}", READ, "documents.read", lambda _s, r: {"document_id": r["document"]}),
    Case(
        "POST /clients/{client_id}/meeting-slots",
        CHANGE,
        "meetings.book",
        lambda s, r: client_of(s, r) | {"json": {"text": "Thursday"}},
        seen="clients.read",
    ),
    Case(
        "POST /clients/{client_id}/meetings",
        CHANGE,
        "meetings.book",
        lambda s, r: client_of(s, r) | {"json": s.meeting_time(r)},
        seen="clients.read",
    ),
    Case(
        "PATCH /meetings/{meeting_id}",
        CHANGE,
        "meetings.book",
        lambda s, r: {"meeting_id": s.meeting(r), "json": {"minutes": 15}},
        seen="clients.read",
    ),
    Case(
        "DELETE /meetings/{meeting_id}",
        CHANGE,
        "meetings.book",
        lambda s, r: {"meeting_id": s.meeting(r)},
        seen="clients.read",
    ),
    Case("GET /tasks", LIST, "clients.read", filter_of_client),
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
    Case("GET /imports/{import_id}/preview", GATE, "imports.own", lambda _s, _r: _IMPORT),
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
