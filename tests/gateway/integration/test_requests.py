"""What the API takes and how it refuses the rest: problems with the field at fault, amounts exact to the last digit."""

from __future__ import annotations

import hashlib
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine

from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, DeadlineExceeded, Forbidden, Invalid, NotFound, Problem, Unavailable
from tests.gateway.conftest import problem

CLIENT = new_id()
DEAL = {"id": new_id(), "deal_name": "Chatbot", "deal_value_minor": 6_250_000, "currency": "USD"}


def post(http: Any, headers: dict[str, str], body: bytes | str, path: str = "/deals") -> Any:
    return http.post(f"/api/v1{path}", data=body, headers=headers | {"Content-Type": "application/json"})


def deal(value: str, currency: str = '"USD"', more: str = "") -> str:
    return f'{{"deal_name": "x", "client_id": "{CLIENT}", "deal_value": {value}, "currency": {currency}{more}}}'


@pytest.fixture
def john(bearer: Any) -> dict[str, str]:
    found: dict[str, str] = bearer("sales")
    return found


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"{'a': 1}", b'{"deal_value": NaN}', b'{"deal_value": Infinity}', b'{"a": -Infinity}',
        b'{"deal_name": "\xff\xfe"}', b'{"deal_name": "\xed\xa0\x80"}', b'{"deal_name": "\\ud800"}',
        '{"deal_name": "x"}'.encode("utf-16"), b"[" * 100_000, b'{"a":' * 50_000, b'{"a": 1}{"b": 2}', b'{"a": 01}',
        b'{"deal_value": 1E+9999999999999999999}', b'{"deal_value": ' + b"9" * 10_000 + b"}", b"\x00", b'{"a": 1,}',
        b'{"deal_name": "x", "custom": ' + b"[" * 260 + b"]" * 260 + b"}",
    ],
    ids=range(20),
)  # fmt: skip
def test_what_is_no_json_is_refused(http: Any, john: Any, rpc: Any, body: bytes) -> None:
    problem(post(http, john, body), 400)
    assert rpc.asked == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", "body"),
        ("null", "body"),
        ('"text"', "body"),
        ("5", "body"),
        ("{}", "deal_name"),
        (deal("1", more=', "deal_value": 2'), "deal_value"),
        (deal("1", more=', "deal_name": "y"'), "deal_name"),
        (deal("1", more=', "colour": "red"'), "colour"),
        (deal("1", more=', "description": "a\\u0000b"'), "description"),
        (deal("1", more=', "tags": ["a\\u0000"]'), "tags.0"),
        (deal("1", more=', "tags": "a"'), "tags"),
        (deal("1", more=', "stage": "closed"'), "stage"),
        (deal("1", more=', "expected_close_date": "2025-02-30"'), "expected_close_date"),
        (deal("1", more=f', "description": "{"x" * 20_001}"'), "description"),
        (deal("1").replace('"x"', '"  "'), "deal_name"),
        (deal("1").replace('"x"', "5"), "deal_name"),
        (deal("1").replace(CLIENT, "not-an-id"), "client_id"),
        (deal("1").replace(f'"{CLIENT}"', "null"), "client_id"),
    ],
)
def test_what_does_not_fit_names_its_field(http: Any, john: Any, rpc: Any, body: str, field: str) -> None:
    problem(post(http, john, body), 422, field)
    assert rpc.asked == []


def test_all_faults_are_named_at_once(http: Any, john: Any) -> None:
    body = '{"deal_name": "", "client_id": "x", "deal_value": true, "colour": 1}'
    faults = problem(post(http, john, body), 422)["errors"]
    assert {fault["field"] for fault in faults} == {"deal_name", "client_id", "deal_value", "colour"}
    assert all(fault["message"] and "pydantic" not in fault["message"] for fault in faults)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("62500", "USD", 6_250_000),
        ("62500.5", "USD", 6_250_050),
        ("0.30", "USD", 30),
        ("19.99", "USD", 1_999),
        ("1e2", "USD", 10_000),
        ("1.10e1", "USD", 1_100),
        ("62500.000000000000000000000000000000000000", "USD", 6_250_000),
        ("9007199254740.93", "USD", 900_719_925_474_093),  # more than a float keeps
        ("62500", "JPY", 62_500),
        ("62500.0", "JPY", 62_500),
        ("1.234", "BHD", 1_234),
        ("9007199254.741", "BHD", 9_007_199_254_741),
        ("1.2345", "CLF", 12_345),
        ("0", "USD", 0),
        ("-0", "USD", 0),
        ("null", "USD", None),
    ],
)
def test_amounts_arrive_as_they_were_written(
    http: Any, john: Any, rpc: Any, value: str, currency: str, minor: int | None
) -> None:
    rpc.answers["deals.create_deal"] = lambda data: DEAL | data
    answer = post(http, john, deal(value, f'"{currency}"'))
    assert answer.status_code == 201, answer.text
    assert rpc.last("deals.create_deal").arguments["data"]["deal_value_minor"] == minor
    if minor is not None:
        written = re.search(r'"deal_value":([^,}]+)', answer.text)
        assert written and Decimal(written[1]) == Decimal(value) and "e" not in written[1].lower()


@pytest.mark.parametrize(
    ("value", "currency"),
    [
        ("0.30000000000000004", "USD"),
        ("19.999", "USD"),
        ("0.1000000000000000000000000000000000000001", "USD"),
        ("1e-400000000", "USD"),
        ("100.5", "JPY"),
        ("1.2345", "BHD"),
        ("-1", "USD"),
        ("1000000000000000", "USD"),
        ("1e300", "USD"),
        ("true", "USD"),
        ("false", "USD"),
        ('"5"', "USD"),
        ('"5.00"', "USD"),
        ("[5]", "USD"),
        ("{}", "USD"),
    ],
)
def test_amounts_that_are_none(http: Any, john: Any, rpc: Any, value: str, currency: str) -> None:
    problem(post(http, john, deal(value, f'"{currency}"')), 422, "deal_value")
    assert rpc.asked == []


@pytest.mark.parametrize("currency", ['"usd"', '"XXX"', '""', "null", "5", '"US"'])
def test_currencies_that_are_none(http: Any, john: Any, rpc: Any, currency: str) -> None:
    assert post(http, john, deal("1", currency)).status_code == 422
    assert not any(asked.method == "deals.create_deal" for asked in rpc.asked)


def test_without_a_currency_the_base_currency_counts(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers["deals.create_deal"] = DEAL
    post(http, john, f'{{"deal_name": "x", "client_id": "{CLIENT}", "deal_value": 0.07}}')
    data = rpc.last("deals.create_deal").arguments["data"]
    assert (data["deal_value_minor"], data["currency"]) == (7, "USD")


def test_a_changed_value_is_read_in_the_currency_the_deal_has(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers |= {"deals.get_deal": DEAL | {"currency": "JPY"}, "deals.update_deal": DEAL}

    def change(body: dict[str, Any]) -> Any:
        return http.patch(f"/api/v1/deals/{DEAL['id']}", json=body, headers=john)

    assert change({"deal_value": 500, "version": 3}).status_code == 200
    asked = rpc.last("deals.update_deal").arguments
    assert (asked["changes"], asked["version"]) == ({"deal_value_minor": 500}, 3)
    problem(patch(http, john, '{"deal_value": 5.5}'), 422, "deal_value")
    problem(change({"currency": "EUR"}), 422, "deal_value")
    change({"currency": "BHD", "deal_value": 2})
    assert rpc.last("deals.update_deal").arguments["changes"] == {"currency": "BHD", "deal_value_minor": 2_000}


def patch(http: Any, headers: dict[str, str], body: str) -> Any:
    typed = headers | {"Content-Type": "application/json"}
    return http.patch(f"/api/v1/deals/{DEAL['id']}", data=body, headers=typed)


def test_answers_carry_exact_numbers_wherever_they_stand(http: Any, john: Any, rpc: Any) -> None:
    column = {"stage": "won", "weight": 100, "count": 1, "items": [DEAL | {"deal_value_minor": 900_719_925_474_093}]}
    values = [{"currency": "BHD", "value_minor": 1_234_500, "weighted_minor": 1}]
    rpc.answers["deals.board"] = {"columns": [column | {"values": values}]}
    text = http.get("/api/v1/deals/board", headers=john).text
    assert (
        '"deal_value":9007199254740.93' in text and '"value":1234.5,"weighted":0.001' in text and "_minor" not in text
    )


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "schlüssel", "tab\there"])
def test_keys_that_are_none(http: Any, john: Any, rpc: Any, key: str) -> None:
    answer = http.post(
        "/api/v1/deals", data=deal("1"), headers=john | {"Idempotency-Key": key, "Content-Type": "application/json"}
    )
    problem(answer, 422, "Idempotency-Key")
    assert rpc.asked == []


def test_a_key_goes_with_the_command_and_without_one_the_reference_does(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers["deals.create_deal"] = DEAL
    for key in ("a-key.of:mine/1", "x" * 255):
        http.post(
            "/api/v1/deals", data=deal("1"), headers=john | {"Idempotency-Key": key, "Content-Type": "application/json"}
        )
        assert rpc.last("deals.create_deal").context.idempotency_key == key
    answer = post(http, john, deal("1"))
    context = rpc.last("deals.create_deal").context
    assert context.idempotency_key == context.correlation_id == answer.headers["X-Correlation-Id"]
    http.get("/api/v1/deals/board", headers=john)
    assert rpc.last("deals.board").context.idempotency_key is None


def test_the_person_and_a_deadline_go_with_every_call(http: Any, bearer: Any, rpc: Any) -> None:
    for role in ("sales", "finance"):
        http.get("/api/v1/deals/board", headers=bearer(role))
        context = rpc.last("deals.board").context
        assert context.actor.role == role and is_id(context.actor.id) and context.remaining(99) <= 8


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/deals/not-an-id", 404),
        ("GET", f"/api/v1/deals/{new_id()}/nowhere", 404),
        ("GET", "/assets/../app.py", 404),
        ("GET", "/files/made-up", 404),
        ("PUT", "/api/v1/deals", 405),
        ("DELETE", "/api/v1/deals", 405),
        ("GET", "/api/v1/auth/login", 405),
        ("POST", "/health", 405),
    ],
)
def test_there_is_no_such_page(http: Any, method: str, path: str, status: int) -> None:
    answer = http.open(path, method=method)
    problem(answer, status)
    assert status != 405 or method not in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_bodies_of_another_kind(http: Any, john: Any, kind: str) -> None:
    problem(http.post("/api/v1/deals", data=deal("1"), headers=john | {"Content-Type": kind}), 415)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.crm+json", None])
def test_json_by_any_of_its_names(http: Any, john: Any, rpc: Any, kind: str | None) -> None:
    rpc.answers["deals.create_deal"] = DEAL
    headers = john | ({"Content-Type": kind} if kind else {})
    assert http.post("/api/v1/deals", data=deal("1"), headers=headers).status_code == 201


def test_a_body_that_is_too_large(http: Any, john: Any) -> None:
    problem(post(http, john, deal("1", more=f', "description": "{"x" * 2_000_000}"')), 413)


def test_an_upload_is_multipart_with_a_file(http: Any, john: Any, rpc: Any, runtime: Any) -> None:
    path, key = f"/api/v1/clients/{CLIENT}/documents", f"clients/{CLIENT}/1/offer.pdf"
    rpc.answers |= {
        "clients.prepare_document": {"document_id": new_id(), "key": key},
        "clients.complete_document": lambda **asked: {"id": asked["document_id"], "size": asked["size"]},
        "clients.document_link": lambda document_id: {
            "url": runtime.object_store.link(key, "Öffer.pdf", "application/pdf")
        },
    }
    problem(http.post(path, data=b"%PDF", headers=john | {"Content-Type": "application/pdf"}), 415)
    problem(http.post(path, data={"note": "x"}, headers=john, content_type="multipart/form-data"), 422, "file")
    upload = {"file": (io.BytesIO(b"%PDF" * 1000), "offer.pdf", "application/pdf")}
    made = http.post(path, data=upload, headers=john, content_type="multipart/form-data")
    assert made.status_code == 201 and made.json["size"] == 4000
    assert rpc.last("clients.complete_document").arguments["sha256"] == hashlib.sha256(b"%PDF" * 1000).hexdigest()
    link = http.get(f"/api/v1/documents/{new_id()}", headers=john)
    assert link.status_code == 302
    got = http.get(link.headers["Location"].removeprefix("http://127.0.0.1:8000"))
    assert got.data == b"%PDF" * 1000 and "filename*=UTF-8''%C3%96ffer.pdf" in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"] and got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=5&limit=6", "limit"),
        ("colour=red", "colour"),
        ("stage=closed", "stage.0"),
        ("owner_id=me", "owner_id"),
        ("closing_from=soon", "closing_from"),
        ("q=a%00b", "q"),
        ("cursor=%C3%A9", "cursor"),
    ],
)
def test_queries_that_do_not_fit(http: Any, john: Any, rpc: Any, query: str, field: str) -> None:
    problem(http.get(f"/api/v1/deals?{query}", headers=john), 422, field)
    assert rpc.asked == []


def test_queries_reach_the_service_as_filters(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers["deals.list_deals"] = {"items": [], "next_cursor": None, "total": 0}
    http.get(
        "/api/v1/deals?stage=won&stage=lost&closing_from=2025-01-01&q=a%25b&sort=-deal_value&limit=5", headers=john
    )
    assert rpc.last("deals.list_deals").arguments == {
        "filters": {"stage": ["won", "lost"], "closing_from": "2025-01-01", "q": "a%b"},
        "sort": "-deal_value",
        "limit": 5,
    }
    rpc.answers["clients.list_clients"] = {"items": [], "next_cursor": None, "total": 0}
    http.get("/api/v1/clients?min_deal_value=1000.50&owner_id=none", headers=john)
    assert rpc.last("clients.list_clients").arguments["filters"] == {
        "owner_id": "none",
        "min_deal_value_minor": 100_050,
    }
    for wrong in ("1000.505", "-1", "NaN", "Infinity", "many", ""):
        problem(http.get(f"/api/v1/clients?min_deal_value={wrong}", headers=john), 422, "min_deal_value")


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (NotFound("there is no such deal"), 404),
        (Forbidden("only its owner may"), 403),
        (Conflict("somebody changed this", current_version=4), 409),
        (Invalid("too short", field="deal_name"), 422),
        (Unavailable("deals is not running"), 503),
        (DeadlineExceeded("deals did not answer in time"), 503),
        (Problem("a service met an error it did not expect"), 500),
    ],
)
def test_a_services_problem_is_the_answer(http: Any, john: Any, rpc: Any, raised: Problem, status: int) -> None:
    rpc.answers["deals.get_deal"] = raised
    answer = http.get(f"/api/v1/deals/{new_id()}", headers=john)
    document = problem(answer, status)
    assert document["detail"] == raised.detail and document["code"] == raised.code
    assert document.get("current_version") == raised.extra.get("current_version")
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_an_error_nobody_expected_tells_nothing(http: Any, john: Any, rpc: Any) -> None:
    def broken(**_: Any) -> Any:
        raise RuntimeError("password=hunter2")

    rpc.answers["deals.get_deal"] = broken
    assert "hunter2" not in str(problem(http.get(f"/api/v1/deals/{new_id()}", headers=john), 500))


def test_every_answer_has_a_reference_and_protects_itself(http: Any, john: Any) -> None:
    seen = set()
    for path in ("/health", "/api/v1/me", "/nowhere", "/api/v1/deals", "/docs", "/openapi.json"):
        answer = http.get(path, headers=john)
        seen.add(answer.headers["X-Correlation-Id"])
        assert is_id(answer.headers["X-Correlation-Id"]) and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            "default-src" in answer.headers["Content-Security-Policy"]
            and answer.headers["Referrer-Policy"] == "same-origin"
        )
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert len(seen) == 6


def test_writes_leave_a_trace(http: Any, john: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["deals.create_deal"] = DEAL
    rpc.answers["clients.trace"] = [
        {"service": "clients", "kind": "rpc", "name": "x", "at": "2020-01-01T00:00:00Z", "ms": 1.0}
    ]
    reference = post(http, john, deal("1")).headers["X-Correlation-Id"]
    trace = http.get(f"/api/v1/traces/{reference}", headers=bearer("admin")).json
    names = [hop["name"] for hop in trace["hops"]]
    assert names == ["x", "POST /api/v1/deals → 201", "deals.create_deal"]
    assert trace["unavailable"] == ["deals", "billing", "notifications", "ai"]
    assert all(hop["ms"] is not None for hop in trace["hops"])


def test_health_needs_nobody_and_readiness_says_what_is_wrong(http: Any) -> None:
    assert http.get("/health").json == {"alive": True}
    ready = http.get("/ready")
    assert (ready.status_code, ready.json["database"], ready.json["forms_waiting"]) == (200, True, 0)
    assert "crm_rpc_seconds" in http.get("/metrics").text


def test_a_database_that_is_away_is_a_503(http: Any, john: Any, runtime: Any) -> None:
    own, reader, away = runtime.database.engine, runtime.database.reader, "postgresql+psycopg://x:x@127.0.0.1:9/x"
    runtime.database.engine = runtime.database.reader = create_engine(away, connect_args={"connect_timeout": 1})
    problem(http.get("/api/v1/me", headers=john), 503)
    assert http.get("/ready").status_code == 503 and http.get("/health").status_code == 200
    runtime.database.engine, runtime.database.reader = own, reader
