"""The only place that picks adapters."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from libs.common import settings
from libs.common.context import Context
from libs.common.runtime import Runtime
from services.ai import asking, prices
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.adapters.gemini import GeminiProvider
from services.ai.adapters.history import HistoryOverRpc
from services.ai.adapters.records import RecordsOverRpc
from services.ai.ledger import DatabaseLedger
from services.ai.ports import History, Provider, Records
from services.ai.settings import AiSettings


@cache
def runtime() -> Runtime[AiSettings]:
    """The runtime of this process."""
    return Runtime("ai", settings.load(AiSettings))


@cache
def provider() -> Provider:
    """Gemini when there is a key, else the built-in rules."""
    return GeminiProvider(runtime().settings) if runtime().settings.gemini_api_key else built_in()


@cache
def built_in() -> Provider:
    """The provider that always answers."""
    return BuiltInProvider()


def history() -> History:
    """What deals and clients know from before ai listened."""
    return HistoryOverRpc(runtime().rpc, runtime().own_context())


@cache
def desk() -> asking.Desk:
    """Whom to ask, and by which rules."""
    configured = runtime().settings
    return asking.Desk(
        provider=provider(),
        built_in=built_in(),
        ledger=DatabaseLedger(runtime().database, configured),
        breaker=asking.breaker(),
        clock=runtime().clock,
        attempts=configured.gemini_attempts,
        timeout=configured.gemini_timeout_seconds,
        prices=prices.read_prices(configured.gemini_prices),
    )


def records(caller: Context) -> Records:
    """What the other services know, as far as this caller may see it."""
    own = replace(caller, actor=runtime().own_context().actor, idempotency_key=None)
    return RecordsOverRpc(runtime().rpc, caller, own)
