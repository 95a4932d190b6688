"""What happened with clients and is to be done, their documents, and what foreign money is worth."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.server import RpcService, method
from services.clients import handlers, queries, wiring

Document = dict[str, Any]


class HistoryMethods(RpcService):
    """What happened with clients and is to be done, their documents, and what foreign money is worth."""

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

    @method("meetings.book")
    def meeting_slots(
        self,
        client_id: str,
        windows: list[Document] | None = None,
        zone: str | None = None,
        minutes: int = 30,
        host_id: str | None = None,
        contact_id: str | None = None,
    ) -> Document:
        asked: Document = {"windows": windows, "zone": zone, "minutes": minutes, "host_id": host_id}
        ours: Document = {"now": self.runtime.clock.now(), "settings": wiring.runtime().settings}
        return self.read(queries.meeting_slots, client_id=client_id, contact_id=contact_id, **asked, **ours)

    @method("clients.read")
    def get_meeting(self, activity_id: str) -> Document:
        return self.read(queries.meeting, activity_id=activity_id)

    @method("meetings.book")
    def book_meeting(self, client_id: str, data: Document, host_role: str | None = None) -> Document:
        given: Document = {"data": data, "host_role": host_role, "country": wiring.runtime().settings.default_country}
        return self.execute(handlers.book_meeting, client_id=client_id, **given)

    @method("meetings.book")
    def move_meeting(self, activity_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.move_meeting, activity_id=activity_id, changes=changes, version=version)

    @method("meetings.book")
    def cancel_meeting(self, activity_id: str, version: int | None = None) -> Document:
        return self.execute(handlers.cancel_meeting, activity_id=activity_id, version=version)

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

    @method("rates.read")
    def list_exchange_rates(self, limit: int | None = None, cursor: str | None = None) -> Document:
        base = self.runtime.settings.base_currency
        return self.read(queries.list_exchange_rates, base=base, limit=limit, cursor=cursor)

    @method("rates.write")
    def set_exchange_rate(self, currency: str, day: str, rate: str) -> Document:
        return self.execute(handlers.set_exchange_rate, currency=currency, day=day, rate=rate)
