"""What ai keeps of what others tell."""

from __future__ import annotations

from libs.common import company, row_access
from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from libs.common.events import Envelope
from services.ai.events import ClientAccessChanged, ClientsAccessChanged, CompanyChanged, PersonErased


def on_client_access_changed(uow: UnitOfWork, event: ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see the client."""
    row_access.apply(uow.session, event)


def on_clients_access_changed(uow: UnitOfWork, event: ClientsAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see each of many clients."""
    row_access.apply(uow.session, *event.accesses)


def on_company_changed(uow: UnitOfWork, event: CompanyChanged, _envelope: Envelope) -> None:
    """Keep who we are: mails are signed with it."""
    company.apply(uow.session, event)


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part in erasing a person is done."""
    uow.outbox.add(PersonErased(**part.data), of=part)
