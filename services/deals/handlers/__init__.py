"""What deals does: one short function a command or event."""

from services.deals.handlers.briefs import request_analysis, submit_brief
from services.deals.handlers.bringing import bring_deals, take_back_deals
from services.deals.handlers.custom import CUSTOM, bring_fields, take_back_fields
from services.deals.handlers.deals import create_deal, move_stage, update_deal
from services.deals.handlers.erasing import tell_erased
from services.deals.handlers.reactions import (
    on_client_access_changed,
    on_clients_access_changed,
    on_deal_analyzed,
    on_deal_scored,
    on_invoice,
)
from services.deals.handlers.targets import set_targets
from services.deals.handlers.weights import set_stage_weights

__all__ = [
    "CUSTOM",
    "bring_deals",
    "bring_fields",
    "create_deal",
    "move_stage",
    "on_client_access_changed",
    "on_clients_access_changed",
    "on_deal_analyzed",
    "on_deal_scored",
    "on_invoice",
    "request_analysis",
    "set_stage_weights",
    "set_targets",
    "submit_brief",
    "take_back_deals",
    "take_back_fields",
    "tell_erased",
    "update_deal",
]
