"""Judging a brief: complexity, fit, stack, hours, risks and a score, each resting on words that stand in the brief."""

from services.ai.brief_analysis.analysis import Analysis, Claim, Factor
from services.ai.brief_analysis.brief import Brief, Quote
from services.ai.brief_analysis.task import task

__all__ = ["Analysis", "Brief", "Claim", "Factor", "Quote", "task"]
