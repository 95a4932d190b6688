"""The only place that picks adapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

from libs.common.context import Context
from libs.common.integrations import Check, CheckFailed
from libs.common.jobs import Job
from libs.common.runtime import Runtime
from services.billing import settings
from services.billing.adapters.clients import ClientsOverRpc
from services.billing.adapters.deals import DealsOverRpc
from services.billing.adapters.object_store import StoredDocuments, StoredPreviews
from services.billing.adapters.stripe import StripePayments
from services.billing.adapters.stripe_events import StripeEvents
from services.billing.adapters.weasyprint import WeasyPrintRenderer
from services.billing.ports import (
    ClientDirectory,
    DealDirectory,
    DocumentStore,
    Outside,
    PaymentProvider,
    PreviewStore,
    ProviderEvents,
)
from services.billing.settings import BillingSettings


@cache
def runtime() -> Runtime[BillingSettings]:
    """The runtime of this process."""
    return Runtime("billing", settings.current())


@cache
def payments() -> PaymentProvider | None:
    """Stripe, or None when it has no key here."""
    configured = settings.current()
    if not configured.stripe_api_key:
        return None
    return StripePayments(configured.stripe_api_key, configured.stripe_api_base)


def checks() -> dict[str, Check]:
    """What can be asked whether it answers."""
    provider = payments()
    return {"stripe": provider.check if provider is not None else _no_key}


def _no_key() -> str:
    raise CheckFailed("no key is set (STRIPE_API_KEY)")


@cache
def provider_events() -> ProviderEvents:
    """Stripe's messages."""
    return StripeEvents(settings.current().stripe_webhook_secret)


@cache
def documents() -> DocumentStore:
    """Where PDFs are kept."""
    return StoredDocuments(runtime().object_store)


@cache
def previews() -> PreviewStore:
    """Where previews are kept."""
    return StoredPreviews(runtime().object_store)


def clients(caller: Context) -> ClientDirectory:
    """The clients service, on behalf of this caller."""
    own = replace(caller, actor=runtime().own_context().actor, idempotency_key=None)
    return ClientsOverRpc(runtime().rpc, caller, own)


def deals(caller: Context) -> DealDirectory:
    """The deals service, on behalf of this caller."""
    return DealsOverRpc(runtime().rpc, replace(caller, idempotency_key=None))


@cache
def outside() -> Outside:
    """All that a job may touch."""
    return Outside(
        read=runtime().database.read,
        payments=payments(),
        events=provider_events(),
        pdf=WeasyPrintRenderer(),
        documents=documents(),
        previews=previews(),
        public_url=settings.current().public_url,
    )


def outward(perform: Callable[[Outside, Job], Any]) -> Callable[[Job], Any]:
    """A job's outside step with what it may touch, which is made when the first job is done."""
    return partial(_with_outside, perform)


def _with_outside(perform: Callable[[Outside, Job], Any], job: Job) -> Any:
    return perform(outside(), job)
