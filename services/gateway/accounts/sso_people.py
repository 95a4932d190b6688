"""Who comes in by single sign-on: which account is theirs, and in which role."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.problems import Forbidden
from services.gateway.accounts import invitations, users
from services.gateway.models import sso_identities
from services.gateway.models import users as people
from services.gateway.settings import GatewaySettings

_row = sso_identities.c


def enter(uow: UnitOfWork, settings: GatewaySettings, claims: dict[str, Any]) -> Any:
    """The person's row, with the role the provider's claim gives them; Forbidden for whoever may not come in."""
    email = _verified_email(settings, claims)
    subject, role = str(claims["sub"]), mapped_role(settings, claims)
    if settings.sso_roles and role is None:
        raise Forbidden("your account at the sign-in provider has no role here; ask an admin")
    person = _known(uow, settings, subject) or _by_email(uow, settings, email)
    if person is None:
        person = _created(uow, email, str(claims.get("name") or email.partition("@")[0])[:200], role)
    if not person.active:
        raise Forbidden("this account is not active any more; ask an admin")
    if role is not None and person.role != role:
        users.change(uow, person.id, {"role": role}, None)
        person = _person(uow, people.c.id == person.id)
    identity = {"issuer": settings.sso_issuer, "subject": subject, "user_id": person.id, "created_at": uow.now}
    uow.session.execute(insert(sso_identities).values(identity).on_conflict_do_nothing())
    return person


def mapped_role(settings: GatewaySettings, claims: dict[str, Any]) -> str | None:
    """The first role of SSO_ROLES whose value the claim has; None where there is none."""
    told = claims.get(settings.sso_role_claim)
    values = {str(each) for each in told} if isinstance(told, list) else {str(told)} if told else set()
    for each in settings.sso_roles.split(","):
        value, _equals, role = each.strip().rpartition("=")
        if value.strip() in values and role.strip() in users.ROLES:
            return role.strip()
    return None


def _verified_email(settings: GatewaySettings, claims: dict[str, Any]) -> str:
    email = str(claims.get("email") or "").strip()
    if not email or claims.get("email_verified") is not True:
        raise Forbidden("the sign-in provider has not verified your e-mail address")
    allowed = [each.strip().lower() for each in settings.sso_domains.split(",") if each.strip()]
    if allowed and email.rpartition("@")[2].lower() not in allowed:
        raise Forbidden("people of your e-mail domain may not sign in here")
    return email


def _known(uow: UnitOfWork, settings: GatewaySettings, subject: str) -> Any:
    mine = select(_row.user_id).where(_row.issuer == settings.sso_issuer, _row.subject == subject)
    return _person(uow, people.c.id == mine.scalar_subquery())


def _by_email(uow: UnitOfWork, settings: GatewaySettings, email: str) -> Any:
    """The account of an address, unless it is somebody else's at the provider: an address can change hands there."""
    person = _person(uow, func.lower(people.c.email) == email.lower())
    if person is not None:
        bound = select(_row.subject).where(_row.issuer == settings.sso_issuer, _row.user_id == person.id)
        if uow.session.execute(bound).first() is not None:
            raise Forbidden("this e-mail address belonged to somebody else before; ask an admin")
    return person


def _created(uow: UnitOfWork, email: str, name: str, role: str | None) -> Any:
    invited = invitations.take_of_address(uow, email)
    if invited is not None:
        users.open_account(uow, invited, email, None)
        return _person(uow, people.c.id == invited)
    if role is None:
        raise Forbidden("you have no account here yet; ask an admin to invite you")
    made = users.create(uow, email, name, role, None)
    return _person(uow, people.c.id == made["id"])


def _person(uow: UnitOfWork, which: Any) -> Any:
    return uow.session.execute(select(people).where(which)).first()
