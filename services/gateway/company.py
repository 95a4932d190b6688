"""Who we are: what stands on invoices and mails, as an admin last wrote it down; the environment's words until then."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.company import Company
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid
from services.gateway.events import CompanyChanged
from services.gateway.models import company
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import GatewayRuntime

_SHOWN = ("name", "address", "email", "payment_instructions", "website", "training_url", "version", "updated_at")


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    version: int


def current(session: Session, settings: GatewaySettings) -> dict[str, Any]:
    """The company as it is now, and what only the environment says of it; version 0 while nobody changed it."""
    row = session.execute(select(company)).mappings().first()
    found = {name: row[name] for name in _SHOWN} if row else _of_environment(settings) | {"updated_at": None}
    return found | {"timezone": settings.business_tz, "base_currency": settings.base_currency}


def shown_name(runtime: GatewayRuntime) -> str:
    """What we are called, for the head of a page; the environment's word where the database cannot be asked."""
    try:
        with runtime.database.read() as session:
            return session.execute(select(company.c.name)).scalar_one_or_none() or runtime.settings.company_name
    except SQLAlchemyError:
        return runtime.settings.company_name


def change(uow: UnitOfWork, settings: GatewaySettings, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    """Change what is given and tell it; Conflict when somebody else changed it since that version."""
    given = fields.read(_CHANGES, changes)
    if not given:
        raise Invalid("name at least one thing to change")
    before = _held(uow, settings)
    if version is not None and version != before.version:
        raise Conflict("somebody changed the company since you loaded it", current_version=before.version)
    values = given | {"version": before.version + 1, "updated_at": uow.now, "updated_by": uow.actor.id}
    uow.session.execute(update(company).values(**values))
    after = current(uow.session, settings)
    told = CompanyChanged(**{name: after[name] for name in CompanyChanged.model_fields})
    uow.outbox.add(told, of=_Row(before.id, after["version"]))
    return after


def _held(uow: UnitOfWork, settings: GatewaySettings) -> Any:
    """The row, locked; made of the environment's words when it is the first change."""
    made = {"id": new_id(), "created_at": uow.now, "updated_at": uow.now, "updated_by": uow.actor.id}
    first = insert(company).values(one=True, **_of_environment(settings), **made)
    uow.session.execute(first.on_conflict_do_nothing(index_elements=["one"]))
    return uow.session.execute(select(company).with_for_update()).one()


def _of_environment(settings: GatewaySettings) -> dict[str, Any]:
    return asdict(Company.of(settings)) | {"training_url": "", "version": 0}


def _words(limit: int, *, required: bool = False) -> fields.Reader:
    """Text that may be empty."""
    reader = fields.text(limit, required=required)
    return lambda name, value: reader(name, value) or ""


def _one_line(name: str, value: Any) -> str:
    read = _words(200, required=True)(name, value)
    if any(ord(char) < 32 or ord(char) == 127 for char in read):
        raise Invalid(f"{name} is one line", field=name)
    return str(read)


def _mail_address(name: str, value: Any) -> str:
    read = fields.email(name, value)
    if read is None:
        raise Invalid(f"{name} is needed", field=name)
    return read


def _web_address(name: str, value: Any) -> str:
    read = str(_words(500)(name, value))
    if read and not _is_web_address(read):
        raise Invalid(f"{name} is an address of the web, as in https://example.com", field=name)
    return read


def _is_web_address(text: str) -> bool:
    if any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


_CHANGES: dict[str, fields.Reader] = {
    "name": _one_line,
    "address": _words(1000),
    "email": _mail_address,
    "payment_instructions": _words(2000),
    "website": _web_address,
    "training_url": _web_address,
}
