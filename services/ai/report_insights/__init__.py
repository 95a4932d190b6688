"""What the figures of a report come to, in a few sentences in which every number is one of the figures.

A sentence with a number that was not supplied is dropped, whoever wrote it: a person may act on it.
"""

from services.ai.report_insights.figures import Asked, Figure, Insight, Sentence
from services.ai.report_insights.task import task

__all__ = ["Asked", "Figure", "Insight", "Sentence", "task"]
