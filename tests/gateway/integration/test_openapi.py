"""The OpenAPI document is valid, covers every route that is served, and says what the routes do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.gateway.conftest import problem


@pytest.fixture
def document(http: Any) -> dict[str, Any]:
    answer = http.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(method.upper(), path): each for path, item in document["paths"].items() for method, each in item.items()}


def test_it_is_valid_31(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_it_covers_every_route_and_no_other(app: Any, document: dict[str, Any]) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = set(operations(document))
    assert {each for each in served if each[1].startswith("/api/v1")} == {
        each for each in documented if each[1].startswith("/api/v1")
    }
    assert documented <= served
    assert {("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics")} <= documented


def test_every_operation_is_named_and_described(document: dict[str, Any]) -> None:
    every = operations(document)
    names = [each["operationId"] for each in every.values()]
    assert len(names) == len(set(names)) and all(each["summary"] and each["tags"] for each in every.values())
    for (method, path), each in every.items():
        given = {parameter["name"] for parameter in each["parameters"] if parameter["in"] == "path"}
        assert given == set(re.findall(r"{(\w+)}", path)), path
        if method in ("POST", "PATCH", "DELETE"):
            assert "Idempotency-Key" in {parameter["name"] for parameter in each["parameters"]}, path


def test_refusals_are_problems_and_guarded_routes_say_so(document: dict[str, Any]) -> None:
    for (method, path), each in operations(document).items():
        assert {"500", "503"} <= each["responses"].keys(), path
        guarded = each["security"] == [{"bearer": []}]
        assert guarded is ({"401", "403"} <= each["responses"].keys()) or path.startswith("/api/v1/auth"), (
            method,
            path,
        )
        for status, response in each["responses"].items():
            if status >= "400" and "content" in response and "application/problem+json" in response["content"]:
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema["$ref"].endswith("/ProblemDocument"), (path, status)


def test_what_is_refused_is_documented(document: dict[str, Any], http: Any, bearer: Any) -> None:
    """The refusals that a caller meets first, at every route that can give them."""
    headers = bearer("admin")
    for (method, path), each in operations(document).items():
        url = re.sub(r"{\w+}", "01920000-0000-7000-8000-000000000001", path)
        answers = [http.open(url, method=method)]
        if "requestBody" in each:
            answers.append(http.open(url, method=method, data="x", headers=headers | {"Content-Type": "text/plain"}))
            answers.append(
                http.open(url, method=method, data="{", headers=headers | {"Content-Type": "application/json"})
            )
            answers.append(http.open(url, method=method, json={"no_such_field": 1}, headers=headers))
        if any(parameter["in"] == "query" for parameter in each["parameters"]):
            answers.append(http.open(f"{url}?no_such_parameter=1", method=method, headers=headers))
        if each["operationId"] == "log_out":
            continue
        for answer in answers:
            assert str(answer.status_code) in each["responses"], (method, path, answer.status_code)
            if answer.status_code >= 400 and answer.content_type == "application/problem+json":
                problem(answer, answer.status_code)


def test_amounts_are_numbers_and_lists_are_alike(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["DealNew"]["properties"]["deal_value"]["anyOf"][0] == {
        "type": "number", "minimum": 0, "exclusiveMaximum": 10**15,
    }  # fmt: skip
    lists = [schema for name, schema in schemas.items() if name.startswith("ListOf")]
    assert lists and all({"items", "next_cursor", "total"} <= schema["properties"].keys() for schema in lists)
    assert schemas["DealNew"]["additionalProperties"] is False


def test_the_reference_page_needs_nothing_from_elsewhere(http: Any) -> None:
    page = http.get("/docs")
    assert page.status_code == 200 and "/api/v1/deals" in page.text
    assert not re.search(r"""(?:src|href)=["']https?://""", page.text)
