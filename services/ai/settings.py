"""What the ai service reads from its environment beyond the common settings."""

from __future__ import annotations

from libs.common.settings import ServiceSettings


class AiSettings(ServiceSettings):
    """gemini_api_key: without one the built-in rules answer. gemini_attempts: tries before they stand in."""

    gemini_api_key: str = ""
    gemini_base_url: str = ""
    gemini_model: str = "gemini-2.5-flash"
    gemini_timeout_seconds: float = 30.0
    gemini_attempts: int = 4
