"""Win probability from event to event: deals are learnt from, a model is trained, scores are told and taken back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Forbidden
from services.ai import score_history, wiring
from services.ai.handlers import backfilling, learning, training
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from services.ai.worker import TABLE
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN, FINANCE, JOHN, context, system
from tests.support.calling import Caller
from tests.support.delivering import deliver, told

pytestmark = pytest.mark.infrastructure

BEGAN = datetime(2025, 1, 6, 15, tzinfo=UTC)


class History:
    """Deals and clients from before ai listened, two deals a page."""

    def __init__(self) -> None:
        self.deal_rows: list[dict[str, Any]] = []
        self.client_rows: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str | None]] = []

    def deals(self, cursor: str | None) -> dict[str, Any]:
        self.asked.append(("deals", cursor))
        at = int(cursor or 0)
        more = str(at + 2) if at + 2 < len(self.deal_rows) else None
        return {"items": self.deal_rows[at : at + 2], "next_cursor": more}

    def clients(self, cursor: str | None) -> dict[str, Any]:
        self.asked.append(("clients", cursor))
        return {"items": self.client_rows, "next_cursor": None}


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> History:
    made = History()
    monkeypatch.setattr(wiring, "history", lambda: made)
    return made


@pytest.fixture
def runtime(runtime_of: Any, past: History, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == []


@pytest.fixture
def ai(runtime: Any) -> Caller:
    return Caller(AiRpc, runtime)


@pytest.fixture
def work(runtime: Any, past: History) -> Callable[[], int]:
    """Do every job that is due; how many there were."""
    jobs = {name: TABLE.jobs[name] for name in ("train_scores", "rescore_deals")}
    runner = JobRunner("ai", runtime.database, jobs | {backfilling.JOB: backfilling.reading(lambda: past)})

    def all_of_them() -> int:
        done = 0
        while runner.run_one():
            done += 1
        return done

    return all_of_them


def opened(runtime: Any, deal_id: str | None = None, **changes: Any) -> str:
    """A deal is created."""
    deal_id = deal_id or new_id()
    began = {"created_at": BEGAN.isoformat(), "stage_since": BEGAN.isoformat()}
    data = {"deal_id": deal_id, "client_id": new_id(), "stage": "lead", "owner_id": None, **began, "version": 1}
    deliver(runtime, TABLE, "deal.created", **data | changes)
    return deal_id


def closed_deals(runtime: Any, count: int, signal: bool = True) -> None:
    """A history in one transaction; with a signal, referrals are won and the others lost, mostly."""
    drawn = random.Random(5)
    with runtime.database.unit_of_work(context(system("ai"))) as uow:
        for number in range(count):
            source = drawn.choice(("referral", "cold"))
            likely = 0.5 if not signal else 0.9 if source == "referral" else 0.1
            began = BEGAN + timedelta(days=number)
            ended = began + timedelta(days=20)
            won = drawn.random() < likely
            common: dict[str, Any] = {
                "deal_value_minor": 100_000,
                "currency": "USD",
                "source": source,
                "owner_id": None,
            }
            deal_id = new_id()
            told_of = {
                "client_id": new_id(),
                "stage": "won" if won else "lost",
                "stage_since": ended,
                "began_at": began,
            }
            learning.keep_deal(
                uow, learning.Told(deal_id=deal_id, **told_of, closed_on=ended.date(), version=2, **common)
            )
            learning.keep_visit(uow, deal_id, began, {"stage": "lead", **common}, 1)


def scored(runtime: Any, deal_id: str) -> list[dict[str, Any]]:
    return [event.data for event in told(runtime, "deal.scored") if event.data["deal_id"] == deal_id]


def test_a_model_is_trained_and_open_deals_are_scored_by_it(runtime: Any, ai: Any, work: Any) -> None:
    warm, cold = opened(runtime, source="referral"), opened(runtime, source="cold")
    closed_deals(runtime, 80)
    assert told(runtime, "deal.scored") == []  # where no model ever spoke, its silence is no news
    assert ai.as_(ADMIN).train_scores() == {"status": "ordered"} == ai.as_(ADMIN).train_scores()
    assert work() == 2  # one training, one page of scores
    (model,) = ai.as_(ADMIN).list_score_models()["items"]
    assert (model["number"], model["outcome"], model["because"], model["closed"]) == (1, "used", None, 80)
    assert model["figures"]["model"]["brier"] < model["figures"]["base"]["brier"] and model["trained_by"] == ADMIN.id
    (up,), (down,) = scored(runtime, warm), scored(runtime, cold)
    assert up["probability"] > 0.7 > 0.3 > down["probability"] and up["model_version"] == 1
    assert (
        up["reasons"][0]["feature"] == "source" and up["reasons"][0]["points"] > 10 > -10 > down["reasons"][0]["points"]
    )


def test_only_what_changed_by_a_point_is_told(runtime: Any, ai: Any, work: Any) -> None:
    closed_deals(runtime, 80)
    ai.as_(ADMIN).train_scores()
    work()
    deal_id = opened(runtime, source="referral")
    deliver(runtime, TABLE, "deal.changed", deal_id=deal_id, source="referral", stage="lead", owner_id=None,
            created_at=BEGAN.isoformat(), stage_since=BEGAN.isoformat(), version=2, description="More")  # fmt: skip
    assert len(scored(runtime, deal_id)) == 1
    deliver(runtime, TABLE, "deal.changed", deal_id=deal_id, source="cold", stage="lead", owner_id=None,
            created_at=BEGAN.isoformat(), stage_since=BEGAN.isoformat(), version=3)  # fmt: skip
    first, second = scored(runtime, deal_id)
    assert second["probability"] < first["probability"] - 0.3 and (first["version"], second["version"]) == (1, 2)
    # An older state that comes late changes nothing.
    deliver(runtime, TABLE, "deal.changed", deal_id=deal_id, source="referral", stage="lead", owner_id=None,
            created_at=BEGAN.isoformat(), stage_since=BEGAN.isoformat(), version=2)  # fmt: skip
    assert len(scored(runtime, deal_id)) == 2
    # The same model trained again says the same of every deal.
    ai.as_(ADMIN).train_scores()
    work()
    assert len(scored(runtime, deal_id)) == 2 and ai.as_(JOHN).score_standing()["newest"]["number"] == 2


def test_a_closed_deal_is_learnt_from_and_no_longer_scored(runtime: Any, ai: Any) -> None:
    deal_id = opened(runtime, source="referral", deal_value_minor=5_000)
    since = BEGAN + timedelta(days=3)
    moved = {"deal_id": deal_id, "created_at": BEGAN.isoformat(), "owner_id": None, "source": "cold"}
    deliver(runtime, TABLE, "deal.stage_changed", **moved, stage="proposal", stage_since=since.isoformat(), version=2)
    won = {"stage": "won", "stage_since": (since + timedelta(days=4)).isoformat(), "actual_close_date": "2025-01-13"}
    deliver(runtime, TABLE, "deal.stage_changed", **moved, **won, deal_value_minor=9_999_900, version=3)
    with runtime.database.read() as session:
        lead, proposal = score_history.closed_visits(session)
    # Each stay is as it was known then: what was set when the deal was won stands in neither.
    assert (lead.visit.stage, lead.visit.source, lead.visit.value, lead.visit.days) == ("lead", "referral", 50.0, 0.0)
    assert (proposal.visit.stage, proposal.visit.source, proposal.visit.days) == ("proposal", "cold", 3.0)
    assert proposal.visit.value != 99_999.0 and lead.won and lead.closed_on == date(2025, 1, 13)
    assert ai.as_(JOHN).score_standing()["closed"] == 1 and scored(runtime, deal_id) == []


def test_the_order_of_events_makes_no_difference(runtime: Any) -> None:
    deal_id, since = new_id(), (BEGAN + timedelta(days=3)).isoformat()
    moved = {"deal_id": deal_id, "created_at": BEGAN.isoformat(), "stage": "proposal", "stage_since": since}
    deliver(runtime, TABLE, "deal.changed", **moved, deal_value_minor=300, version=3)
    deliver(runtime, TABLE, "deal.stage_changed", **moved, deal_value_minor=200, version=2)
    opened(runtime, deal_id, deal_value_minor=100)
    with runtime.database.read() as session:
        rows = session.execute(text("SELECT stage, deal_value_minor FROM stage_visits ORDER BY entered_at")).all()
        fact = session.execute(text("SELECT stage, deal_value_minor, version FROM deal_facts")).one()
    assert rows == [("lead", 100), ("proposal", 200)] and fact == ("proposal", 300, 3)


def test_too_few_deals_keep_the_stage_weight(runtime: Any, ai: Any, work: Any) -> None:
    deal_id = opened(runtime)
    closed_deals(runtime, 12)
    ai.as_(ADMIN).train_scores()
    work()
    standing = ai.as_(JOHN).score_standing()
    assert (standing["newest"]["outcome"], standing["closed"], standing["needed"]) == ("too_few", 12, 40)
    assert standing["newest"]["because"] == "12 of the 40 closed deals it needs" and "model" not in standing["newest"]
    assert scored(runtime, deal_id) == []


def test_a_model_that_is_dropped_is_taken_back(runtime: Any, ai: Any, work: Any) -> None:
    deal_id = opened(runtime, source="referral")
    closed_deals(runtime, 80)
    ai.as_(ADMIN).train_scores()
    work()
    with runtime.database.engine.begin() as connection:  # from now on nothing decides
        connection.execute(text("UPDATE stage_visits SET source = 'same', currency = 'USD'"))
    ai.as_(ADMIN).train_scores()
    work()
    last = scored(runtime, deal_id)[-1]
    assert (last["source"], last["probability"], last["reasons"]) == ("stage_weight", None, [])
    assert "guessing the win rate" in last["because"]


def test_industries_count_whichever_is_told_first(runtime: Any) -> None:
    client_id = new_id()
    opened(runtime, client_id=client_id)
    deliver(runtime, TABLE, "client.created", client_id=client_id, industry="Retail", version=1)
    deliver(runtime, TABLE, "client.created", client_id=client_id, industry="Old", version=1)
    with runtime.database.read() as session:
        assert session.execute(text("SELECT industry FROM client_industries")).scalar_one() == "Retail"


def test_industries_of_many_come_in_one_event(runtime: Any) -> None:
    known, other = new_id(), new_id()
    opened(runtime, client_id=known)
    told = [
        {"client_id": known, "industry": "Retail", "version": 2},
        {"client_id": other, "industry": None, "version": 1},
    ]
    deliver(runtime, TABLE, "clients.imported", clients=told, version=1)
    deliver(runtime, TABLE, "client.created", client_id=known, industry="Old", version=1)
    with runtime.database.read() as session:
        kept = session.execute(text("SELECT client_id::text, industry FROM client_industries")).all()
    assert dict(map(tuple, kept)) == {known: "Retail", other: None}


def test_history_from_before_is_read_once_and_whole(runtime: Any, work: Any, past: History) -> None:
    client_id, ids = new_id(), [new_id() for _ in range(5)]
    past.client_rows = [{"id": client_id, "industry": "Retail", "version": 4}]
    past.deal_rows = [
        {
            "deal_id": deal_id, "client_id": client_id, "stage": "lost", "stage_since": "2025-02-01T15:00:00+00:00",
            "created_at": "2025-01-06T15:00:00+00:00", "deal_value_minor": 100, "currency": "USD", "source": "cold",
            "owner_id": None, "actual_close_date": "2025-02-01", "version": 2,
            "visits": [{"stage": "lead", "entered_at": "2025-01-06T15:00:00+00:00", "deal_value_minor": 50,
                        "currency": "USD"}],
        }
        for deal_id in ids
    ]  # fmt: skip
    opened(runtime, ids[0], deal_value_minor=70, version=1)  # one was told meanwhile; what was told then stands
    with runtime.database.unit_of_work(context(system("ai"))) as uow:
        backfilling.begin(uow, BEGAN)
        backfilling.begin(uow, BEGAN)
    work()
    assert past.asked == [("clients", None), ("deals", None), ("deals", "2"), ("deals", "4")]
    with runtime.database.read() as session:
        visits = score_history.closed_visits(session)
    assert {each.deal_id for each in visits} == set(ids)
    assert all(each.visit.industry == "Retail" and not each.won for each in visits)
    assert {each.deal_id: each.visit.value for each in visits} == dict.fromkeys(ids, 0.5) | {ids[0]: 0.7}
    with runtime.database.unit_of_work(context(system("ai"))) as uow:
        backfilling.begin(uow, BEGAN)
    assert work() == 0


def test_every_night_learns_only_where_there_is_something_new(runtime: Any, ai: Any, work: Any) -> None:
    def night() -> int:
        with runtime.database.unit_of_work(context(system("ai"))) as uow:
            training.every_night(uow, BEGAN)
        return int(work())

    assert night() == 0
    closed_deals(runtime, 3)
    assert night() == 2 and night() == 0
    closed_deals(runtime, 1)
    assert night() == 2 and ai.as_(ADMIN).list_score_models()["total"] == 2


def test_only_an_admin_trains(ai: Any) -> None:
    for person in (JOHN, FINANCE):
        with pytest.raises(Forbidden):
            ai.as_(person).train_scores()
