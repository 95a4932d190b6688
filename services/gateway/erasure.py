"""What of the gateway an erasure leaves: the accounts of people who work here, whoever has the same name."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from libs.common.erasure.person import Person
from libs.common.erasure.plan import ErasurePlan, Kept
from services.gateway.audit import AUDIT
from services.gateway.audit_log import pseudonym
from services.gateway.events import PersonErased

_ACCOUNT = "the account of somebody who works here"


def _subjects(person: Person) -> set[str]:
    """A visitor who tried to log in is known by their address alone."""
    return {person.contact_id} | ({pseudonym("email", person.email)} if person.email else set())


ERASURE = ErasurePlan(
    "gateway",
    AUDIT,
    kept=[
        *(Kept(table, "true", _ACCOUNT) for table in ("users", "invitations", "api_keys", "sso_identities")),
        Kept("company", "true", "who we are"),
    ],
    # Half a form of somebody who is nobody, a counter, a failed log-in: nothing without the person.
    removed=frozenset({"brief_drafts", "login_failures", "rate_limits"}),
    subjects=_subjects,
)


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part in erasing a person is done."""
    uow.outbox.add(PersonErased(**part.data), of=part)
