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
    def export_page(
        self, what: str, filters: Document, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        zone = self.runtime.settings.business_tz
        given: Document = {"what": what, "filters": filters, "limit": limit, "cursor": cursor}
        return self.read(queries.export_page, **given, zone=zone)

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
    def summary(self, today: str, owner_id: str | None = None, person: Document | None = None) -> Document:
        zone = self.runtime.settings.business_tz
        return self.read_for(person, queries.summary, today=today, owner_id=owner_id, zone=zone)

    @method("clients.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("segments.own")
    def list_segments(self, counts: bool = False) -> Document:
        return self.read(queries.list_segments, zone=self.runtime.settings.business_tz, counts=counts is True)

    @method("segments.own")
    def get_segment(self, segment_id: str) -> Document:
        return self.read(queries.get_segment, segment_id=segment_id)

    @method("clients.read")
    def segment_clients(self, segment_id: str, person: Document | None = None) -> Document:
        """``{id, name, client_ids}``: for another service that narrows its own rows to them."""
        zone = self.runtime.settings.business_tz
        return self.read_for(person, queries.segment_clients, segment_id=segment_id, zone=zone)

    @method("segments.own")
    def create_segment(self, data: Document) -> Document:
        return self.execute(handlers.create_segment, data=data)

    @method("segments.own")
    def update_segment(self, segment_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.update_segment, segment_id=segment_id, changes=changes, version=version)

    @method("segments.own")
    def delete_segment(self, segment_id: str) -> Document:
        return self.execute(handlers.delete_segment, segment_id=segment_id)

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
    def bulk_update(
        self,
        action: str,
        ids: list[str] | None = None,
        value: str | None = None,
        filters: Document | None = None,
    ) -> Document:
        return self.execute(handlers.bulk_update, action=action, value=value, ids=ids, filters=filters)

    @method("clients.write")
    def list_change_sets(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_change_sets, limit=limit, cursor=cursor)

    @method("clients.write")
    def get_change_set(self, change_set_id: str) -> Document:
        return self.read(queries.change_set, change_set_id=change_set_id)

    @method("clients.write")
    def undo_change_set(self, change_set_id: str) -> Document:
        return self.execute(handlers.undo_change_set, change_set_id=change_set_id)

    @method("clients.write")
    def list_duplicates(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_duplicates, limit=limit, cursor=cursor)

    @method("clients.write")
    def dismiss_duplicate(self, first_id: str, second_id: str, dismissed: bool = True) -> Document:
        given: Document = {"first_id": first_id, "second_id": second_id, "dismissed": dismissed}
        return self.execute(handlers.dismiss_duplicate, **given)

    @method("clients.write")
    def merge_clients(self, client_id: str, other_id: str, choices: Document | None = None) -> Document:
        return self.execute(handlers.merge_clients, client_id=client_id, other_id=other_id, choices=choices)

    @method("rates.read")
    def list_exchange_rates(self, limit: int | None = None, cursor: str | None = None) -> Document:
        base = self.runtime.settings.base_currency
        return self.read(queries.list_exchange_rates, base=base, limit=limit, cursor=cursor)

    @method("rates.write")
    def set_exchange_rate(self, currency: str, day: str, rate: str) -> Document:
        return self.execute(handlers.set_exchange_rate, currency=currency, day=day, rate=rate)

    @method("fields.read")
    def list_custom_fields(self, entity: str) -> Document:
        return self.read(handlers.CUSTOM.list_fields, entity=entity)

    @method("fields.write")
    def create_custom_field(self, entity: str, data: Document) -> Document:
        return self.execute(handlers.CUSTOM.create_field, entity=entity, data=data)

    @method("fields.write")
    def update_custom_field(self, field_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.CUSTOM.update_field, field_id=field_id, changes=changes, version=version)

    @method("fields.write")
    def delete_custom_field(self, field_id: str) -> Document:
        return self.execute(handlers.CUSTOM.delete_field, field_id=field_id)

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

    @method("imports.own")
    def prepare_import(self, filename: str, people: dict[str, str]) -> Document:
        return self.execute(handlers.prepare_import, filename=filename, people=people)

    @method("imports.own")
    def complete_import(self, import_id: str, size: int) -> Document:
        return self.execute(handlers.complete_import, import_id=import_id, size=size)

    @method("imports.own")
    def list_imports(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_imports, limit=limit, cursor=cursor)

    @method("imports.own")
    def get_import(self, import_id: str) -> Document:
        return self.read(queries.import_document, import_id=import_id)

    @method("imports.own")
    def import_rows(
        self, import_id: str, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        return self.read(queries.import_rows_of, import_id=import_id, state=state, limit=limit, cursor=cursor)

    @method("imports.own")
    def change_import(
        self,
        import_id: str,
        sheets: list[Document] | None = None,
        answers: Document | None = None,
        version: int | None = None,
    ) -> Document:
        given: Document = {"sheets": sheets, "answers": answers, "version": version}
        return self.execute(handlers.change_import, import_id=import_id, **given)

    @method("imports.own")
    def repair_row(self, import_id: str, n: int, cells: Document) -> Document:
        return self.execute(handlers.repair_row, import_id=import_id, n=n, cells=cells)

    @method("imports.own")
    def commit_import(self, import_id: str, only_good: bool = False) -> Document:
        return self.execute(handlers.commit_import, import_id=import_id, only_good=only_good)

    @method("imports.own")
    def undo_import(self, import_id: str) -> Document:
        return self.execute(handlers.undo_import, import_id=import_id)

    @method("imports.own")
    def delete_import(self, import_id: str) -> Document:
        return self.execute(handlers.delete_import, import_id=import_id)

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
