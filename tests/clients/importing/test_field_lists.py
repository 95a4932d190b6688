"""The company's own fields that a file defines: made before the rows that have values of them, by an admin."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from libs.common.custom_fields import Definition
from services.clients.importing.field_lists import FieldReader, is_field_list
from tests.clients.importing.conftest import Deals, Importer
from tests.support.actors import ADMIN, JOHN

HEAD = "entity,key,label,kind,options,archived"
FIELDS = f"""{HEAD}
client,region,Sales region,choice,"[""North"", ""South""]",false
client,old,Old,text,,true
deal,margin,Margin,number,,false
"""
CLIENTS = "company_name,client.custom.region,client.custom.old\nAcme,South,kept\n"
DEALS = "deal_name,company_name,deal.custom.margin\nShop,Acme,1.5\n"


def archive(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, text in files.items():
            made.writestr(f"{name}.csv", text)
    return held.getvalue()


def fields_of(importer: Importer) -> list[tuple[Any, ...]]:
    found = importer.clients.as_(ADMIN).list_custom_fields(entity="client")["items"]
    return [(each["key"], each["label"], each["options"], each["archived"]) for each in found]


def test_fields_are_made_when_the_file_is_committed_and_not_before(importer: Importer, deals: Deals) -> None:
    found = importer.bring(archive(clients=CLIENTS, deals=DEALS, custom_fields=FIELDS), "all.zip")
    assert [(sheet["name"], sheet["about"]) for sheet in found["sheets"]] == [
        ("custom_fields.csv", "field"), ("clients.csv", "client"), ("deals.csv", "deal"),
    ]  # fmt: skip
    assert (found["state"], found["bad"], fields_of(importer), deals.fields) == ("ready", 0, [], [])
    done = importer.commit(found["id"])
    assert done["results"] == {"field.created": 3, "client.created": 1, "deal.created": 1}
    assert done["states"] == {"created": 5}
    assert fields_of(importer) == [("region", "Sales region", ["North", "South"], False), ("old", "Old", [], True)]
    assert deals.fields == [Definition("margin", "Margin", "number")]
    (acme,) = importer.listed(q="Acme")
    assert importer.rpc.get_client(client_id=acme["id"])["custom"] == {"region": "South", "old": "kept"}
    again = importer.commit(importer.bring(archive(custom_fields=FIELDS, clients=CLIENTS), "all.zip")["id"])
    assert (again["results"], again["states"]) == ({}, {"unchanged": 4})


def test_who_is_no_admin_defines_nothing(importer: Importer, deals: Deals) -> None:
    john = importer.as_(JOHN)
    found = john.bring(archive(custom_fields=FIELDS, clients=CLIENTS), "all.zip")
    assert found["bad"] == 3 and [column["target"] for column in found["sheets"][1]["columns"]][1:] == [None, None]
    (reason,) = {each["problems"][0]["reason"] for each in john.rows(found["id"], "bad")}
    assert reason == "only an admin brings in fields of one's own"
    assert john.commit(found["id"], only_good=True)["results"] == {"client.created": 1}
    assert fields_of(importer) == []


def test_a_list_of_fields_that_is_left_out_defines_nothing(importer: Importer, deals: Deals) -> None:
    found = importer.bring(archive(custom_fields=FIELDS, clients=CLIENTS), "all.zip")
    found = importer.change(found["id"], sheets=[{"sheet": 0, "skip": True}])
    assert [column["target"] for column in found["sheets"][1]["columns"]] == ["client.company_name", None, None]
    assert importer.commit(found["id"])["results"] == {"client.created": 1}
    assert fields_of(importer) == []


def test_a_field_that_is_there_stays_as_it_is(importer: Importer, deals: Deals) -> None:
    importer.rpc.create_custom_field(entity="client", data={"label": "Region", "kind": "text"})
    importer.commit(importer.bring(archive(custom_fields=FIELDS, clients=CLIENTS), "all.zip")["id"])
    assert fields_of(importer) == [("region", "Region", [], False), ("old", "Old", [], True)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("invoice,a,A,text,,", "entity"),
        ("client,A b,A,text,,", "key"),
        ("client,,A,text,,", "key"),
        ("client,a,,text,,", "label"),
        ("client,a,A,formula,,", "kind"),
        ("client,a,A,choice,,", "options"),
        ("client,a,A,choice,North,", "options"),
        ('client,a,A,choice,"{""a"": 1}",', "options"),
        ('client,a,A,text,"[""North""]",', "options"),
        ("client,a,A,text,,perhaps", "archived"),
    ],
)
def test_a_row_that_defines_nothing_says_why(importer: Importer, deals: Deals, row: str, field: str) -> None:
    found = importer.bring(f"{HEAD}\n{row}\n", "custom_fields.csv")
    (bad,) = importer.rows(found["id"], "bad")
    assert [each["field"] for each in bad["problems"]] == [f"field.{field}"]


def test_a_list_is_known_by_all_its_columns() -> None:
    columns = HEAD.split(",")
    assert is_field_list([*columns, "position"]) and not is_field_list(columns[1:])
    reader = FieldReader(columns, admin=True)
    assert reader.field(["client", "a", "A", "date"]) is not None and reader.field(["client"]) is None
