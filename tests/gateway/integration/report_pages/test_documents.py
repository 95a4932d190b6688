"""What the reports answer is what the API's document says: no member that it does not name."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.gateway.page_answers import ANSWERS
from tests.support.declared import answered, undeclared

REPORTS = (
    "pipeline-forecast bridge win-rate funnel velocity trend stagnation sources reps receivables payment-time"
    " daily-summary"
).split()


@pytest.mark.parametrize("path", [*(f"/reports/{name}" for name in REPORTS), "/me/summary", "/report-schedules"])
def test_an_answer_holds_only_what_is_declared(http: FlaskClient, rpc: Any, bearer: Any, path: str) -> None:
    rpc.answers |= ANSWERS
    document = http.get("/openapi.json").json
    answer = http.get(f"/api/v1{path}", headers=bearer("admin"))
    assert answer.status_code == 200
    schema = answered(document, f"/api/v1{path}")
    assert not sorted(set(undeclared(answer.json, schema, document)))
