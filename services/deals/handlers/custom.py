"""The fields that the company defines for its deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from libs.common.custom_fields import CustomFields
from libs.common.database import UnitOfWork
from libs.common.fields import instant
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


def bring_fields(uow: UnitOfWork, wanted: list[dict[str, Any]], since: str, *, archive: bool) -> list[str]:
    """Fields of deals that come with an import of the clients service; see ``CustomFields.bring_fields``."""
    begun = instant("since", since)
    if begun is None or not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Invalid("since is an instant, and fields a JSON list", field="fields")
    return CUSTOM.bring_fields(uow, "deal", wanted, begun, archive=archive)
