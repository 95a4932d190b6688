"""Win probability over the API: what a model says, or why the stage's weight stands; and the models, for admins."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import NotFound, Unavailable
from tests.gateway.conftest import problem
from tests.gateway.page_answers import DEAL, ID, TOO_FEW, TRAINING

PATH = f"/api/v1/deals/{ID}/win-probability"
WEIGHT = {"probability": 0.25, "source": "stage_weight", "model_version": None, "because": None, "scored_at": None,
          "reasons": []}  # fmt: skip
LUCK = "on deals it had not seen it was better than guessing the win rate by no more than luck explains"


def standing(newest: Any, closed: int = 80) -> dict[str, Any]:
    return {"newest": newest, "closed": closed, "needed": 40, "needed_each": 8}


def test_a_model_speaks_with_its_reasons(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers |= {"deals.get_deal": DEAL, "ai.score_standing": standing(TRAINING)}
    found = http.get(PATH, headers=bearer("sales")).json
    assert (found["probability"], found["source"], found["stage_weight"], found["because"]) == (0.44, "model", 25, None)
    assert found["reasons"][0]["points"] == 12.5 and found["training"]["figures"]["base"]["brier"] == 0.2


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (standing(None, 12), "12 of the 40 closed deals it needs"),
        (standing(TOO_FEW, 13), "13 of the 40 closed deals it needs"),  # one more since the training
        (standing(None, 40), "no model has been trained yet"),
        (standing(TRAINING | {"outcome": "refused", "because": LUCK}), LUCK),
        (standing(TRAINING), "the model has not looked at the deal in this stage yet"),
        (Unavailable("ai is not running"), None),
    ],
)
def test_where_none_speaks_it_says_why(http: Any, bearer: Any, rpc: Any, answer: Any, because: str | None) -> None:
    rpc.answers |= {"deals.get_deal": DEAL | {"win_probability": WEIGHT}, "ai.score_standing": answer}
    found = http.get(PATH, headers=bearer("finance")).json
    assert (found["source"], found["probability"], found["because"]) == ("stage_weight", 0.25, because)
    rpc.answers["deals.get_deal"] = DEAL | {"stage": "won", "win_probability": WEIGHT | {"probability": 1.0}}
    assert http.get(PATH, headers=bearer("finance")).json["because"] is None


def test_a_deal_one_may_not_see_has_none(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers |= {"deals.get_deal": NotFound("there is no such deal"), "ai.score_standing": standing(TRAINING)}
    problem(http.get(PATH, headers=bearer("sales")), 404)


def test_models_and_training_are_for_admins(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers |= {
        "ai.list_score_models": {"items": [TRAINING | {"model": None}], "next_cursor": None, "total": 1},
        "ai.train_scores": {"status": "ordered"},
    }
    path = "/api/v1/ai/score-models"
    assert http.get(f"{path}?limit=5", headers=bearer("admin")).json["items"][0]["number"] == 2
    assert http.post(f"{path}/train", headers=bearer("admin")).status_code == 202
    for role in ("sales", "finance", "manager"):
        problem(http.get(path, headers=bearer(role)), 403)
        problem(http.post(f"{path}/train", headers=bearer(role)), 403)
