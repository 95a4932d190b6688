"""The pages of finding clients: chips, the form that builds filters, segments, hits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Invalid
from tests.gateway.conftest import PASSWORD
from tests.gateway.integration.test_pages import token_of
from tests.gateway.page_answers import ANSWERS, CLIENT, HIT, ID, SEGMENT, page

LARGE = {"field": "deal_value", "op": "gt", "value": 50000}
FOOD = {"field": "industry", "op": "any_of", "value": ["Food", "Retail"]}
RECENT = {"field": "last_activity_at", "op": "last_days", "value": 30}
ROW = {"g0.r0.field": "industry", "g0.r0.op": "is", "g0.r0.value": "Food"}


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str]) -> FlaskClient:
    new_user("admin")
    http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD})
    return http


@pytest.fixture(autouse=True)
def answers(rpc: Any) -> None:
    rpc.answers |= ANSWERS


def chips(text: str) -> dict[str, str]:
    """What each chip says, and the address without it."""
    found = re.findall(r'<span class="chip">([^<]*)<a href="([^"]*)"', text)
    return {said.strip(): address.replace("&amp;", "&") for said, address in found}


def where_of(address: str) -> Any:
    query = dict(parse_qsl(urlsplit(address).query))
    return json.loads(query["where"]) if "where" in query else None


def shown(admin: Any, where: Any, **more: str) -> str:
    answer = admin.get("/clients?" + urlencode({"where": json.dumps(where)} | more))
    assert answer.status_code == 200
    return str(answer.text)


def test_each_condition_is_a_chip_that_can_be_taken_away(admin: Any, rpc: Any) -> None:
    found = chips(shown(admin, {"all": [LARGE, {"any": [FOOD, RECENT]}]}, status="active"))
    assert list(found) == [
        "Status: Active",
        "Value of a deal: more than $50,000",
        "Either: Industry is any of Food, Retail or Last activity in the last 30 days",
    ]
    addresses = list(found.values())
    assert where_of(addresses[0]) == {"all": [LARGE, {"any": [FOOD, RECENT]}]}
    assert where_of(addresses[1]) == {"all": [{"any": [FOOD, RECENT]}]}
    assert where_of(addresses[2]) == {"all": [LARGE]} and "status=active" in addresses[2]
    assert where_of(next(iter(chips(shown(admin, LARGE)).values()))) is None
    assert rpc.last("clients.list_clients").arguments["filters"]["where"] == LARGE | {"value": 5_000_000}


def test_hits_are_marked_and_a_guess_is_said(admin: Any) -> None:
    text = admin.get("/clients?q=chatbto").text
    assert "Nothing has “chatbto”. These have words that are nearly those." in text
    assert re.search(r'<span class="soft">Notes:</span> before <mark>&lt;script&gt;', text)
    assert re.search(r'<a class="clip" href="/clients/[^"]*">before <mark>', text)
    assert re.search(r'name="query" value="q=chatbto&amp;fuzzy=true"', text)


def test_a_hit_in_an_own_field_is_called_by_the_field_s_name(admin: Any, rpc: Any) -> None:
    owners = ("client", "contact", "deal")
    own = [HIT | {"field": "custom", "own": {"of": each, "key": "region", "label": "Reg%ion<"}} for each in owners]
    found = {"items": [CLIENT | {"hits": own}], "next_cursor": None, "total": 1, "fuzzy": False}
    rpc.answers["clients.list_clients"] = found
    said = re.findall(r'<span class="soft">([^<]+):</span> before <mark>', admin.get("/clients?q=x").text)
    assert said == ["Reg%ion&lt;", "Reg%ion&lt; of a contact", "Reg%ion&lt; of a deal"]


def test_every_column_can_be_shown_and_most_sort(admin: Any, runtime: Any, rpc: Any) -> None:
    offered = admin.get("/clients").text.split('value="clients.columns"')[1].split("</form>")[0]
    columns = re.findall(r'type="checkbox"[^>]* value="(\w+)"', offered)
    chosen = {"name": "clients.columns", "value": columns, "csrf_token": token_of(admin, runtime)}
    assert admin.post("/choices", data=chosen).status_code == 303 and {"state", "country", "changed"} <= {*columns}
    text = admin.get("/clients?sort=-owner").text
    sorts = set(re.findall(r'<th scope="col"[^>]*><a href="[^"]*sort=(\w+)"', text))
    named = "company_name status industry lifetime_value deal_value open_deals city state country source"
    assert sorts == {*named.split(), "last_activity_at", "created_at", "updated_at"}
    assert re.search(r'aria-sort="descending"><a[^>]*>Owner', text)
    assert "$75,000.50</td>" in text and "1,234</td>" in text
    assert len(rpc.last("clients.list_clients").arguments["owners"]) == 1


def test_the_form_begins_with_what_is_on(admin: Any) -> None:
    text = admin.get("/clients/filter?" + urlencode({"where": json.dumps({"all": [LARGE, FOOD]}), "q": "shop"})).text
    assert re.search(r'<option value="deal_value" selected>', text) and 'name="g0.r1.field"' in text
    assert 'value="50000"' in text and 'value="Food, Retail"' in text and 'name="rest" value="q=shop"' in text
    for name in ("custom.our_text", "contact.custom.our_text", "deal.custom.our_text"):
        assert f'value="{name}"' in text
    for odd in ("x", "[]", "[1]", '{"all": [5]}', '{"all": [{"any": [{"all": []}]}]}'):
        assert admin.get("/clients/filter?" + urlencode({"where": odd})).status_code == 200


@pytest.mark.parametrize(
    ("do", "rows"),
    [
        ("", ["g0.r0"]),
        ("add:0", ["g0.r0", "g0.r1"]),
        ("group", ["g0.r0", "g1.r0"]),
        ("remove:0:0", ["g0.r0"]),
        ("add:9", ["g0.r0"]),
        ("remove:x", ["g0.r0"]),
        ("what", ["g0.r0"]),
    ],
)
def test_rows_and_groups_are_added_and_taken_away(admin: Any, do: str, rows: list[str]) -> None:
    text = admin.get("/clients/filter?" + urlencode(ROW | {"rest": "q=shop", "do": do})).text
    assert re.findall(r'<select class="form-select" name="(g\d\.r\d)\.field"', text) == rows


def test_what_is_applied_leads_to_the_list(admin: Any, rpc: Any) -> None:
    sent = ROW | {
        "rest": "q=shop&segment=&city=Ulm", "do": "apply", "join": "any", "g0.join": "any",
        "g0.r1.field": "deal_value", "g0.r1.op": "between", "g0.r1.value": "$1,000.50", "g0.r1.other": "2000",
        "g1.r0.field": "custom.our_money", "g1.r0.op": "gte", "g1.r0.value": "500 EUR",
        "g1.r1.field": "tag", "g1.r1.op": "none_of", "g1.r1.value": "vip, new,",
        "g1.r2.field": "phone", "g1.r2.op": "empty",
    }  # fmt: skip
    answer = admin.get("/clients/filter?" + urlencode(sent))
    assert answer.status_code == 303
    assert where_of(answer.headers["Location"]) == {
        "any": [
            {"field": "industry", "op": "is", "value": "Food"},
            {"field": "deal_value", "op": "between", "value": [1000.5, 2000]},
            {"all": [
                {"field": "custom.our_money", "op": "gte", "value": {"amount": 500, "currency": "EUR"}},
                {"field": "tag", "op": "none_of", "value": ["vip", "new"]},
                {"field": "phone", "op": "empty"},
            ]},
        ]
    }  # fmt: skip
    assert "q=shop" in answer.headers["Location"] and "city=Ulm" in answer.headers["Location"]
    assert rpc.last("clients.list_clients").arguments["limit"] == 1
    nothing = ROW | {"g0.r0.value": "", "do": "apply", "rest": "q=shop"}
    assert admin.get("/clients/filter?" + urlencode(nothing)).headers["Location"] == "/clients?q=shop"


def test_what_does_not_fit_is_said_in_the_form(admin: Any, rpc: Any) -> None:
    for field, op, value in (("deal_value", "gt", "much"), ("created_at", "last_days", "many")):
        sent = {"g0.r0.field": field, "g0.r0.op": op, "g0.r0.value": value, "rest": "", "do": "apply"}
        answer = admin.get("/clients/filter?" + urlencode(sent))
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text and value in answer.text
    rpc.answers["clients.list_clients"] = Invalid("where.value is a date, as in 2025-02-10", field="where.value")
    sent = {"g0.r0.field": "created_at", "g0.r0.op": "is", "g0.r0.value": "soon", "rest": "", "do": "apply"}
    assert admin.get("/clients/filter?" + urlencode(sent)).status_code == 422


@pytest.mark.parametrize(
    ("place", "label"),
    [
        ("where.any[0].all[1].value", "City"),
        ("where.any[0].all[0].field", "Industry"),
        ("where.any[1].value[1]", "Created"),
        ("where.any[10].value", ""),
        ("where", ""),
    ],
)
def test_what_the_service_refuses_is_said_at_its_row(admin: Any, rpc: Any, place: str, label: str) -> None:
    rpc.answers["clients.list_clients"] = Invalid(f"{place} is a number", field=place)
    first = ROW | {"g0.r2.field": "city", "g0.r2.op": "is", "g0.r2.value": "Ulm"}
    other = {"g2.r0.field": "created_at", "g2.r0.op": "between", "g2.r0.value": "x", "g2.r0.other": "y"}
    answer = admin.get("/clients/filter?" + urlencode(first | other | {"join": "any", "rest": "", "do": "apply"}))
    said = re.search(r'role="alert">([^<]*)<', answer.text)
    assert said and said[1] == (f"{label}: Write a number." if label else f"{place}: Write a number.")
    assert answer.text.count('aria-invalid="true"') == (1 if label else 0)


class Inputs(HTMLParser):
    """What a browser sends of a page's form that builds filters."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.choosing = ""
        self.feed(page.split('<form class="card builder"')[1].split("</form>", maxsplit=1)[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.sent.append((found["name"], found["value"]))
        if tag == "select" and "disabled" not in found:
            self.choosing = found["name"]
        if tag == "option" and self.choosing and "selected" in found:
            self.sent.append((self.choosing, found["value"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.choosing = ""


IS_FOOD = {"field": "industry", "op": "is", "value": "Food"}
DEEP = {"any": [{"field": "city", "op": "is", "value": "München"}, {"all": [IS_FOOD, RECENT]}]}


@pytest.mark.parametrize(
    "where",
    [
        {"all": [IS_FOOD, DEEP]},
        {"all": [{"field": "custom.our_money", "op": "not_empty"}, {"any": [LARGE, RECENT]}]},
        {"field": "custom.our_choice", "op": "any_of", "value": ["Gold"]},
        {"field": "status", "op": "none_of", "value": ["active", "churned"]},
        {"any": [{"field": "custom.gone", "op": "is", "value": 'a "quoted" <one>'}, FOOD]},
        {"any": [{"field": "city", "op": "is", "value": f"c{n}"} for n in range(50)]},
    ],
)
def test_a_filter_that_is_opened_and_applied_is_what_it_was(admin: Any, where: Any) -> None:
    text = admin.get("/clients/filter?" + urlencode({"where": json.dumps(where)})).text
    answer = admin.get("/clients/filter?" + urlencode([*Inputs(text).sent, ("do", "apply")]))
    assert answer.status_code == 303
    assert where_of(answer.headers["Location"]) == where


def test_what_the_form_cannot_show_is_said_and_can_be_removed(admin: Any) -> None:
    text = admin.get("/clients/filter?" + urlencode({"where": json.dumps({"all": [IS_FOOD, DEEP]})})).text
    assert "What this form cannot show is kept as it is." in text
    assert re.search(r'<p class="kept">Industry is Food and Last activity in the last 30 days</p>', text)
    sent = Inputs(text).sent
    assert 'class="kept"' not in admin.get("/clients/filter?" + urlencode([*sent, ("do", "remove:1:1")])).text


def test_a_condition_without_a_value_is_refused_beside_its_row(admin: Any) -> None:
    sent = ROW | {"g0.r1.field": "city", "g0.r1.op": "is", "g0.r1.value": " ", "rest": "", "do": "apply"}
    answer = admin.get("/clients/filter?" + urlencode(sent))
    assert answer.status_code == 422
    said = re.search(r'<p class="field-error" id="([^"]*)" role="alert">([^<]*)</p>', answer.text)
    assert said and said[2] == "City: Type a value, or remove this condition."
    assert f'aria-describedby="{said[1]}"' in answer.text.split('name="g0.r1.value"')[1].split(">")[0]


def test_amounts_are_said_with_their_currency(admin: Any) -> None:
    more = {"field": "custom.our_money", "op": "gt", "value": {"amount": 700}}
    assert next(iter(chips(shown(admin, more)))).endswith(": more than $700")
    text = admin.get("/clients/filter?" + urlencode({"where": json.dumps({"all": [LARGE, more]})})).text
    assert 'aria-label="Value in USD"' in text and 'placeholder="50000 USD"' in text and 'value="700 USD"' in text
    sent = {"g0.r0.field": "deal_value", "g0.r0.op": "gt", "g0.r0.value": "5 EUR", "rest": "", "do": "apply"}
    assert "Amounts here are in USD." in admin.get("/clients/filter?" + urlencode(sent)).text


def test_segments_are_tabs_with_counts(admin: Any, rpc: Any) -> None:
    text = admin.get("/clients").text
    assert 'hx-get="/clients/segments"' in text and ">All clients</a>" in text
    rpc.answers["clients.list_segments"] = page(SEGMENT | {"count": 1234})
    tabs = admin.get(f"/clients/segments?segment={ID}").text
    assert "hx-get" not in tabs
    assert "1,234" in tabs and re.search(r'<a href="/clients\?[^"]*segment=[^"]*" aria-current="page"', tabs)
    assert rpc.last("clients.list_segments").arguments == {"counts": True}


def test_a_segment_is_saved_from_what_the_list_shows(admin: Any, rpc: Any, runtime: Any) -> None:
    token = {"csrf_token": token_of(admin, runtime)}
    query = urlencode({"where": json.dumps(LARGE), "q": "shop", "min_deal_value": "10.5", "sort": "company_name"})
    answer = admin.post("/clients/segments", data={"name": "Big", "shared": "true", "query": query} | token)
    assert answer.status_code == 303 and f"segment={ID}" in answer.headers["Location"]
    told = {"where": LARGE | {"value": 5_000_000}, "q": "shop", "min_deal_value_minor": 1050}
    saved = {"name": "Big", "filters": told, "sort": "company_name", "shared": True}
    assert rpc.last("clients.create_segment").arguments == {"data": saved}
    admin.post(f"/clients/segments/{ID}", data={"what": "filters", "query": query} | token)
    changes = {"filters": told, "sort": "company_name"}
    assert rpc.last("clients.update_segment").arguments["changes"] == changes
    admin.post(f"/clients/segments/{ID}", data={"what": "name", "name": "Other"} | token)
    assert rpc.last("clients.update_segment").arguments["changes"] == {"name": "Other", "shared": False}
    assert admin.post(f"/clients/segments/{ID}/delete", data=token).headers["Location"] == "/clients"


def test_a_changed_segment_offers_to_be_saved(admin: Any) -> None:
    tab = re.search(r'<a href="(/clients\?[^"]*segment=[^"]*)"', admin.get("/clients").text)
    assert tab is not None
    address = tab[1].replace("&amp;", "&")
    save = 'name="what" value="filters"'
    assert save not in admin.get(address).text
    assert save in admin.get(f"{address}&city=Ulm").text
    assert "Save as new segment" in admin.get(address).text
