"""What the deals worker subscribes to and does on a schedule."""

from __future__ import annotations

from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.deals import events, handlers, wiring
from services.deals.audit import AUDIT
from services.deals.erasure import ERASURE
from services.deals.handlers import activities, merging, rates, stagnation


def _secret() -> str:
    return wiring.runtime().settings.link_secret


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.ClientsAccessChanged, handlers.on_clients_access_changed),
        Subscription(events.ClientMerged, merging.on_client_merged),
        Subscription(events.ClientUnmerged, merging.on_client_unmerged),
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, handlers.tell_erased)),
        Subscription(events.InvoiceDrafted, handlers.on_invoice),
        Subscription(events.InvoiceSent, handlers.on_invoice),
        Subscription(events.InvoicePaid, handlers.on_invoice),
        Subscription(events.InvoiceRefunded, handlers.on_invoice),
        Subscription(events.InvoiceVoided, handlers.on_invoice),
        Subscription(events.DealAnalyzed, handlers.on_deal_analyzed),
        Subscription(events.DealScored, handlers.on_deal_scored),
        Subscription(events.ActivityLogged, activities.on_activity),
        Subscription(events.ExchangeRateSet, rates.on_exchange_rate_set),
    ],
    jobs={rates.JOB: rates.reading(wiring.clients)},
    schedule=[
        HOUSEKEEPING,
        merging.SWEEP,
        parts.second_look(ERASURE, _secret, handlers.tell_erased),
        activities.EVERY_QUARTER,
        stagnation.EVERY_HOUR,
        rates.EVERY_FEW_HOURS,
    ],
    audit=AUDIT,
)
