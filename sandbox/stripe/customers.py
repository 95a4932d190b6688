"""/v1/customers"""

from __future__ import annotations

import time

from sandbox.stripe.call import Call
from sandbox.stripe.listing import listed
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json, new_id, random_text

TEXTS = ("description", "email", "name", "phone", "business_name", "individual_name")
KNOWN = (*TEXTS, "address", "shipping", "metadata", "preferred_locales", "invoice_prefix", "tax_exempt")


def create(call: Call, params: Params) -> Json:
    """POST /v1/customers"""
    customer: Json = {
        "id": new_id("customer"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": int(time.time()),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    _describe(customer, params)
    call.objects.add(customer)
    call.event("customer.created", customer)
    return customer


def retrieve(call: Call, params: Params, id: str) -> Json:
    """GET /v1/customers/{id}"""
    params.only()
    return call.get("customer", id)


def update(call: Call, params: Params, id: str) -> Json:
    """POST /v1/customers/{id}"""
    customer = call.get("customer", id)
    before = dict(customer)
    _describe(customer, params)
    changed = {name: before[name] for name in before if before[name] != customer[name]}
    call.objects.save(customer)
    if changed:
        call.event("customer.updated", customer, previous=changed)
    return customer


def index(call: Call, params: Params) -> Json:
    """GET /v1/customers"""
    return listed(call, "customer", params, "/v1/customers", "email")


def _describe(customer: Json, params: Params) -> None:
    params.only(*KNOWN)
    for name in TEXTS:
        if name in params:
            customer[name] = params.text(name)
    for name in ("address", "shipping"):
        if name in params:
            customer[name] = params.inner(name).raw or None
    if "preferred_locales" in params:
        customer["preferred_locales"] = params.texts("preferred_locales")
    customer["invoice_prefix"] = params.text("invoice_prefix") or customer["invoice_prefix"]
    customer["tax_exempt"] = params.choice("tax_exempt", "none", "exempt", "reverse") or customer["tax_exempt"]
    customer["metadata"] = params.metadata(customer["metadata"])
