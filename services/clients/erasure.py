"""What of clients an erasure leaves: other people who have the same name or number."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan, Kept
from services.clients.audit import AUDIT

ERASURE = ErasurePlan(
    "clients",
    AUDIT,
    kept=[Kept("contacts", "t.id::text <> :contact_id", "another person's, who has the same name, address or number")],
    # By what forms are matched, made from the name of the company; words that stand somewhere; ids of
    # other systems.
    removed=frozenset({"client_keys", "import_keys", "search_words"}),
    # The object moves first, then its key. The database itself takes values over from their rows, and counts states.
    elsewhere=frozenset(
        {"documents.key", "search_documents.content", "change_set_counts.state", "import_counts.state"}
        | {f"{each}_custom_values.text" for each in ("client", "contact", "deal")}
    ),
)
