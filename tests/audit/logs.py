"""One service's audit log in a test: changing rows as somebody, sealing, reading."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from libs.common.audit import keys, reading, sealing
from libs.common.audit.plan import AuditPlan
from libs.common.context import Context
from libs.common.database import Database
from libs.common.identity import Actor
from tests.support.actors import JOHN

SERVICES = ("clients", "deals", "billing", "notifications", "ai", "gateway")
PLANS: dict[str, AuditPlan] = {name: importlib.import_module(f"services.{name}.audit").AUDIT for name in SERVICES}
ADDRESS = "203.0.113.7"


@dataclass
class Log:
    database: Database
    plan: AuditPlan

    def change(self, statement: str, actor: Actor = JOHN, **values: Any) -> None:
        """One statement in a transaction of the service."""
        with self.database.unit_of_work(replace(Context(actor=actor), address=ADDRESS)) as uow:
            uow.session.execute(text(statement), values)

    def seal(self) -> int:
        return sealing.seal(self.database, self.plan)

    def entries(self, limit: int = 200, **filters: str) -> list[dict[str, Any]]:
        """Newest first."""
        with self.database.read() as session:
            found: list[dict[str, Any]] = reading.search(session, filters, limit=limit)["items"]
        return found

    def verified(self, seq: int | None = None) -> dict[str, Any]:
        with self.database.read() as session:
            return reading.verify(session, seq)

    def destroy(self, *subjects: str) -> int:
        with self.database.unit_of_work(Context(actor=JOHN)) as uow:
            return keys.destroy_audit_keys(uow.session, subjects)

    def value(self, statement: str, **values: Any) -> Any:
        with self.database.read() as session:
            return session.execute(text(statement), values).scalar()
