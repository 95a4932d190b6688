"""What ai needs from outside."""

from __future__ import annotations

from typing import Protocol

from services.ai.domain import Brief, Generated


class AnalysisProvider(Protocol):
    """Somebody who can judge a brief."""

    @property
    def name(self) -> str:
        """``gemini`` or ``built-in``; stored with every answer and shown to people."""
        ...

    def analyze(self, brief: Brief) -> Generated:
        """Judge a brief; ProviderProblem when there is no usable answer."""
        ...

    def check(self) -> str:
        """Ask whether it would answer, at no cost: what was found in plain words, or CheckFailed."""
        ...
