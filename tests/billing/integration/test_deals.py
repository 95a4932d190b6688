"""A won deal has one draft, another has none, however often and in whatever order that is told."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from libs.common.ids import new_id
from services.billing.events import DealChanged, DealReopened, DealState, DealWon
from tests.billing.harness import Billing


def deal(kind: type[DealState], deal_id: str, client_id: str, version: int, **more: Any) -> DealState:
    stage = "negotiation" if kind is DealReopened else "won"
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


def drafts(billing: Billing, deal_id: str) -> list[tuple[str, int, str]]:
    found = billing.finance.list_invoices(filters={"deal_id": deal_id}, sort="invoice_number")["items"]
    return [(each["status"], each["amount_minor"], each["currency"]) for each in found]


def test_an_untouched_draft_follows_its_deal(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    changed = deal(DealChanged, deal_id, client_id, 4, deal_value_minor=7000000, currency="EUR", deal_name="Phase 2")
    for _ in range(2):
        billing.deliver(changed)
    assert drafts(billing, deal_id) == [("draft", 7000000, "EUR")]
    (invoice,) = billing.finance.list_invoices(filters={})["items"]
    full = billing.get(invoice["id"])
    assert [(line["description"], line["amount_minor"]) for line in full["lines"]] == [("Phase 2", 7000000)]
    told = billing.told("invoice.drafted")
    assert [event["amount_minor"] for event in told] == [6250000, 7000000]
    assert [event["version"] for event in told] == [1, 2]
    billing.deliver(
        deal(DealChanged, deal_id, client_id, 5, deal_value_minor=7000000, currency="EUR", deal_name="Phase 2")
    )
    assert len(billing.told("invoice.drafted")) == 2, "what stays as it is is not told again"


def test_what_overtakes_is_the_newest_word(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    states = [
        deal(DealWon, deal_id, client_id, 3, deal_value_minor=None),
        deal(DealChanged, deal_id, client_id, 4, deal_value_minor=100),
        deal(DealReopened, deal_id, client_id, 5, deal_value_minor=100),
        deal(DealWon, deal_id, client_id, 6, deal_value_minor=200),
        deal(DealChanged, deal_id, client_id, 7, deal_value_minor=300),
    ]
    for seed in range(6):
        deal_id, told = new_id(), list(states)
        random.Random(seed).shuffle(told)
        for state in told + told[:2]:
            billing.deliver(state.model_copy(update={"deal_id": deal_id}))
        live = [each for each in drafts(billing, deal_id) if each[0] != "void"]
        assert live == [("draft", 300, "USD")], [state.version for state in told]


def test_a_draft_that_a_person_changed_stays_as_it_is(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    (draft,) = billing.finance.list_invoices(filters={})["items"]
    billing.finance.update_invoice(invoice_id=draft["id"], changes={"notes": "Thanks"})
    billing.deliver(deal(DealChanged, deal_id, client_id, 4, deal_value_minor=7000000))
    billing.deliver(deal(DealChanged, deal_id, client_id, 5, deal_value_minor=None))
    assert drafts(billing, deal_id) == [("draft", 6250000, "USD")]
    billing.deliver(deal(DealReopened, deal_id, client_id, 6))
    assert drafts(billing, deal_id) == [("void", 6250000, "USD")]


def test_a_sent_invoice_follows_nothing(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    (draft,) = billing.finance.list_invoices(filters={})["items"]
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.deliver(deal(DealChanged, deal_id, client_id, 4, deal_value_minor=7000000))
    assert drafts(billing, deal_id) == [("sent", 6250000, "USD")]


def test_a_deal_won_without_a_value_has_its_draft_once_it_has_one(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3, deal_value_minor=None))
    billing.deliver(deal(DealChanged, deal_id, client_id, 4, deal_value_minor=0))
    assert drafts(billing, deal_id) == []
    billing.deliver(deal(DealChanged, deal_id, client_id, 5, deal_value_minor=100))
    assert drafts(billing, deal_id) == [("draft", 100, "USD")]
    billing.deliver(deal(DealChanged, deal_id, client_id, 6, deal_value_minor=None))
    assert drafts(billing, deal_id) == [("void", 100, "USD")]
    billing.deliver(deal(DealChanged, deal_id, client_id, 7, deal_value_minor=200))
    assert drafts(billing, deal_id) == [("void", 100, "USD"), ("draft", 200, "USD")]


def test_a_draft_that_a_person_voided_does_not_come_back_until_the_deal_is_won_again(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    (draft,) = billing.finance.list_invoices(filters={})["items"]
    billing.finance.void_invoice(invoice_id=draft["id"], reason="not this way")
    billing.deliver(deal(DealWon, deal_id, client_id, 3))
    billing.deliver(deal(DealChanged, deal_id, client_id, 4, deal_value_minor=7000000))
    assert drafts(billing, deal_id) == [("void", 6250000, "USD")]
    # The next win's own word is overtaken by a change and by its reopening.
    billing.deliver(deal(DealChanged, deal_id, client_id, 7, deal_value_minor=8000000))
    assert drafts(billing, deal_id) == [("void", 6250000, "USD")]
    billing.deliver(deal(DealWon, deal_id, client_id, 6))
    billing.deliver(deal(DealReopened, deal_id, client_id, 5))
    assert drafts(billing, deal_id) == [("void", 6250000, "USD"), ("draft", 8000000, "USD")]


def test_changes_of_deals_that_are_not_won_draft_nothing(billing: Billing) -> None:
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealChanged, deal_id, client_id, 2, stage="proposal"))
    assert drafts(billing, deal_id) == [] and billing.count("number_sequences") == 0


def test_a_deal_that_was_brought_in_as_won_asks_for_no_invoice(billing: Billing) -> None:
    """Its state is told, the win is no news; and where the win is only late, its draft comes with it."""
    client_id, deal_id = billing.client(), new_id()
    billing.deliver(deal(DealChanged, deal_id, client_id, 5))
    assert billing.count("invoices") == 0
    billing.deliver(deal(DealWon, deal_id, client_id, 4))
    assert billing.count("invoices") == 1
