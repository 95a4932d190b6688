"""The RPC methods of clients: each names its permission and runs in one transaction."""

from __future__ import annotations

from typing import Any

from libs.common.erasure.searching import known
from libs.common.money import MoneyError
from libs.common.problems import Invalid, Problem
from libs.common.rpc.server import Operations, RpcService, method
from services.clients import handlers, queries, wiring
from services.clients.access import PERMISSIONS
from services.clients.audit import AUDIT
from services.clients.domain import ClientError
from services.clients.erasure import ERASURE

Document = dict[str, Any]

ERRORS: dict[type[Exception], type[Problem]] = {ClientError: Invalid, MoneyError: Invalid}


class ClientsRpc(Operations, RpcService):
    """Clients, contacts, activities, documents, and who may see them."""

    name = "clients"
    permissions = PERMISSIONS
    errors = ERRORS
    audit = AUDIT

    @method("intake")
    def submit_contact(self, form: Document, reference: str, source: str = "website") -> Document:
        return self.execute(handlers.submit_contact, form=form, reference=reference, source=source)

    @method("clients.read")
    def list_clients(
        self, filters: Document, sort: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        zone = self.runtime.settings.business_tz
        return self.read(queries.list_clients, filters=filters, sort=sort, limit=limit, cursor=cursor, zone=zone)

    @method("clients.read")
    def get_client(self, client_id: str) -> Document:
        return self.read(queries.client_document, client_id=client_id)

    @method("clients.write")
    def create_client(self, data: Document) -> Document:
        return self.execute(handlers.create_client, data=data)

    @method("clients.write")
    def update_client(self, client_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.update_client, client_id=client_id, changes=changes, version=version)

    @method("clients.write")
    def delete_client(self, client_id: str) -> Document:
        return self.execute(handlers.delete_client, client_id=client_id)

    @method("clients.assign")
    def assign_client(self, client_id: str, owner_id: str | None) -> Document:
        return self.execute(handlers.assign_client, client_id=client_id, owner_id=owner_id)

    @method("clients.grant")
    def grant_access(self, client_id: str, user_id: str, ends_on: str | None = None) -> list[Document]:
        return self.execute(handlers.grant_access, client_id=client_id, user_id=user_id, ends_on=ends_on)

    @method("clients.grant")
    def revoke_access(self, client_id: str, user_id: str) -> list[Document]:
        return self.execute(handlers.revoke_access, client_id=client_id, user_id=user_id)

    @method("clients.grant")
    def list_grants(self, client_id: str) -> list[Document]:
        return self.read(queries.grants, client_id=client_id)

    @method("clients.access")
    def client_access(self, client_id: str) -> Document:
        return self.read(queries.client_access, client_id=client_id)

    @method("clients.read")
    def contact_card(self, client_id: str, contact_id: str | None = None) -> Document:
        return self.read(queries.contact_card, client_id=client_id, contact_id=contact_id)

    @method("clients.read")
    def list_contacts(self, client_id: str) -> Document:
        return self.read(queries.list_contacts, client_id=client_id)

    @method("clients.write")
    def create_contact(self, client_id: str, data: Document) -> Document:
        return self.execute(handlers.create_contact, client_id=client_id, data=data)

    @method("clients.write")
    def update_contact(self, contact_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.update_contact, contact_id=contact_id, changes=changes, version=version)

    @method("clients.write")
    def delete_contact(self, contact_id: str) -> Document:
        return self.execute(handlers.delete_contact, contact_id=contact_id)

    @method("clients.read")
    def list_activities(
        self,
        client_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        deal_id: str | None = None,
        types: list[str] | None = None,
    ) -> Document:
        only = queries.Narrowing(deal_id, types)
        return self.read(queries.list_activities, client_id=client_id, limit=limit, cursor=cursor, only=only)

    @method("clients.read")
    def timeline(
        self,
        client_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        deal_id: str | None = None,
        types: list[str] | None = None,
    ) -> Document:
        only = queries.Narrowing(deal_id, types)
        return self.read(queries.timeline, client_id=client_id, limit=limit, cursor=cursor, only=only)

    @method("activities.log")
    def log_activity(self, client_id: str, data: Document, assignee_role: str | None = None) -> Document:
        return self.execute(handlers.log_activity, client_id=client_id, data=data, assignee_role=assignee_role)

    @method("activities.log")
    def update_activity(
        self, activity_id: str, changes: Document, version: int | None = None, assignee_role: str | None = None
    ) -> Document:
        given: Document = {"changes": changes, "version": version, "assignee_role": assignee_role}
        return self.execute(handlers.update_activity, activity_id=activity_id, **given)

    @method("clients.read")
    def list_tasks(self, filters: Document, limit: int | None = None, cursor: str | None = None) -> Document:
        zone = self.runtime.settings.business_tz
        return self.read(queries.list_tasks, filters=filters, limit=limit, cursor=cursor, zone=zone)

    @method("clients.read")
    def summary(
        self, today: str, owner_id: str | None = None, zone: str | None = None, person: Document | None = None
    ) -> Document:
        given: Document = {"today": today, "owner_id": owner_id, "readers_zone": zone}
        return self.read_for(person, queries.summary, zone=self.runtime.settings.business_tz, **given)

    @method("clients.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("clients.read")
    def find_duplicates(
        self,
        company_name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        exclude_id: str | None = None,
    ) -> Document:
        given = {"company_name": company_name, "email": email, "phone": phone}
        return self.read(queries.find_duplicates, **given, exclude_id=exclude_id)

    @method("clients.write")
    def bulk_update(self, ids: list[str], action: str, value: str | None = None) -> Document:
        return self.execute(handlers.bulk_update, ids=ids, action=action, value=value)

    @method("clients.write")
    def undo_change_set(self, change_set_id: str) -> Document:
        return self.execute(handlers.undo_change_set, change_set_id=change_set_id)

    @method("rates.read")
    def list_exchange_rates(self, limit: int | None = None, cursor: str | None = None) -> Document:
        base = self.runtime.settings.base_currency
        return self.read(queries.list_exchange_rates, base=base, limit=limit, cursor=cursor)

    @method("rates.write")
    def set_exchange_rate(self, currency: str, day: str, rate: str) -> Document:
        return self.execute(handlers.set_exchange_rate, currency=currency, day=day, rate=rate)

    @method("clients.read")
    def list_tags(self) -> Document:
        return self.read(queries.list_tags)

    @method("documents.read")
    def list_documents(self, client_id: str) -> Document:
        return self.read(queries.list_documents, client_id=client_id)

    @method("documents.write")
    def prepare_document(self, client_id: str, filename: str, content_type: str) -> Document:
        return self.execute(
            handlers.prepare_document, client_id=client_id, filename=filename, content_type=content_type
        )

    @method("documents.write")
    def complete_document(self, document_id: str, size: int, sha256: str) -> Document:
        return self.execute(handlers.complete_document, document_id=document_id, size=size, sha256=sha256)

    @method("documents.write")
    def delete_document(self, document_id: str) -> Document:
        return self.execute(handlers.delete_document, document_id=document_id)

    @method("documents.read")
    def document_link(self, document_id: str) -> Document:
        found = self.read(queries.document_for_link, document_id=document_id)
        return found | {"url": wiring.documents().link(found["key"], found["filename"], found["content_type"])}

    @method("personal_data")
    def person(self, contact_id: str) -> Document:
        return self.read(queries.person, contact_id=contact_id)

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("personal_data")
    def erase_contact(self, contact_id: str, reason: str, version: int | None = None) -> Document:
        erase = handlers.erasing(self.runtime.settings.link_secret)
        return self.execute(erase, contact_id=contact_id, reason=reason, version=version)

    @method("personal_data")
    def list_erasures(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_erasures, limit=limit, cursor=cursor)

    @method("personal_data")
    def get_erasure(self, erasure_id: str) -> Document:
        return self.read(queries.erasure, erasure_id=erasure_id)


SERVICE = ClientsRpc
