"""Actor tokens: a service believes the gateway about people, each service about itself, and nobody else."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from jwt.algorithms import OKPAlgorithm

from libs.common.identity import TOKEN_SECONDS, Actor, Signer, Verifier, on_behalf, system_actor
from libs.common.problems import Forbidden, Invalid, Unauthorized
from tests.support.actors import ADMIN, JOHN, SERVICES, jwks, private_jwk


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(jwks())


def token(kid: str, signed_by: str | None = None, **changes: Any) -> str:
    """A token made by hand; ``None`` takes a claim out."""
    now = int(time.time())
    claims = {"sub": JOHN.id, "role": JOHN.role, "name": JOHN.name, "iat": now, "exp": now + 60} | changes
    key: Any = OKPAlgorithm.from_jwk(json.loads(private_jwk(signed_by or kid)))
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})


def as_system(service: str) -> dict[str, str]:
    return {"sub": f"system:{service}", "role": "system", "name": service}


def refused(verifier: Verifier, text: str) -> bool:
    with pytest.raises(Unauthorized) as problem:
        verifier.verify(text)
    return problem.value.detail == "the actor of this call could not be verified"


@pytest.mark.parametrize("actor", [ADMIN, JOHN, system_actor("gateway")])
def test_the_gateway_speaks_for_people_and_itself(verifier: Verifier, actor: Actor) -> None:
    assert verifier.verify(Signer(private_jwk("gateway")).sign(actor)) == actor


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_speaks_for_itself_alone(verifier: Verifier, service: str) -> None:
    signer = Signer(private_jwk(service))
    assert verifier.verify(signer.sign(system_actor(service))).is_system
    other = system_actor("deals" if service != "deals" else "ai")
    assert refused(verifier, signer.sign(other))
    assert service == "gateway" or refused(verifier, signer.sign(ADMIN))


@pytest.mark.parametrize(
    "forged",
    [
        token("gateway", signed_by="clients"),
        token("clients", signed_by="gateway", **as_system("clients")),
        token("nobody", signed_by="gateway"),
        token("clients"),
        token("clients", role="admin"),
        token("gateway", **as_system("deals")),
        token("gateway", role="system"),
        token("gateway", exp=int(time.time()) - 60),
        token("gateway", iat=int(time.time()) + 600),
        token("gateway", exp=None),
        token("gateway", iat=None),
        token("gateway", sub=None),
        token("gateway", role=None),
        token("gateway", sub=5),
        "",
        "not a token",
        "a.b.c",
        token("gateway") + "x",
    ],
    ids=range(18),
)
def test_forged_tokens_are_refused_without_a_reason(verifier: Verifier, forged: str) -> None:
    assert refused(verifier, forged)


def test_a_token_without_a_signature_is_refused(verifier: Verifier) -> None:
    claims = jwt.decode(token("gateway"), options={"verify_signature": False})
    assert refused(verifier, jwt.encode(claims, None, algorithm="none", headers={"kid": "gateway"}))


def test_a_public_key_is_no_secret(verifier: Verifier) -> None:
    """The old trick: sign with HMAC and the public key, and hope the verifier takes the algorithm from the token."""
    public = next(key for key in json.loads(jwks())["keys"] if key["kid"] == "gateway")
    claims = jwt.decode(token("gateway"), options={"verify_signature": False})
    assert refused(verifier, jwt.encode(claims, public["x"], algorithm="HS256", headers={"kid": "gateway"}))


def test_a_changed_claim_breaks_the_signature(verifier: Verifier) -> None:
    head, _body, signature = token("gateway").split(".")
    _head, admins, _signature = token("gateway", role="admin").split(".")
    assert refused(verifier, f"{head}.{admins}.{signature}")


def test_a_verified_token_still_ends(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    good = token("gateway")
    assert verifier.verify(good) == verifier.verify(good) == JOHN
    later = time.time() + 120
    monkeypatch.setattr("libs.common.identity.time.time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later(later))
    assert refused(verifier, good)


class _Later:
    """The datetime module's class as the JWT library uses it, some time from now."""

    def __init__(self, at: float) -> None:
        self._at = at

    def now(self, tz: Any = None) -> Any:
        from datetime import datetime

        return datetime.fromtimestamp(self._at, tz)


def test_a_signer_makes_a_new_token_before_the_old_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    signer, now = Signer(private_jwk("gateway")), time.time()
    first = signer.sign(JOHN)
    assert signer.sign(JOHN) == first != signer.sign(ADMIN)
    monkeypatch.setattr("libs.common.identity.time.time", lambda: now + TOKEN_SECONDS / 2)
    assert signer.sign(JOHN) != first


def test_a_service_asks_with_a_persons_eyes_and_a_person_with_the_own_ones() -> None:
    service, john = system_actor("notifications"), {"id": JOHN.id, "role": "sales"}
    assert on_behalf(service, john) == Actor(JOHN.id, "sales")
    assert on_behalf(service, None) is service
    assert on_behalf(JOHN, None) is JOHN
    with pytest.raises(Forbidden):
        on_behalf(JOHN, {"id": ADMIN.id, "role": "admin"})


@pytest.mark.parametrize(
    "person", ["admin", {}, {"id": "1", "role": "admin"}, {"id": JOHN.id, "role": "system"}, {"role": "sales"}]
)
def test_what_is_no_person_is_refused(person: Any) -> None:
    with pytest.raises(Invalid):
        on_behalf(system_actor("notifications"), person)
