"""The RPC methods of deals: each names its permission and runs in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libs.common import row_access
from libs.common.erasure.searching import known
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
        return self.read(queries.list_deals, filters=filters, sort=sort, limit=limit, cursor=cursor, now=self._now)

    @method("deals.read")
    def get_deal(self, deal_id: str) -> Document:
        return self.read(queries.deal, deal_id=deal_id)

    @method("deals.write")
    def create_deal(self, data: Document) -> Document:
        self._know(data.get("client_id"))
        return self.execute(handlers.create_deal, data=data)

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
        return self.read(queries.board, filters=filters, limit=limit, now=self._now)

    @method("deals.read")
    def totals(self, filters: Document) -> Document:
        return self.read(queries.totals, filters=filters, now=self._now)

    @method("deals.read")
    def quick_find(self, q: str, limit: int = 5) -> Document:
        return self.read(queries.quick_find, q=q, limit=limit)

    @method("deals.read")
    def stage_visits(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.stage_visits, limit=limit, cursor=cursor)

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
        asked = {"from_day": from_day, "to_day": to_day, "group_by": group_by, "filters": filters, "as_of": as_of}
        return self.read_for(person, queries.forecast, now=self._now, **asked)

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
        return self.read_for(person, queries.forecast_bridge, now=self._now, filters=filters, **asked)

    @method("deals.read")
    def win_rate(
        self,
        from_day: str,
        to_day: str,
        group_by: str | None = None,
        filters: Document | None = None,
        person: Document | None = None,
    ) -> Document:
        return self.read_for(person, queries.win_rate, self._now, from_day, to_day, group_by, filters)

    @method("deals.read")
    def funnel(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self.read_for(person, queries.funnel, self._now, from_day, to_day, filters)

    @method("deals.read")
    def velocity(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self.read_for(person, queries.velocity, self._now, from_day, to_day, filters)

    @method("deals.read")
    def sources(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self.read_for(person, queries.sources, self._now, from_day, to_day, filters)

    @method("deals.read")
    def reps(
        self, from_day: str, to_day: str, filters: Document | None = None, person: Document | None = None
    ) -> Document:
        return self.read_for(person, queries.reps, self._now, from_day, to_day, filters)

    @method("deals.read")
    def trend(self, months: int = 12, filters: Document | None = None, person: Document | None = None) -> Document:
        return self.read_for(person, queries.trend, self._now, months, filters)

    @method("deals.read")
    def stagnation(
        self,
        filters: Document | None = None,
        idle_days: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        person: Document | None = None,
    ) -> Document:
        return self.read_for(person, queries.stagnation, self._now, filters, idle_days, limit, cursor)

    @method("deals.read")
    def risks(
        self,
        filters: Document | None = None,
        limit: int = 5,
        from_day: str | None = None,
        to_day: str | None = None,
        person: Document | None = None,
    ) -> Document:
        return self.read_for(person, queries.risks, self._now, filters, limit, from_day, to_day)

    @method("deals.read")
    def summary(self, today: str, filters: Document | None = None, person: Document | None = None) -> Document:
        return self.read_for(person, queries.summary, self._now, today, filters)

    @method("targets.read")
    def list_targets(self, from_month: str, to_month: str, person: Document | None = None) -> Document:
        return self.read_for(person, queries.list_targets, from_month=from_month, to_month=to_month)

    @method("targets.write")
    def set_targets(self, targets: list[Document]) -> Document:
        return self.execute(handlers.set_targets, targets=targets)

    @method("deals.read")
    def history(self, deal_id: str) -> Document:
        return self.read(queries.history, deal_id=deal_id)

    @method("deals.write")
    def request_analysis(self, deal_id: str) -> Document:
        return self.execute(handlers.request_analysis, deal_id=deal_id)

    @property
    def _now(self) -> datetime:
        return self.runtime.database.clock.now()

    def _know(self, client_id: Any) -> None:
        """Ask clients once about a client whose access event has not come yet, before any transaction."""
        row_access.ensure_known(self.runtime.database, self.context, client_id, wiring.clients().access)


SERVICE = DealsRpc
