"""The audit log in words."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g

from libs.common.ids import new_id
from services.gateway.api.audit import _cell
from services.gateway.web import audit_words, language
from tests.audit.logs import PLANS

CLIENT, REP = new_id(), new_id()


@pytest.fixture(autouse=True)
def _reader() -> Any:
    app = Flask("services.gateway.app")
    language.install(app)
    with app.test_request_context("/"):
        g.people = {REP: {"id": REP, "name": "John Smith"}}
        yield


def found(**more: Any) -> dict[str, Any]:
    known = {
        "service": "clients", "record": "clients", "record_id": CLIENT, "subject": CLIENT, "action": "changed",
        "actor_id": REP, "actor_name": "John S.", "changes": {},
    }  # fmt: skip
    return known | more


def changes(record: str = "clients", **pairs: list[Any]) -> list[tuple[str, str, str]]:
    shown = audit_words.entry(found(record=record, changes=pairs))
    return [(each["label"], each["before"], each["after"]) for each in shown["changes"] + shown["more"]]


def test_before_and_after_in_words() -> None:
    assert changes(status=["prospect", "active"]) == [("Status", "Prospect", "Active")]
    assert changes(owner_id=[None, REP]) == [("Owner", "", "John Smith")]
    assert changes(tags=[["a"], ["a", "b"]]) == [("Tags", "a", "a, b")]
    assert changes(active=[True, False]) == [("Active", "yes", "no")]
    assert changes(amount_minor=[None, 6250000], currency=[None, "USD"])[1] == ("Amount", "", "$62,500")
    assert changes(amount_minor=[5, 700]) == [("Amount", "5 (smallest unit)", "700 (smallest unit)")]
    assert changes(unheard_of=["x", None]) == [("unheard of", "x", "")]
    assert changes(notes=[None, ""]) == []


def test_what_was_done_by_whom() -> None:
    assert audit_words.sentence("clients", "changed") == "Client changed"
    assert audit_words.sentence("sessions", "created") == "Signed in"
    assert audit_words.sentence("new_things", "bent") == "new things bent"
    assert audit_words.who(found()) == "John S."
    assert audit_words.who(found(actor_name="")) == "John Smith"
    assert audit_words.who(found(actor_name="", actor_id=new_id())) == "Somebody who was erased"
    assert audit_words.who(found(actor_id="system:billing")) == "System: Billing"
    assert audit_words.who(found(actor_id="database:crm_clients")) == "Directly in the database, as crm_clients"
    assert audit_words.who(found(actor_id="visitor", actor_name="")) == "A visitor"


def test_where_a_record_is() -> None:
    def link(**more: Any) -> str:
        return str(audit_words.entry(found(**more))["link"])

    assert link() == f"/clients/{CLIENT}"
    assert link(record="payments", record_id=new_id()) == f"/invoices/{CLIENT}"
    assert link(record="contacts", changes={"client_id": [None, CLIENT]}) == f"/clients/{CLIENT}"
    assert link(record="contacts") == link(record="clients", record_id="javascript:alert(1)") == ""


@pytest.mark.parametrize("service", PLANS)
def test_every_watched_table_has_a_name(service: str) -> None:
    assert set(PLANS[service].watched) <= set(audit_words.RECORDS)


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), ("\tx", "'\tx"), ("x=1", "x=1"), (None, ""), (True, "true"),
     ({"a": [None, "=1"]}, '{"a":[null,"=1"]}'), (7, "7")],
)  # fmt: skip
def test_no_cell_is_a_formula(value: Any, cell: str) -> None:
    assert _cell(value) == cell
