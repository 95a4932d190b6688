"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and ten recovery codes.

Each code works once, and the database decides: of a TOTP code its thirty seconds are kept, of a recovery code that it
was used. The secret lies encrypted under a key that the database does not hold.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from typing import Any

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Invalid, NotFound
from libs.common.sealing import SealBroken, Sealer
from services.gateway.accounts import tokens
from services.gateway.models import recovery_codes, second_factors, users
from services.gateway.settings import GatewaySettings

RECOVERY_CODES = 10
# A phone's clock may be one step away from ours (RFC 6238 section 5.2).
_STEP_SECONDS, _STEPS_AWAY = 30, (0, -1, 1)
_row = second_factors.c


def account(user_id: str) -> str:
    """Under which name wrong codes of a person are counted."""
    return f"second factor of {user_id}"


def is_on(session: Session, user_id: str) -> bool:
    """Whether a person is asked for a code."""
    confirmed = select(_row.user_id).where(_row.user_id == user_id, _row.confirmed_at.isnot(None))
    return session.execute(confirmed).first() is not None


def state(session: Session, user_id: str) -> dict[str, Any]:
    """``{on, since, recovery_codes_left}``."""
    row = session.execute(select(_row.confirmed_at).where(_row.user_id == user_id)).first()
    left = select(func.count()).where(recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None))
    since = row.confirmed_at if row is not None else None
    return {"on": since is not None, "since": since, "recovery_codes_left": session.execute(left).scalar_one()}


def with_it(session: Session) -> set[str]:
    """The ids of all who have a second factor."""
    return set(session.execute(select(_row.user_id).where(_row.confirmed_at.isnot(None))).scalars())


def begin(uow: UnitOfWork, settings: GatewaySettings, user_id: str) -> None:
    """Make a secret that counts once a code of it was given; Conflict while the second factor is on."""
    secret = _sealer(settings).seal(pyotp.random_base32(), _about(user_id))
    row = {"user_id": user_id, "secret": secret, "confirmed_at": None, "last_step": None, "created_at": uow.now}
    made = upsert(second_factors).values(row)
    made = made.on_conflict_do_update(index_elements=["user_id"], set_=row, where=_row.confirmed_at.is_(None))
    if uow.session.execute(made.returning(_row.user_id)).first() is None:
        raise Conflict("two-factor log-in is on already; switch it off first")


def being_set_up(session: Session, settings: GatewaySettings, user_id: str, email: str, issuer: str) -> Any:
    """``{secret, uri}`` of a secret that waits for its first code, None where there is none."""
    waiting = select(_row.secret).where(_row.user_id == user_id, _row.confirmed_at.is_(None))
    sealed = session.execute(waiting).scalar_one_or_none()
    if sealed is None:
        return None
    secret = _opened(settings, user_id, sealed)
    return {"secret": secret, "uri": pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)}


def confirm(uow: UnitOfWork, settings: GatewaySettings, user_id: str, code: str) -> list[str]:
    """Switch it on with a first code; the recovery codes, which nobody can show again."""
    row = _held(uow, user_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("there is no two-factor log-in to confirm; begin anew")
    if not _use_totp(uow, settings, row, code):
        raise Invalid("this code is wrong, was used already, or is too old", field="code")
    confirmed = update(second_factors).where(_row.user_id == user_id)
    uow.session.execute(confirmed.values(confirmed_at=uow.now))
    return new_recovery_codes(uow, user_id)


def new_recovery_codes(uow: UnitOfWork, user_id: str) -> list[str]:
    """Ten new codes in the place of all former ones; Conflict while the second factor is off."""
    row = _held(uow, user_id)
    if row is None or row.confirmed_at is None:
        raise Conflict("two-factor log-in is off")
    made = [_recovery_code() for _ in range(RECOVERY_CODES)]
    _forget_recovery_codes(uow, user_id)
    rows = [{"user_id": user_id, "code_hash": tokens.digest(_bare(code)), "used_at": None} for code in made]
    uow.session.execute(insert(recovery_codes).values(rows))
    return made


def use(uow: UnitOfWork, settings: GatewaySettings, user_id: str, code: str) -> bool:
    """Whether this is a code of theirs that was not used before; it is used now."""
    row = _held(uow, user_id)
    if row is None or row.confirmed_at is None:
        return False
    return _use_recovery_code(uow, user_id, code) or _use_totp(uow, settings, row, code)


def switch_off(uow: UnitOfWork, user_id: str) -> None:
    """Take the second factor off an account; NotFound where there is no such account."""
    if not is_id(user_id) or uow.session.execute(select(users.c.id).where(users.c.id == user_id)).first() is None:
        raise NotFound("there is no such user")
    _forget_recovery_codes(uow, user_id)
    uow.session.execute(delete(second_factors).where(_row.user_id == user_id))


def _use_totp(uow: UnitOfWork, settings: GatewaySettings, row: Any, code: str) -> bool:
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return False
    totp, now = pyotp.TOTP(_opened(settings, row.user_id, row.secret)), int(uow.now.timestamp()) // _STEP_SECONDS
    fitting = [now + away for away in _STEPS_AWAY if hmac.compare_digest(totp.generate_otp(now + away), typed)]
    if not fitting:
        return False
    unused = (_row.user_id == row.user_id, func.coalesce(_row.last_step, -1) < fitting[0])
    used = update(second_factors).where(*unused).values(last_step=fitting[0]).returning(_row.user_id)
    return uow.session.execute(used).first() is not None


def _use_recovery_code(uow: UnitOfWork, user_id: str, code: str) -> bool:
    column = recovery_codes.c
    unused = (column.user_id == user_id, column.code_hash == tokens.digest(_bare(code)), column.used_at.is_(None))
    used = update(recovery_codes).where(*unused).values(used_at=uow.now).returning(column.user_id)
    return uow.session.execute(used).first() is not None


def _forget_recovery_codes(uow: UnitOfWork, user_id: str) -> None:
    uow.session.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))


def _held(uow: UnitOfWork, user_id: str) -> Any:
    return uow.session.execute(select(second_factors).where(_row.user_id == user_id).with_for_update()).first()


def _recovery_code() -> str:
    """80 random bits, in fours: ``ABCD-EFGH-…``."""
    plain = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _about(user_id: str) -> str:
    return f"second factor of {user_id}"


def _opened(settings: GatewaySettings, user_id: str, sealed: str) -> str:
    try:
        return _sealer(settings).open(sealed, _about(user_id))
    except SealBroken:
        raise Conflict("two-factor log-in cannot be read: SECOND_FACTOR_KEY is another one than it was") from None


def _sealer(settings: GatewaySettings) -> Sealer:
    if not settings.second_factor_key:
        raise Conflict("two-factor log-in is not possible here: the setting SECOND_FACTOR_KEY is missing")
    return Sealer(settings.second_factor_key)
