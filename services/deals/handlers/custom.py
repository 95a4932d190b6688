"""The fields that the company defines for its deals."""

from __future__ import annotations

from typing import Any

from libs.common.custom_fields import CustomFields
from libs.common.database import UnitOfWork
from libs.common.fields import instant
from libs.common.problems import Invalid
from services.deals.models import deals

CUSTOM = CustomFields({"deal": deals})


def bring_fields(uow: UnitOfWork, wanted: list[dict[str, Any]], since: str, *, archive: bool) -> list[str]:
    """Fields of deals that come with an import of the clients service; see ``CustomFields.bring_fields``."""
    begun = instant("since", since)
    if begun is None or not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Invalid("since is an instant, and fields a JSON list", field="fields")
    return CUSTOM.bring_fields(uow, "deal", wanted, begun, archive=archive)
