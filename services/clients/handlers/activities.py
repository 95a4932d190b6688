"""Activities that people log."""

from __future__ import annotations

from typing import Any

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.problems import Invalid
from services.clients import queries
from services.clients.domain import LOGGED_BY_PEOPLE
from services.clients.handlers.loading import client_to_change
from services.clients.handlers.telling import log

_ACTIVITY: dict[str, fields.Reader] = {
    "type": fields.one_of(*LOGGED_BY_PEOPLE),
    "subject": fields.text(300, required=True),
    "description": fields.text(fields.TEXT_LENGTH),
    "occurred_at": fields.instant,
    "due_at": fields.instant,
    "contact_id": fields.identifier,
    "deal_id": fields.identifier,
}


def log_activity(uow: UnitOfWork, client_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """Write down what happened; only who may change the client may add to its history."""
    client = client_to_change(uow, client_id)
    given = fields.read(_ACTIVITY, data)
    for name in ("type", "subject"):
        if name not in given:
            raise Invalid(f"{name} is needed", field=name)
    kind, subject, description = given.pop("type"), given.pop("subject"), given.pop("description", None) or ""
    return queries.activity_document(log(uow, client.id, kind, subject, description, **given))
