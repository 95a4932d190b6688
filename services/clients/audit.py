"""What the audit log of clients covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "clients",
    watched={
        "clients": Watched(
            open=frozenset("industry status source country currency owner_id".split()),
            silent=frozenset(
                "match_name last_activity_at waiting_since access_version open_deals deal_stages least_deal_minor "
                "greatest_deal_minor".split()
            ),
        ),
        "contacts": Watched(open=frozenset({"is_primary"})),
        "activities": Watched(
            subject=("contact_id", "client_id"), open=frozenset({"type"}), silent=frozenset({"actor_name"})
        ),
        "meetings": Watched(
            subject=("activity_id",),
            key=("activity_id",),
            open=frozenset("host_id begins_at ends_at zone conversation_id sequence cancelled_at".split()),
            silent=frozenset({"host_name"}),
        ),
        "documents": Watched(subject=("client_id",), open=frozenset({"content_type", "size", "sha256", "uploaded_by"})),
        "assignments": Watched(subject=("client_id",), open=frozenset({"assigned_by"})),
        "access_grants": Watched(subject=("client_id",), open=frozenset({"granted_by"})),
        "exchange_rates": Watched(
            subject=("currency",), key=("currency", "day"), open=frozenset({"currency", "day", "rate", "set_by"})
        ),
        "erasures": Watched(
            subject=("contact_id",),
            open=frozenset({"asked_by", "parts"}),
            secret=frozenset({"sealed"}),
            silent=frozenset({"asked_by_name"}),
        ),
        "imports": Watched(
            open=frozenset("state size made_by made_by_role rows bad only_good system".split()),
            secret=frozenset({"people", "directory"}),
            silent=frozenset("position phase found results custom states".split()),
        ),
        "custom_fields": Watched(open=frozenset("entity key label kind options position archived".split())),
        "segments": Watched(open=frozenset({"sort", "shared"})),
        "change_sets": Watched(open=frozenset({"action", "value", "made_by", "undone_by"})),
    },
    unwatched={
        "tags": "what people choose from; which client has which stands with the client",
        "client_keys": "by what clients are matched; made from their names",
        "client_custom_values": "what stands in the clients, by kind",
        "contact_custom_values": "what stands in the contacts, by kind",
        "duplicate_pairs": "found by the system; merging stands with the clients and the changes",
        "duplicate_checks": "by what clients were compared, made from their names",
        "client_deals": "a copy of deals",
        "deal_fields": "a copy of the fields of deals",
        "deal_custom_values": "what stands in the copies of deals, by kind",
        "import_rows": "what a file says; what of it is brought in stands with its row",
        "import_counts": "how many of those rows are in which state",
        "import_keys": "what rows are called in other systems; made from files",
        "import_changes": "what an undo takes back; each change stands with its row",
        "search_documents": "made by the database from the rows beside it",
        "task_causes": "what made a task; the task stands with its client",
        "task_reminders": "of which due times somebody was told; the task stands with its client",
        "search_words": "made by the worker from the same",
        "change_set_counts": "how many rows of a change are in which state",
        "change_set_rows": "what an undo brings back; each change stands with its client",
    },
)
