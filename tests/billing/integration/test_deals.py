"""A won deal has one draft, another has none, however often and in whatever order that is told."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from libs.common.ids import new_id
from services.billing.events import DealReopened, DealState, DealWon
from tests.billing.harness import Billing


def deal(kind: type[DealState], deal_id: str, client_id: str, version: int, **more: Any) -> DealState:
    stage = "won" if kind is DealWon else "negotiation"
    state: dict[str, Any] = {
        "deal_id": deal_id,
        "client_id": client_id,
        "company_name": "TechCorp Solutions",
        "deal_name": "TechCorp - E-commerce AI Chatbot",
        "deal_value_minor": 6250000,
        "currency": "USD",
        "stage": stage,
        "owner_id": None,
        "version": version,
    }
    return kind(**(state | more))


def test_a_won_deal_has_one_draft(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    won = deal(DealWon, deal_id, client_id, 3)
    for _ in range(3):
        billing.deliver(won)
    (invoice,) = billing.finance.list_invoices(filters={"deal_id": deal_id})["items"]
    assert (invoice["amount_minor"], invoice["origin"], invoice["status"]) == (6250000, "deal_won", "draft")
    assert invoice["description"] == "TechCorp - E-commerce AI Chatbot"
    assert len(billing.told("invoice.drafted")) == 1


def test_many_at_once_make_one_draft_each(billing: Billing) -> None:
    client_id = billing.client()
    deals = [new_id() for _ in range(4)]
    told = [deal(DealWon, deal_id, client_id, version) for deal_id in deals for version in (3, 3, 3, 4, 5)]
    random.Random(7).shuffle(told)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(billing.deliver, told))
    assert billing.count("invoices") == 4
    numbers = [row.invoice_number for row in billing.sql("SELECT invoice_number FROM invoices ORDER BY 1")]
    assert numbers == [f"INV-2025-00{number}" for number in (1, 2, 3, 4)]


def test_reopening_voids_the_unsent_draft_and_winning_again_drafts_anew(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    billing.deliver(deal(DealReopened, deal_id, client_id, 4))
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    assert [row.status for row in billing.sql("SELECT status FROM invoices")] == ["void"]
    billing.deliver(deal(DealWon, deal_id, client_id, 5, deal_value_minor=7000000))
    found = billing.sql("SELECT status, amount_minor FROM invoices ORDER BY invoice_number")
    assert [(row.status, row.amount_minor) for row in found] == [("void", 6250000), ("draft", 7000000)]
    assert [event["invoice_number"] for event in billing.told("invoice.voided")] == ["INV-2025-001"]


def test_overtaking_changes_nothing(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealReopened, deal_id, client_id, 4))
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    assert billing.count("invoices") == 0


def test_leaving_lost_for_won_is_told_as_both_and_drafts_once(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealReopened, deal_id, client_id, 6, stage="won"))
    billing.deliver(deal(DealWon, deal_id, client_id, 6))
    assert billing.count("invoices", "status = 'draft'") == 1


def test_a_sent_invoice_survives_reopening_and_is_the_one_when_won_again(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    (draft,) = billing.finance.list_invoices(filters={})["items"]
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.deliver(deal(DealReopened, deal_id, client_id, 4))
    billing.deliver(deal(DealWon, deal_id, client_id, 5))
    assert [row.status for row in billing.sql("SELECT status FROM invoices")] == ["sent"]


def test_a_deal_without_a_value_drafts_nothing(billing: Billing) -> None:
    billing.deliver(deal(DealWon, new_id(), billing.client(), 3, deal_value_minor=None))
    billing.deliver(deal(DealWon, new_id(), billing.client(), 3, deal_value_minor=0))
    assert billing.count("invoices") == billing.count("number_sequences") == 0


def test_a_deal_whose_client_is_not_known_yet_is_drafted_all_the_same(billing: Billing) -> None:
    billing.deliver(deal(DealWon, new_id(), new_id(), 3, company_name="StartupXYZ"))
    assert billing.sql("SELECT company_name FROM invoices")[0][0] == "StartupXYZ"
