"""What an import says beside its rows: of colleagues' clients, and of deals that are not yet counted with theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from services.clients.importing.steps.checking import COLLEAGUES
from tests.clients.importing.conftest import Deals, Importer
from tests.support.actors import ADMIN, JESSICA, JOHN

FILE = "Company name\nAcme Inc.\nMine Ltd\nBoth\nNobody\n"


def noted(importer: Importer, import_id: str) -> list[str]:
    return [
        row["cells"]["Company name"]
        for row in importer.rows(import_id, "noted")
        if [each["reason"] for each in row["notes"]] == [COLLEAGUES] and row["notes"][0]["column"] == "Company name"
    ]


def test_who_makes_a_second_client_of_a_name_is_told(importer: Importer, clients: Any) -> None:
    for who, name in ((JESSICA, "ACME"), (JOHN, "Mine"), (JESSICA, "Both"), (JOHN, "both")):
        clients.as_(ADMIN).create_client(data={"company_name": name, "owner_id": who.id, "status": "active"})
    john = importer.as_(JOHN)
    found = john.bring(FILE)
    assert (found["state"], found["bad"], noted(john, found["id"])) == ("ready", 0, ["Acme Inc."])
    assert noted(importer, importer.bring(FILE)["id"]) == []
    john.commit(found["id"])
    acmes = importer.listed(q="acme")
    assert sorted(each["owner_id"] for each in acmes) == sorted([JESSICA.id, JOHN.id])


def test_deals_that_are_not_counted_yet_are_said(importer: Importer, deals: Deals) -> None:
    found = importer.bring("Company name,Deal name\nAcme,One\nAcme,Two\n", "deals.csv")
    assert found["following"] == 0
    done = importer.commit(found["id"])
    assert (done["results"]["deal.created"], done["following"]) == (2, 2)
    (one, _two) = deals.made.values()
    with importer.runtime.database.unit_of_work(importer.runtime.own_context()) as uow:
        uow.session.execute(
            text(
                "INSERT INTO client_deals (deal_id, client_id, deal_name, stage, currency, version)"
                " VALUES (:id, :client, 'One', 'lead', 'USD', 1)"
            ),
            {"id": one["id"], "client": one["client_id"]},
        )
    assert importer.get(found["id"])["following"] == 1
