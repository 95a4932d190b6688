"""No route that is read answers a member that the API's document does not name, on the running stack with its data."""

from __future__ import annotations

import json
from typing import Any

from stack.driver import Crm
from tests.support.declared import answered, undeclared

API = "/api/v1"


def test_nothing_is_answered_that_is_not_declared(crm: Crm, people: dict[str, Any]) -> None:
    admin, base = people["admin"], crm.info["base_url"]
    document = admin.session.get(f"{base}/openapi.json", timeout=30).json()
    found: dict[str, list[str]] = {}
    asked = 0
    for path, methods in document["paths"].items():
        if "{" in path or "get" not in methods or not path.startswith(API):
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
    assert asked > 40 and not found, json.dumps(found, indent=1)
