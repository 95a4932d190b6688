"""The pages of reports: what they ask for, where their figures lead, and what is done from them."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Unavailable
from services.gateway.web.reporting import periods
from services.gateway.web.reporting.catalogue import PAGES
from tests.gateway.integration.test_reports import p_today
from tests.gateway.page_answers import ANSWERS, HOSTILE, ID
from tests.gateway.report_answers import FILE, INSIGHT

PART = {"HX-Request": "true"}
NOBODY = "0192f0c0-0000-7000-8000-00000000dead"
Q1 = "from=2025-01-01&to=2025-03-31"


def hrefs(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]+)"', text)]


# -- the forecast


def test_the_forecast_is_asked_as_its_page_says(admin: FlaskClient, rpc: Any) -> None:
    admin.get(f"/reports/forecast?period=custom&{Q1}&group_by=month&owner_id=none&source=website&tag=&currency=")
    assert rpc.last("deals.forecast").arguments == {
        "from_day": "2025-01-01", "to_day": "2025-03-31", "group_by": ["month"],
        "filters": {"owner_id": "none", "source": "website"},
    }  # fmt: skip
    admin.get(f"/reports/forecast?period=next_month&{Q1}")
    first, last = periods.days("next_month", p_today())
    asked = rpc.last("deals.forecast").arguments
    assert (asked["from_day"], asked["to_day"]) == (first.isoformat(), last.isoformat())


def test_every_figure_that_is_a_list_leads_to_it(admin: FlaskClient) -> None:
    found = hrefs(admin.get(f"/reports/forecast?{Q1}&source=website").text)
    row = "/deals?source=website&stage=proposal&closes_from=2025-01-01&closes_to=2025-01-31"
    month = "/deals?source=website&closes_from=2025-02-01&closes_to=2025-02-28"
    stage = "/deals?source=website&stage=won&closes_from=2025-01-01&closes_to=2025-03-31"
    assert {row, month, stage, "/deals?source=website&undated=true"} <= set(found)
    cut = hrefs(admin.get("/reports/forecast?from=2025-01-10&to=2025-03-20").text)
    assert "/deals?stage=lead&closes_from=2025-01-10&closes_to=2025-01-31" in cut
    assert "/deals?stage=lead&closes_from=2025-03-01&closes_to=2025-03-20" in cut


def test_of_a_day_that_is_past_no_list_shows_the_same(admin: FlaskClient, rpc: Any) -> None:
    yesterday = (p_today() - timedelta(days=1)).isoformat()
    shown = admin.get(f"/reports/forecast?{Q1}&as_of={yesterday}").text
    assert not [each for each in hrefs(shown) if each.startswith("/deals?closes") or "stage=" in each]
    assert "as it was at the end of" in shown and rpc.last("deals.forecast").arguments["as_of"] == yesterday
    now = admin.get(f"/reports/forecast?{Q1}&as_of={p_today().isoformat()}").text
    assert "as it stands now" in now and "as_of" not in rpc.last("deals.forecast").arguments


def test_the_slider_and_the_form_get_the_figures_alone(admin: FlaskClient) -> None:
    part = admin.get(f"/reports/forecast?{Q1}", headers=PART).text
    assert "<html" not in part and "$90,000" in part
    assert len(re.findall('hx-get="/reports/charts/', part)) == 4
    for chart in ("forecast_by_month", "forecast_by_stage", "trend", "win_rate"):
        assert f'hx-get="/reports/charts/{chart}' in part
    assert 'id="as-of-slider"' not in part


def test_a_day_that_has_not_come_is_refused_in_words(admin: FlaskClient) -> None:
    answer = admin.get("/reports/forecast?as_of=2199-01-01", headers=PART)
    assert answer.status_code == 422 and "has not come yet" in answer.headers["HX-Trigger"]
    turned = admin.get("/reports/forecast?period=custom&from=2025-02-01&to=2025-01-01")
    assert turned.status_code == 422 and "From is after to" in turned.text


def test_files_are_of_what_the_page_shows(admin: FlaskClient) -> None:
    found = hrefs(admin.get(f"/reports/forecast?{Q1}&group_by=stage&tag=vip").text)
    wanted = f"/api/v1/reports/pipeline-forecast.csv?{Q1}&tag=vip&group_by=stage"
    assert wanted in found and wanted.replace(".csv", ".xlsx") in found
    assert f"/reports/schedules/new?kind=pipeline-forecast&{Q1}&tag=vip&group_by=stage" in found
    assert admin.get(wanted).status_code == 200


# -- what AI says


def test_an_insight_names_who_wrote_it_and_marks_the_risk(admin: FlaskClient) -> None:
    shown = admin.get(f"/reports/forecast/insight?{Q1}").text
    assert "By built-in" in shown and '<p class="risk">' in shown and "hx-get" not in shown


def test_a_page_waits_for_gemini_and_not_for_ever(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers["ai.report_insight"] = INSIGHT | {"status": "pending"}
    first = html.unescape(admin.get(f"/reports/forecast/insight?{Q1}").text)
    again = re.findall('hx-get="([^"]+)"', first)[0]
    assert f"spoken={ID}" in again and "tries=1" in again and "trending 15 % above" in first
    rpc.answers["ai.get_insight"] = INSIGHT | {"provider": "gemini", "because": None}
    done = admin.get(again).text
    assert "By Gemini" in done and "hx-get" not in done
    rpc.answers["ai.get_insight"] = INSIGHT | {"status": "pending"}
    assert "hx-get" not in admin.get(again.replace("tries=1", "tries=20")).text


def test_without_ai_the_page_says_so_and_stands(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers["ai.report_insight"] = Unavailable("ai did not answer in time")
    shown = admin.get("/reports/forecast/insight")
    assert shown.status_code == 200 and "Nothing can be said of the figures right now" in shown.text


# -- the others


@pytest.mark.parametrize("name", PAGES)
def test_a_report_within_another_page_has_no_frame(admin: FlaskClient, name: str) -> None:
    if name != "forecast":
        part = admin.get(f"/reports/{name}?part=within", headers=PART)
        assert part.status_code == 200 and "<html" not in part.text and "<h1" not in part.text


def test_a_bridge_names_the_deals_of_its_parts(admin: FlaskClient) -> None:
    shown = admin.get("/reports/bridge").text
    came_in = shown.split("Came in")[1].split("</tr>")[0]
    assert 'href="/deals/01920000-0000-7000-8000-0000000000d1"' in came_in and "$410,000" in came_in
    assert "At the start" in shown and "At the end" in shown


def test_figures_of_the_others_lead_to_lists_too(admin: FlaskClient) -> None:
    days = "from=2024-05-10&to=2025-03-31"
    rates = hrefs(admin.get(f"/reports/win-rate?period=custom&{days}").text)
    assert "/deals?stage=won&closed_from=2024-05-10&closed_to=2024-05-31" in rates
    reps = hrefs(admin.get(f"/reports/reps?period=custom&{days}").text)
    assert "/deals?stage=open&owner_id=none" in reps and not [each for each in reps if "created_from" in each]
    owed = hrefs(admin.get("/reports/receivables").text)
    client = "01920000-0000-7000-8000-0000000000c1"
    assert f"/invoices?client_id={client}&currency=USD&status=open" in owed and f"/clients/{client}" in owed
    assert "/invoices?currency=USD&overdue=true" in owed
    paid = hrefs(admin.get(f"/reports/payment-time?period=custom&{days}&currency=USD").text)
    assert "/invoices?currency=USD&status=paid&paid_from=2024-05-10&paid_to=2024-05-31" in paid
    still = hrefs(admin.get("/reports/stagnation?idle_days=5").text)
    assert "/deals?stagnant=true&stage=proposal&idle_days=5" in still


def test_a_chart_that_cannot_be_drawn_leaves_the_table(admin: FlaskClient, rpc: Any) -> None:
    assert '<div class="drawing" role="img"' in admin.get("/reports/charts/trend").text
    rpc.answers["notifications.draw_chart"] = Unavailable("the worker did not draw in time")
    missing = admin.get("/reports/charts/trend")
    assert missing.status_code == 200 and "The table below says the same" in missing.text
    assert admin.get("/reports/charts/nothing").status_code == 404
    assert admin.get("/reports/charts/trend?months=0", headers=PART).status_code == 422


def test_a_chart_is_drawn_narrow_where_a_page_has_little_room(admin: FlaskClient, rpc: Any) -> None:
    admin.get("/reports/charts/trend")
    assert rpc.last("notifications.draw_chart").arguments["narrow"] is False
    rpc.answers["notifications.draw_chart"] = ANSWERS["notifications.draw_chart"] | {"width": 360}
    assert '<div class="drawing is-narrow" role="img"' in admin.get("/reports/charts/trend?narrow=1").text
    assert rpc.last("notifications.draw_chart").arguments["narrow"] is True
    assert admin.get("/reports/charts/trend?narrow=yes").status_code == 200
    assert rpc.last("notifications.draw_chart").arguments["narrow"] is False


@pytest.mark.parametrize("name", PAGES)
def test_no_address_ends_in_a_question_mark(admin: FlaskClient, name: str) -> None:
    text = html.unescape(admin.get(f"/reports/{name}").text)
    found = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', text)
    assert found and not [each for each in found if each.endswith(("?", "&"))]


def test_a_column_that_no_row_has_a_value_for_is_not_shown(admin: FlaskClient, rpc: Any) -> None:
    assert ">Model<" in admin.get(f"/reports/forecast?{Q1}").text
    forecast = ANSWERS["deals.forecast"]
    rows = [row | {"model_probability": None} for row in forecast["rows"]]
    rpc.answers["deals.forecast"] = forecast | {"rows": rows}
    without = admin.get(f"/reports/forecast?{Q1}").text
    assert ">Model<" not in without and ">Win rate<" in without


def test_there_is_no_report_of_another_name(admin: FlaskClient) -> None:
    assert admin.get("/reports/profit").status_code == 404
    assert admin.get("/reports/profit/headline").status_code == 404


# -- files


def test_a_pdf_is_ordered_and_followed(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    waiting = FILE | {"status": "waiting"}
    rpc.answers["notifications.get_report"] = waiting
    part = admin.post(f"/reports/forecast/pdf?{Q1}", data=token, headers=PART).text
    assert f'hx-get="/reports/files/{ID}?tries=1"' in part
    assert rpc.last("notifications.order_report").arguments["params"]["from"] == "2025-01-01"
    plain = admin.post(f"/reports/forecast/pdf?{Q1}", data=token)
    assert (plain.status_code, plain.headers["Location"]) == (303, f"/reports/files/{ID}")
    assert '<meta http-equiv="refresh"' in admin.get(f"/reports/files/{ID}").text
    rpc.answers["notifications.get_report"] = FILE
    ready = admin.get(f"/reports/files/{ID}?tries=3", headers=PART).text
    assert f'href="/api/v1/reports/files/{ID}"' in ready and "data-fetch" in ready
    rpc.answers["notifications.get_report"] = FILE | {"status": "failed", "problem": HOSTILE}
    assert "could not be made" in admin.get(f"/reports/files/{ID}", headers=PART).text
    rpc.answers["notifications.get_report"] = waiting
    assert "hx-get" not in admin.get(f"/reports/files/{ID}?tries=120", headers=PART).text
    assert admin.post(f"/reports/bridge/pdf?{Q1}&start=2025-01-01&end=2025-01-31", data=token).status_code == 303
    asked = rpc.last("notifications.order_report").arguments
    assert (asked["kind"], asked["params"]["start"]) == ("forecast-bridge", "2025-01-01")


# -- targets


def test_only_what_was_changed_is_set(admin: FlaskClient, rpc: Any, runtime: Any, token: dict[str, str]) -> None:
    with runtime.database.read() as session:
        from services.gateway.models import users

        me = str(session.execute(users.select()).one().id)
    rpc.answers["deals.set_targets"] = {"items": []}
    shown = admin.get("/settings/targets?year=2026").text
    assert 'name="target.company.2026-11" value="200000"' in shown
    typed = {
        "target.company.2026-11": "210,000", "was.target.company.2026-11": "200000",
        "target.company.2026-12": "", "was.target.company.2026-12": "",
        f"target.{me}.2026-11": "", f"was.target.{me}.2026-11": "50000.5",
    }  # fmt: skip
    assert admin.post("/settings/targets?year=2026", data=typed | token).status_code == 303
    assert rpc.last("deals.set_targets").arguments == {
        "targets": [
            {"month": "2026-11", "owner_id": None, "amount_minor": 21000000},
            {"month": "2026-11", "owner_id": me, "amount_minor": None},
        ]
    }
    wrong = admin.post("/settings/targets?year=2026", data=typed | {"target.company.2026-11": "a lot"} | token)
    assert (
        wrong.status_code == 422 and 'id="error-target.company.2026-11"' in wrong.text and 'value="a lot"' in wrong.text
    )
    cents = admin.post("/settings/targets?year=2026", data=typed | {"target.company.2026-11": "1.005"} | token)
    assert cents.status_code == 422 and 'id="error-target.company.2026-11"' in cents.text
    assert admin.get("/settings/targets?year=26").status_code == 422


def test_targets_over_the_api(http: FlaskClient, bearer: Any, rpc: Any) -> None:
    rpc.answers |= ANSWERS | {"deals.set_targets": {"items": []}}
    boss = bearer("admin")
    listed = http.get("/api/v1/targets?from_month=2026-11&to_month=2026-12", headers=boss).json["items"]
    assert [each["amount"] for each in listed] == [200000, 50000.5]
    set_ = {"targets": [{"month": "2026-11", "owner_id": None, "amount": 1}]}
    assert http.put("/api/v1/targets", json=set_, headers=boss).status_code == 200
    assert http.put("/api/v1/targets", json=set_, headers=bearer("sales")).status_code == 403
    for wrong, field in (
        ({"month": "2026-13"}, "targets.0.month"),
        ({"amount": 1.005}, "targets.0.amount"),
        ({"amount": -1}, "targets.0.amount"),
        ({"owner_id": ID}, "targets.0.owner_id"),
    ):
        answer = http.put("/api/v1/targets", json={"targets": [set_["targets"][0] | wrong]}, headers=boss)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    turned = http.get("/api/v1/targets?from_month=2026-12&to_month=2026-01", headers=boss)
    assert (turned.status_code, turned.json["errors"][0]["field"]) == (422, "from_month")


# -- lists that figures lead to


def test_lists_take_the_filters_that_reports_lead_with(admin: FlaskClient, rpc: Any) -> None:
    shown = admin.get("/deals?stagnant=true&idle_days=14&closes_from=2025-01-01&currency=USD").text
    assert rpc.last("deals.list_deals").arguments["filters"] == {
        "stagnant": True, "idle_days": 14, "closes_from": "2025-01-01", "currency": "USD",
    }  # fmt: skip
    assert "Standing still" in shown and 'name="closes_from" value="2025-01-01"' in shown
    admin.get("/clients?unanswered=true")
    assert rpc.last("clients.list_clients").arguments["filters"] == {"unanswered": True}
    admin.get(f"/tasks?type=meeting&due_from=2025-01-01&due_to=2025-01-01&person_id={ID}")
    assert rpc.last("clients.list_tasks").arguments["filters"] == {
        "type": "meeting", "due_from": "2025-01-01", "due_to": "2025-01-01", "person_id": ID,
    }  # fmt: skip
    admin.get(f"/tasks?assignee_id={ID}&done=false&due_to=2025-01-01")
    assert rpc.last("clients.list_tasks").arguments["filters"] == {
        "assignee_id": ID, "done": False, "due_to": "2025-01-01",
    }  # fmt: skip
    admin.get("/invoices?status=paid&paid_from=2025-01-01&currency=USD")
    assert rpc.last("billing.list_invoices").arguments["filters"]["paid_from"] == "2025-01-01"


def test_deals_with_their_history(http: FlaskClient, bearer: Any, rpc: Any) -> None:
    rpc.answers |= ANSWERS | {"deals.create_deal": lambda data: {"id": ID, **data}, "deals.move_stage": {"id": ID}}
    boss = bearer("admin")
    deal = {"deal_name": "D", "client_id": ID, "stage": "won", "actual_close_date": "2025-02-10"}
    http.post("/api/v1/deals", json=deal | {"created_on": "2025-01-02"}, headers=boss)
    data = rpc.last("deals.create_deal").arguments["data"]
    assert (data["actual_close_date"], data["created_on"]) == ("2025-02-10", "2025-01-02")
    http.post(f"/api/v1/deals/{ID}/stage", json={"stage": "won", "actual_close_date": "2025-02-10"}, headers=boss)
    assert rpc.last("deals.move_stage").arguments["actual_close_date"] == "2025-02-10"
