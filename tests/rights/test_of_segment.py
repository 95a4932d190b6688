"""Reports and lists of a segment, for every role: rows of clients that the role reads in full and no others, over the
real bus; also in a file that a service makes for somebody."""

from __future__ import annotations

import pytest

from libs.common import rights
from tests.rights.scene import RELATIONS, ROLES, Scene, covers
from tests.support.waiting import eventually

_CLIENTS = rights.right("clients", "clients.read")


@pytest.mark.parametrize("role", ROLES)
def test_a_segment_shows_what_both_rights_show(scene: Scene, role: str) -> None:
    person, deals, invoices = scene.crm.sign_in(role), "deals.read", "invoices.read"
    for relation in RELATIONS:
        row = scene.row(relation)
        narrowed = {"segment_id": scene.segment(row)}
        in_segment = covers(_CLIENTS, role, relation)
        sees_deals = in_segment and covers(rights.right("deals", deals), role, relation)
        assert bool(person.get("/reports/funnel", **narrowed)["created"]) is sees_deals, relation
        assert bool(person.get("/deals", **narrowed)["items"]) is sees_deals, relation
        if rights.right("billing", invoices).of(role) is not rights.Rows.NO:
            sees_invoices = in_segment and covers(rights.right("billing", invoices), role, relation)
            assert bool(person.get("/reports/receivables", **narrowed)["clients"]) is sees_invoices, relation
            assert bool(person.get("/invoices", **narrowed)["items"]) is sees_invoices, relation


def test_a_file_names_its_segment_and_without_it_there_is_none(scene: Scene) -> None:
    """Notifications asks deals for a person, and deals asks clients for the same person."""
    private = scene.admin.post("/segments", {"name": "Mine alone", "filters": {"tag": scene.row("own").name}})["id"]

    def made(role: str) -> dict[str, str]:
        asked = {"kind": "funnel", "params": {"segment_id": private}, "format": "csv"}
        report_id = scene.ask(role, "notifications", "order_report", **asked)["id"]

        def look() -> dict[str, str] | None:
            file: dict[str, str] = scene.ask(role, "notifications", "get_report", report_id=report_id)
            return file if file["status"] != "waiting" else None

        return eventually(look, 60)

    assert made("admin")["status"] == "ready"
    refused = made("sales")
    assert (refused["status"], refused["problem"]) == (
        "failed",
        "there is no such segment, or it is not yours to see",
    )
