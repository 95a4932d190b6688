"""Reports and lists of a segment: its clients' deals and no others, under everybody's own rule, by whatever road."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, Unavailable
from services.deals.adapters.clients import SegmentsOverRpc
from tests.support.actors import ADMIN, JESSICA, JOHN, MANAGER, system

YEAR = {"from_day": "2024-06-01", "to_day": "2025-05-31"}
DAYS = {"start": "2025-01-05", "end": "2025-01-06"}
# Each report with what it is asked with beside filters.
REPORTS: dict[str, dict[str, Any]] = {
    "forecast": YEAR,
    "forecast_bridge": YEAR | DAYS,
    "win_rate": YEAR,
    "funnel": YEAR,
    "velocity": YEAR,
    "sources": YEAR,
    "reps": YEAR,
    "trend": {"months": 3},
    "stagnation": {"idle_days": 1},
    "risks": {},
}
LISTS = ("list_deals", "totals", "board", "export_deals")


@pytest.fixture
def owners(directory: Any, new_deal: Any, clock: Any) -> dict[str, str]:
    """A client each of John's, of Jessica's and of nobody's, with an open, a won and a lost deal."""
    made = {}
    for number, (name, owner) in enumerate({"john": JOHN.id, "jessica": JESSICA.id, "nobody": None}.items(), start=1):
        made[name] = directory.add(owner, label=name)
        for stage in ("proposal", "won", "lost"):
            closed = {"lost_reason": "price"} if stage == "lost" else {}
            dated = {} if closed or stage == "won" else {"expected_close_date": "2025-02-15"}
            new_deal(made[name], stage=stage, deal_value_minor=number * 100, **closed, **dated)
    clock.at += timedelta(days=40)
    return made


def without_name(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "segment"}


def test_a_segment_of_one_client_is_that_client(deals: Any, directory: Any, owners: Any) -> None:
    segment_id = directory.segment(owners["jessica"])
    for person, (report, asked) in product((ADMIN, JESSICA), REPORTS.items()):
        ask = getattr(deals.as_(person), report)
        by_segment = ask(**asked, filters={"segment_id": segment_id})
        assert by_segment["segment"] == {"id": segment_id, "name": "Big ones"}
        assert without_name(by_segment) == ask(**asked, filters={"client_id": owners["jessica"]}), report
        assert "segment" not in ask(**asked)
        assert without_name(by_segment) != ask(**asked), report


def test_a_segment_of_everybody_is_everything(deals: Any, directory: Any, owners: Any) -> None:
    """The sums that are kept and the deals one by one come to the same."""
    segment_id = directory.segment(*owners.values(), *(new_id() for _ in range(50)))
    for person, (report, asked) in product((ADMIN, JOHN, MANAGER), REPORTS.items()):
        ask = getattr(deals.as_(person), report)
        assert without_name(ask(**asked, filters={"segment_id": segment_id})) == ask(**asked), report


def test_nobody_sees_more_by_a_segment(deals: Any, directory: Any, owners: Any) -> None:
    """Whatever clients says is in it."""
    theirs, empty = directory.segment(owners["jessica"]), directory.segment()
    for report, asked in REPORTS.items():
        ask = getattr(deals.as_(JOHN), report)
        found, nothing = (ask(**asked, filters={"segment_id": each}) for each in (theirs, empty))
        assert without_name(found) == without_name(nothing), report


def test_lists_of_a_segment(deals: Any, directory: Any, owners: Any) -> None:
    segment_id = directory.segment(owners["john"], owners["nobody"])
    for person, method in product((ADMIN, JOHN, JESSICA), LISTS):
        ask = getattr(deals.as_(person), method)
        one_by_one = [_count(ask(filters={"client_id": owners[name]})) for name in ("john", "nobody")]
        assert _count(ask(filters={"segment_id": segment_id})) == sum(one_by_one) > 0, method


def _count(answer: dict[str, Any]) -> int:
    if "columns" in answer:
        return sum(column["count"] for column in answer["columns"])
    return int(answer.get("total", answer.get("count", len(answer.get("items", [])))))


def test_a_segment_narrows_further(deals: Any, directory: Any, owners: Any) -> None:
    filters = {"segment_id": directory.segment(*owners.values()), "client_id": owners["john"], "owner_id": JOHN.id}
    assert deals.as_(ADMIN).sources(**YEAR, filters=filters)["total"]["created"] == 3
    assert deals.as_(ADMIN).list_deals(filters=filters)["total"] == 3


def test_very_many_clients_are_one_parameter(deals: Any, directory: Any, owners: Any) -> None:
    segment_id = directory.segment(owners["john"], *(new_id() for _ in range(49_999)))
    for _ in range(12):  # the driver keeps the statement, and the database its plan
        found = deals.as_(ADMIN).list_deals(filters={"segment_id": segment_id})
    assert found["total"] == 3
    parts = deals.as_(ADMIN).forecast_bridge(**YEAR, **DAYS, filters={"segment_id": segment_id})["parts"]
    assert sum(part["count"] for part in parts if part["kind"] == "came_in") == 1


def test_a_segment_that_is_not_there_is_named(deals: Any, directory: Any) -> None:
    """No report comes instead."""
    for report, segment_id in product([*REPORTS, *LISTS], (new_id(), "x", 5, {"id": new_id()})):
        with pytest.raises(Invalid) as refused:
            getattr(deals.as_(ADMIN), report)(**REPORTS.get(report, {}), filters={"segment_id": segment_id})
        assert refused.value.field == "segment_id"
    directory.problem = Unavailable("clients did not answer")
    for report in (*REPORTS, *LISTS):
        with pytest.raises(Unavailable):
            getattr(deals.as_(ADMIN), report)(**REPORTS.get(report, {}), filters={"segment_id": new_id()})


def test_clients_is_asked_once_and_for_whom(deals: Any, directory: Any, owners: Any) -> None:
    segment_id, person = directory.segment(owners["jessica"]), {"id": JESSICA.id, "role": "sales"}
    directory.asked.clear()
    deals.as_(ADMIN).forecast(**YEAR)
    deals.as_(ADMIN).list_deals(filters={})
    assert directory.asked == []
    deals.as_(JOHN).forecast(**YEAR, filters={"segment_id": segment_id})
    deals.as_(system("notifications")).forecast(**YEAR, filters={"segment_id": segment_id}, person=person)
    assert directory.asked == [f"{segment_id} for the caller", f"{segment_id} for {JESSICA.id}"]
    with pytest.raises(Forbidden):
        deals.as_(JOHN).forecast(**YEAR, filters={"segment_id": segment_id}, person=person)


def test_a_target_is_not_held_against_a_segment(deals: Any, directory: Any, owners: Any) -> None:
    deals.as_(ADMIN).set_targets(targets=[{"month": "2025-01", "owner_id": None, "amount_minor": 1_000}])
    assert deals.as_(ADMIN).forecast(**YEAR)["target_minor"] == 1_000
    filters = {"segment_id": directory.segment(*owners.values())}
    assert deals.as_(ADMIN).forecast(**YEAR, filters=filters)["target_minor"] is None


class Bus:
    """The bus, by hand: whom it was asked as."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, context: Context, service: str, method: str, *, seconds: float, **arguments: Any) -> Any:
        assert (service, method) == ("clients", "segment_clients") and seconds
        self.calls.append((context.actor.id, arguments))
        return {}


def test_a_person_is_asked_for_with_the_own_token_and_a_service_as_ourselves() -> None:
    bus, own, person = Bus(), Context(actor=system("deals")), {"id": JOHN.id, "role": "sales"}
    rpc: Any = bus
    SegmentsOverRpc(rpc, Context(actor=JOHN), own).clients_of("a segment", None)
    SegmentsOverRpc(rpc, Context(actor=system("notifications")), own).clients_of("a segment", person)
    assert bus.calls == [
        (JOHN.id, {"segment_id": "a segment", "person": None}),
        ("system:deals", {"segment_id": "a segment", "person": person}),
    ]
