"""What ai answers: SQL to plain dicts, always as the actor."""

from services.ai.queries.generations import generation, integration_status, list_generations
from services.ai.queries.insights import insight
from services.ai.queries.notes import notes, parts_of
from services.ai.queries.scores import list_score_models, score_standing
from services.ai.queries.times import times

__all__ = [
    "generation",
    "insight",
    "integration_status",
    "list_generations",
    "list_score_models",
    "notes",
    "parts_of",
    "score_standing",
    "times",
]
