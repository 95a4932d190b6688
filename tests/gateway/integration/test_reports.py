"""Reports over HTTP: parameters with a word at the one that does not fit, exact amounts, files."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Invalid, Unavailable
from libs.reporting import tables
from services.gateway.api.reports import files
from services.gateway.api.reports import parameters as p
from services.gateway.api.reports.declared import REPORTS
from tests.gateway.conftest import problem
from tests.gateway.report_answers import ANSWERS, FILE, ID, INSIGHT, METHODS
from tests.support.report_answers import BRIDGE, FORECAST, STAGNATION

BASE = "/api/v1/reports"


@pytest.fixture
def finance(http: FlaskClient, bearer: Any, rpc: Any) -> FlaskClient:
    """A program of the CFO's."""
    rpc.answers |= ANSWERS
    http.environ_base["HTTP_AUTHORIZATION"] = bearer("finance")["Authorization"]
    return http


def a_year_on(day: date) -> str:
    return (day + timedelta(days=366)).isoformat()


@pytest.mark.parametrize("path", REPORTS)
def test_every_report_and_its_files_are_asked_of_a_segment(finance: FlaskClient, rpc: Any, path: str) -> None:
    report = REPORTS[path]
    for ending in ("", ".csv", ".xlsx"):
        assert finance.get(f"{BASE}/{path}{ending}?segment_id={ID}").status_code == 200
        assert rpc.last(f"{report.service}.{report.method}").arguments["filters"] == {"segment_id": ID}
    finance.get(f"{BASE}/{path}.pdf?segment_id={ID}")
    assert rpc.last("notifications.order_report").arguments["params"]["segment_id"] == ID
    problem(finance.get(f"{BASE}/{path}?segment_id=big"), 422, "segment_id")


def test_the_forecast_adds_up_to_the_minor_unit(finance: FlaskClient, rpc: Any) -> None:
    answer = finance.get(f"{BASE}/pipeline-forecast?from=2025-01-01&to=2025-03-31&group_by=month,stage").json
    january = [row for row in answer["rows"] if row["month"] == "2025-01" and row["stage"] not in ("won", "lost")]
    assert sum(row["weighted"] for row in january) == 194500
    assert [(row["stage"], row["value"], row["weight"], row["weighted"]) for row in january] == [
        ("lead", 120000, 10, 12000),
        ("qualified", 85000, 25, 21250),
        ("proposal", 180000, 50, 90000),
        ("negotiation", 95000, 75, 71250),
    ]
    assert answer["total_weighted"] == FORECAST["total_weighted_minor"] / 100
    assert (answer["from"], answer["to"], answer["currency"]) == ("2025-01-01", "2025-03-31", "USD")
    assert answer["months"][0]["won_value"] == 62500 and answer["target"] == 670000
    asked = rpc.last("deals.forecast").arguments
    assert asked == {
        "from_day": "2025-01-01", "to_day": "2025-03-31", "group_by": ["month", "stage"], "filters": {},
    }  # fmt: skip


def test_figures_alone_ask_nobody_what_they_come_to(finance: FlaskClient, rpc: Any) -> None:
    answer = finance.get(f"{BASE}/pipeline-forecast?insight=false").json
    assert (answer["insight"], answer["insight_missing"]) == (None, None) and answer["total_count"]
    assert {each.method for each in rpc.asked} == {"deals.forecast"}


def test_the_insight_stands_beside_its_figures(finance: FlaskClient, rpc: Any) -> None:
    answer = finance.get(f"{BASE}/pipeline-forecast").json
    assert answer["insight"]["text"].startswith("The pipeline is trending 15 % above target. Top risk:")
    assert (answer["insight"]["provider"], answer["insight"]["status"]) == ("built-in", "ready")
    asked = rpc.last("ai.report_insight").arguments
    told = {fact["name"]: fact["value"] for fact in asked["figures"]}
    assert asked["kind"] == "pipeline-forecast" and asked["language"] == "en"
    assert told["total_weighted"] == FORECAST["total_weighted_minor"] and told["risk_idle_days"] == 34


def test_an_ai_that_is_away_takes_the_insight_and_nothing_else(finance: FlaskClient, rpc: Any) -> None:
    rpc.answers["ai.report_insight"] = Unavailable("ai did not answer in time")
    rpc.answers["deals.risks"] = Unavailable("deals did not answer in time")
    answer = finance.get(f"{BASE}/pipeline-forecast").json
    assert (answer["insight"], answer["insight_missing"]) == (None, "ai did not answer in time")
    assert answer["rows"]


def test_of_a_day_that_is_past_only_its_own_figures_are_spoken_of(finance: FlaskClient, rpc: Any) -> None:
    yesterday = (p_today() - timedelta(days=1)).isoformat()
    finance.get(f"{BASE}/pipeline-forecast?as_of={yesterday}")
    assert rpc.last("deals.forecast").arguments["as_of"] == yesterday
    assert not [each for each in rpc.asked if each.method in ("deals.risks", "deals.stagnation")]


@pytest.mark.parametrize("path", REPORTS)
def test_every_report_answers_under_the_names_of_its_csv(finance: FlaskClient, path: str) -> None:
    answer = finance.get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.text
    assert "_minor" not in answer.text
    written = finance.get(f"{BASE}/{path}.csv")
    assert written.content_type == "text/csv; charset=utf-8"
    assert written.headers["Content-Disposition"].startswith(f'attachment; filename="{REPORTS[path].kind}-')
    head, *rows = csv.reader(io.StringIO(written.text))
    report = REPORTS[path]
    first = tables(report.kind, ANSWERS[METHODS[report.kind]])[0]
    assert head[: len(first.columns)] == [column.key for column in first.columns]
    assert len(rows) == len(list(first.rows))


def test_csv_and_json_say_the_same(finance: FlaskClient) -> None:
    rows = finance.get(f"{BASE}/reps").json["rows"]
    written = csv.DictReader(io.StringIO(finance.get(f"{BASE}/reps.csv").text))
    for row, line in zip(rows, written, strict=True):
        assert {name: str(value) for name, value in row.items() if value is not None and name in line} == {
            name: line[name] for name in line if line[name] and name in row
        }


@pytest.mark.parametrize("path", REPORTS)
def test_every_report_is_a_workbook(finance: FlaskClient, path: str) -> None:
    answer = finance.get(f"{BASE}/{path}.xlsx")
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_files_hold_every_row_however_many_pages_they_take(finance: FlaskClient, rpc: Any) -> None:
    first, second = STAGNATION | {"next_cursor": "abc"}, STAGNATION
    rpc.answers["deals.stagnation"] = lambda cursor=None, **_: second if cursor == "abc" else first
    written = finance.get(f"{BASE}/stagnation.csv").text
    assert len(list(csv.reader(io.StringIO(written)))) == 1 + 2 * len(STAGNATION["items"])


def test_a_bridge_ends_where_its_parts_lead(finance: FlaskClient, rpc: Any) -> None:
    answer = finance.get(f"{BASE}/bridge?from=2025-01-01&to=2025-03-31&start=2025-01-01&end=2025-01-31").json
    assert answer["start"] == "2025-01-01" and answer["start_value"] == BRIDGE["start_minor"] / 100
    parts = sum(round(part["value"] * 100) for part in answer["parts"])
    assert round(answer["start_value"] * 100) + parts == round(answer["end_value"] * 100)
    asked = rpc.last("deals.forecast_bridge").arguments
    assert (asked["start"], asked["end"], asked["measure"]) == ("2025-01-01", "2025-01-31", "value")


def test_receivables_are_in_major_units_of_their_own_currency(finance: FlaskClient) -> None:
    answer = finance.get(f"{BASE}/receivables").json
    assert answer["rows"][1]["61-90"] == 4800 and answer["rows"][1]["over_90"] == 12100.99
    assert answer["currencies"][1]["buckets"][0]["amount"] == 62500


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2025-02-01&to=2025-01-01", "from"),
        ("from=2000-01-01&to=2025-01-01", "to"),
        ("from=01/02/2025", "from"),
        ("from=1735689600", "from"),
        ("to=9999-12-31", "to"),
        ("group_by=week", "group_by"),
        ("group_by=month,week", "group_by"),
        ("as_of=2199-01-01", "as_of"),
        ("as_of=2025-02-30", "as_of"),
        ("owner_id=nobody", "owner_id"),
        ("currency=usd", "currency"),
        ("stage=closed", "stage"),
        ("page=2", "page"),
    ],
)
def test_parameters_that_do_not_fit_are_named(finance: FlaskClient, rpc: Any, query: str, field: str) -> None:
    for ending in ("", ".csv", ".xlsx", ".pdf"):
        answer = finance.get(f"{BASE}/pipeline-forecast{ending}?{query}")
        named = [fault["field"].split(".")[0] for fault in problem(answer, 422)["errors"]]
        assert named == [field]
    assert not rpc.asked


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("bridge", "start=2025-02-01&end=2025-01-01", "start"),
        ("bridge", "end=2199-01-01", "end"),
        ("bridge", "measure=profit", "measure"),
        ("win-rate", "group_by=rep", "group_by"),
        ("trend", "months=0", "months"),
        ("trend", "months=121", "months"),
        ("stagnation", "idle_days=0", "idle_days"),
        ("stagnation", "cursor=§", "cursor"),
        ("receivables", "currency=XXX", "currency"),
        ("payment-time", "from=2025-02-01&to=2025-01-01", "from"),
    ],
)
def test_so_are_those_of_the_others(finance: FlaskClient, path: str, query: str, field: str) -> None:
    assert [fault["field"] for fault in problem(finance.get(f"{BASE}/{path}?{query}"), 422)["errors"]] == [field]


def test_what_a_service_refuses_is_named_as_it_was_asked(finance: FlaskClient, rpc: Any) -> None:
    rpc.answers["deals.funnel"] = Invalid("from_day is a day, as in 2025-02-10", field="from_day")
    problem(finance.get(f"{BASE}/funnel"), 422, "from")


def test_days_that_nobody_named(finance: FlaskClient, rpc: Any) -> None:
    today = p_today()
    finance.get(f"{BASE}/pipeline-forecast")
    begins, ends = p.quarter_of(today)
    asked = rpc.last("deals.forecast").arguments
    assert (asked["from_day"], asked["to_day"]) == (begins.isoformat(), ends.isoformat())
    finance.get(f"{BASE}/pipeline-forecast?from=2025-05-10")
    assert rpc.last("deals.forecast").arguments["to_day"] == "2025-06-30"
    finance.get(f"{BASE}/pipeline-forecast?to=2025-05-10")
    assert rpc.last("deals.forecast").arguments["from_day"] == "2025-04-01"
    finance.get(f"{BASE}/win-rate?to=2025-05-10")
    assert rpc.last("deals.win_rate").arguments["from_day"] == "2024-06-01"
    finance.get(f"{BASE}/bridge")
    asked = rpc.last("deals.forecast_bridge").arguments
    assert date.fromisoformat(asked["start"]) == today.replace(day=1) - timedelta(days=1)
    assert asked["end"] == today.isoformat()


def test_a_pdf_is_waited_for_and_sent(finance: FlaskClient, rpc: Any, runtime: Any) -> None:
    runtime.object_store.put(FILE["key"], b"%PDF-", "application/pdf")
    looks = iter([FILE | {"status": "waiting"}])
    rpc.answers["notifications.get_report"] = lambda **_: next(looks, FILE)
    answer = finance.get(f"{BASE}/pipeline-forecast.pdf?from=2025-01-01&to=2025-03-31&source=website")
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"%PDF-", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="forecast.pdf"')
    asked = rpc.last("notifications.order_report").arguments
    assert (asked["kind"], asked["format"]) == ("pipeline-forecast", "pdf")
    assert asked["params"] == {
        "from": "2025-01-01", "to": "2025-03-31", "source": "website", "group_by": ["month", "stage"],
    }  # fmt: skip
    assert finance.get(f"{BASE}/files/{ID}").data == b"%PDF-"


def test_a_pdf_that_takes_long_is_fetched_later(finance: FlaskClient, rpc: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.05)
    rpc.answers["notifications.get_report"] = FILE | {"status": "waiting", "key": None}
    answer = finance.get(f"{BASE}/velocity.pdf")
    assert (answer.status_code, answer.json["status"]) == (202, "waiting")
    later = finance.get(answer.json["url"].split("/", 3)[3].join(["/", ""]))
    assert (later.status_code, later.json["id"]) == (202, ID)


def test_a_pdf_that_could_not_be_made_says_so(finance: FlaskClient, rpc: Any) -> None:
    rpc.answers["notifications.get_report"] = FILE | {"status": "failed", "problem": "deals did not answer"}
    assert "deals did not answer" in problem(finance.get(f"{BASE}/velocity.pdf"), 409)["detail"]
    problem(finance.get(f"{BASE}/files/{ID}"), 409)


def test_files_are_listed_with_where_they_are(finance: FlaskClient) -> None:
    items = finance.get(f"{BASE}/files").json["items"]
    assert [each["status"] for each in items] == ["ready", "failed"]
    assert items[0]["url"].endswith(f"/api/v1/reports/files/{ID}") and "key" not in items[0]


def test_a_key_for_reports_opens_them_and_nothing_else(http: FlaskClient, bearer: Any, rpc: Any) -> None:
    rpc.answers |= ANSWERS | {"deals.list_deals": {"items": [], "next_cursor": None, "total": 0}}
    made = http.post("/api/v1/api-keys", json={"name": "BI", "scope": "read", "areas": ["reports"]}, headers=bearer())
    key = {"Authorization": f"Bearer {made.json['key']}"}
    assert http.get(f"{BASE}/reps", headers=key).status_code == 200
    assert http.get("/api/v1/targets", headers=key).status_code == 200
    assert http.get("/api/v1/deals", headers=key).status_code == 403


def test_nobody_reads_reports_without_a_session(http: FlaskClient) -> None:
    for path in REPORTS:
        problem(http.get(f"{BASE}/{path}"), 401)


def test_an_insight_that_is_still_thought_about_says_so(finance: FlaskClient, rpc: Any) -> None:
    rpc.answers["ai.report_insight"] = INSIGHT | {"status": "pending"}
    assert finance.get(f"{BASE}/pipeline-forecast").json["insight"]["status"] == "pending"


def p_today() -> date:
    from datetime import UTC, datetime

    from libs.common.clock import business_date

    return business_date(datetime.now(UTC), "America/New_York")
