"""The RPC methods of billing: each names its permission and runs in one transaction."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any

from libs.common import row_access
from libs.common.ids import is_id
from libs.common.money import MoneyError
from libs.common.problems import BadRequest, Conflict, Invalid, NotFound, Problem
from libs.common.rpc.server import PUBLIC, Operations, RpcService, method
from services.billing import events, handlers, queries, wiring
from services.billing.access import PERMISSIONS
from services.billing.domain import NotPossible, NotValid
from services.billing.ports import PaymentOrder, Refused

Document = dict[str, Any]

ERRORS: dict[type[Exception], type[Problem]] = {
    NotValid: Invalid,
    NotPossible: Conflict,
    MoneyError: Invalid,
    Refused: Conflict,
}


class BillingRpc(Operations, RpcService):
    """Invoices and the money they bring."""

    name = "billing"
    permissions = PERMISSIONS
    errors = ERRORS

    @method("invoices.read")
    def list_invoices(
        self, filters: Document, sort: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        self._learn_client(filters.get("client_id"))
        return self.read(queries.list_invoices, filters=filters, sort=sort, limit=limit, cursor=cursor)

    @method("invoices.read")
    def get_invoice(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        return self.read(queries.get_invoice, invoice_id=invoice_id)

    @method("invoices.write")
    def create_invoice(self, data: Document) -> Document:
        self._learn_client(data.get("client_id") if isinstance(data, dict) else None)
        self._check_deal(data, data.get("client_id") if isinstance(data, dict) else None)
        return self.execute(handlers.create_invoice, data=data)

    @method("invoices.write")
    def update_invoice(self, invoice_id: str, changes: Document, version: int | None = None) -> Document:
        self._learn_client_of(invoice_id)
        if isinstance(changes, dict) and changes.get("deal_id") is not None:
            self._check_deal(changes, self.read(queries.client_of_invoice, invoice_id=invoice_id))
        return self.execute(handlers.update_invoice, invoice_id=invoice_id, changes=changes, version=version)

    @method("invoices.write")
    def send_invoice(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        client_id = self.read(queries.get_invoice, invoice_id=invoice_id)["client_id"]
        card = self.runtime.rpc.call(self.context, "clients", "contact_card", client_id=client_id)
        send = _given(handlers.send_invoice, bill_to=handlers.addressee(card))
        return self.execute(send, invoice_id=invoice_id)

    @method("invoices.write")
    def void_invoice(self, invoice_id: str, reason: str) -> Document:
        self._learn_client_of(invoice_id)
        return self.execute(handlers.void_invoice, invoice_id=invoice_id, reason=reason)

    @method("invoices.read")
    def invoice_link(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        return _link(self.read(queries.invoice_for_link, invoice_id=invoice_id))

    @method("payments.write")
    def record_payment(self, invoice_id: str, data: Document) -> Document:
        return self.execute(handlers.record_payment, invoice_id=invoice_id, data=data)

    @method("payments.write")
    def refund_payment(self, invoice_id: str, amount_minor: int | None = None) -> Document:
        return self.execute(handlers.refund_payment, invoice_id=invoice_id, amount_minor=amount_minor)

    @method("payments.write")
    def assign_payment(self, payment_id: str, invoice_id: str) -> Document:
        return self.execute(handlers.assign_payment, payment_id=payment_id, invoice_id=invoice_id)

    @method("payments.read")
    def list_payments(self, filters: Document, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_payments, filters=filters, limit=limit, cursor=cursor)

    @method(PUBLIC)
    def public_invoice(self, token: str) -> Document:
        """What the holder of a pay token sees; the token is the permission."""
        return self.read(queries.public_invoice, token=token)

    @method(PUBLIC)
    def public_invoice_link(self, token: str) -> Document:
        return _link(self.read(queries.invoice_for_public_link, token=token))

    @method(PUBLIC)
    def start_payment(self, token: str) -> Document:
        """``{url}`` of the provider's page where what is owed now can be paid. Conflict when nothing is."""
        invoice = self.read(queries.payable_invoice, token=token)
        provider = wiring.payments()
        if provider is None:
            raise Conflict("this invoice cannot be paid online; please use the payment instructions on it")
        if not handlers.is_payable(invoice):
            raise Conflict("there is nothing to pay on this invoice")
        page = provider.checkout(_order(invoice), wiring.outside().pay_url(token), invoice["email"])
        with self.runtime.database.unit_of_work(self.context) as uow:
            handlers.note_checkout(uow, invoice["id"], page.reference, invoice["due_minor"])
        return {"url": page.url}

    @method(PUBLIC)
    def stripe_webhook(self, body_base64: str, signature: str) -> Document:
        """Keep a message of Stripe's. BadRequest unless its signature proves it, Unavailable without a secret."""
        event = wiring.provider_events().verified(_bytes(body_base64), signature)
        return self.execute(handlers.keep_provider_event, event_id=event.event_id, type=event.type, body=event.body)

    def _check_deal(self, data: Any, client_id: Any) -> None:
        """An invoice's deal is one the caller may see, of the same client; deals is asked before the transaction."""
        deal_id = data.get("deal_id") if isinstance(data, dict) else None
        if deal_id is None:
            return
        asking = replace(self.context, idempotency_key=None)
        try:
            deal = self.runtime.rpc.call(asking, "deals", "get_deal", deal_id=deal_id)
        except NotFound:
            raise Invalid("there is no such deal, or it is not yours to see", field="deal_id") from None
        if deal["client_id"] != client_id:
            raise Invalid("this deal belongs to another client", field="deal_id")

    def _learn_client_of(self, invoice_id: str) -> None:
        if self.actor.role == "sales":
            self._learn_client(self.read(queries.client_of_invoice, invoice_id=invoice_id))

    def _learn_client(self, client_id: Any) -> None:
        """Ask clients who may see a client that was not told of here yet, and keep the answer."""
        with self.runtime.database.read() as session:
            if not is_id(client_id) or row_access.known(session, client_id):
                return
        own = replace(self.context, actor=self.runtime.own_context().actor, idempotency_key=None)
        try:
            answer = self.runtime.rpc.call(own, "clients", "client_access", client_id=client_id)
        except NotFound:
            return
        with self.runtime.database.unit_of_work(own) as uow:
            row_access.apply(uow.session, events.ClientAccessChanged.model_validate(answer))


def _given(handler: Callable[..., Any], **known: Any) -> Callable[..., Any]:
    """The handler with what was found out for it; that is no part of the command, as a repeat may find out else."""
    return update_wrapper(partial(handler, **known), handler)


def _link(stored: Document) -> Document:
    url = wiring.documents().link(stored["key"], stored["filename"])
    return {"url": url, "filename": stored["filename"], "content_type": stored["content_type"]}


def _order(invoice: Document) -> PaymentOrder:
    # One page per invoice and sum owed, however often the button is pressed within the provider's memory of keys.
    return PaymentOrder(
        key=f"checkout-{invoice['id']}-{invoice['due_minor']}",
        invoice_id=invoice["id"],
        invoice_number=invoice["invoice_number"],
        amount_minor=invoice["due_minor"],
        currency=invoice["currency"],
    )


def _bytes(body_base64: str) -> bytes:
    try:
        return base64.b64decode(body_base64, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise BadRequest("the body could not be read") from None


SERVICE = BillingRpc
