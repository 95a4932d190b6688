"""Pages of reports, of deals and of invoices that are narrowed to a segment, or by fields of the company's own."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Invalid, NotFound, Unavailable
from services.gateway.web.reporting.catalogue import PAGES
from tests.gateway.integration.report_pages.test_pages import hrefs
from tests.gateway.page_answers import ANSWERS, ID

PART = {"HX-Request": "true"}
NOBODY = "0192f0c0-0000-7000-8000-00000000dead"


@pytest.mark.parametrize("name", PAGES)
def test_a_report_of_a_segment_keeps_it_wherever_it_leads(admin: FlaskClient, rpc: Any, name: str) -> None:
    page = PAGES[name]
    text = admin.get(f"/reports/{name}?segment_id={ID}").text
    asked = rpc.last(f"{page.report.service}.{page.report.method}").arguments
    assert asked["filters"] == {"segment_id": ID}
    assert re.search(rf'<option value="{ID}" selected>Big ', text) and '<option value="">All clients</option>' in text
    leading = [each for each in hrefs(text) if each.startswith(("/deals?", "/invoices?", "/api/v1/reports/"))]
    assert leading and [each for each in leading if f"segment_id={ID}" not in each] == []
    schedules = [each for each in hrefs(text) if each.startswith("/reports/schedules/new")]
    assert all(f"segment_id={ID}" in each for each in schedules) and schedules
    charts = re.findall(rf'hx-get="/reports/charts/{page.chart}[^"]*"', text)
    assert charts and all(f"segment_id={ID}" in each for each in charts)


def test_the_chip_of_a_segment_has_its_name(admin: FlaskClient, rpc: Any) -> None:
    part = admin.get(f"/reports/funnel?segment_id={ID}", headers=PART).text
    assert "Segment" in part and "Big " in part and 'href="/reports/funnel"' in part
    rpc.asked.clear()
    admin.get("/reports/funnel", headers=PART)
    assert "clients.list_segments" not in [each.method for each in rpc.asked]
    for path, method in (("/deals", "deals.list_deals"), ("/invoices", "billing.list_invoices")):
        text = admin.get(f"{path}?segment_id={ID}").text
        assert rpc.last(method).arguments["filters"] == {"segment_id": ID}
        assert "Segment" in text and "Big " in text and f'name="segment_id" value="{ID}"' in text


def test_a_segment_that_is_gone_is_said_where_the_report_would_stand(admin: FlaskClient, rpc: Any) -> None:
    gone = "there is no such segment, or it is not yours to see"
    rpc.answers |= {"deals.funnel": Invalid(gone, field="segment_id"), "clients.list_segments": {"items": []}}
    text = admin.get(f"/reports/funnel?segment_id={NOBODY}").text
    assert "There is no such segment, or it is not yours to see." in text
    assert f'<option value="{NOBODY}" selected>?' in text
    rpc.answers["clients.list_segments"] = Unavailable("clients did not answer")
    assert admin.get("/reports/funnel").status_code == 200


def test_a_schedule_keeps_its_segment(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    rpc.answers["notifications.create_schedule"] = {"id": ID}
    form = admin.get(f"/reports/schedules/new?kind=reps&segment_id={NOBODY}").text
    assert f'<option value="{NOBODY}" selected>?' in form and f'<option value="{ID}">Big ' in form
    typed = {"kind": "reps", "format": "pdf", "cadence": "daily", "hour": "7", "segment_id": ID}
    assert admin.post("/reports/schedules/new", data=typed | token).status_code == 303
    assert rpc.last("notifications.create_schedule").arguments["data"]["params"] == {"segment_id": ID}
    private = admin.post("/reports/schedules/new", data=typed | {"recipients": [NOBODY]} | token)
    assert private.status_code == 422 and 'id="error-recipients"' in private.text
    rpc.answers["clients.get_segment"] = ANSWERS["clients.get_segment"] | {"shared": True}
    assert admin.post("/reports/schedules/new", data=typed | {"recipients": [NOBODY]} | token).status_code == 303
    rpc.answers["clients.get_segment"] = NotFound("there is no such segment, or it is not yours to see")
    gone = admin.post("/reports/schedules/new", data=typed | token)
    assert gone.status_code == 422 and 'id="error-segment_id"' in gone.text


# -- fields of the company's own


def test_deals_are_filtered_by_fields_of_the_company(admin: FlaskClient, rpc: Any) -> None:
    offered = admin.get("/deals").text
    inputs = re.findall(r'id="filter-(custom[a-z_]*-[a-z_]+)"', offered)
    fields = {each["key"]: each for each in ANSWERS["deals.list_custom_fields"]["items"] if not each["archived"]}
    bounded = ("custom_from", "custom_to")
    asked = {"text": ("custom_contains",), "number": bounded, "money": bounded, "date": bounded}
    assert inputs == [f"{each}-{key}" for key in fields for each in asked.get(fields[key]["kind"], ("custom",))]
    choice = next(each for each in fields.values() if each["kind"] == "choice")
    money = next(each for each in fields.values() if each["kind"] == "money")
    query = urlencode({f"custom-{choice['key']}": choice["options"][0], f"custom-{money['key']}": "5,000.50 EUR"})
    shown = admin.get(f"/deals?{query}")
    told = {choice["key"]: choice["options"][0], money["key"]: {"amount_minor": 500_050, "currency": "EUR"}}
    assert rpc.last("deals.list_deals").arguments["filters"] == {"custom": told}
    assert html.escape(choice["label"]) in shown.text and f"custom-{choice['key']}=" in shown.text
    files = [each for each in hrefs(shown.text) if each.startswith("/api/v1/deals/export.csv?")]
    assert len(files) == 1 and "custom-" not in files[0]
    exact = {choice["key"]: choice["options"][0], money["key"]: {"amount": 5000.5, "currency": "EUR"}}
    assert json.loads(dict(parse_qsl(files[0].partition("?")[2]))["custom"]) == exact
    assert admin.get(f"/deals?custom-{money['key']}=much").status_code == 422
    # The form has no input for the very amount any more, and an address with one keeps it.
    assert f'<input type="hidden" name="custom-{money["key"]}" value="5,000.50 EUR">' in shown.text


def test_deals_are_filtered_by_bounds_and_parts_of_texts(admin: FlaskClient, rpc: Any) -> None:
    typed = {
        "custom_from-our_number": "1,000.5", "custom_to-our_number": "2000", "custom_from-our_date": "2025-02-10",
        "custom_to-our_money": "5,000.50 EUR", "custom_contains-our_text": "<Pilot>", "custom_to-our_date": "",
    }  # fmt: skip
    shown = admin.get(f"/deals?{urlencode(typed)}").text
    asked = {
        "custom_from": {"our_number": "1000.5", "our_date": "2025-02-10"},
        "custom_to": {"our_number": "2000", "our_money": {"amount_minor": 500_050, "currency": "EUR"}},
        "custom_contains": {"our_text": "<Pilot>"},
    }
    assert rpc.last("deals.list_deals").arguments["filters"] == asked
    assert rpc.last("deals.totals").arguments["filters"] == asked
    # Names that turn their direction round are kept apart from what stands beside them.
    chips = [
        re.sub("[\u2068\u2069]", "", html.unescape(each)).strip() for each in re.findall(r'class="chip">(.*?)<a', shown)
    ]
    labels = {each["key"]: each["label"] for each in ANSWERS["deals.list_custom_fields"]["items"]}
    assert chips == [
        f"{labels['our_text']} contains: <Pilot>", f"{labels['our_number']} from: 1,000.5",
        f"{labels['our_number']} until: 2000", f"{labels['our_money']} until: 5,000.50 EUR",
        f"{labels['our_date']} from: Feb 10, 2025",
    ]  # fmt: skip
    for name, value in typed.items():
        assert re.search(rf'id="filter-{name}" name="{name}" value="{re.escape(html.escape(value))}"', shown), name
    (file,) = [each for each in hrefs(shown) if each.startswith("/api/v1/deals/export.csv?")]
    given = {name: json.loads(value) for name, value in parse_qsl(file.partition("?")[2])}
    assert given == {
        "custom_from": {"our_number": 1000.5, "our_date": "2025-02-10"},
        "custom_to": {"our_number": 2000, "our_money": {"amount": 5000.5, "currency": "EUR"}},
        "custom_contains": {"our_text": "<Pilot>"},
    }
    for wrong in ("custom_from-our_number=many", "custom_to-our_money=x", f"custom_contains-our_text={'a' * 201}"):
        assert admin.get(f"/deals?{wrong}").status_code == 422, wrong
    rpc.answers["deals.list_deals"] = Invalid("the lower bound is above the upper one", field="custom_from.our_number")
    refused = admin.get("/deals?custom_from-our_number=2&custom_to-our_number=1").text
    assert "The lower bound is above the upper one." in refused and 'name="custom_from-our_number" value="2"' in refused


@pytest.mark.parametrize("path", ["/deals", "/deals/board", "/deals/totals", "/deals/export.csv"])
def test_custom_fields_filter_over_the_api(http: FlaskClient, bearer: Any, rpc: Any, path: str) -> None:
    rpc.answers |= ANSWERS | {"deals.export_deals": {"items": [], "next_cursor": None}}
    boss, values = bearer("admin"), {"region": "EU", "seats": 12.5, "price": {"amount": 5}, "sure": True, "due": None}
    answer = http.get(f"/api/v1{path}?{urlencode({'custom': json.dumps(values)})}", headers=boss)
    assert answer.status_code == 200 and answer.data is not None
    asked = [each for each in rpc.asked if each.method.startswith("deals.") and "filters" in each.arguments][-1]
    price = {"amount_minor": 500, "currency": "USD"}
    assert asked.arguments["filters"]["custom"] == values | {"seats": "12.5", "price": price}
    for wrong in ("{", "[]", "5", '{"a": NaN}', '{"price": {"amount": "5"}}', '{"price": {"amount": 5.001}}'):
        refused = http.get(f"/api/v1{path}?{urlencode({'custom': wrong})}", headers=boss)
        assert refused.status_code == 422 and refused.json["errors"][0]["field"].startswith("custom"), wrong


@pytest.mark.parametrize("path", ["/deals", "/deals/board", "/deals/totals", "/deals/export.xlsx"])
def test_bounds_and_parts_filter_over_the_api(http: FlaskClient, bearer: Any, rpc: Any, path: str) -> None:
    rpc.answers |= ANSWERS | {"deals.export_deals": {"items": [], "next_cursor": None}}
    boss, bounds = bearer("admin"), {"seats": 12.5, "due": "2025-02-10", "price": {"amount": 5, "currency": "JPY"}}
    values = {"custom_from": bounds, "custom_to": {"price": {"amount": 5.25}}, "custom_contains": {"note": " a_b% "}}
    query = urlencode({name: json.dumps(value) for name, value in values.items()})
    answer = http.get(f"/api/v1{path}?{query}", headers=boss)
    assert answer.status_code == 200 and answer.data is not None
    asked = [each for each in rpc.asked if each.method.startswith("deals.") and "filters" in each.arguments][-1]
    assert asked.arguments["filters"] == {
        "custom_from": bounds | {"seats": "12.5", "price": {"amount_minor": 5, "currency": "JPY"}},
        "custom_to": {"price": {"amount_minor": 525, "currency": "USD"}},
        "custom_contains": {"note": "a_b%"},
    }
    refusals = dict.fromkeys(values, ("{", "[]", "5", '{"a": NaN}', '{"a": {"amount": "5"}}'))
    refusals["custom_from"] += ('{"price": {"amount": 5.001}}',)
    refusals["custom_contains"] += ('{"a": 5}', '{"a": ""}', '{"a": null}', json.dumps({"a": "b" * 201}))
    for name, wrong in [(name, each) for name, many in refusals.items() for each in many]:
        refused = http.get(f"/api/v1{path}?{urlencode({name: wrong})}", headers=boss)
        assert refused.status_code == 422, (name, wrong)
        assert refused.json["errors"][0]["field"].startswith(name), (name, wrong)
