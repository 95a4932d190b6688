"""Two-factor log-in of one's own account."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from libs.common.problems import Conflict
from services.gateway.accounts import second_factors, users
from services.gateway.api import access_documents as access
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.me import guessed_password
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Secret
from services.gateway.company import shown_name

routes = Routes("two-factor log-in")


class Code(Body):
    code: Annotated[str, Field(max_length=60)]


class Password(Body):
    current_password: Secret


@routes.route("GET", "/me/second-factor", answers=access.SecondFactor)
def second_factor() -> dict[str, Any]:
    """Whether log-in asks for a code, and how many recovery codes are left."""
    with r.gateway().database.read() as session:
        return second_factors.state(session, r.signed_in().actor.id)


@routes.route("POST", "/me/second-factor", answers={201: access.SecondFactorSetUp})
def begin_second_factor() -> dict[str, Any]:
    """Get a secret for an authenticator app. It counts once a code of it was sent to `…/confirm`."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        second_factors.begin(uow, r.gateway().settings, r.signed_in().actor.id)
    found = being_set_up()
    if found is None:
        raise Conflict("there is no two-factor log-in to confirm; begin anew")
    return found


@routes.route("POST", "/me/second-factor/confirm", body=Code, answers=access.RecoveryCodes)
def confirm_second_factor(body: Code) -> dict[str, Any]:
    """Switch two-factor log-in on with a first code. The ten recovery codes are shown this once."""
    runtime = r.gateway()
    with runtime.database.unit_of_work(r.context()) as uow:
        codes = second_factors.confirm(uow, runtime.settings, r.signed_in().actor.id, body.code)
    return {"recovery_codes": codes}


@routes.route("POST", "/me/second-factor/recovery-codes", body=Password, answers=access.RecoveryCodes, refusals=(429,))
def new_recovery_codes(body: Password) -> dict[str, Any]:
    """Get ten new recovery codes; the former ones end."""
    person = r.signed_in().actor.id
    with guessed_password(), r.gateway().database.unit_of_work(r.context()) as uow:
        users.confirm_password(uow, person, body.current_password)
        return {"recovery_codes": second_factors.new_recovery_codes(uow, person)}


@routes.route("POST", "/me/second-factor/off", body=Password, answers=d.Done, refusals=(429,))
def switch_second_factor_off(body: Password) -> dict[str, Any]:
    """Switch two-factor log-in off, with the password."""
    person = r.signed_in().actor.id
    with guessed_password(), r.gateway().database.unit_of_work(r.context()) as uow:
        users.confirm_password(uow, person, body.current_password)
        second_factors.switch_off(uow, person)
    return {"on": False}


def being_set_up() -> dict[str, Any] | None:
    """The secret that waits for its first code, as a person's app takes it; None where there is none."""
    runtime, person = r.gateway(), r.signed_in()
    named = (person.actor.id, person.email, shown_name(runtime))
    with runtime.database.read() as session:
        found: dict[str, Any] | None = second_factors.being_set_up(session, runtime.settings, *named)
    return found
