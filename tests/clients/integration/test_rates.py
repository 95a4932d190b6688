"""Exchange rates: who sets them, and that every value follows, whatever happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid
from services.clients import handlers
from services.clients.events import DealStageChanged
from tests.clients.integration.test_reactions import value
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, context
from tests.support.delivering import envelope


def put(clients: Any, day: str, rate: Any, currency: str = "EUR", who: Any = FINANCE) -> dict[str, Any]:
    made: dict[str, Any] = clients.as_(who).set_exchange_rate(currency=currency, day=day, rate=rate)
    return made


def win(hear: Any, client_id: str, minor: int, day: str, currency: str = "EUR") -> str:
    deal_id = new_id()
    state = {"stage": "won", "currency": currency, "deal_value_minor": minor, "actual_close_date": day}
    hear("deal.stage_changed", client_id=client_id, deal_id=deal_id, version=2, **state)
    return deal_id


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def test_a_rate_values_the_deals_it_applies_to(clients: Any, hear: Any, client_id: str, new_client: Any) -> None:
    other = new_client(JESSICA.id, company_name="Other")["id"]
    for day in ("2025-01-09", "2025-01-10", "2025-01-20"):
        win(hear, client_id, 10_000, day)
    win(hear, other, 1_000_000, "2025-01-15", "JPY")
    win(hear, other, 10_000, "2025-01-15")
    win(hear, other, 700, "2025-01-15", "USD")
    assert (value(clients, client_id), value(clients, other)) == (0, 700)
    made = put(clients, "2025-01-10", "1.10")
    assert (made["rate"], made["day"], made["currency"], made["set_by"]) == ("1.1", "2025-01-10", "EUR", FINANCE.id)
    assert (made["deals"], made["clients"]) == (3, 2)
    assert (value(clients, client_id), value(clients, other)) == (22_000, 11_700)
    assert put(clients, "2025-01-15", "2")["deals"] == 2  # only those closed since
    assert (value(clients, client_id), value(clients, other)) == (11_000 + 20_000, 20_700)
    put(clients, "2025-01-01", "1")  # the first deal alone has none yet
    assert value(clients, client_id) == 10_000 + 11_000 + 20_000
    put(clients, "2025-01-10", "1.2")  # corrected
    assert value(clients, client_id) == 10_000 + 12_000 + 20_000
    put(clients, "2025-01-01", "0.0064", "JPY")
    assert value(clients, other) == 640_000 + 20_700
    shown = clients.as_(ADMIN).get_client(client_id=client_id)
    assert shown["deals_without_rate"] == [] and shown["version"] == 1


def test_deals_that_are_not_won_add_nothing(clients: Any, hear: Any, client_id: str) -> None:
    state = {"client_id": client_id, "currency": "EUR", "deal_value_minor": 500, "version": 2}
    hear("deal.stage_changed", **state, deal_id=new_id(), stage="lost", actual_close_date="2025-01-10")
    hear("deal.changed", **state, deal_id=new_id(), stage="lead", actual_close_date=None)
    put(clients, "2025-01-01", "2")
    assert value(clients, client_id) == 0


@pytest.mark.parametrize("who", [ADMIN, FINANCE, JOHN, MANAGER])
def test_everybody_reads_rates_and_finance_sets_them(clients: Any, who: Any) -> None:
    put(clients, "2025-01-01", "1.03")
    put(clients, "2025-01-02", "1.04")
    put(clients, "2025-01-02", "0.0064", "JPY")
    page = clients.as_(who).list_exchange_rates()
    rows = [(row["currency"], row["day"], row["rate"]) for row in page["items"]]
    assert rows == [("EUR", "2025-01-02", "1.04"), ("JPY", "2025-01-02", "0.0064"), ("EUR", "2025-01-01", "1.03")]
    assert (page["total"], page["next_cursor"], page["base_currency"]) == (3, None, "USD")
    first = clients.as_(who).list_exchange_rates(limit=2)
    second = clients.as_(who).list_exchange_rates(limit=2, cursor=first["next_cursor"])
    assert [*first["items"], *second["items"]] == page["items"]
    if who in (JOHN, MANAGER):
        with pytest.raises(Forbidden):
            put(clients, "2025-01-03", "1", who=who)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"currency": "USD"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": None}, "currency"),
        ({"day": str(date.today() + timedelta(days=2))}, "day"),
        ({"day": "today"}, "day"),
        ({"day": None}, "day"),
        ({"rate": "0"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"rate": "1.0000000000001"}, "rate"),
        ({"rate": "1000000000000"}, "rate"),
        ({"rate": "1e-400"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"rate": "Infinity"}, "rate"),
        ({"rate": "much"}, "rate"),
        ({"rate": None}, "rate"),
        ({"rate": True}, "rate"),
        ({"rate": 1.5}, "rate"),
    ],
)
def test_a_rate_that_is_none_is_refused(clients: Any, arguments: dict[str, Any], field: str) -> None:
    given = {"currency": "EUR", "day": "2025-01-01", "rate": "1.1"} | arguments
    with pytest.raises(Invalid) as refused:
        clients.as_(ADMIN).set_exchange_rate(**given)
    assert refused.value.field == field
    assert clients.as_(ADMIN).list_exchange_rates()["total"] == 0


def test_a_rate_that_makes_a_deal_too_large_is_refused(clients: Any, hear: Any, client_id: str) -> None:
    win(hear, client_id, 10**15, "2025-01-10")
    with pytest.raises(Invalid) as refused:
        put(clients, "2025-01-01", "1000000")
    assert refused.value.field == "rate"


def test_all_twelve_decimals_are_kept(clients: Any, hear: Any, client_id: str) -> None:
    win(hear, client_id, 900_719_925_474_093, "2025-01-10")
    assert put(clients, "2025-01-01", "1.000000000001")["rate"] == "1.000000000001"
    assert value(clients, client_id) == 900_719_925_474_994  # …093 + 900.7, half a cent up


@pytest.mark.parametrize("rate_first", [True, False])
def test_a_deal_and_a_rate_that_meet_see_each_other(
    clients: Any, hear: Any, runtime: Any, client_id: str, rate_first: bool
) -> None:
    """Whoever is second waits for the first to commit: a deal not yet there for a rate would be left without it."""
    state = {"stage": "won", "currency": "EUR", "deal_value_minor": 100, "actual_close_date": "2025-01-10"}
    sent = envelope("deal.stage_changed", client_id=client_id, deal_id=new_id(), version=2, **state)
    steps: list[Callable[[UnitOfWork], Any]] = [
        lambda uow: handlers.set_exchange_rate(uow, "EUR", "2025-01-01", "3"),
        lambda uow: handlers.on_deal_state(uow, sent.read(DealStageChanged), sent),
    ]
    first, second = steps if rate_first else reversed(steps)

    def whole(step: Callable[[UnitOfWork], Any]) -> None:
        with runtime.database.unit_of_work(context(ADMIN)) as uow:
            step(uow)

    with ThreadPoolExecutor(1) as pool:
        with runtime.database.unit_of_work(context(ADMIN)) as uow:
            first(uow)
            waiting = pool.submit(whole, second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        waiting.result(timeout=20)
    assert value(clients, client_id) == 300


def test_deals_won_while_rates_are_set_are_all_valued(clients: Any, hear: Any, new_client: Any) -> None:
    """Whoever comes first, the other sees it: no deal is left without the rate that was set meanwhile."""
    ids = [new_client(JOHN.id, company_name=f"C{n}")["id"] for n in range(4)]

    def one(number: int) -> None:
        if number % 6 == 0:
            put(clients, "2025-01-01", str(1 + number))
        else:
            win(hear, ids[number % 4], 100, "2025-01-10")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(48)))
    (rate,) = clients.as_(ADMIN).list_exchange_rates()["items"]
    assert sum(value(clients, each) for each in ids) == 40 * 100 * int(rate["rate"])
