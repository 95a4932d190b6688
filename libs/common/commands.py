"""Idempotent commands: a key names a command, and sent again it gives the first result.

The key, the effect and the result are one transaction. Two at once with one key: the second waits for the
first to commit and answers with its result. A failed command leaves no trace and may be sent again.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import tables
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Invalid


def begin(uow: UnitOfWork, method: str, arguments: dict[str, Any]) -> tuple[bool, Any]:
    """Note the command: ``(True, None)`` when it is new, ``(False, first result)`` when it is a repeat.

    Invalid when the key was used for other arguments.
    """
    key = _key(uow)
    request_hash = hashlib.sha256(
        orjson.dumps([method, arguments], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    ).hexdigest()
    note = insert(tables.commands).values(
        **key, method=method, request_hash=request_hash, correlation_id=uow.context.correlation_id
    )
    note = note.on_conflict_do_nothing()
    if uow.session.execute(note.returning(tables.commands.c.key)).first() is not None:
        return True, None
    row = uow.session.execute(_where(select(tables.commands), key, method)).one()
    if row.request_hash != request_hash:
        raise Invalid("this Idempotency-Key was used for another request", field="Idempotency-Key")
    return False, row.response


def finish(uow: UnitOfWork, method: str, response: Any) -> None:
    """Keep the result, for whoever sends the same key again."""
    values = {
        "finished_at": func.clock_timestamp(),
        "response": orjson.loads(orjson.dumps(response, option=orjson.OPT_NON_STR_KEYS)),
    }
    uow.session.execute(_where(update(tables.commands), _key(uow), method).values(**values))


def _key(uow: UnitOfWork) -> dict[str, str]:
    # A command without a key is noted too: its row is the trace of the call.
    key = uow.context.idempotency_key or new_id()
    if uow.context.idempotency_key is None:
        uow.context = replace(uow.context, idempotency_key=key)
    return {"actor_id": uow.actor.id, "key": key}


def _where(statement: Any, key: dict[str, str], method: str) -> Any:
    row = tables.commands.c
    return statement.where(row.actor_id == key["actor_id"], row.key == key["key"], row.method == method)
