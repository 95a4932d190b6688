"""/v1/charges, /v1/events and /v1/payment_methods: read only."""

from __future__ import annotations

from sandbox.stripe.call import Call
from sandbox.stripe.listing import listed
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json


def retrieve(call: Call, params: Params, id: str) -> Json:
    """GET /v1/charges/{id}"""
    params.only()
    return call.get("charge", id)


def index(call: Call, params: Params) -> Json:
    """GET /v1/charges"""
    return listed(call, "charge", params, "/v1/charges", "payment_intent", "customer")


def retrieve_event(call: Call, params: Params, id: str) -> Json:
    """GET /v1/events/{id}"""
    params.only()
    return call.get("event", id)


def index_events(call: Call, params: Params) -> Json:
    """GET /v1/events"""
    return listed(call, "event", params, "/v1/events", "type")


def retrieve_payment_method(call: Call, params: Params, id: str) -> Json:
    """GET /v1/payment_methods/{id}"""
    params.only()
    return call.get("payment_method", id)
