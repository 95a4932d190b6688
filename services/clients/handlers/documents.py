"""Documents: the bytes go straight to the object store, the row says what they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.object_store import safe_filename
from libs.common.problems import Invalid, NotFound
from services.clients import queries
from services.clients.handlers.loading import client_to_change
from services.clients.handlers.telling import log
from services.clients.models import documents

# The job that takes an object out of the store.
REMOVE = "remove_object"


def prepare_document(uow: UnitOfWork, client_id: str, filename: str, content_type: str) -> dict[str, Any]:
    """Where to put a document's bytes; it shows once they are there."""
    client = client_to_change(uow, client_id)
    name = safe_filename(fields.text(500, required=True)("filename", filename) or "")
    document_id = new_id()
    key = f"clients/{client.id}/{document_id}/{name}"
    row = {"id": document_id, "client_id": client.id, "filename": name, "key": key, "uploaded_by": uow.actor.id}
    times = {"created_at": uow.now, "updated_at": uow.now}
    kind = fields.text(200)("content_type", content_type) or "application/octet-stream"
    uow.session.execute(insert(documents).values(**row, **times, content_type=kind, version=1))
    return {"document_id": document_id, "key": key}


def complete_document(uow: UnitOfWork, document_id: str, size: int, sha256: str) -> dict[str, Any]:
    """The bytes are in the object store: show the document."""
    row = _document(uow, document_id)
    client_to_change(uow, row.client_id)
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise Invalid("size is a number of bytes", field="size")
    values = {"size": size, "sha256": sha256, "stored_at": uow.now, "updated_at": uow.now}
    uow.session.execute(update(documents).where(documents.c.id == document_id).values(**values))
    if row.stored_at is None:
        log(uow, row.client_id, "system", "Document added", row.filename, details={"document_id": document_id})
    return queries.document_document(_document(uow, document_id))


def delete_document(uow: UnitOfWork, document_id: str) -> dict[str, Any]:
    """Remove a document; its bytes go once that is committed."""
    row = _document(uow, document_id)
    client_to_change(uow, row.client_id)
    uow.session.execute(delete(documents).where(documents.c.id == document_id))
    uow.jobs.add(REMOVE, {"key": row.key})
    log(uow, row.client_id, "system", "Document removed", row.filename)
    return {"id": document_id, "deleted": True}


def _document(uow: UnitOfWork, document_id: str) -> Any:
    statement = select(documents).where(documents.c.id == document_id).with_for_update()
    row = uow.session.execute(statement).first() if is_id(document_id) else None
    if row is None:
        raise NotFound("there is no such document")
    return row
