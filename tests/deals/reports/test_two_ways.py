"""Every report says the same from the sums and from the deals one by one, and the same as lists and totals do."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from services.deals.domain import OPEN_STAGES
from services.deals.queries.reports import durations
from services.deals.queries.reports.wanted import Wanted
from tests.deals.reports.playing import World
from tests.support.actors import ADMIN, JESSICA, JOHN

RANGES = [("2025-01-01", "2025-05-31"), ("2025-01-20", "2025-03-14"), ("2025-02-05", "2025-02-14")]
FILTERS: list[dict[str, Any]] = [
    {},
    {"owner_id": JOHN.id},
    {"source": "website"},
    {"tag": "vip"},
    {"currency": "EUR"},
    {"stage": ["open"]},
    {"owner_id": JESSICA.id, "stage": ["won", "proposal"]},
]
BY = ("month", "source", "owner", "stage")


@pytest.fixture
def played(world: World) -> World:
    chance = Random(11)
    world.begin()
    for _ in range(4):
        world.create_one(chance)
    for n in range(60):
        world.step(chance)
        deal_id = chance.choice(list(world.states))
        stage = world.states[deal_id][-1].stage
        world.hear("deal.scored", deal_id=deal_id, version=n + 1, stage=stage, probability=chance.choice([0.1, 0.7]))
    return world


def answers(world: World, filters: dict[str, Any]) -> dict[str, Any]:
    ask, found = world.deals.as_(ADMIN), {}
    for first, last in RANGES:
        asked = {"from_day": first, "to_day": last, "filters": filters}
        for name in ("forecast", "funnel", "velocity", "sources", "reps"):
            found[f"{name} {first}"] = getattr(ask, name)(**asked)
        for by in BY:
            found[f"win_rate {by} {first}"] = ask.win_rate(**asked, group_by=by)
        found[f"then {first}"] = ask.forecast(**asked, as_of="2025-02-11")
        found[f"at a month's end {first}"] = ask.forecast(**asked, as_of="2025-02-27")
    found["trend"] = ask.trend(months=5, filters=filters)
    found["totals"] = ask.totals(filters=filters)
    found["board"] = ask.board(filters=filters)
    return found


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_from_the_sums_and_one_by_one(played: World, filters: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    summed = answers(played, filters)
    assert summed["totals"]["count"] > 0
    monkeypatch.setattr(Wanted, "slice_for", lambda *_: None)
    monkeypatch.setattr(durations, "_of_all", lambda *_: False)
    one_by_one = answers(played, filters)
    for name, answer in summed.items():
        assert answer == one_by_one[name], name


def test_points_of_a_trend_are_forecasts_of_those_days(played: World) -> None:
    points = played.deals.as_(ADMIN).trend(months=4)["points"]
    for point in points[:-1]:
        last = {"2025-01": "31", "2025-02": "28", "2025-03": "31", "2025-04": "30", "2025-05": "31", "2025-06": "30"}
        day = f"{point['month']}-{last[point['month'][-7:]]}"
        wide = {"from_day": "2020-01-01", "to_day": "2029-12-31", "as_of": day, "filters": {"stage": ["open"]}}
        then = played.deals.as_(ADMIN).forecast(**wide)
        assert point["open_count"] == then["total_count"] + then["without_date"]["count"]
        assert point["open_minor"] == then["open_minor"] + then["without_date"]["value_minor"]
        assert point["weighted_minor"] == then["open_weighted_minor"] + then["without_date"]["weighted_minor"]
    now = played.deals.as_(ADMIN).forecast(from_day="2020-01-01", to_day="2029-12-31", filters={"stage": ["open"]})
    assert points[-1]["open_minor"] == now["open_minor"] + now["without_date"]["value_minor"]
    assert sum(point["open_count"] for point in points) > 0


def test_rows_are_what_the_report_says_of_each_alone(played: World) -> None:
    """A source's and an owner's row is the forecast with that filter, so that a click from one shows the other."""
    asked = {"from_day": "2025-01-01", "to_day": "2025-05-31"}
    ask = played.deals.as_(ADMIN)
    for row in ask.sources(**asked)["rows"]:
        alone = ask.forecast(**asked, filters={"source": row["source"]})
        assert row["won_minor"] == alone["won_minor"]
    for row in ask.reps(**asked)["rows"]:
        alone = ask.forecast(**asked, filters={"owner_id": row["owner_id"]})
        assert row["won_minor"] == alone["won_minor"]
        stages = list(OPEN_STAGES)
        opened = ask.forecast(
            from_day="2020-01-01", to_day="2029-12-31", filters={"owner_id": row["owner_id"], "stage": stages}
        )
        assert row["open_minor"] == opened["open_minor"] + opened["without_date"]["value_minor"]
        assert row["weighted_minor"] == opened["open_weighted_minor"] + opened["without_date"]["weighted_minor"]


def test_what_was_closed_is_in_the_list_of_it(played: World) -> None:
    first, last = "2025-02-05", "2025-03-14"
    ask = played.deals.as_(ADMIN)
    total = ask.win_rate(from_day=first, to_day=last)["total"]
    for stage in ("won", "lost"):
        listed = ask.totals(filters={"stage": stage, "closed_from": first, "closed_to": last})
        assert listed["count"] == total[stage]
        assert (
            ask.list_deals(filters={"stage": stage, "closes_from": first, "closes_to": last})["total"] == total[stage]
        )
    assert total["won"] + total["lost"] > 0


def test_a_forecasts_cell_is_in_the_list_of_it(played: World) -> None:
    ask = played.deals.as_(ADMIN)
    answer = ask.forecast(from_day="2025-02-01", to_day="2025-02-28", filters={"currency": "USD"})
    for row in answer["rows"]:
        more = {"stage": row["stage"], "closes_from": "2025-02-01", "closes_to": "2025-02-28", "currency": "USD"}
        totals = ask.totals(filters=more)
        value = totals["values"][0] if totals["values"] else {"value_minor": 0, "weighted_minor": 0}
        assert totals["count"] == row["count"]
        assert (value["value_minor"], value["weighted_minor"]) == (row["value_minor"], row["weighted_minor"])
    undated = ask.totals(filters={"undated": True, "currency": "USD"})
    assert undated["count"] == answer["without_date"]["count"]
