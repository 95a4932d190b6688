"""A CRM as large as it may get, written straight into the services' databases.

100,000 clients, 20,000 open and 10,000 closed deals, 20,000 invoices; 500 of the clients are the sales rep's. Ids are
made from numbers, so that what one service copies fits what the other has.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import psycopg

from stack.driver import Crm

_FILES = {
    "clients": ("clients.sql",),
    "deals": ("access.sql", "deals.sql"),
    "billing": ("access.sql", "invoices.sql"),
    "notifications": ("access.sql",),
    "ai": ("access.sql",),
}


def fill(crm: Crm) -> None:
    """Write all of it; afterwards each database knows its tables as one does that has run for a while."""
    people = {"rep": crm.sign_in("sales").user["id"], "other": crm.sign_in("sales2").user["id"]}
    for service, files in _FILES.items():
        with psycopg.connect(crm.info["databases"][service], autocommit=True) as database:
            for name, person in people.items():
                database.execute("SELECT set_config(%s, %s, false)", (f"bench.{name}", person))
            for file in ("made.sql", *files):
                database.execute((Path(__file__).parent / file).read_bytes())
            database.execute("VACUUM ANALYZE")


def _id(text: str) -> str:
    return str(uuid.UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()))


# A client of the rep with a long timeline, and a deal of that client.
REPS_CLIENT, REPS_DEAL = _id("client407"), _id("deal11")
