"""The API's routes, and what every request goes through: key, form, idempotency, faults, one transaction, expand."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Callable
from contextlib import nullcontext

from flask import Blueprint, Response, request

from sandbox.behaviour import Behaviour
from sandbox.stripe import balance, charges, checkout, customers, payment_intents, refunds
from sandbox.stripe.call import Answer, Call, Handler, expand
from sandbox.stripe.errors import StripeError, injected
from sandbox.stripe.idempotency import IdempotencyKeys, Kept, fingerprint
from sandbox.stripe.params import Params, Tree, decode
from sandbox.stripe.store import API_VERSION, Objects, random_text

ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", customers.index),
    ("GET", "/v1/customers/<id>", customers.retrieve),
    ("POST", "/v1/customers/<id>", customers.update),
    ("POST", "/v1/payment_intents", payment_intents.create),
    ("GET", "/v1/payment_intents", payment_intents.index),
    ("GET", "/v1/payment_intents/<id>", payment_intents.retrieve),
    ("POST", "/v1/payment_intents/<id>", payment_intents.update),
    ("POST", "/v1/payment_intents/<id>/confirm", payment_intents.confirm),
    ("POST", "/v1/payment_intents/<id>/cancel", payment_intents.cancel),
    ("POST", "/v1/checkout/sessions", checkout.create),
    ("GET", "/v1/checkout/sessions", checkout.index),
    ("GET", "/v1/checkout/sessions/<id>", checkout.retrieve),
    ("GET", "/v1/checkout/sessions/<id>/line_items", checkout.line_items),
    ("POST", "/v1/checkout/sessions/<id>/expire", checkout.expire),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.index),
    ("GET", "/v1/refunds/<id>", refunds.retrieve),
    ("GET", "/v1/balance", balance.retrieve),
    ("GET", "/v1/charges", charges.index),
    ("GET", "/v1/charges/<id>", charges.retrieve),
    ("GET", "/v1/events", charges.index_events),
    ("GET", "/v1/events/<id>", charges.retrieve_event),
    ("GET", "/v1/payment_methods/<id>", charges.retrieve_payment_method),
]


class Api:
    """The /v1 endpoints over one account."""

    def __init__(self, key: str, objects: Objects, behaviour: Behaviour) -> None:
        self._key, self._objects, self._behaviour = key, objects, behaviour
        self._keys = IdempotencyKeys(objects.storage)

    def routes(self) -> Blueprint:
        """All endpoints; a path that is none of them is Stripe's 404."""
        blueprint = Blueprint("api", __name__)
        for method, rule, handler in ROUTES:
            blueprint.add_url_rule(rule, f"{method} {rule}".replace(".", ""), self._view(handler), methods=[method])
        blueprint.add_url_rule("/v1/<path:path>", "unknown", self._view(_unknown), methods=["GET", "POST", "DELETE"])
        return blueprint

    def _view(self, handler: Handler) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            request_id = f"req_{random_text(14)}"
            try:
                self._authenticate()
                kept, replayed = self._answer(handler, path, request_id)
            except StripeError as problem:
                kept, replayed = _failed(problem, request_id), False
            return _response(kept, request_id, replayed)

        return view

    def _authenticate(self) -> None:
        key = _presented_key()
        if not key:
            raise StripeError(
                401,
                "You did not provide an API key. You need to provide your API key in the Authorization header, "
                "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            )
        if not hmac.compare_digest(key.encode(), self._key.encode()):
            raise StripeError(401, f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}")

    def _answer(self, handler: Handler, path: dict[str, str], request_id: str) -> tuple[Kept, bool]:
        """The answer, and whether it is a replay of an earlier one."""
        posted = request.method == "POST"
        key = request.headers.get("Idempotency-Key") if posted else None
        tree = decode(request.get_data(as_text=True) if posted else request.query_string.decode())
        with self._keys.claimed(key) if key else nullcontext():
            print = fingerprint(request.method, request.path, tree)
            if key and (kept := self._keys.find(key, print)):
                return kept, True
            time.sleep(self._behaviour.get("delay_ms") / 1000)
            fault = self._fault(key, print, request_id)
            answer = self._run(handler, path, tree, Call(self._objects, _root(), request_id, key), print)
            if fault is not None:
                raise fault  # the work is done and kept, only its answer is lost
            return answer, False

    def _fault(self, key: str | None, print: str, request_id: str) -> StripeError | None:
        """The failure that was asked for: raised before the work, or answered to be raised after it."""
        if not self._behaviour.take("fail_next"):
            return None
        problem, mode = injected(self._behaviour.get("fail_status")), self._behaviour.get("fail_mode")
        if mode == "after":
            return problem
        if mode == "saved" and key:
            self._keys.keep(key, print, _failed(problem, request_id))
        raise problem

    def _run(self, handler: Handler, path: dict[str, str], tree: Tree, call: Call, print: str) -> Kept:
        params = Params(tree)
        with self._objects.storage.transaction():
            result = handler(call, params, **path)
            if isinstance(result, Answer):
                status, body = result.status, result.body
            else:
                status, body = 200, expand(self._objects, result, params.texts("expand"))
            answer = Kept(status, json.dumps(body, indent=2).encode(), call.request_id or "")
            if call.idempotency_key:
                self._keys.keep(call.idempotency_key, print, answer)
        return answer


def _unknown(call: Call, params: Params, path: str) -> Answer:
    raise StripeError(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _presented_key() -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _root() -> str:
    return request.host_url.rstrip("/")


def _failed(problem: StripeError, request_id: str) -> Kept:
    error = {**problem.body["error"], "request_log_url": f"{_root()}/?request={request_id}"}
    return Kept(problem.status, json.dumps({"error": error}, indent=2).encode(), request_id)


def _response(answer: Kept, request_id: str, replayed: bool) -> Response:
    response = Response(answer.body, status=answer.status, content_type="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version") or API_VERSION
    if key := request.headers.get("Idempotency-Key"):
        response.headers["Idempotency-Key"] = key
        response.headers["Original-Request"] = answer.request_id
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
