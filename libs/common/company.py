"""The business the system is run for, as its people last wrote it down: one row in every service that names it.

The owner of the row publishes it whole; a copy keeps the highest version it saw. Until there is one, the environment
says who the business is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.events import Event
from libs.common.settings import ServiceSettings

SCHEMA_V1 = """
CREATE TABLE company (
    -- one row: this is its only value
    one                  boolean PRIMARY KEY DEFAULT true CHECK (one),
    name                 text NOT NULL,
    address              text NOT NULL,
    email                text NOT NULL,
    payment_instructions text NOT NULL,
    website              text NOT NULL,
    version              integer NOT NULL
);
"""
DROP_V1 = "DROP TABLE company"

metadata = MetaData()

copy = Table(
    "company",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("name", Text),
    Column("address", Text),
    Column("email", Text),
    Column("payment_instructions", Text),
    Column("website", Text),
    Column("version", Integer),
)


class CompanyChanged(Event):
    """The company as it is now."""

    event_type: ClassVar[str] = "company.changed"

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str
    version: int


@dataclass(frozen=True, slots=True)
class Company:
    """Who we are to others. ``address`` and ``payment_instructions`` have lines."""

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str

    @classmethod
    def of(cls, settings: ServiceSettings) -> Company:
        """As the environment says."""
        return cls(
            settings.company_name,
            lines(settings.company_address),
            settings.company_email,
            lines(settings.payment_instructions),
            website="",
        )


def apply(session: Session, event: CompanyChanged) -> None:
    """Take the state over unless a newer one is here already."""
    values: dict[str, Any] = event.model_dump()
    statement = insert(copy).values(one=True, **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["one"], set_=values, where=copy.c.version < event.version)
    )


def told(session: Session) -> Company | None:
    """The company as it was last told of here, None while it was not."""
    columns = [copy.c[name] for name in Company.__dataclass_fields__]
    row = session.execute(select(*columns)).first()
    return Company(**row._mapping) if row is not None else None


def current(session: Session, settings: ServiceSettings) -> Company:
    """The company as it is now, as far as it is known here."""
    return told(session) or Company.of(settings)


def lines(text: str) -> str:
    """A setting's text, in which a line end may be written as two characters."""
    return text.replace("\\n", "\n")
