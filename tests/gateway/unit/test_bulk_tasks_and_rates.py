"""What the routes for bulk changes, tasks, rates and duplicates take: models alone, without a server."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.gateway.api.bulk import BulkChange
from services.gateway.api.rates import RateNew
from services.gateway.api.routing import checked
from services.gateway.api.schemas import ActivityNew, ClientFilters
from services.gateway.api.search import DuplicateQuery
from services.gateway.api.tasks import ActivityChange, ActivityFilters, TaskFilters

ID = new_id()
BULK = {"ids": [ID], "action": "add_tag", "value": "vip"}
RATE: dict[str, Any] = {"currency": "EUR", "day": "2025-01-10", "rate": Decimal("1.03")}


@pytest.mark.parametrize(
    ("model", "values", "given"),
    [
        (BulkChange, BULK, BULK),
        (BulkChange, BULK | {"action": "assign", "value": None}, BULK | {"action": "assign", "value": None}),
        (RateNew, RATE, RATE | {"rate": "1.03"}),
        (RateNew, RATE | {"rate": 2}, RATE | {"rate": "2"}),
        (RateNew, RATE | {"rate": Decimal("0.000000000001")}, RATE | {"rate": "0.000000000001"}),
        (TaskFilters, {"done": "false", "assignee_id": "none"}, {"done": False, "assignee_id": "none"}),
        (TaskFilters, {"due_from": "2025-01-10", "limit": "5"}, {"due_from": "2025-01-10", "limit": 5}),
        (ActivityFilters, {"types": ["call", "task"]}, {"types": ["call", "task"]}),
        (ActivityChange, {"done": True, "version": 2}, {"done": True, "version": 2}),
        (ActivityChange, {"due_at": None}, {"due_at": None}),
        (ActivityNew, {"type": "task", "subject": "x", "assignee_id": None}, None),
        (ClientFilters, {"city": "Ulm", "source": "fair", "created_from": "2025-01-10"}, None),
        (DuplicateQuery, {"company_name": "TechCorp", "phone": "+1"}, None),
    ],
)
def test_what_fits_is_handed_on(model: type[BaseModel], values: dict[str, Any], given: dict[str, Any] | None) -> None:
    assert checked(model, values).given() == (values if given is None else given)


@pytest.mark.parametrize(
    ("model", "values", "field"),
    [
        (BulkChange, BULK | {"ids": []}, "ids"),
        (BulkChange, BULK | {"ids": [ID] * 1001}, "ids"),
        (BulkChange, BULK | {"ids": ["x"]}, "ids.0"),
        (BulkChange, BULK | {"action": "explode"}, "action"),
        (BulkChange, BULK | {"value": 5}, "value"),
        (RateNew, RATE | {"rate": 0}, "rate"),
        (RateNew, RATE | {"rate": Decimal(-1)}, "rate"),
        (RateNew, RATE | {"rate": "1.03"}, "rate"),
        (RateNew, RATE | {"rate": True}, "rate"),
        (RateNew, RATE | {"rate": Decimal("0.0000000000001")}, "rate"),
        (RateNew, RATE | {"rate": 10**12}, "rate"),
        (RateNew, RATE | {"currency": "euro"}, "currency"),
        (RateNew, RATE | {"day": "soon"}, "day"),
        (TaskFilters, {"client_id": "x"}, "client_id"),
        (TaskFilters, {"done": "maybe"}, "done"),
        (TaskFilters, {"colour": "x"}, "colour"),
        (ActivityFilters, {"types": ["x"]}, "types.0"),
        (ActivityChange, {"done": "yes"}, "done"),
        (ActivityChange, {"subject": " "}, "subject"),
        (ActivityChange, {"type": "call"}, "type"),
        (ClientFilters, {"created_from": "soon"}, "created_from"),
        (DuplicateQuery, {"name": "x"}, "name"),
    ],
)
def test_what_does_not_fit_names_its_field(model: type[BaseModel], values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(model, values)
    assert field in [fault["field"] for fault in refused.value.extra["errors"]]
