"""The RPC methods of deals: each names its permission and runs in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from libs.common import row_access, segments
from libs.common.erasure.searching import known
from libs.common.identity import on_behalf
from libs.common.money import MoneyError
from libs.common.problems import Invalid, Problem
from libs.common.rpc.server import Operations, RpcService, method
from services.deals import handlers, queries, wiring
from services.deals.access import PERMISSIONS
from services.deals.audit import AUDIT
from services.deals.domain import DealError
from services.deals.erasure import ERASURE

Document = dict[str, Any]

ERRORS: dict[type[Exception], type[Problem]] = {DealError: Invalid, MoneyError: Invalid}


class DealsRpc(Operations, RpcService):
    """Deals, briefs and the way through the stages."""

    name = "deals"
    permissions = PERMISSIONS
    errors = ERRORS
    audit = AUDIT

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("intake")
    def submit_brief(self, brief: Document, client: Document, reference: str) -> Document:
        self._know(client["client_id"])
        return self.execute(handlers.submit_brief, brief=brief, client=client, reference=reference)

    @method("deals.read")
    def list_deals(
        self, filters: Document, sort: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        self._know(filters.get("client_id"))
        given: Document = {"sort": sort, "limit": limit, "cursor": cursor}
        return self.read(queries.list_deals, filters=self._looked_up(filters), **given, now=self._now)

    @method("deals.read")
    def export_deals(
        self, filters: Document, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> Document:
        given: Document = {"limit": limit, "cursor": cursor, "sort": sort}
        return self.read(queries.export_deals, filters=self._looked_up(filters), **given, now=self._now)

    @method("deals.read")
    def get_deal(self, deal_id: str) -> Document:
        return self.read(queries.deal, deal_id=deal_id)

    @method("deals.write")
    def create_deal(self, data: Document) -> Document:
        self._know(data.get("client_id"))
        return self.execute(handlers.create_deal, data=data)

    @method("deals.bring")
    def bring_deals(
        self, import_id: str, system: str, person: Document, deals: list[Document], clients: list[Document]
    ) -> Document:
        """In the name of the person whose import it is. Each deal is made once, so the call needs no key."""
        context = replace(self.context, actor=on_behalf(self.actor, person), voucher=None)
        with self.runtime.database.unit_of_work(context) as uow:
            return handlers.bring_deals(uow, import_id, system, deals, clients)

    @method("deals.bring")
    def take_back_deals(self, import_id: str, deal_ids: list[str]) -> Document:
        return self.execute(handlers.take_back_deals, import_id=import_id, deal_ids=deal_ids)

    @method("deals.bring")
    def bring_custom_fields(
        self, person: Document, fields: list[Document], import_id: str, *, archive: bool = False
    ) -> Document:
        """In the name of the person whose import it is: ``{made}``, the keys of those that it made."""
        context = replace(self.context, actor=on_behalf(self.actor, person), voucher=None)
        with self.runtime.database.unit_of_work(context) as uow:
            return {"made": handlers.bring_fields(uow, fields, import_id, archive=archive is True)}

    @method("deals.bring")
    def take_back_custom_fields(self, person: Document, import_id: str, named: list[str]) -> Document:
        """In the name of the person whose import it is: ``{kept: [{id, label, reason}]}``."""
        context = replace(self.context, actor=on_behalf(self.actor, person), voucher=None)
        with self.runtime.database.unit_of_work(context) as uow:
            return {"kept": handlers.take_back_fields(uow, import_id, named)}

    @method("deals.write")
    def update_deal(self, deal_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.update_deal, deal_id=deal_id, changes=changes, version=version)

    @method("deals.write")
    def move_stage(
        self,
        deal_id: str,
        stage: str,
        lost_reason: str | None = None,
        version: int | None = None,
        actual_close_date: str | None = None,
    ) -> Document:
        return self.execute(
            handlers.move_stage,
            deal_id=deal_id,
            stage=stage,
            lost_reason=lost_reason,
            version=version,
            actual_close_date=actual_close_date,
        )

    @method("deals.read")
    def board(self, filters: Document, limit: int | None = None) -> Document:
        return self.read(queries.board, filters=self._looked_up(filters), limit=limit, now=self._now)

    @method("deals.read")
    def totals(self, filters: Document) -> Document:
        return self.read(queries.totals, filters=self._looked_up(filters), now=self._now)

    @method("deals.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("deals.read")
    def stage_visits(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.stage_visits, limit=limit, cursor=cursor)

    @method("deals.read")
    def own_values(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.own_values, limit=limit, cursor=cursor)

    @method("deals.read")
    def stage_weights(self) -> Document:
        return self.read(queries.stage_weights)

    @method("weights.write")
    def set_stage_weights(self, weights: Document) -> Document:
        return self.execute(handlers.set_stage_weights, weights=weights)

    @method("deals.read")
    def forecast(
        self,
        from_day: str,
        to_day: str,
        group_by: list[str] | None = None,
        filters: Document | None = None,
        as_of: str | None = None,
        person: Document | None = None,
    ) -> Document:
        asked = {"from_day": from_day, "to_day": to_day, "group_by": group_by, "as_of": as_of}
        return self._report(queries.forecast, person, filters, **asked)

    @method("deals.read")
    def forecast_bridge(
        self,
        from_day: str,
        to_day: str,
        start: str,
        end: str,
        filters: Document | None = None,
        measure: str = "value",
        person: Document | None = None,
    ) -> Document:
        asked = {"from_day": from_day, "to_day": to_day, "start": start, "end": end, "measure": measure}
        return self._report(queries.forecast_bridge, person, filters, **asked)

    @method("deals.read")
    def win_rate(
        self,
        from_day: str,
        to_day: str,
        group_by: str | None = None,
        filters: Document | None = None,
        person: Document | None = None,
    ) -> Document:
        asked = {"from_day": from_day, "to_day": to_day, "group_by": group_by}
        return self._report(queries.win_rate, person, filters, **asked)

    @method("deals.read")
    def funnel(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self._report(queries.funnel, person, filters, from_day=from_day, to_day=to_day)

    @method("deals.read")
    def velocity(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self._report(queries.velocity, person, filters, from_day=from_day, to_day=to_day)

    @method("deals.read")
    def sources(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self._report(queries.sources, person, filters, from_day=from_day, to_day=to_day)

    @method("deals.read")
    def reps(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self._report(queries.reps, person, filters, from_day=from_day, to_day=to_day)

    @method("deals.read")
    def trend(self, months: int = 12, filters: Document | None = None, person: Document | None = None) -> Document:
        return self._report(queries.trend, person, filters, months=months)

    @method("deals.read")
    def stagnation(
        self,
        filters: Document | None = None,
        idle_days: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        person: Document | None = None,
    ) -> Document:
        asked: Document = {"idle_days": idle_days, "limit": limit, "cursor": cursor}
        return self._report(queries.stagnation, person, filters, **asked)

    @method("deals.read")
    def risks(
        self,
        filters: Document | None = None,
        limit: int = 5,
        from_day: str | None = None,
        to_day: str | None = None,
        person: Document | None = None,
    ) -> Document:
        return self._report(queries.risks, person, filters, limit=limit, from_day=from_day, to_day=to_day)

    @method("deals.read")
    def summary(self, today: str, filters: Document | None = None, person: Document | None = None) -> Document:
        return self.read_for(person, queries.summary, self._now, today, filters)

    @method("targets.read")
    def list_targets(self, from_month: str, to_month: str, person: Document | None = None) -> Document:
        return self.read_for(person, queries.list_targets, from_month=from_month, to_month=to_month)

    @method("targets.write")
    def set_targets(self, targets: list[Document]) -> Document:
        return self.execute(handlers.set_targets, targets=targets)

    @method("fields.read")
    def list_custom_fields(self, entity: str = "deal") -> Document:
        return self.read(handlers.CUSTOM.list_fields, entity=entity)

    @method("fields.write")
    def create_custom_field(self, data: Document, entity: str = "deal") -> Document:
        return self.execute(handlers.CUSTOM.create_field, entity=entity, data=data)

    @method("fields.write")
    def update_custom_field(self, field_id: str, changes: Document, version: int | None = None) -> Document:
        return self.execute(handlers.CUSTOM.update_field, field_id=field_id, changes=changes, version=version)

    @method("fields.write")
    def delete_custom_field(self, field_id: str) -> Document:
        return self.execute(handlers.CUSTOM.delete_field, field_id=field_id)

    @method("deals.read")
    def history(self, deal_id: str) -> Document:
        return self.read(queries.history, deal_id=deal_id)

    @method("deals.write")
    def request_analysis(self, deal_id: str) -> Document:
        return self.execute(handlers.request_analysis, deal_id=deal_id)

    @property
    def _now(self) -> datetime:
        return self.runtime.database.clock.now()

    def _looked_up(self, filters: Any, person: Document | None = None) -> Any:
        """The filters with the segment's clients in the place of its id, asked for before any transaction."""
        return segments.resolved(filters, lambda named: wiring.segments(self.context).clients_of(named, person))

    def _report(
        self, query: Callable[..., Document], person: Document | None, filters: Any, /, **asked: Any
    ) -> Document:
        """A report as whoever asks may see it; of a segment, with what that is called."""
        wanted = self._looked_up(filters, person)
        found = self.read_for(person, query, now=self._now, filters=wanted, **asked)
        segment = segments.of_filters(wanted)
        return found if segment is None else found | {"segment": segment.named}

    def _know(self, client_id: Any) -> None:
        """Ask clients once about a client whose access event has not come yet, before any transaction."""
        row_access.ensure_known(self.runtime.database, self.context, client_id, wiring.clients().access)


SERVICE = DealsRpc
