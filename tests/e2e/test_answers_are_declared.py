"""No report answers a member that the API's document does not name, on the running stack with its data."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from stack.driver import Crm
from tests.e2e.deals_and_invoices import a_client, a_deal
from tests.support.declared import answered, undeclared

API = "/api/v1"


def test_no_report_answers_what_is_not_declared(crm: Crm, people: dict[str, Any]) -> None:
    admin, base = people["admin"], crm.info["base_url"]
    client = a_client(admin)
    won = a_deal(admin, client["id"], 7_000)
    admin.post(f"/deals/{won['id']}/stage", {"stage": "won"})
    a_deal(admin, client["id"], 12_345.5, expected_close_date=date.today().isoformat())
    invoice = admin.post("/invoices", {"client_id": client["id"], "amount": 990, "due_date": "2025-01-31"})
    admin.post(f"/invoices/{invoice['id']}/send")
    document = admin.session.get(f"{base}/openapi.json", timeout=30).json()
    found: dict[str, list[str]] = {}
    asked = 0
    for path, methods in document["paths"].items():
        if "{" in path or "get" not in methods or not re.match(f"{API}/(reports|report-schedules|me|targets)", path):
            continue
        content = methods["get"]["responses"].get("200", {}).get("content", {})
        if "application/json" not in content:
            continue
        answer = admin.session.get(f"{base}{path}", timeout=30)
        if answer.status_code != 200:
            continue  # it needs a parameter
        asked += 1
        if more := sorted(set(undeclared(answer.json(), answered(document, path), document))):
            found[path] = more
    assert asked > 12 and not found, json.dumps(found, indent=1)
