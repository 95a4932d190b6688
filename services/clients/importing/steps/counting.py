"""An import that brings or takes back deals goes no faster than they are counted with their clients.

What the deals service tells of them comes through the same queue as everybody's work. Let run ahead, an import of some
thousand would keep what a colleague does meanwhile waiting for minutes, and be done before its figures are right.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from sqlalchemy import Integer, Uuid, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.clients.importing.steps.run import Tools
from services.clients.models import client_deals

# Nobody counts while the broker is away; the import goes on all the same, one batch in this time.
PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.1


def await_counted(tools: Tools, versions: Mapping[str, int]) -> None:
    """Wait, for some seconds at most, until deals are counted as they are. versions: of each deal, by its id."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while versions and time.monotonic() < deadline and _behind(tools, versions):
        time.sleep(_PAUSE_SECONDS)


def _behind(tools: Tools, versions: Mapping[str, int]) -> bool:
    told = (
        func.unnest(
            literal(list(versions), ARRAY(Uuid(as_uuid=False))), literal(list(versions.values()), ARRAY(Integer))
        )
        .table_valued(column("deal_id", Uuid(as_uuid=False)), column("version", Integer), name="told")
        .render_derived()
    )
    counted = (client_deals.c.deal_id == told.c.deal_id, client_deals.c.version >= told.c.version)
    missing = select(told.c.deal_id).where(~select(client_deals.c.deal_id).where(*counted).exists()).limit(1)
    with tools.database.read() as session:
        return session.execute(missing).first() is not None
