"""The RPC methods of clients."""

from __future__ import annotations

from tests.rights.cases.case import (
    CHANGE,
    COMMON,
    GATE,
    LIST,
    NOBODY,
    READ,
    Case,
    client_of,
    filter_of_client,
    filter_words_of,
    words_of,
)

CLIENTS = (
    Case("clients.submit_contact", GATE, "intake", lambda _s, _r: {"form": {}, "reference": "x"}),
    Case("clients.list_clients", LIST, "clients.read", filter_words_of),
    Case("clients.export_page", LIST, "clients.read", lambda _s, r: {"what": "clients", "filters": {"q": r.name}}),
    Case("clients.get_client", READ, "clients.read", client_of),
    Case("clients.create_client", COMMON, "clients.write", lambda _s, r: {"data": {"company_name": f"{r.name} new"}}),
    Case(
        "clients.update_client", CHANGE, "clients.write", lambda _s, r: client_of(_s, r) | {"changes": {"city": "Bern"}}
    ),
    Case("clients.delete_client", CHANGE, "clients.write", lambda s, r: {"client_id": s.client(r.relation)["client"]}),
    Case(
        "clients.assign_client",
        CHANGE,
        "clients.assign",
        lambda s, r: client_of(s, r) | {"owner_id": s.admin.get(f"/clients/{r['client']}")["owner_id"]},
    ),
    Case("clients.grant_access", CHANGE, "clients.grant", lambda s, r: client_of(s, r) | {"user_id": NOBODY}),
    Case("clients.revoke_access", CHANGE, "clients.grant", lambda s, r: client_of(s, r) | {"user_id": NOBODY}),
    Case("clients.list_grants", READ, "clients.grant", client_of),
    Case("clients.client_access", READ, "clients.access", client_of),
    Case("clients.contacts_of_phones", GATE, "clients.access", lambda _s, _r: {"numbers": ["15550123"]}),
    Case("clients.contact_card", READ, "clients.read", client_of),
    Case("clients.list_contacts", READ, "clients.read", client_of),
    Case(
        "clients.create_contact",
        CHANGE,
        "clients.write",
        lambda s, r: client_of(s, r) | {"data": {"first_name": f"{r.name} more"}},
    ),
    Case(
        "clients.update_contact",
        CHANGE,
        "clients.write",
        lambda _s, r: {"contact_id": r["contact"], "changes": {"job_title": "CTO"}},
    ),
    Case("clients.delete_contact", CHANGE, "clients.write", lambda s, r: {"contact_id": s.contact(r)}),
    Case("clients.list_activities", READ, "clients.read", client_of),
    Case("clients.timeline", READ, "clients.read", client_of),
    Case(
        "clients.log_activity",
        CHANGE,
        "activities.log",
        lambda s, r: client_of(s, r) | {"data": {"type": "note", "subject": f"{r.name} seen"}},
    ),
    Case(
        "clients.update_activity",
        CHANGE,
        "activities.log",
        lambda _s, r: {"activity_id": r["activity"], "changes": {"description": "More."}},
    ),
    Case("clients.meeting_slots", CHANGE, "meetings.book", client_of, seen="clients.read"),
    Case(
        "clients.book_meeting",
        CHANGE,
        "meetings.book",
        lambda s, r: client_of(s, r) | {"data": s.meeting_time(r)},
        seen="clients.read",
    ),
    Case("clients.get_meeting", READ, "clients.read", lambda s, r: {"activity_id": s.meeting(r)}),
    Case(
        "clients.move_meeting",
        CHANGE,
        "meetings.book",
        lambda s, r: {"activity_id": s.meeting(r), "changes": {"minutes": 15}},
        seen="clients.read",
    ),
    Case(
        "clients.cancel_meeting",
        CHANGE,
        "meetings.book",
        lambda s, r: {"activity_id": s.meeting(r)},
        seen="clients.read",
    ),
    Case("clients.list_tasks", LIST, "clients.read", filter_of_client),
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
    Case("clients.quick_find", LIST, "clients.read", words_of),
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
        for method in (
            *("get_import", "import_rows", "preview_import", "change_import", "commit_import", "undo_import"),
            "delete_import",
        )
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
    Case("clients.client_values", LIST, "clients.read", lambda _s, r: {"field": "state", "typed": r.name}),
    Case("clients.list_documents", READ, "documents.read", client_of),
    Case(
        "clients.prepare_document",
        CHANGE,
        "documents.write",
        lambda s, r: client_of(s, r) | {"filename": "new.txt", "content_type": "text/plain"},
    ),
    Case("clients.complete_document", CHANGE, "documents.write", lambda s, r: s.prepared_document(r)),
    Case("clients.delete_document", CHANGE, "documents.write", lambda s, r: {"document_id": s.document(r)}),
    Case("clients.document_link", READ, "documents.read", lambda _s, r: {"document_id": r["document"]}),
)
