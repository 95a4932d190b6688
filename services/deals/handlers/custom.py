"""The fields that the company defines for its deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from libs.common.custom_fields import CustomFields
from libs.common.database import UnitOfWork
from libs.common.fields import identifier, text
from libs.common.problems import Invalid
from services.deals.events import DealFieldSet
from services.deals.models import deals

_TOLD = ("key", "label", "kind", "options", "position", "archived", "version")


@dataclass(frozen=True, slots=True)
class _Field:
    """A field as the aggregate of the event that tells of it."""

    id: str
    version: int


def _tell(uow: UnitOfWork, field: dict[str, Any], removed: bool) -> None:
    """Who finds clients by what stands in their deals needs to know what can stand there."""
    told = {name: field[name] for name in _TOLD}
    event = DealFieldSet(field_id=field["id"], removed=removed, **told)
    uow.outbox.add(event, of=_Field(field["id"], field["version"]))


CUSTOM = CustomFields({"deal": deals}, _tell)


def bring_fields(uow: UnitOfWork, wanted: list[dict[str, Any]], import_id: str, *, archive: bool) -> list[str]:
    """Fields of deals that come with an import of the clients service; see ``CustomFields.bring_fields``."""
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Invalid("fields is a JSON list of objects", field="fields")
    return CUSTOM.bring_fields(uow, "deal", wanted, _import(import_id), archive=archive)


def take_back_fields(uow: UnitOfWork, import_id: str, named: list[str]) -> list[dict[str, Any]]:
    """Remove the fields of deals that such an import made, as ``CustomFields.take_back_fields`` does; named: the keys
    of those that segments filter by."""
    if not isinstance(named, list):
        raise Invalid("named is a JSON list of keys", field="named")
    keys = {text(50, required=True)("named", key) or "" for key in named}
    return CUSTOM.take_back_fields(uow, _import(import_id), {("deal", key) for key in keys})


def _import(import_id: Any) -> str:
    found = identifier("import_id", import_id)
    if found is None:
        raise Invalid("import_id is needed", field="import_id")
    return str(found)
