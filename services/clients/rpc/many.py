"""Finding clients, segments of them, changes of many, and two that are one."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.server import RpcService, method
from services.clients import handlers, queries

Document = dict[str, Any]


class ManyMethods(RpcService):
    """Finding clients, segments of them, changes of many, and two that are one."""

    @method("clients.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("clients.read")
    def export_page(
        self,
        what: str,
        filters: Document,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        owners: list[str] | None = None,
    ) -> Document:
        given: Document = {"what": what, "filters": filters, "limit": limit, "cursor": cursor}
        given |= {"sort": sort, "owners": owners}
        return self.read(queries.export_page, **given, zone=self.runtime.settings.business_tz)

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
    def list_duplicates(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_duplicates, limit=limit, cursor=cursor)

    @method("clients.write")
    def dismiss_duplicate(self, first_id: str, second_id: str, dismissed: bool = True) -> Document:
        given: Document = {"first_id": first_id, "second_id": second_id, "dismissed": dismissed}
        return self.execute(handlers.dismiss_duplicate, **given)

    @method("clients.write")
    def merge_clients(self, client_id: str, other_id: str, choices: Document | None = None) -> Document:
        return self.execute(handlers.merge_clients, client_id=client_id, other_id=other_id, choices=choices)

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
