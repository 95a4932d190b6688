"""The shape a model must answer with, and what of the answer is believed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.ai.brief_analysis.analysis import FACTORS, MOST_POINTS, Analysis, Claim, Factor, summary
from services.ai.brief_analysis.brief import Brief, Quote
from services.ai.brief_analysis.brief import Field as BriefField
from services.ai.brief_analysis.plain_words import is_name, is_sentence
from services.ai.tasks import Unusable

Level = Literal["low", "medium", "high"]
Line = Annotated[str, Field(min_length=1, max_length=200)]

HOURS_REST_ON = ("features", "vision_summary", "timeline_weeks")


class QuoteSchema(BaseModel):
    field: BriefField
    words: str = Field(max_length=400)


class LevelSchema(BaseModel):
    value: Level
    cites: QuoteSchema


class HoursSchema(BaseModel):
    value: int = Field(ge=1, le=100_000)
    cites: QuoteSchema


class LineSchema(BaseModel):
    value: Line
    cites: QuoteSchema


class FactorSchema(BaseModel):
    points: int = Field(ge=0, le=MOST_POINTS)
    reason: Line
    cites: QuoteSchema


class FactorsSchema(BaseModel):
    """Four of 25 points each: never above 100, and none twice."""

    clarity: FactorSchema
    time: FactorSchema
    budget: FactorSchema
    technical_fit: FactorSchema


class AnalysisSchema(BaseModel):
    """What the model is made to answer with."""

    complexity: LevelSchema
    technical_fit: LevelSchema
    recommended_stack: list[LineSchema] = Field(max_length=12)
    estimated_hours: HoursSchema
    risk_factors: list[LineSchema] = Field(max_length=8)
    factors: FactorsSchema


def accept(parsed: Any, brief: Brief) -> Analysis:
    """Only what cites words that stand in the brief; Unusable when a claim that the rest hangs on does not.

    A technology or a risk that cites nothing, or is no plain name or sentence, is dropped. The score is
    believed whole or not at all: with a factor taken out it would be another score.
    """
    answer: AnalysisSchema = parsed
    core = {
        "complexity": answer.complexity.cites,
        "technical_fit": answer.technical_fit.cites,
        "hours": answer.estimated_hours.cites,
        **{f"factor {name}": getattr(answer.factors, name).cites for name in FACTORS},
    }
    uncited = [name for name, cited in core.items() if not _stands(cited, brief)]
    if uncited:
        raise Unusable(f"it cites words that the brief does not hold ({', '.join(uncited)})")
    _refuse_what_says_nothing(answer)
    stack, risks = ([each for each in lines if _stands(each.cites, brief)] for lines in _lists(answer))
    stack = [each for each in stack if is_name(each.value)]
    risks = [each for each in risks if is_sentence(each.value, least=1)]
    hours, complexity = answer.estimated_hours.value, answer.complexity.value
    return Analysis(
        complexity=Claim(complexity, _quote(answer.complexity.cites)),
        technical_fit=Claim(answer.technical_fit.value, _quote(answer.technical_fit.cites)),
        recommended_stack=_claims(stack),
        estimated_hours=Claim(hours, _quote(answer.estimated_hours.cites)),
        risk_factors=_claims(risks),
        summary=summary(brief.vision_title, len(brief.features), hours, complexity, brief.timeline),
        factors=tuple(_factor(name, getattr(answer.factors, name)) for name in FACTORS),
        dropped=sum(map(len, _lists(answer))) - len(stack) - len(risks),
    )


def _refuse_what_says_nothing(answer: AnalysisSchema) -> None:
    """Hours come from what is to be built or by when; a reason of the score is a plain sentence."""
    if answer.estimated_hours.cites.field not in HOURS_REST_ON:
        raise Unusable(f"its hours rest on {answer.estimated_hours.cites.field}, which tells of no work")
    unsaid = [name for name in FACTORS if not is_sentence(getattr(answer.factors, name).reason)]
    if unsaid:
        raise Unusable(f"it gives no plain reason ({', '.join(unsaid)})")


def _lists(answer: AnalysisSchema) -> tuple[list[LineSchema], list[LineSchema]]:
    return answer.recommended_stack, answer.risk_factors


def _claims(lines: list[LineSchema]) -> tuple[Claim[str], ...]:
    """Each once, in the order they were named."""
    named = {_line(each.value): Claim(_line(each.value), _quote(each.cites)) for each in reversed(lines)}
    return tuple(reversed(named.values()))


def _factor(name: str, factor: FactorSchema) -> Factor:
    return Factor(name, factor.points, _line(factor.reason), _quote(factor.cites))


def _quote(cited: QuoteSchema) -> Quote:
    return Quote(cited.field, _line(cited.words))


def _stands(cited: QuoteSchema, brief: Brief) -> bool:
    return brief.holds(_quote(cited))


def _line(text: str) -> str:
    return " ".join(text.split())
