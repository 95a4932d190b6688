"""Who we are: shown to everybody, changed by admins, told to the others."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.runtime import Runtime
from services.gateway.company import shown_name
from tests.gateway.conftest import ROLES, problem
from tests.support.delivering import told


@pytest.fixture
def settings() -> dict[str, Any]:
    return {
        "company_name": "AMO AI",
        "company_address": "1 Main Street\\nAustin",
        "company_email": "hello@amoai.example",
        "payment_instructions": "By transfer.",
        "base_currency": "EUR",
        "business_tz": "Europe/Berlin",
    }


def company(http: Any, headers: Any) -> dict[str, Any]:
    answer = http.get("/api/v1/company", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def change(http: Any, headers: Any, **body: Any) -> Any:
    return http.patch("/api/v1/company", json=body, headers=headers)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_it_and_admins_change_it(http: Any, bearer: Any, role: str) -> None:
    headers = bearer(role)
    assert company(http, headers)["name"] == "AMO AI"
    changed = change(http, headers, name="AMO Studio")
    if role == "admin":
        assert changed.status_code == 200 and company(http, headers)["name"] == "AMO Studio"
    else:
        problem(changed, 403)
        assert company(http, headers)["name"] == "AMO AI"


def test_nobody_else_sees_it(http: Any) -> None:
    problem(http.get("/api/v1/company"), 401)
    problem(http.patch("/api/v1/company", json={"name": "x"}), 401)


def test_until_it_is_changed_the_environment_says_who_we_are(http: Any, bearer: Any) -> None:
    assert company(http, bearer("sales")) == {
        "name": "AMO AI",
        "address": "1 Main Street\nAustin",
        "email": "hello@amoai.example",
        "payment_instructions": "By transfer.",
        "website": "",
        "training_url": "",
        "version": 0,
        "updated_at": None,
        "timezone": "Europe/Berlin",
        "base_currency": "EUR",
    }


def test_a_change_is_kept_and_told_whole(http: Any, bearer: Any, runtime: Any) -> None:
    headers = bearer("admin")
    first = change(http, headers, version=0, name="  AMO Studio ", website="https://studio.example", training_url="")
    assert first.status_code == 200
    assert (first.json["name"], first.json["version"], first.json["address"]) == (
        "AMO Studio",
        1,
        "1 Main Street\nAustin",
    )
    second = change(http, headers, version=1, address="", training_url="https://learn.example/a?b=c")
    assert (second.json["address"], second.json["version"]) == ("", 2)
    assert company(http, headers) == second.json
    events = told(runtime, "company.changed")
    assert [(each.aggregate_version, each.data["name"], each.data["version"]) for each in events] == [
        (1, "AMO Studio", 1),
        (2, "AMO Studio", 2),
    ]
    assert events[0].aggregate_id == events[1].aggregate_id and events[0].who.role == "admin"
    assert events[1].data["website"] == "https://studio.example" and events[1].data["address"] == ""
    assert events[1].data["payment_instructions"] == "By transfer." and "training_url" not in events[1].data


def test_a_stale_change_is_refused(http: Any, bearer: Any, runtime: Any) -> None:
    headers = bearer("admin")
    assert change(http, headers, version=0, name="First").status_code == 200
    refused = problem(change(http, headers, version=0, name="Second"), 409)
    assert refused["current_version"] == 1
    assert company(http, headers)["name"] == "First" and len(told(runtime, "company.changed")) == 1
    assert change(http, headers, name="Third").json["version"] == 2


def test_sent_again_with_its_key_it_changes_once(http: Any, bearer: Any, runtime: Any) -> None:
    headers = bearer("admin") | {"Idempotency-Key": "company-1"}
    answers = [change(http, headers, version=0, name="AMO Studio").json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2] and answers[0]["version"] == 1
    assert len(told(runtime, "company.changed")) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "A\r\nBcc: b@example.com"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@b.example, c@d.example"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "studio.example"}, "website"),
        ({"website": "https://"}, "website"),
        ({"website": "https://a b.example"}, "website"),
        ({"website": "https://[nonsense"}, "website"),
        ({"training_url": "ftp://files.example"}, "training_url"),
        ({"address": "x" * 1001}, "address"),
        ({"payment_instructions": "x" * 2001}, "payment_instructions"),
        ({"version": -1, "name": "x"}, "version"),
        ({"timezone": "UTC"}, "timezone"),
        ({"base_currency": "USD"}, "base_currency"),
    ],
)
def test_what_cannot_be_is_named(http: Any, bearer: Any, runtime: Any, body: dict[str, Any], field: str) -> None:
    problem(change(http, bearer("admin"), **body), 422, field)
    assert told(runtime) == []


def test_nothing_is_no_change(http: Any, bearer: Any) -> None:
    problem(change(http, bearer("admin")), 422)
    problem(change(http, bearer("admin"), version=0), 422)


def test_pages_show_the_name_and_do_without_a_database(http: Any, bearer: Any, runtime: Any) -> None:
    assert shown_name(runtime) == "AMO AI"
    change(http, bearer("admin"), name="AMO Studio")
    assert shown_name(runtime) == "AMO Studio"
    gone = runtime.settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"})
    assert shown_name(Runtime("gateway", gone)) == "AMO AI"
