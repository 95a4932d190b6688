"""Structured logs: one JSON object a line on standard error, with the correlation id of the work at hand."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

# Values that must not reach a log, whatever carries them there.
_SECRET_KEYS = frozenset({"password", "token", "secret", "authorization", "otp", "api_key", "refresh_token"})


def _hide_secrets(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key in _SECRET_KEYS & event.keys():
        event[key] = "•••"
    return event


def configure(service: str, process: str, level: str = "INFO") -> None:
    """Set up logging of this process; library logs go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("pika", "amqp", "kombu", "nameko", "fontTools", "weasyprint", "werkzeug", "httpx"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # A refusal (404, 409, …) is an answer, not an event: nameko would log each with a traceback.
    logging.getLogger("nameko").setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(service=service, process=process)


def get_logger(name: str) -> Any:
    """A logger that takes key=value pairs."""
    return structlog.stdlib.get_logger(name)
