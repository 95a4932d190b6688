"""Use cases 1 to 4, as a person plays them, and what each hop took."""

from __future__ import annotations

from typing import Any

import requests

from stack import demo
from stack.driver import Crm
from tests.support.waiting import eventually


def test_the_sales_cycle_from_form_to_receipt(crm: Crm) -> None:
    times = demo.play(crm)
    assert len(times) == 19


def test_a_trace_shows_every_hop_of_a_form(crm: Crm, people: dict[str, Any]) -> None:
    form = {"first_name": "Tracy", "last_name": "Hops", "email": "tracy@hops.example", "company_name": "Hops Traced"}
    reference = crm.anybody().post("/intake/contact", form)["reference"]

    def complete() -> Any:
        trace = people["admin"].get(f"/traces/{reference}")
        found = {(hop["service"], hop["kind"]) for hop in trace["hops"] if hop["ms"] is not None}
        wanted = {
            ("gateway", "http"),
            ("gateway", "rpc call"),
            ("clients", "rpc"),
            ("clients", "outbox"),
            ("notifications", "queue"),
            ("notifications", "handler"),
            ("notifications", "job"),
        }
        assert wanted <= found, wanted - found
        return trace

    trace = eventually(complete, 30)
    assert trace["unavailable"] == []
    names = {hop["name"] for hop in trace["hops"]}
    assert {"submit_contact", "client.inquired", "POST /api/v1/intake/contact → 201"} <= names
    assert all(hop["ms"] >= 0 for hop in trace["hops"] if hop["ms"] is not None)


def test_only_an_admin_sees_traces_and_dead_letters(people: dict[str, Any], crm: Crm) -> None:
    for path in ("/traces/x", "/dead-letters", "/users", "/status"):
        for who in ("sales", "finance", "manager"):
            answer = people[who].session.get(crm.base_url + path, timeout=10)
            assert answer.status_code == 403, (who, path)
    assert people["admin"].get("/dead-letters")["total"] == 0


def test_documents_go_up_and_come_down_unchanged(people: dict[str, Any], crm: Crm) -> None:
    from tests.e2e.deals_and_invoices import a_client

    rep, other = people["sales"], people["sales2"]
    client = a_client(rep)
    content = bytes(range(256)) * 4000
    answer = rep.session.post(
        f"{crm.base_url}/clients/{client['id']}/documents",
        files={"file": ("Vertrag – Entwurf.pdf", content, "application/pdf")},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["size"] == len(content)
    assert rep.download(f"/documents/{document['id']}") == content
    refused = other.session.get(f"{crm.base_url}/documents/{document['id']}", timeout=10)
    assert refused.status_code == 404
    listed = rep.get(f"/clients/{client['id']}/documents")["items"]
    assert [each["filename"] for each in listed] == ["Vertrag – Entwurf.pdf"]


def test_health_ready_and_metrics_answer_at_the_root(crm: Crm) -> None:
    for path in ("/health", "/ready", "/metrics", "/openapi.json"):
        assert requests.get(crm.info["base_url"] + path, timeout=10).status_code == 200, path
