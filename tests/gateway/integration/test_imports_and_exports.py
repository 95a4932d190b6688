"""The company's own fields in what is brought in and taken away: offered, answered for, and in the files."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from libs.common.uploads import ENCODINGS, SEPARATORS
from services.gateway.api.imports import Encoding
from services.gateway.web import import_words
from tests.gateway.conftest import PASSWORD
from tests.gateway.integration.test_pages import speak, token_of
from tests.gateway.page_answers import ANSWERS, CLIENT, CUSTOM, FIELDS, HOSTILE, ID, WHEN
from tests.support.workbooks import Workbook

REGION = {
    "name": "client.custom.region", "entity": "client", "key": "region", "label": f"Region {HOSTILE}", "kind": "choice",
    "options": ["North", HOSTILE],
}  # fmt: skip
MARGIN = {
    "name": "deal.custom.margin", "entity": "deal", "key": "margin", "label": "Margin", "kind": "number", "options": [],
}  # fmt: skip


def column(name: str, target: str | None = None) -> dict[str, Any]:
    return {"name": name, "target": target, "samples": ["x"], "order": None, "mark": None}


IMPORT: dict[str, Any] = {
    "id": ID, "filename": "list.csv", "state": "ready", "problem": None, "rows": 2, "bad": 1, "results": {},
    "version": 4, "rows_gone": False, "created_at": WHEN, "committed_at": None, "made_by_name": "Ada", "answers": {},
    "sheets": [
        {"name": "list", "about": "client", "rows": 2, "skip": False, "columns": [
            column("Company", "client.company_name"), column("Where", "client.custom.region"), column("What"),
        ], "encoding": "macintosh", "separator": ";", "header_line": 3, "first_lines": [
            {"line": 1, "text": HOSTILE}, {"line": 3, "text": "Company, Where, What"},
        ]},
    ],
    "custom_fields": [REGION, MARGIN],
    "questions": [
        {"answer": "values", "text": "t", "needed": False, "field": "client.custom.region",
         "choices": REGION["options"], "values": [{"value": "Nord.Ost", "rows": 1}]},
        {"answer": "values", "text": "t", "needed": False, "field": "stage", "choices": ["lead"],
         "values": [{"value": "Early", "rows": 1}]},
        {"answer": "decimal_mark", "text": "t", "needed": True,
         "columns": [{"sheet": 0, "column": "What", "samples": ["1,234"]}]},
    ],
    "progress": {"done": 2, "total": 2, "percent": 100}, "states": {"good": 1, "bad": 1}, "kept": [],
}  # fmt: skip


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str], rpc: Any) -> FlaskClient:
    new_user("admin")
    rpc.answers |= ANSWERS | {
        "clients.get_import": IMPORT,
        "clients.import_rows": {"items": [], "next_cursor": None, "total": 0},
        "clients.change_import": IMPORT,
    }
    http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD})
    return http


def test_own_fields_are_offered_by_their_labels(admin: Any) -> None:
    text = admin.get(f"/imports/{ID}").text
    assert '<option value="client.custom.region" selected>Company: Region &lt;script&gt;' in text
    assert '<option value="deal.custom.margin">Deal: Margin</option>' in text
    assert '<option value="North">North</option>' in text and '<option value="lead">Lead</option>' in text
    assert 'name="decimal_mark" value=","' in text and "<code>1,234</code>" in text
    assert HOSTILE not in text
    document = admin.get(f"/api/v1/imports/{ID}").json
    assert document["custom_fields"] == [REGION, MARGIN]


def test_answers_about_own_fields_reach_the_service(admin: Any, rpc: Any, runtime: Any) -> None:
    token = token_of(admin, runtime)
    form = {
        "csrf_token": token, "target.0.0": "client.company_name", "target.0.1": "client.custom.region",
        "target.0.2": "deal.custom.margin", "decimal_mark": ",", "value.client.custom.region.Nord.Ost": "North",
        "value.stage.Early": "lead", "value.stage.": "lead",
    }  # fmt: skip
    assert admin.post(f"/imports/{ID}", data=form).status_code == 303
    asked = rpc.last("clients.change_import").arguments
    assert asked["sheets"][0]["mapping"]["What"] == "deal.custom.margin"
    assert asked["answers"] == {
        "decimal_mark": ",",
        "values": {"client.custom.region": {"Nord.Ost": "North"}, "stage": {"Early": "lead"}},
    }


def test_an_import_without_its_rows_says_so_and_offers_no_way_back(admin: Any, rpc: Any) -> None:
    gone = IMPORT | {"rows_gone": True, "sheets": [], "questions": [], "custom_fields": [], "state": "done"}
    rpc.answers["clients.get_import"] = gone | {"committed_at": WHEN, "results": {"client.created": 7}}
    rpc.answers["clients.list_imports"] = {"items": [gone], "next_cursor": None, "total": 1}
    text = admin.get(f"/imports/{ID}").text
    assert "no longer kept" in text and "cannot be taken back" in text and ">7<" in text
    assert "/undo" not in text and "/delete" not in text and "/commit" not in text
    assert "rows no longer kept" in admin.get("/imports").text
    for state in ("ready", "uploading", "failed"):
        rpc.answers["clients.get_import"] = gone | {"state": state}
        text = admin.get(f"/imports/{ID}").text
        assert "no longer kept" in text and "/delete" in text and "/undo" not in text, state
    assert admin.get(f"/api/v1/imports/{ID}").json["rows_gone"] is True


def test_how_a_file_is_read_is_shown_and_chosen(admin: Any, rpc: Any, runtime: Any) -> None:
    text = admin.get(f"/imports/{ID}").text
    assert '<option value="3" selected>Line 3: Company, Where, What</option>' in text and HOSTILE not in text
    assert '<option value="macintosh" selected>' in text and '<option value=";" selected>' in text
    form = {
        "csrf_token": token_of(admin, runtime),
        "separator.0": "\t",
        "header_line.0": "0",
        "encoding.0": "macintosh",
    }
    assert admin.post(f"/imports/{ID}/reading", data=form).status_code == 303
    # What is as it was is not said.
    assert rpc.last("clients.change_import").arguments["sheets"] == [
        {"sheet": 0, "separator": "\t", "header_line": 0}
    ]  # fmt: skip
    failed = IMPORT | {"state": "failed", "problem": "there are no rows below the header"}
    rpc.answers["clients.get_import"] = failed
    assert "There are no rows below the header" in (text := admin.get(f"/imports/{ID}").text) and "/reading" in text
    admin.post(f"/imports/{ID}/reading", data={"csrf_token": token_of(admin, runtime), "header_line.0": "3"})
    assert rpc.last("clients.change_import").arguments["sheets"] == [{"sheet": 0, "header_line": 3}]
    rpc.answers["clients.get_import"] = IMPORT | {"committed_at": WHEN}
    assert "/reading" not in admin.get(f"/imports/{ID}").text


def test_the_encodings_that_can_be_chosen_are_those_that_are_read() -> None:
    assert set(get_args(Encoding)) == set(ENCODINGS) == set(import_words.ENCODINGS)
    assert set(SEPARATORS) == set(import_words.SEPARATORS)


@pytest.mark.parametrize(
    ("said", "field"),
    [({"encoding": "klingon"}, "encoding"), ({"separator": "#"}, "separator"), ({"header_line": -1}, "header_line")],
)
def test_what_no_file_is_read_by_is_named(
    admin: Any, bearer: Callable[..., dict[str, str]], said: dict[str, Any], field: str
) -> None:
    answer = admin.patch(f"/api/v1/imports/{ID}", json={"sheets": [said]}, headers=bearer("admin"))
    assert answer.status_code == 422 and field in answer.json["errors"][0]["field"]


@pytest.mark.parametrize("n", ["99999999999999999999", str(2**31)])
def test_a_row_of_no_number_is_not_found(admin: Any, rpc: Any, runtime: Any, bearer: Any, n: str) -> None:
    rpc.answers["clients.repair_row"] = lambda **_arguments: pytest.fail("no row has this number")
    path = f"/imports/{ID}/rows/{n}"
    assert admin.patch(f"/api/v1{path}", json={"cells": {"a": "b"}}, headers=bearer("admin")).status_code == 404
    assert admin.post(path, data={"csrf_token": token_of(admin, runtime), "cell.a": "b"}).status_code in (404, 422)


def test_a_row_that_is_repaired_comes_with_what_else_shows_it(admin: Any, rpc: Any, runtime: Any) -> None:
    cells = {"Company": "Fixed", "Where": "", "What": ""}
    row = {"n": 1, "sheet": 0, "line": 2, "state": "good", "problems": [], "notes": [], "cells": cells}
    rpc.answers["clients.repair_row"] = row
    rpc.answers["clients.import_rows"] = {"items": [row], "next_cursor": None, "total": 1}

    def repair(query: str, row: dict[str, Any]) -> str:
        rpc.answers["clients.repair_row"] = row
        sent = {"csrf_token": token_of(admin, runtime), "cell.Company": "Fixed"}
        text: str = admin.post(f"/imports/{ID}/rows/1?{query}", data=sent, headers={"HX-Request": "true"}).text
        return text

    whole = repair("of=bad", row)
    assert '<span id="bad-count" hx-swap-oob="innerHTML">1 row</span>' in whole
    assert '<section id="finish" hx-swap-oob="true"' in whole and '<section id="first" hx-swap-oob="true"' in whole
    # Only what the page has is sent.
    assert 'id="first"' not in repair("of=bad", row | {"n": 9}) and "-count" not in repair("of=<b>", row)
    alone = repair("of=bad&alone=true", row)
    assert 'id="bad-count"' in alone and 'id="finish"' not in alone and 'id="first"' not in alone


def test_a_cell_of_several_lines_keeps_them(admin: Any, rpc: Any) -> None:
    row = {"n": 1, "sheet": 0, "line": 2, "state": "bad", "problems": [], "notes": []}
    cells = {"Company": "one", "Where": "\ntwo\nlines", "What": ""}
    rpc.answers["clients.import_rows"] = {"items": [row | {"cells": cells}], "next_cursor": None, "total": 1}
    text = admin.get(f"/imports/{ID}/rows?state=bad").text
    assert 'name="cell.Company" value="one"' in text
    # A page's reader drops the first line break of such a field.
    assert ">\n\ntwo\nlines</textarea>" in text and 'value="\ntwo' not in text


@pytest.fixture
def exports(admin: Any, rpc: Any) -> Any:
    empty = {"items": [], "next_cursor": None, "total": 0}
    row = {name: value for name, value in CLIENT.items() if name != "access"}
    other = row | {
        "custom": {"our_text": "=cmd", "our_number": -1.234, "our_money": {"amount_minor": 5, "currency": "BHD"}}
    }

    def page(what: str, **_more: Any) -> dict[str, Any]:
        return {"items": [row, other], "next_cursor": None} if what == "clients" else empty

    archived = FIELDS[0] | {"key": "old", "archived": True}
    own = {"items": [*FIELDS, archived], "next_cursor": None, "total": 7}
    rpc.answers |= {
        "clients.export_page": page, "deals.export_deals": empty, "billing.list_invoices": empty,
        "clients.list_custom_fields": lambda entity: own if entity == "client" else empty,
        "deals.list_custom_fields": empty,
    }  # fmt: skip
    return admin


def test_exports_have_a_column_for_each_own_field(exports: Any) -> None:
    lines = exports.get("/api/v1/clients/export.csv").text
    first, second = csv.DictReader(io.StringIO(lines, newline=""))
    names = [name for name in first if ".custom." in name]
    assert names == [*(f"client.custom.{key}" for key in CUSTOM), "client.custom.old"]
    assert [first[name] for name in names] == [
        HOSTILE, "12.5", "5000.00 EUR", "2026-11-01", "false", "Gold", "",
    ]  # fmt: skip
    # A formula is text; a number that might be two for its readers has one zero more.
    assert [second[name] for name in names] == ["'=cmd", "-1.2340", "0.0050 BHD", "", "", "", ""]
    book = CalamineWorkbook.from_filelike(io.BytesIO(exports.get("/api/v1/clients/export.xlsx").data))
    head, *rows = book.get_sheet_by_index(0).to_python()
    texts = [dict(zip(head, row, strict=True)) for row in rows]
    figures = {name: float(first[name]) for name in ("lifetime_value", "version")}
    own = "client.custom.our_number"
    assert texts == [first | figures | {own: 12.5}, second | figures | {own: -1.234}]
    assert ".custom." not in exports.get("/api/v1/contacts/export.csv").text


def test_numbers_and_amounts_of_a_workbook_can_be_summed(exports: Any, rpc: Any) -> None:
    row = {"name": "Ada", "invoice_number": "20250001", "currency": "BHD", "version": 3, "custom": {}}
    owed = row | {"amount_minor": -1_234_567, "tax_minor": None, "tax_percent": "7.25", "discount_percent": "0"}
    client = CLIENT | {"phone": "5550123", "company_name": "42", "lifetime_value_minor": 10**15, "currency": "USD"}
    own = {"our_text": "1234", "our_money": {"amount_minor": 123_450, "currency": "USD"}}
    large = client | {"custom": own, "lifetime_value_minor": 10**15 - 1, "currency": "BHD"}
    rpc.answers["billing.list_invoices"] = {"items": [owed], "next_cursor": None, "total": 1}
    rpc.answers["clients.export_page"] = lambda **_asked: {"items": [client, large], "next_cursor": None}

    def taken(what: str) -> list[dict[str, Any]]:
        head, *rows = Workbook(exports.get(f"/api/v1/{what}/export.xlsx").data).cells()
        return [dict(zip((each.value for each in head), row, strict=True)) for row in rows]

    (invoice,) = taken("invoices")
    assert (invoice["amount"].value, invoice["amount"].number_format) == (-1234.567, "#,##0.000")
    assert [invoice[name].value for name in ("tax", "tax_percent", "discount_percent")] == ["", 7.25, 0]
    assert invoice["invoice_number"].value == "20250001"
    first, second = taken("clients")
    assert (first["lifetime_value"].value, first["version"].value) == (10**13, CLIENT["version"])
    assert (first["phone"].value, first["company_name"].value) == ("5550123", "42")
    assert (second["client.custom.our_text"].value, second["client.custom.our_money"].value) == ("1234", 1234.5)
    assert second["client.custom.our_money"].number_format == '#,##0.00 "USD"'
    # All of its fifteen digits; one with more would be rounded, and is text.
    assert second["lifetime_value"].value == 999_999_999_999.999
    rpc.answers["clients.export_page"] = lambda **_asked: {
        "items": [client | {"lifetime_value_minor": 999_999_999_999_999_9}], "next_cursor": None
    }  # fmt: skip
    assert taken("clients")[0]["lifetime_value"].value == "99999999999999.99"


def test_lists_are_taken_away_in_their_order(exports: Any, rpc: Any) -> None:
    for path, method, sort in (
        ("clients", "clients.export_page", "-city"),
        ("deals", "deals.export_deals", "deal_name"),
        ("invoices", "billing.list_invoices", "-due_date"),
    ):
        exports.get(f"/api/v1/{path}/export.csv?sort={sort}&limit=5")
        assert rpc.last(method).arguments["sort"] == sort
        assert rpc.last(method).arguments["limit"] > 5
    exports.get("/api/v1/contacts/export.csv?sort=-city")
    assert "sort" not in rpc.last("clients.export_page").arguments


def test_everything_at_once_has_them_too(exports: Any, bearer: Callable[..., dict[str, str]]) -> None:
    content = exports.get("/api/v1/export.zip", headers=bearer("admin")).data
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        heads = {name: files.read(name).decode().splitlines()[0] for name in files.namelist()}
    assert {name for name, head in heads.items() if ".custom." in head} == {"clients.csv"}
    assert heads["clients.csv"].endswith("client.custom.our_choice,client.custom.old")


def test_everything_at_once_has_the_segments_by_names_that_last(
    exports: Any, rpc: Any, bearer: Callable[..., dict[str, str]], new_user: Callable[..., str]
) -> None:
    owner, page = new_user("finance"), rpc.answers["clients.export_page"]
    named = {"field": "owner_id", "op": "any_of", "value": [owner, "me", "none", ID]}
    big = {"field": "deal_value", "op": "gt", "value": 123450}
    common = {"shared": True, "owner_id": owner, "sort": "-created_at"}
    segments = [
        common | {"name": "b", "filters": {"where": {"any": [named, big]}, "min_deal_value_minor": 5}},
        common | {"name": "A", "filters": {"owner_id": owner, "q": HOSTILE}, "sort": None},
    ]

    def answer(what: str, **more: Any) -> dict[str, Any]:
        return {"items": segments, "next_cursor": None} if what == "segments" else page(what, **more)

    rpc.answers["clients.export_page"] = answer
    content = exports.get("/api/v1/export.zip", headers=bearer("admin")).data
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        first, second = csv.DictReader(io.StringIO(files.read("segments.csv").decode(), newline=""))
    address = first["owner"]
    assert "@" in address and (first["name"], first["sort"], first["currency"]) == ("A", "", "USD")
    assert json.loads(first["filters"]) == {"owner_id": address, "q": HOSTILE}
    assert (second["shared"], second["sort"]) == ("true", "'-created_at")
    assert second["filters"] == (
        '{"min_deal_value":0.05,"where":{"any":[{"field":"owner_id","op":"any_of","value":'
        f'["{address}","me","none","{ID}"]}},{{"field":"deal_value","op":"gt","value":1234.5}}]}}}}'
    )


def test_an_import_is_told_of_everybody(
    admin: Any, rpc: Any, bearer: Callable[..., dict[str, str]], new_user: Callable[..., str]
) -> None:
    finance, asked = new_user("finance"), {}

    def prepare(**given: Any) -> dict[str, Any]:
        asked.update(given)
        return {"import_id": ID, "key": "imports/x/file"}

    rpc.answers |= {"clients.prepare_import": prepare, "clients.complete_import": IMPORT}
    file = {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")}
    assert admin.post("/api/v1/imports", data=file, headers=bearer("admin")).status_code == 201
    assert asked["directory"][finance] == finance and finance not in asked["people"]


def test_what_stays_of_an_import_is_said_in_plain_words(admin: Any, rpc: Any, runtime: Any) -> None:
    kept = [
        {"entity": "field", "row_id": ID, "client_id": None, "name": f"Region {HOSTILE}", "reason": reason}
        for reason in ("records have values of it", "a segment filters by it")
    ]
    kept.append({"entity": "segment", "row_id": ID, "client_id": None, "name": "Big", "reason": "changed since"})
    kept.append({"entity": "contact", "row_id": ID, "client_id": ID, "name": "Uwe", "reason": "its company stays"})
    rpc.answers["clients.get_import"] = IMPORT | {"state": "undone", "committed_at": WHEN, "kept": kept}
    text = admin.get(f"/imports/{ID}").text
    assert "Left alone:" in text and "Records have values of it" in text and HOSTILE not in text
    speak(runtime, "de")
    german = admin.get(f"/imports/{ID}").text
    assert "Its company stays" in text and "Ihre Firma bleibt" in german
    assert "Datensätze haben Werte davon" in german and "Ein Segment filtert danach" in german


def test_a_list_of_segments_needs_no_meanings(admin: Any, rpc: Any) -> None:
    note = "these segments are saved after the rows; of those you have already each stays as it is"
    sheet = {"name": "segments.csv", "about": "segment", "rows": 1, "skip": False, "note": note}
    rpc.answers["clients.get_import"] = IMPORT | {"sheets": [sheet | {"columns": [column("name")]}]}
    text = admin.get(f"/imports/{ID}").text
    assert note in text.lower() and 'name="target.0.0"' not in text
