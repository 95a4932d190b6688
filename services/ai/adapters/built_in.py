"""The built-in provider."""

from __future__ import annotations

from services.ai import rules
from services.ai.domain import BUILT_IN, Brief, Generated


class BuiltInProvider:
    """Answers by rules, always and at once."""

    name = BUILT_IN

    def __init__(self, base_currency: str) -> None:
        self._base_currency = base_currency

    def analyze(self, brief: Brief) -> Generated:
        return Generated(rules.analyze(brief, self._base_currency), BUILT_IN, rules.VERSION, rules.VERSION)

    def check(self) -> str:
        return "the built-in rules answer; nothing outside is asked"
