"""The ways to the outside, joined from the services that own them, with what the last check of each found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.integrations import Check, CheckFailed, Integration
from libs.common.object_store import ObjectStore
from libs.common.problems import NotFound, Unavailable
from services.gateway.models import integration_checks
from services.gateway.settings import GatewaySettings

OWN = "object_store"
# Which service owns a way to the outside, and what it is called where that service cannot be asked.
OWNERS: dict[str, tuple[str, str]] = {
    "stripe": ("billing", "Stripe"),
    "smtp": ("notifications", "Mail (SMTP)"),
    "whatsapp": ("notifications", "WhatsApp"),
    "gemini": ("ai", "Gemini"),
}
SERVICES = ("billing", "notifications", "ai")


def object_store_item(settings: GatewaySettings) -> dict[str, Any]:
    """How files are kept."""
    on_disk = settings.object_store_url.startswith("file:")
    return Integration(
        name=OWN,
        label="File storage",
        configured=not on_disk,
        mode="built-in" if on_disk else "live",
        detail="files lie in a folder of this machine" if on_disk else f"files lie in {settings.object_store_url}",
    ).document()


def unavailable_items(service: str, problem: str) -> list[dict[str, Any]]:
    """What can be said of a service's ways to the outside while it does not answer."""
    nothing = dict.fromkeys(Integration.__dataclass_fields__)
    return [
        nothing | {"name": name, "label": label, "detail": problem, "counts": {}}
        for name, (owner, label) in OWNERS.items()
        if owner == service
    ]


def check_of(store: ObjectStore) -> Check:
    """Put a small object, read it, delete it."""

    def check() -> str:
        key, content = f"checks/{new_id()}.txt", new_id().encode()
        try:
            store.put(key, content, "text/plain")
            read = store.get(key)
            store.delete(key)
        except (Unavailable, NotFound) as problem:
            raise CheckFailed(problem.detail) from None
        if read != content:
            raise CheckFailed("what was read is not what was stored")
        return "an object was stored, read and deleted"

    return check


def note(uow: UnitOfWork, name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Keep what a check found, in place of what the one before it did."""
    values = {
        "ok": found["ok"],
        "message": found["message"][:2000],
        "milliseconds": found["ms"],
        "checked_at": uow.now,
        "checked_by": uow.actor.id,
    }
    statement = insert(integration_checks).values(name=name, **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return {"name": name, "at": uow.now, "ok": found["ok"], "message": found["message"], "ms": found["ms"]}


def last_checks(session: Session) -> dict[str, dict[str, Any]]:
    """What the last check of each found, by name."""
    return {
        row.name: {"at": row.checked_at, "ok": row.ok, "message": row.message, "ms": row.milliseconds}
        for row in session.execute(select(integration_checks))
    }
