"""Learning from closed deals, and judging what was learnt on deals that closed later.

All stays of a deal stand on one side of the split, which is a day: what closed before it is learnt from, what closed
on it or later is held back. The model is used only when its Brier score on the deals held back beats guessing the win
rate of the earlier ones, by more than chance explains. It is then fitted anew on all of them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.ai.scoring.columns import Line, columns_of
from services.ai.scoring.model import ScoreModel
from services.ai.scoring.visits import ClosedVisit

Outcome = Literal["used", "refused", "too_few"]

# Closed deals that are needed at least, and of them won and lost ones each.
NEEDED, NEEDED_EACH = 40, 8
_LEARNT_FROM = 0.75
_HELD_BACK_AT_LEAST = 8
# One-sided, 95 %: a gain smaller than that many of its standard errors may be luck. Of histories in which nothing
# decides, about one in thirty gets past this.
_BEYOND_LUCK = 1.645
# Small histories overstate what they show: coefficients are drawn towards nothing.
_REGULARISATION = 0.5
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Scores:
    """How good probabilities were on the deals held back. brier, log_loss: less is better. roc_auc: the share of pairs
    of a won and a lost deal in which the won one had the higher probability; None without a pair."""

    brier: float
    log_loss: float
    roc_auc: float | None


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    outcome: ``used``, ``refused`` (no better than the base rate) or ``too_few``; because: why it is not used, in plain
    words. closed, won: deals of the whole history. learnt_from, held_back: deals on each side of split_on.
    base_rate: the share of won deals among those learnt from. base, scores: of guessing it, and of the model.
    calibration: ``[{from, to, count, predicted, won}]``, shares from 0 to 1, of what was said about deals held back.
    model: fitted on all deals; None unless used.
    """

    outcome: Outcome
    because: str | None
    closed: int
    won: int
    learnt_from: int = 0
    held_back: int = 0
    split_on: date | None = None
    base_rate: float | None = None
    base: Scores | None = None
    scores: Scores | None = None
    calibration: tuple[dict[str, Any], ...] = ()
    model: ScoreModel | None = None


def train(visits: Sequence[ClosedVisit]) -> Trained:
    """Learn from closed deals. Stays that began when the deal closed were never open, and are left out."""
    history = [each for each in visits if each.entered_at < each.closed_at]
    results = {each.deal_id: each.won for each in history}
    closed, won = len(results), sum(results.values())
    if too_few := _too_few(closed, won):
        return Trained("too_few", too_few, closed, won)
    split_on = _split_on(history)
    earlier = [each for each in history if each.closed_on < split_on]
    later = [each for each in history if each.closed_on >= split_on]
    sides = [{each.deal_id: each.won for each in side} for side in (earlier, later)]
    if unusable := _one_sided(*sides):
        return Trained("too_few", unusable, closed, won, len(sides[0]), len(sides[1]), split_on)
    return _judged(history, earlier, later, split_on)


def fit(visits: Sequence[ClosedVisit]) -> ScoreModel:
    """A logistic regression on these stays; each deal counts the same, however many stages it went through."""
    from sklearn.linear_model import LogisticRegression

    weights = _weights(visits)
    lines: list[Line] = [(each.deal_id, each.visit, weights[each.deal_id]) for each in visits]
    columns = columns_of(lines)
    if not columns:
        share = sum(weights[each.deal_id] for each in visits if each.won) / sum(weights.values())
        return ScoreModel(math.log(share / (1 - share)), (), ())
    table = [[column.of(visit) for column in columns] for _deal, visit, _counts in lines]
    regression = LogisticRegression(C=_REGULARISATION, max_iter=2000)
    counts = [counted for _deal, _visit, counted in lines]
    regression.fit(table, [each.won for each in visits], sample_weight=counts)
    coefficients = tuple(float(value) for value in regression.coef_[0])
    return ScoreModel(float(regression.intercept_[0]), tuple(columns), coefficients)


def scores_of(said: Sequence[float], won: Sequence[bool], counts: Sequence[float]) -> Scores:
    """How good probabilities were."""
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    both = len(set(won)) > 1
    return Scores(
        brier=float(brier_score_loss(won, said, sample_weight=counts, pos_label=True)),
        log_loss=float(log_loss(won, said, sample_weight=counts, labels=[False, True])),
        roc_auc=float(roc_auc_score(won, said, sample_weight=counts)) if both else None,
    )


def _too_few(closed: int, won: int) -> str | None:
    if closed < NEEDED:
        return f"{closed} of the {NEEDED} closed deals it needs"
    if won < NEEDED_EACH:
        return f"{won} of the {NEEDED_EACH} won deals it needs"
    if closed - won < NEEDED_EACH:
        return f"{closed - won} of the {NEEDED_EACH} lost deals it needs"
    return None


def _split_on(history: Sequence[ClosedVisit]) -> date:
    """The day that leaves about a quarter of the deals, the last to close, to be judged on."""
    days = sorted({each.deal_id: each.closed_on for each in history}.values())
    at = min(int(len(days) * _LEARNT_FROM), len(days) - _HELD_BACK_AT_LEAST)
    first_after = next((day for day in days if day > days[0]), days[0])
    return max(days[at], first_after)


def _one_sided(earlier: dict[str, bool], later: dict[str, bool]) -> str | None:
    if len(set(earlier.values())) < 2 or len(set(later.values())) < 2 or len(later) < _HELD_BACK_AT_LEAST:
        return "the deals closed too close together: before and after a day there must be won and lost ones"
    return None


def _judged(
    history: Sequence[ClosedVisit], earlier: Sequence[ClosedVisit], later: Sequence[ClosedVisit], split_on: date
) -> Trained:
    learnt, held = ({each.deal_id: each.won for each in side} for side in (earlier, later))
    base_rate = sum(learnt.values()) / len(learnt)
    candidate, weights = fit(earlier), _weights(later)
    said = [candidate.probability(each.visit) for each in later]
    won, counts = [each.won for each in later], [weights[each.deal_id] for each in later]
    base, scores = scores_of([base_rate] * len(later), won, counts), scores_of(said, won, counts)
    refused = _no_better(later, said, base_rate, weights)
    return Trained(
        outcome="refused" if refused else "used",
        because=refused,
        closed=len(learnt) + len(held),
        won=sum(learnt.values()) + sum(held.values()),
        learnt_from=len(learnt),
        held_back=len(held),
        split_on=split_on,
        base_rate=base_rate,
        base=base,
        scores=scores,
        calibration=tuple(_calibration(said, won, counts)),
        model=None if refused else fit(history),
    )


def _no_better(
    later: Sequence[ClosedVisit], said: Sequence[float], base_rate: float, weights: dict[str, float]
) -> str | None:
    """Why the model is not to be believed, from what it gains with each deal; None when it is."""
    gains: dict[str, float] = defaultdict(float)
    for each, probability in zip(later, said, strict=True):
        gain = (base_rate - each.won) ** 2 - (probability - each.won) ** 2
        gains[each.deal_id] += gain * weights[each.deal_id]
    mean = sum(gains.values()) / len(gains)
    if mean <= 0:
        return "on deals it had not seen it was no better than guessing the win rate every time"
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains.values()) / (len(gains) - 1))
    if mean < _BEYOND_LUCK * spread / math.sqrt(len(gains)):
        return "on deals it had not seen it was better than guessing the win rate by no more than luck explains"
    return None


def _calibration(said: Sequence[float], won: Sequence[bool], counts: Sequence[float]) -> list[dict[str, Any]]:
    """What came of what was said, by tenths; a tenth in which nothing was said is left out."""
    found = []
    for tenth in range(_TENTHS):
        inside = [each for each in zip(said, won, counts, strict=True) if int(each[0] * _TENTHS) == tenth]
        if inside:
            weight = sum(count for _said, _won, count in inside)
            found.append(
                {
                    "from": tenth / _TENTHS,
                    "to": (tenth + 1) / _TENTHS,
                    "count": len(inside),
                    "predicted": round(sum(each * count for each, _won, count in inside) / weight, 4),
                    "won": round(sum(count for _said, each, count in inside if each) / weight, 4),
                }
            )
    return found


def _weights(visits: Sequence[ClosedVisit]) -> dict[str, float]:
    """One by the number of its stays, for each deal."""
    return {deal_id: 1 / stays for deal_id, stays in Counter(each.deal_id for each in visits).items()}
