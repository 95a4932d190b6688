"""How likely a deal is to be won: what a model told of the stage it is in, else the stage's weight."""

from __future__ import annotations

from typing import Any

SCORE_COLUMNS = ("score_probability", "score", "score_version")


def win_probability(stage: str, probability: float | None, score: dict[str, Any] | None, weight: int) -> dict[str, Any]:
    """``{probability, source, model_version, reasons, because, scored_at}``; probability from 0 to 1.

    A score of another stage than the one the deal is in is out of date, and won and lost are certain: both have the
    weight of the stage. because: why that is, where ai said so.
    """
    told = score if score is not None and score["stage"] == stage else None
    if told is None or probability is None:
        because = told["because"] if told else None
        return {
            "probability": weight / 100,
            "source": "stage_weight",
            "model_version": None,
            "reasons": [],
            "because": because,
            "scored_at": None,
        }
    known = {name: told[name] for name in ("model_version", "reasons", "scored_at")}
    return {"probability": probability, "source": "model", "because": None, **known}


def in_short(likely: dict[str, Any]) -> dict[str, Any]:
    """Without the reasons, for lists."""
    return {name: likely[name] for name in ("probability", "source", "model_version")}
