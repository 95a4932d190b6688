"""Words that all of ai shares. Pure: no I/O."""

from __future__ import annotations

from typing import Final

BRIEF_ANALYSIS: Final = "brief_analysis"
EMAIL_DRAFT: Final = "email_draft"
MEETING_NOTES: Final = "meeting_notes"
REPORT_INSIGHT: Final = "report_insight"
MEETING_TIMES: Final = "meeting_times"
LEVELS = ("low", "medium", "high")
BUILT_IN = "built-in"
GEMINI = "gemini"


class ProviderProblem(Exception):
    """A provider did not give a usable answer. The message says why in plain words and holds no secret.

    again: whether asking again may help. retry_after: seconds the provider wants to be left alone, None where it did
    not say. day_is_over: its quota for the day is used up. outage: it could not be reached or was in trouble itself.
    tokens: ``(input, output, thought)`` that an answer nobody can use took all the same.
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool = False,
        retry_after: float | None = None,
        day_is_over: bool = False,
        outage: bool = False,
        tokens: tuple[int | None, int | None, int | None] = (None, None, None),
    ) -> None:
        super().__init__(reason)
        self.again = again
        self.retry_after = retry_after
        self.day_is_over = day_is_over
        self.outage = outage
        self.tokens = tokens


class OverBudget(Exception):
    """The day's budget has no room for another call. The message says whose budget, in plain words."""
