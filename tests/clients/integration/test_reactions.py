"""What clients does when others tell something: lifetime value, status, history."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import NotFound
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import told


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def value(clients: Any, client_id: str) -> int:
    found: int = clients.as_(ADMIN).get_client(client_id=client_id)["lifetime_value_minor"]
    return found


def figures(runtime: Any, client_id: str) -> tuple[int, list[str], int | None, int | None]:
    """What the client's deals come to: the open ones, the stages, the least and the greatest amount."""
    with runtime.database.engine.connect() as connection:
        statement = "SELECT open_deals, deal_stages, least_deal_minor, greatest_deal_minor FROM clients WHERE id = :id"
        return tuple(connection.execute(text(statement), {"id": client_id}).one())  # type: ignore[return-value]  # a row


def history(clients: Any, client_id: str) -> list[tuple[str, str]]:
    rows = clients.as_(ADMIN).timeline(client_id=client_id)["items"]
    return [(row["subject"], row["description"]) for row in rows]


def rate(runtime: Any, currency: str, day: str, rate: str) -> None:
    with runtime.database.engine.begin() as connection:
        values = {"currency": currency, "day": date.fromisoformat(day), "rate": rate}
        connection.execute(text("INSERT INTO exchange_rates VALUES (:currency, :day, :rate)"), values)


def test_the_value_is_the_sum_of_the_won_deals(clients: Any, hear: Any, client_id: str) -> None:
    won = {"client_id": client_id, "stage": "won"}
    one, two = new_id(), new_id()
    hear("deal.created", deal_id=one, client_id=client_id, stage="lead", deal_value_minor=6_250_000, version=1)
    assert value(clients, client_id) == 0
    hear("deal.stage_changed", **won, deal_id=one, deal_value_minor=6_250_000, version=2)
    hear("deal.stage_changed", **won, deal_id=two, deal_value_minor=1, version=2)
    assert value(clients, client_id) == 6_250_001
    hear("deal.changed", **won, deal_id=one, deal_value_minor=None, version=3)
    assert value(clients, client_id) == 1
    hear("deal.stage_changed", deal_id=two, client_id=client_id, stage="lost", deal_value_minor=1, version=3)
    assert value(clients, client_id) == 0


def test_a_derived_figure_is_no_edit(clients: Any, hear: Any, client_id: str) -> None:
    hear("deal.stage_changed", deal_id=new_id(), client_id=client_id, stage="won", version=2)
    after = clients.as_(ADMIN).get_client(client_id=client_id)
    assert (after["lifetime_value_minor"], after["version"]) == (6_250_000, 1)


def test_shuffled_events_of_many_deals_at_once(clients: Any, hear: Any, runtime: Any, client_id: str) -> None:
    """Each deal is told five states, all of them in any order and at once; the newest of each counts."""
    chance = random.Random(7)
    events, expected, last = [], 0, []
    for number in range(20):
        deal_id = new_id()
        stages = [chance.choice(("lead", "won", "lost", "proposal")) for _ in range(5)]
        amounts = [chance.randrange(10**9) for _ in range(5)]
        for version, (stage, amount) in enumerate(zip(stages, amounts, strict=True), 1):
            kind = "deal.created" if version == 1 else "deal.changed" if number % 2 else "deal.stage_changed"
            events.append((kind, {"deal_id": deal_id, "stage": stage, "deal_value_minor": amount, "version": version}))
        expected += amounts[-1] if stages[-1] == "won" else 0
        last.append((stages[-1], amounts[-1]))
    chance.shuffle(events)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda event: hear(event[0], client_id=client_id, **event[1]), events))
    assert value(clients, client_id) == expected > 0
    still_open = sum(stage not in ("won", "lost") for stage, _ in last)
    amounts = [amount for _, amount in last]
    assert figures(runtime, client_id) == (still_open, sorted({stage for stage, _ in last}), min(amounts), max(amounts))


def test_a_deal_that_is_gone_counts_for_nothing(clients: Any, hear: Any, runtime: Any, client_id: str) -> None:
    one, two = ({"deal_id": new_id(), "client_id": client_id} for _ in range(2))
    hear("deal.created", **one, stage="lead", deal_value_minor=700, version=1)
    hear("deal.created", **two, stage="proposal", deal_value_minor=300, version=1)
    assert figures(runtime, client_id) == (2, ["lead", "proposal"], 300, 700)
    hear("deal.removed", **one, stage="lead", deal_value_minor=700, version=2)
    assert figures(runtime, client_id) == (1, ["proposal"], 300, 300)
    hear("deal.removed", **two, stage="proposal", deal_value_minor=300, version=2)
    assert figures(runtime, client_id) == (0, [], None, None)


def test_foreign_money_counts_at_the_rate_of_its_closing_day(
    clients: Any, hear: Any, runtime: Any, client_id: str
) -> None:
    rate(runtime, "EUR", "2025-01-01", "1.03")
    rate(runtime, "EUR", "2025-01-10", "1.10")
    rate(runtime, "JPY", "2025-01-01", "0.0064")
    rate(runtime, "BHD", "2025-01-01", "2.65")
    for currency, minor, day in (
        ("EUR", 1_000_000, "2025-01-09"),  # 10,000 at 1.03
        ("EUR", 1_000_000, "2025-01-10"),  # 10,000 at 1.10
        ("JPY", 1_000_000, "2025-02-01"),  # 1,000,000 yen at 0.0064
        ("BHD", 1_001, "2025-02-01"),  # 1.001 dinars at 2.65 is 2.65265 dollars
    ):
        state = {"client_id": client_id, "stage": "won", "version": 2, "currency": currency}
        hear("deal.stage_changed", deal_id=new_id(), deal_value_minor=minor, actual_close_date=day, **state)
    assert value(clients, client_id) == 1_030_000 + 1_100_000 + 640_000 + 265
    assert clients.as_(ADMIN).get_client(client_id=client_id)["deals_without_rate"] == []


def test_a_deal_without_a_rate_is_listed_and_not_added(clients: Any, hear: Any, runtime: Any, client_id: str) -> None:
    rate(runtime, "EUR", "2025-02-01", "1.10")
    deal_id = new_id()
    state = {"client_id": client_id, "deal_id": deal_id, "stage": "won", "currency": "EUR", "deal_value_minor": 500}
    hear("deal.stage_changed", **state, deal_name="Before the first rate", actual_close_date="2025-01-31", version=2)
    shown = clients.as_(ADMIN).get_client(client_id=client_id)
    assert shown["lifetime_value_minor"] == 0 and shown["deals_without_rate"] == [
        {"deal_id": deal_id, "deal_name": "Before the first rate", "value_minor": 500, "currency": "EUR"}
    ]
    hear("deal.changed", **state, actual_close_date="2025-02-01", version=3)
    shown = clients.as_(ADMIN).get_client(client_id=client_id)
    assert (shown["lifetime_value_minor"], shown["deals_without_rate"]) == (550, [])


def test_winning_makes_a_prospect_active_and_tells_who_may_see_it(
    clients: Any, hear: Any, runtime: Any, client_id: str
) -> None:
    hear("deal.won", client_id=client_id, deal_name="Chatbot", deal_value_minor=6_250_000)
    shown = clients.as_(ADMIN).get_client(client_id=client_id)
    assert shown["status"] == "active"
    assert history(clients, client_id)[0] == ("Deal won: Chatbot", "Won for $62,500")
    assert clients.as_(JESSICA).get_client(client_id=client_id)["access"] == "card"
    hear("deal.won", client_id=client_id, deal_name="Nameless", deal_value_minor=None)
    assert history(clients, client_id)[0] == ("Deal won: Nameless", "Won")


def test_an_open_prospect_that_buys_is_open_no_longer(clients: Any, hear: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(None)["id"]
    assert told(runtime, "client.access_changed")[-1].data["is_open"]
    hear("deal.won", client_id=client_id)
    assert not told(runtime, "client.access_changed")[-1].data["is_open"]
    assert clients.as_(JESSICA).get_client(client_id=client_id)["access"] == "card"


def test_payments_and_settlements_stand_in_the_history(clients: Any, hear: Any, client_id: str) -> None:
    payment = {"client_id": client_id, "invoice_number": "INV-2025-001", "amount_minor": 6_250_000, "currency": "USD"}
    hear("payment.received", **payment, method="stripe")
    hear("deal.fully_paid", client_id=client_id, deal_name="Chatbot", total_minor=6_250_050, currency="USD")
    assert history(clients, client_id)[:2] == [
        ("All payments received", "Chatbot: $62,500.50 received"),
        ("Payment received", "$62,500 for invoice INV-2025-001 (stripe)"),
    ]


def test_mail_that_left_stands_in_the_history(clients: Any, hear: Any, client_id: str) -> None:
    refs = {"invoice_number": "INV-2025-001", "amount_minor": 6_250_000, "currency": "USD"}
    mail = {"client_id": client_id, "to": ["sarah@techcorp.com"]}
    hear("email.sent", **mail, kind="invoice", refs=refs)
    hear("email.sent", **mail, kind="receipt", refs=refs)
    hear("email.sent", **mail, kind="brief_confirmation", refs={})
    hear("email.sent", **mail, kind="deal_won", refs={})
    hear("email.sent", client_id=None, to=["x@y.example"], kind="invoice", refs=refs)
    assert history(clients, client_id)[:-1] == [
        ("Brief confirmation sent", "Sent to sarah@techcorp.com"),
        ("Receipt for invoice INV-2025-001 sent", "Sent to sarah@techcorp.com for $62,500"),
        ("Invoice INV-2025-001 sent", "Sent to sarah@techcorp.com for $62,500"),
    ]


def test_a_letter_stands_in_the_history_in_full_as_its_senders(clients: Any, hear: Any, client_id: str) -> None:
    deal_id, event_id = new_id(), new_id()
    refs = {"draft_id": new_id(), "deal_id": deal_id, "sent_by": JOHN.id, "sent_by_name": "John Smith"}
    letter = {"kind": "letter", "subject": "Revised Timeline", "text": "Hi Sarah,\n\nsix weeks.\n", "refs": refs}
    for _ in range(2):
        hear("email.sent", event_id, client_id=client_id, to=["sarah@techcorp.com"], **letter)
    items = clients.as_(ADMIN).list_activities(client_id=client_id)["items"]
    (entry,) = [each for each in items if each["type"] == "email"]
    assert (entry["subject"], entry["description"]) == ("Sent: Revised Timeline", "Hi Sarah,\n\nsix weeks.")
    assert (entry["actor_id"], entry["actor_name"], entry["deal_id"]) == (JOHN.id, "John Smith", deal_id)


def test_a_repeat_adds_nothing(clients: Any, hear: Any, client_id: str) -> None:
    event_id = new_id()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: hear("deal.won", event_id, client_id=client_id), range(6)))
    assert [subject.split(":")[0] for subject, _ in history(clients, client_id)].count("Deal won") == 1


@pytest.mark.parametrize("event_type", ["deal.won", "deal.stage_changed", "deal.fully_paid", "payment.received"])
def test_news_of_a_client_nobody_knows_is_let_go(clients: Any, hear: Any, new_client: Any, event_type: str) -> None:
    hear(event_type, client_id=new_id())
    deleted = new_client(JOHN.id)["id"]
    clients.as_(ADMIN).delete_client(client_id=deleted)
    hear(event_type, client_id=deleted)
    assert clients.as_(ADMIN).list_clients(filters={})["total"] == 0


def test_a_client_that_was_deleted_before_its_deal_was_known_comes_back(
    clients: Any, hear: Any, client_id: str, runtime: Any
) -> None:
    deal = {"deal_id": new_id(), "client_id": client_id, "deal_name": "Late", "deal_value_minor": 500}
    made = clients.as_(ADMIN).delete_client(client_id=client_id)
    hear("deal.removed", **deal | {"deal_id": new_id()}, stage="lost", version=3)
    with pytest.raises(NotFound):
        clients.as_(ADMIN).get_client(client_id=client_id)
    hear("deal.created", **deal, stage="lead", version=1)
    back = clients.as_(JOHN).get_client(client_id=client_id)
    assert (back["access"], back["open_deals"]) == ("write", 1)
    assert told(runtime, "client.access_changed")[-1].data["closed"] is False
    assert history(clients, client_id)[0] == ("Brought back", "It was deleted while this deal was made: Late")
    # Told twice it is no news, and taking the deletion back leaves it alone, by name.
    hear("deal.created", **deal, stage="lead", version=1)
    assert len(history(clients, client_id)) == len({*history(clients, client_id)})
    undone = clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    assert [each["reason"] for each in undone["refused"]] == ["it was brought back since"]
