"""Who we are, for everybody to see and for admins to change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.gateway import company
from services.gateway.api import requests as r
from services.gateway.api.documents import Document
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body, Line, NeededName, Paragraph

routes = Routes("company")


class CompanyDocument(Document):
    """``version`` is 0 while the environment's words hold; ``timezone`` and ``base_currency`` are its settings."""

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str
    training_url: str
    timezone: str
    base_currency: str
    version: int
    updated_at: datetime | None


class CompanyChange(Body):
    """``version`` is the one you loaded; a stale one is refused with 409."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    name: NeededName | None = None
    address: Paragraph | None = None
    email: NeededName | None = None
    payment_instructions: Paragraph | None = None
    website: Line | None = None
    training_url: Line | None = None


@routes.route("GET", "/company", answers=CompanyDocument)
def get_company() -> dict[str, Any]:
    """The company whose name stands on invoices and mails."""
    runtime = r.gateway()
    with runtime.database.read() as session:
        return company.current(session, runtime.settings)


@routes.route("PATCH", "/company", who=ADMIN, body=CompanyChange, answers=CompanyDocument)
def change_company(body: CompanyChange) -> dict[str, Any]:
    """Change it. Invoices that were sent stay as they are; what is sent from now on shows the new words."""
    settings = r.gateway().settings
    given = body.given()
    asked = {"version": given.pop("version", None), "changes": given}
    changed: dict[str, Any] = r.once("change_company", asked, lambda uow: company.change(uow, settings, **asked))
    return changed
