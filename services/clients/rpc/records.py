"""Clients, who may see them, and their contacts."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.server import RpcService, method
from services.clients import handlers, queries

Document = dict[str, Any]


class RecordMethods(RpcService):
    """Clients, who may see them, and their contacts."""

    @method("intake")
    def submit_contact(self, form: Document, reference: str, source: str = "website") -> Document:
        return self.execute(handlers.submit_contact, form=form, reference=reference, source=source)

    @method("clients.read")
    def list_clients(
        self,
        filters: Document,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        owners: list[str] | None = None,
    ) -> Document:
        """owners: to sort by ``owner``, the people's ids in the order of their names."""
        zone = self.runtime.settings.business_tz
        given: Document = {"filters": filters, "sort": sort, "limit": limit, "cursor": cursor}
        return self.read(queries.list_clients, **given, zone=zone, owners=owners)

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

    @method("clients.access")
    def contacts_of_phones(self, numbers: list[str]) -> Document:
        """Whose numbers these are: ``{number: {client_id, contact_id}}``."""
        country = self.runtime.settings.default_country  # type: ignore[attr-defined]  # the settings of this service
        return self.read(queries.contacts_of_phones, numbers=numbers, country=country)

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
    def list_tags(self) -> Document:
        return self.read(queries.list_tags)

    @method("clients.read")
    def client_values(self, field: str, typed: str = "") -> Document:
        return self.read(queries.client_values, field=field, typed=typed)
