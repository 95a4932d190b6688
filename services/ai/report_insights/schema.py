"""The shape a model must answer with, and which of its sentences may stand."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from services.ai.quoting import foreign_links, plain
from services.ai.report_insights import numbers, rules
from services.ai.report_insights.figures import LONGEST_SENTENCE, MOST_SENTENCES, Asked, Insight, Sentence
from services.ai.tasks import Unusable


class SentenceSchema(BaseModel):
    text: str = Field(min_length=1, max_length=LONGEST_SENTENCE)
    risk: bool = False


class InsightSchema(BaseModel):
    """What the model is made to answer with."""

    sentences: list[SentenceSchema] = Field(min_length=1, max_length=MOST_SENTENCES)


def accept(parsed: Any, asked: Asked) -> Insight:
    """The sentences whose every number was supplied. A risk that is known and that none of them names is added.

    Unusable when none is left.
    """
    answer: InsightSchema = parsed
    given = [Sentence(" ".join(each.text.split()), each.risk) for each in answer.sentences]
    kept = [each for each in given if numbers.stands(each.text, asked) and not foreign_links(each.text, "")]
    if not kept:
        raise Unusable("every sentence held a number that was not among the figures")
    named = [_names_risk(each, asked) for each in kept]
    kept = [Sentence(each.text, risk) for each, risk in zip(kept, named, strict=True)]
    risk = rules.risk(asked)
    if risk is not None and not any(named):
        kept.append(risk)
    return Insight(tuple(kept), dropped=len(given) - (len(kept) - (risk is not None and not any(named))))


def _names_risk(sentence: Sentence, asked: Asked) -> bool:
    """Only a sentence that names the deal or its client names the risk, whatever the model says of it."""
    names = [asked.one(name) for name in ("risk_deal", "risk_company")]
    return any(figure is not None and plain(figure.value) in plain(sentence.text) for figure in names)
