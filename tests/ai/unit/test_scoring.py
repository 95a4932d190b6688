"""Win probability: a known signal is found, luck is refused, and reasons say what the coefficients do."""

from __future__ import annotations

import json
import math
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.ai.scoring import NEEDED, ClosedVisit, ScoreModel, Visit, train
from services.ai.scoring.columns import columns_of
from services.ai.scoring.training import fit

BEGIN = datetime(2025, 1, 6, 15, tzinfo=UTC)
STRONG = {"referral": 1.6, "website": 0.0, "cold": -1.6}


def history(deals: int, seed: int = 7, strength: float = 1.0) -> list[ClosedVisit]:
    """Deals whose chance depends on source and stage; strength 0: on nothing."""
    drawn, visits = random.Random(seed), []
    for number in range(deals):
        source = drawn.choice(list(STRONG))
        value = None if drawn.random() < 0.1 else round(math.exp(drawn.gauss(9, 1)), 2)
        began = BEGIN + timedelta(days=number)
        closed = began + timedelta(days=drawn.randrange(10, 60))
        won = drawn.random() < 1 / (1 + math.exp(-strength * STRONG[source]))
        for stage, after in (("lead", 0), ("proposal", 5))[: drawn.choice((1, 2))]:
            visit = Visit(stage, "USD", source, f"rep-{number % 3}", None, value, after)
            visits.append(ClosedVisit(str(number), visit, began + timedelta(days=after), closed, closed.date(), won))
    return visits


def test_a_known_signal_is_found() -> None:
    trained = train(history(240))
    assert trained.outcome == "used" and trained.because is None
    assert trained.model and trained.scores and trained.base and trained.split_on
    assert trained.scores.brier < trained.base.brier and (trained.scores.roc_auc or 0) > 0.7
    assert trained.base.roc_auc == pytest.approx(0.5)
    likely = [
        trained.model.probability(Visit("lead", "USD", source, "rep-1")) for source in ("cold", "website", "referral")
    ]
    assert likely == sorted(likely) and likely[2] - likely[0] > 0.3


def test_shuffled_results_are_refused() -> None:
    """Where nothing decides, the luck of the draw gets past in one history of thirty; so one of twelve may."""
    refused = 0
    for seed in range(12):
        visits = history(240, seed)
        results = {each.deal_id: each.won for each in visits}
        mixed = list(results.values())
        random.Random(seed).shuffle(mixed)
        shuffled = dict(zip(results, mixed, strict=True))
        trained = train([replace(each, won=shuffled[each.deal_id]) for each in visits])
        assert trained.scores and trained.calibration  # what was measured is kept, whatever came of it
        if trained.outcome == "refused":
            refused += 1
            assert trained.model is None and trained.because and "guessing the win rate" in trained.because
    assert refused >= 11


def test_all_stays_of_a_deal_stand_on_one_side_of_the_split() -> None:
    visits = history(120)
    trained = train(visits)
    assert trained.learnt_from + trained.held_back == trained.closed == 120
    assert trained.split_on
    later = {each.deal_id for each in visits if each.closed_on >= trained.split_on}
    assert len(later) == trained.held_back and 20 <= trained.held_back <= 40
    assert sum(each["count"] for each in trained.calibration) == sum(each.deal_id in later for each in visits)


def test_nothing_of_the_later_deals_is_learnt_before_they_judge() -> None:
    """What is found out on deals held back does not depend on how those ended or what they are like."""
    visits = history(120)
    split_on = train(visits).split_on
    assert split_on
    before = [each for each in visits if each.closed_on < split_on]
    turned = before + [replace(each, won=not each.won) for each in visits if each.closed_on >= split_on]
    first, second = train(visits), train(turned)
    assert first.scores and second.scores and first.base_rate == second.base_rate
    assert [each["predicted"] for each in first.calibration] == [each["predicted"] for each in second.calibration]


@pytest.mark.parametrize(
    ("deals", "words"),
    [(0, f"0 of the {NEEDED} closed deals it needs"), (12, f"12 of the {NEEDED} closed deals it needs")],
)
def test_too_few_deals_are_said(deals: int, words: str) -> None:
    trained = train(history(deals))
    assert (trained.outcome, trained.because, trained.model, trained.closed) == ("too_few", words, None, deals)


def test_a_history_of_one_result_or_one_day_is_too_little() -> None:
    visits = history(60)
    won = train([replace(each, won=True) for each in visits])
    assert (won.outcome, won.because) == ("too_few", "0 of the 8 lost deals it needs")
    day = train([replace(each, closed_on=BEGIN.date()) for each in visits])
    assert day.outcome == "too_few" and day.because and "too close together" in day.because


def test_what_was_never_open_teaches_nothing() -> None:
    visits = history(60)
    entered = [replace(each, entered_at=each.closed_at) for each in visits]
    assert train(entered).closed == 0 and train(visits + entered).closed == 60


def test_rare_and_new_words_are_pooled_and_missing_ones_have_a_column() -> None:
    visits = history(80)
    odd = [replace(each, visit=replace(each.visit, source="a fair", industry=None)) for each in visits[:3]]
    known = [replace(each, visit=replace(each.visit, industry="Retail")) for each in visits[3:]]
    columns = columns_of([(each.deal_id, each.visit, 1.0) for each in odd + known])
    assert {column.kind for column in columns if column.feature == "source"} == {"is", "other"}
    assert [column.kind for column in columns if column.feature == "industry"] == ["is", "missing"]
    assert {column.kind for column in columns if column.feature == "value"} == {"size", "missing"}
    (pooled,) = [column for column in columns if column.feature == "source" and column.kind == "other"]
    assert pooled.raw(Visit("lead", source="A FAIR")) == pooled.raw(Visit("lead", source="never seen")) == 1.0
    assert pooled.raw(Visit("lead", source=" Referral ")) == pooled.raw(Visit("lead", source=None)) == 0.0


def test_an_odd_deal_has_a_probability_all_the_same() -> None:
    model = fit(history(120))
    for visit in (
        Visit("negotiation"),
        Visit("lead", "JPY", "", "", "", 1e15, 1e6),
        Visit("lead", "USD", "x" * 5000, None, None, -5.0, 0.0),
    ):
        assert 0.01 <= model.probability(visit) <= 0.99
        assert all(math.isfinite(reason.points) for reason in model.reasons(visit))


def test_reasons_say_what_raises_and_what_lowers() -> None:
    model = fit(history(240))
    for source, sign in (("referral", 1), ("cold", -1)):
        first = model.reasons(Visit("lead", "USD", source, "rep-1", None, 8000.0, 0.0))[0]
        assert (first.feature, first.value, first.pooled) == ("source", source, False) and first.points * sign > 5
    new = model.reasons(Visit("lead", "USD", "a fair", "rep-9", None, 8000.0, 0.0))
    assert all(reason.pooled for reason in new if reason.feature in ("source", "owner"))
    sizes = [abs(reason.points) for reason in new]
    assert all(one >= two for one, two in pairwise(sizes)) and all(size >= 0.5 for size in sizes)


def test_a_stored_model_answers_as_the_fitted_one() -> None:
    model = fit(history(120))
    stored = ScoreModel.read(json.loads(json.dumps(model.document())))
    for each in history(20, seed=3):
        assert stored.probability(each.visit) == model.probability(each.visit)
        assert stored.reasons(each.visit) == model.reasons(each.visit)


def test_the_stored_coefficients_are_those_of_the_library() -> None:
    from sklearn.linear_model import LogisticRegression

    visits = [each for each in history(200) if each.visit.stage == "lead"]
    model = fit(visits)
    table = [[column.of(each.visit) for column in model.columns] for each in visits]
    theirs = LogisticRegression(C=0.5, max_iter=2000).fit(table, [each.won for each in visits])
    said = [model.probability(each.visit) for each in visits]
    assert said == pytest.approx(list(theirs.predict_proba(table)[:, 1]), abs=1e-6)


def test_the_same_history_gives_the_same_model() -> None:
    assert train(history(120)) == train(history(120))


def test_a_process_that_answers_needs_no_library() -> None:
    """The rpc process reads stored coefficients; only a training loads the library."""
    import subprocess

    program = "import sys; import services.ai.rpc; sys.exit('sklearn' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
