"""The only place that picks adapters."""

from __future__ import annotations

from functools import cache

from libs.common import settings
from libs.common.runtime import Runtime
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.adapters.gemini import GeminiProvider
from services.ai.ports import AnalysisProvider
from services.ai.settings import AiSettings


@cache
def runtime() -> Runtime[AiSettings]:
    """The runtime of this process."""
    return Runtime("ai", settings.load(AiSettings))


@cache
def provider() -> AnalysisProvider:
    """Gemini when there is a key, else the built-in rules."""
    return GeminiProvider(runtime().settings) if runtime().settings.gemini_api_key else built_in()


@cache
def built_in() -> AnalysisProvider:
    """The provider that always answers."""
    return BuiltInProvider(runtime().settings.base_currency)
