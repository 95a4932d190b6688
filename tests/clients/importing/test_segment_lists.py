"""Segments that a file brings: each made once for whom it is of, refused with its reason, and taken back."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Unavailable
from services.clients.handlers.segments import MOST
from services.clients.importing.steps import committing
from tests.clients.importing.conftest import Deals, Importer
from tests.clients.importing.test_field_lists import CLIENTS, FIELDS, archive
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN

COLUMNS = ("name", "shared", "owner", "filters", "sort", "currency")


def lines(*rows: dict[str, Any]) -> str:
    """A file of segments: ``{name, shared, owner, filters, sort, currency}`` each, the filters as they are."""
    held = io.StringIO()
    writer = csv.DictWriter(held, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        filters = row.get("filters", {})
        writer.writerow(row | {"filters": filters if isinstance(filters, str) else json.dumps(filters)})
    return held.getvalue()


def there(importer: Importer, who: Any = ADMIN) -> list[tuple[str, Any, bool]]:
    """The segments somebody is offered: name, owner and whether it is shared."""
    found = importer.clients.as_(who).list_segments()["items"]
    return [(each["name"], each["owner_id"], each["shared"]) for each in found]


def bring(importer: Importer, *rows: dict[str, Any]) -> dict[str, Any]:
    return importer.commit(importer.bring(lines(*rows), "segments.csv")["id"])


def condition(field: str, value: Any, op: str = "is") -> dict[str, Any]:
    return {"where": {"field": field, "op": op, "value": value}}


def test_segments_are_made_for_whom_they_are_of(importer: Importer, deals: Deals) -> None:
    rows = (
        {"name": "Mine", "filters": {"owner_id": "john@amo.example", "min_deal_value": 12.5}},
        {"name": "Hers", "owner": "jessica lee", "shared": "true", "sort": "'-created_at", "currency": "USD"},
        {"name": "Finance", "owner": "fay@amo.example", "shared": "true",
         "filters": condition("owner_id", ["me", "none", "John@amo.example"], "any_of")},
    )  # fmt: skip
    found = importer.bring(lines(*rows), "segments.csv")
    assert (found["sheets"][0]["about"], found["bad"], found["questions"]) == ("segment", 0, [])
    assert there(importer) == []
    done = importer.commit(found["id"])
    assert (done["results"], done["states"]) == ({"segment.created": 3}, {"created": 3})
    assert there(importer) == [
        ("Mine", ADMIN.id, False), ("Finance", FINANCE.id, True), ("Hers", JESSICA.id, True),
    ]  # fmt: skip
    mine, finance, hers = importer.rpc.list_segments()["items"]
    assert mine["filters"] == {"owner_id": JOHN.id, "min_deal_value_minor": 1250}
    assert finance["filters"]["where"]["value"] == ["me", "none", JOHN.id]
    assert hers["sort"] == "-created_at"

    again = bring(importer, *rows)
    assert (again["results"], again["states"], len(there(importer))) == ({}, {"unchanged": 3}, 3)
    assert importer.commit(found["id"])["states"] == {"created": 3}
    assert importer.undo(again["id"])["kept"] == [] and len(there(importer)) == 3
    assert importer.undo(found["id"])["kept"] == [] and there(importer) == []


def test_one_that_was_changed_since_stays_when_its_import_is_taken_back(importer: Importer, deals: Deals) -> None:
    done = bring(importer, {"name": "A"}, {"name": "B"}, {"name": "C"})
    a, b, _c = importer.rpc.list_segments()["items"]
    importer.rpc.update_segment(segment_id=a["id"], changes={"shared": True})
    importer.rpc.delete_segment(segment_id=b["id"])
    kept = importer.undo(done["id"])["kept"]
    assert [(each["entity"], each["name"], each["reason"]) for each in kept] == [("segment", "A", "changed since")]
    assert there(importer) == [("A", ADMIN.id, True)]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"name": ""}, "name", "name is needed"),
        ({"name": "x" * 61}, "name", "name has at most 60 characters"),
        ({"name": "x", "shared": "perhaps"}, "shared", "'perhaps' is neither yes nor no"),
        ({"name": "x", "sort": "color"}, "sort", "sort is one of"),
        ({"name": "x", "filters": "{"}, "filters", "filters is JSON"),
        ({"name": "x", "filters": "[]"}, "filters", "filters is an object"),
        ({"name": "x", "filters": {"color": "red"}}, "filters", "there is no field 'color' here"),
        ({"name": "x", "filters": {"status": "gone"}}, "filters", "status is one of"),
        ({"name": "x", "filters": {"shadowed": "yes"}}, "filters", "shadowed is true or false"),
        ({"name": "x", "filters": {"min_deal_value": 1.234}}, "filters", "USD has 2 decimals"),
        ({"name": "x", "filters": {"min_deal_value": "5"}}, "filters", "min_deal_value is an amount of money"),
        ({"name": "x", "filters": condition("city", 5)}, "filters", "where.value is text"),
        ({"name": "x", "filters": condition("city", {"a": 1.5})}, "filters", "where.value is text"),
        ({"name": "x", "filters": {"where": {"field": ["city"], "op": "is", "value": 1}}}, "filters", "where.field"),
        ({"name": "x", "filters": condition("custom.gone", "x")}, "filters", "where.field: there is no custom field"),
        ({"name": "x", "filters": condition("deal_value", 0.001)}, "filters", "USD has 2 decimals"),
        ({"name": "x", "filters": {"owner_id": new_id()}}, "filters", "nobody here is"),
        ({"name": "x", "filters": {"owner_id": "eve@gone.example"}}, "filters", "nobody here is 'eve@gone.example'"),
        ({"name": "x", "currency": "EUR", "filters": condition("deal_value", 5)}, "filters", "its amounts are in EUR"),
    ],
)
def test_a_row_that_saves_nothing_says_why(
    importer: Importer, deals: Deals, row: dict[str, Any], field: str, reason: str
) -> None:
    found = importer.bring(lines(row), "segments.csv")
    (bad,) = importer.rows(found["id"], "bad")
    (problem,) = bad["problems"]
    assert (problem["field"], problem["column"]) == (f"segment.{field}", field)
    assert problem["reason"].startswith(reason)
    good = {"name": "Good", "shared": "no", "sort": "", "filters": json.dumps(condition("owner_id", "me"))}
    repaired = importer.rpc.repair_row(import_id=found["id"], n=bad["n"], cells=good)
    assert repaired["problems"] == []


def test_amounts_of_a_custom_field_and_no_amounts_may_come_from_any_currency(importer: Importer, deals: Deals) -> None:
    assert bring(importer, {"name": "x", "currency": "EUR", "filters": {"city": "Bonn"}})["states"] == {"created": 1}


def test_who_is_meant_by_a_filter_is_asked(importer: Importer, deals: Deals) -> None:
    row = {"name": "x", "owner": "eve@gone.example", "filters": condition("owner_id", "Eve Gone")}
    found = importer.bring(lines(row), "segments.csv")
    (asked,) = found["questions"]
    assert (asked["answer"], [each["value"] for each in asked["values"]], found["bad"]) == (
        "owners", ["Eve Gone", "eve@gone.example"], 1,
    )  # fmt: skip
    owners = {"Eve Gone": JOHN.id, "eve@gone.example": JESSICA.id}
    found = importer.change(found["id"], answers={"owners": owners})
    assert importer.commit(found["id"])["states"] == {"created": 1}
    assert there(importer, JESSICA) == [("x", JESSICA.id, False)]


def test_another_one_of_the_name_stays(importer: Importer, deals: Deals) -> None:
    importer.rpc.create_segment(data={"name": "Food", "filters": {"industry": "Food"}})
    found = importer.bring(lines({"name": "FOOD"}, {"name": "Food", "filters": {"industry": "Food"}}), "segments.csv")
    (bad,) = importer.rows(found["id"], "bad")
    assert bad["problems"][0]["reason"] == "there is a segment of this name with other filters; it stays as it is"
    assert importer.commit(found["id"], only_good=True)["states"] == {"bad": 1, "unchanged": 1}
    # Two of one file are found out when the second is made.
    twice = bring(importer, {"name": "Two"}, {"name": "two", "filters": {"city": "Bonn"}})
    assert twice["states"] == {"created": 1, "refused": 1}
    (refused,) = importer.rows(twice["id"], "refused")
    assert refused["problems"][0]["field"] == "segment.name"
    importer.rpc.repair_row(import_id=twice["id"], n=refused["n"], cells={"name": "Three"})
    assert importer.commit(twice["id"])["states"] == {"created": 2}


def test_who_is_no_admin_brings_in_their_own(importer: Importer, deals: Deals) -> None:
    john = importer.as_(JOHN)
    rows = ({"name": "Own", "owner": "john@amo.example"}, {"name": "Bare"}, {"name": "Hers", "owner": "Jessica Lee"})
    found = john.bring(lines(*rows), "segments.csv")
    (bad,) = john.rows(found["id"], "bad")
    assert bad["problems"][0]["reason"] == "only an admin brings in segments of others"
    john.commit(found["id"], only_good=True)
    assert there(importer, JOHN) == [("Bare", JOHN.id, False), ("Own", JOHN.id, False)]
    assert there(importer, JESSICA) == []


def test_more_than_somebody_may_have_are_refused(importer: Importer, deals: Deals) -> None:
    done = bring(importer, *({"name": f"S{number}"} for number in range(MOST + 2)))
    assert done["states"] == {"created": MOST, "refused": 2}
    assert importer.rows(done["id"], "refused")[0]["problems"][0]["field"] == "segment.owner"


def test_a_filter_may_name_a_field_of_the_same_file(importer: Importer, deals: Deals) -> None:
    own = [
        condition("custom.region", "South"),
        condition("custom.old", "x"),
        condition("deal.custom.margin", 1.5, "gt"),
    ]
    rows = lines(*({"name": f"S{number}", "filters": each} for number, each in enumerate(own)))
    found = importer.bring(archive(segments=rows, custom_fields=FIELDS, clients=CLIENTS), "all.zip")
    assert found["bad"] == 0
    done = importer.commit(found["id"])
    assert done["results"] == {"field.created": 3, "client.created": 1, "segment.created": 3}
    again = importer.bring(archive(segments=rows, custom_fields=FIELDS, clients=CLIENTS), "all.zip")
    assert importer.commit(again["id"])["results"] == {}
    # The segments go before the fields that they filter by.
    assert importer.undo(done["id"])["kept"] == []
    assert importer.rpc.list_custom_fields(entity="client")["items"] == []


def test_a_kill_between_loses_and_doubles_nothing(
    importer: Importer, deals: Deals, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, calls = committing.make_segments, []

    def killed(*arguments: Any) -> bool:
        calls.append(make(*arguments))
        if len(calls) == 1:
            raise Unavailable("killed before the commit")
        return calls[-1]

    monkeypatch.setattr(committing, "make_segments", killed)
    done = bring(importer, {"name": "A"}, {"name": "B"})
    assert (done["state"], there(importer)) == ("committing", [])
    with importer.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET due_at = now()")
    importer.work()
    done = importer.get(done["id"])
    assert (done["results"], len(there(importer)), calls) == ({"segment.created": 2}, 2, [True, True, False])


def test_a_page_of_segments_is_what_somebody_is_offered(importer: Importer, deals: Deals) -> None:
    bring(importer, {"name": "b", "owner": "Jessica Lee"}, {"name": "a", "owner": "Jessica Lee", "shared": "yes"})
    bring(importer, {"name": "c"})
    first = importer.rpc.export_page(what="segments", filters={}, limit=1)
    rest = importer.rpc.export_page(what="segments", filters={}, limit=1, cursor=first["next_cursor"])
    assert ([each["name"] for each in first["items"] + rest["items"]], rest["next_cursor"]) == (["a", "c"], None)
