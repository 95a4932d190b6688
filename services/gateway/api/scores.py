"""Win probability: of one deal, and the models it comes from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, Routes

routes = Routes("win probability")

Share = Annotated[float, Field(ge=0, le=1)]


class ReasonDocument(d.Document):
    """``points``: what the feature adds, in percentage points, beside a deal like the average in it. ``pooled``: the
    word is rare or new, and counts as one of the others."""

    feature: Literal["stage", "value", "currency", "source", "owner", "industry", "days"]
    value: str | float | None
    points: float
    pooled: bool


class FiguresDocument(d.Document):
    """On deals held back. Brier score and log loss: less is better. ``roc_auc``: how often a won deal had the higher
    probability than a lost one."""

    brier: float
    log_loss: float
    roc_auc: float | None


class BothFigures(d.Document):
    """``base`` is guessing the win rate of the earlier deals every time."""

    model: FiguresDocument
    base: FiguresDocument


class TenthDocument(d.Document):
    """What came of probabilities between ``from`` and ``to``."""

    to: Share
    count: int
    predicted: Share
    won: Share


class TrainingDocument(d.Document):
    """One training. ``closed``: deals there were. ``held_back``: those that closed on ``split_on`` or later, which it
    was judged on and did not learn from; figures and calibration are of them."""

    number: int
    outcome: Literal["used", "refused", "too_few"]
    because: str | None
    closed: int
    won: int
    learnt_from: int
    held_back: int
    split_on: date | None
    base_rate: Share | None
    figures: BothFigures | None
    calibration: list[TenthDocument]
    trained_by: str
    created_at: datetime


class ModelDocument(TrainingDocument):
    """``model``: intercept, and columns with their coefficients; null unless it is used."""

    id: str
    model: dict[str, Any] | None


class WinProbability(d.Document):
    """``source`` is ``stage_weight`` where no model speaks; ``because`` says why, where that is known.

    ``training`` is the newest there is, null before the first and where it could not be asked.
    """

    deal_id: str
    stage: str
    probability: Share
    source: Literal["model", "stage_weight"]
    because: str | None
    reasons: list[ReasonDocument]
    model_version: int | None
    scored_at: datetime | None
    stage_weight: int
    training: TrainingDocument | None


class TrainingOrdered(d.Document):
    status: str


@routes.route("GET", "/deals/<uuid:deal_id>/win-probability", answers=WinProbability)
def win_probability(deal_id: Any) -> dict[str, Any]:
    """How likely a deal is to be won, by the company's own history, with the reasons and how good the model is."""
    asked = [Call("deals", "get_deal", {"deal_id": str(deal_id)}), Call("ai", "score_standing")]
    answers: list[Any] = r.ask_many(asked)
    deal, standing = answers
    if isinstance(deal, Problem):
        raise deal
    known = None if isinstance(standing, Problem) else standing
    likely: dict[str, Any] = deal["win_probability"]
    about: dict[str, Any] = {"deal_id": deal["id"], "stage": deal["stage"], "stage_weight": deal["probability"]}
    return about | likely | {"because": because(deal, known), "training": known["newest"] if known else None}


@routes.route("GET", "/ai/score-models", who=ADMIN, query=s.Page, answers=d.ListOf[ModelDocument])
def list_score_models(query: s.Page) -> dict[str, Any]:
    """Every training, the newest first; each is kept."""
    return r.ask("ai", "list_score_models", **query.given())


@routes.route("POST", "/ai/score-models/train", who=ADMIN, answers={202: TrainingOrdered})
def train_scores() -> dict[str, Any]:
    """Train now instead of tonight; the list shows what came of it. Ordered twice it is trained once."""
    return r.ask("ai", "train_scores")


def because(deal: dict[str, Any], standing: Any) -> str | None:
    """Why the weight of its stage stands for an open deal, in plain words; None where a model speaks, where a deal is
    closed, and where ai could not be asked and did not say before."""
    likely = deal["win_probability"]
    if likely["source"] == "model" or deal["stage"] in ("won", "lost"):
        return None
    if standing is None:
        return str(likely["because"]) if likely["because"] else None
    newest = standing["newest"]
    # Counted anew: deals closed since the last training.
    if standing["closed"] < standing["needed"]:
        return f"{standing['closed']} of the {standing['needed']} closed deals it needs"
    if newest is None:
        return "no model has been trained yet"
    return str(newest["because"] or "") or "the model has not looked at the deal in this stage yet"
