"""The RPC methods of billing: each names its permission and runs in one transaction."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any

from libs.common import integrations, record_merges, row_access, segments
from libs.common.erasure.searching import known
from libs.common.money import MoneyError
from libs.common.problems import BadRequest, Conflict, Invalid, NotFound, Problem, Unavailable
from libs.common.rpc.server import OPERATE, PUBLIC, Operations, RpcService, method
from services.billing import handlers, queries, wiring
from services.billing.access import PERMISSIONS
from services.billing.audit import AUDIT
from services.billing.domain import BillTo, NotPossible, NotValid
from services.billing.erasure import ERASURE
from services.billing.ports import AlreadyPaid, Checkout, PaymentOrder, PaymentProvider, Refused

Document = dict[str, Any]

# How long another service is waited for: where nothing goes on without it, and where it can do without.
_WAIT_SECONDS, _GLANCE_SECONDS = 10.0, 2.0

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
    audit = AUDIT

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("invoices.read")
    def list_invoices(
        self, filters: Document, sort: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        self._learn_client(filters.get("client_id"))
        given: Document = {"sort": sort, "limit": limit, "cursor": cursor}
        return self.read(queries.list_invoices, filters=self._looked_up(filters), **given)

    @method("invoices.read")
    def totals(self, filters: Document) -> Document:
        return self.read(queries.totals, filters=self._looked_up(filters))

    @method("invoices.read")
    def receivables(self, filters: Document | None = None, person: Document | None = None) -> Document:
        return self._report(queries.receivables, person, filters)

    @method("invoices.read")
    def payment_time(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self._report(queries.payment_time, person, filters, from_day=from_day, to_day=to_day)

    @method("invoices.read")
    def summary(self, today: str, person: Document | None = None) -> Document:
        return self.read_for(person, queries.summary, today=today)

    @method("invoices.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("invoices.read")
    def get_invoice(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        return self.read(queries.get_invoice, invoice_id=invoice_id)

    @method("invoices.write")
    def preview_totals(self, data: Document) -> Document:
        """What a draft with these lines would ask for; nothing is written."""
        return handlers.preview_totals(data)

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
        card = wiring.clients(self.context).card(client_id, _WAIT_SECONDS)
        send = _given(handlers.send_invoice, bill_to=handlers.addressee(card))
        return self.execute(send, invoice_id=invoice_id)

    @method("invoices.write")
    def void_invoice(self, invoice_id: str, reason: str) -> Document:
        self._learn_client_of(invoice_id)
        return self.execute(handlers.void_invoice, invoice_id=invoice_id, reason=reason)

    @method("invoices.read")
    def invoice_link(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        """``{url, filename, content_type, key, client_id}`` of its PDF."""
        stored = self.read(queries.invoice_for_link, invoice_id=invoice_id)
        return _link(stored) | {"key": stored["key"], "client_id": stored["client_id"]}

    @method("invoices.read")
    def request_preview(self, invoice_id: str) -> Document:
        """``{status: ready|making|failed, key, filename, problem}``: have the PDF made, or see how far it is."""
        self._learn_client_of(invoice_id)
        subject = self.read(queries.preview_subject, invoice_id=invoice_id)
        bill_to = None if subject["issued"] else self._likely_addressee(subject["client_id"])
        with self.runtime.database.unit_of_work(self.context) as uow:
            return handlers.request_preview(uow, invoice_id, bill_to)

    @method("invoices.read")
    def preview_link(self, invoice_id: str) -> Document:
        self._learn_client_of(invoice_id)
        return _link(self.read(queries.preview_for_link, invoice_id=invoice_id))

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
        page = self._page_of(provider, invoice)
        with self.runtime.database.unit_of_work(self.context) as uow:
            handlers.note_checkout(uow, invoice["id"], page.reference, invoice["due_minor"])
        return {"url": page.url}

    @method(PUBLIC)
    def stripe_webhook(self, body_base64: str, signature: str) -> Document:
        """Keep a message of Stripe's. BadRequest unless its signature proves it, Unavailable without a secret."""
        event = wiring.provider_events().verified(_bytes(body_base64), signature)
        return self.execute(handlers.keep_provider_event, event_id=event.event_id, type=event.type, body=event.body)

    @method(OPERATE)
    def integration_status(self) -> Document:
        """How the payment provider stands, by what this service has seen of it."""
        return self.read(queries.integration_status)

    @method(OPERATE)
    def test_integration(self, name: str) -> Document:
        """``{ok, message, ms}``: ask the provider itself, now."""
        return integrations.tested(name, wiring.checks())

    def _looked_up(self, filters: Any, person: Document | None = None) -> Any:
        """The filters with the segment's clients in the place of its id, asked for before any transaction."""
        return segments.resolved(filters, lambda named: wiring.clients(self.context).segment(named, person))

    def _report(
        self, query: Callable[..., Document], person: Document | None, filters: Document | None, /, **asked: Any
    ) -> Document:
        """A report as whoever asks may see it; of a segment, with what that is called."""
        wanted = self._looked_up(filters or {}, person)
        found = self.read_for(person, query, filters=wanted, **asked)
        segment = segments.of_filters(wanted)
        return found if segment is None else found | {"segment": segment.named}

    def _page_of(self, provider: PaymentProvider, invoice: Document) -> Checkout:
        """The provider's page; a fault of the provider is noted before it is told."""
        try:
            return provider.checkout(_order(invoice), wiring.outside().pay_url(invoice["pay_token"]), invoice["email"])
        except AlreadyPaid:
            raise
        except (Refused, Unavailable) as fault:
            with self.runtime.database.unit_of_work(self.context) as uow:
                handlers.note_checkout_fault(uow, invoice["invoice_number"], str(fault))
            raise

    def _check_deal(self, data: Any, client_id: Any) -> None:
        """An invoice's deal is one the caller may see, of the same client; deals is asked before the transaction."""
        deal_id = data.get("deal_id") if isinstance(data, dict) else None
        if deal_id is None:
            return
        try:
            owner = wiring.deals(self.context).client_of(deal_id)
        except NotFound:
            raise Invalid("there is no such deal, or it is not yours to see", field="deal_id") from None
        with self.runtime.database.read() as session:
            same = record_merges.current(session, owner) == record_merges.current(session, str(client_id))
        if not same:
            raise Invalid("this deal belongs to another client", field="deal_id")

    def _likely_addressee(self, client_id: str) -> BillTo | None:
        """Whom a draft would go to; a preview does without where that is not known now."""
        try:
            return handlers.addressee(wiring.clients(self.context).card(client_id, _GLANCE_SECONDS))
        except Problem:
            return None

    def _learn_client_of(self, invoice_id: str) -> None:
        if self.actor.role == "sales":
            self._learn_client(self.read(queries.client_of_invoice, invoice_id=invoice_id))

    def _learn_client(self, client_id: Any) -> None:
        """Ask clients who may see a client that was not told of here yet, and keep the answer."""
        own = replace(self.context, actor=self.runtime.own_context().actor, idempotency_key=None)
        row_access.ensure_known(self.runtime.database, own, client_id, wiring.clients(self.context).access)


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
