"""Who acts: a short-lived EdDSA token that every service verifies for itself.

The gateway signs for people, each service signs for itself as ``system:<service>``. A key may vouch only
for its own kind: the token's ``kid`` names the signer, and a service's key cannot speak for a person.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
import orjson
from jwt.algorithms import OKPAlgorithm

from libs.common.ids import is_id
from libs.common.problems import Forbidden, Invalid, Unauthorized

GATEWAY = "gateway"
TOKEN_SECONDS = 120
# Machines' clocks differ a little; a token is short-lived enough to allow for that.
_LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (id is the user's) or a service (id is ``system:<service>``, role is ``system``)."""

    id: str
    role: str
    name: str = ""

    @property
    def is_system(self) -> bool:
        return self.role == "system"


def system_actor(service: str) -> Actor:
    """The actor of a service's own event handlers, jobs and schedules."""
    return Actor(f"system:{service}", "system", service)


PEOPLE_ROLES = frozenset({"admin", "sales", "finance", "manager"})


def on_behalf(actor: Actor, person: Any) -> Actor:
    """Whose eyes a question is answered with: the caller's own, or those of ``{id, role}`` that a service names.

    A mail or a file that a service makes for somebody shows what that person would see. Forbidden where a person
    names another, Invalid for what is no person.
    """
    if person is None:
        return actor
    if not actor.is_system:
        raise Forbidden("only a service asks for somebody else")
    if not isinstance(person, dict) or person.get("role") not in PEOPLE_ROLES or not is_id(person.get("id")):
        raise Invalid("person is an id and a role", field="person")
    return Actor(person["id"], person["role"], str(person.get("name") or ""))


class Signer:
    """Signs actor tokens with this process's own key (an Ed25519 JWK as JSON text)."""

    def __init__(self, private_jwk: str) -> None:
        document = orjson.loads(private_jwk)
        self._kid = str(document["kid"])
        self._key: Any = OKPAlgorithm.from_jwk(document)
        self._fresh: dict[Actor, tuple[float, str]] = {}

    def sign(self, actor: Actor) -> str:
        """A token for the actor; one made in the last half minute is given again."""
        now = time.time()
        made = self._fresh.get(actor)
        if made and now - made[0] < TOKEN_SECONDS / 4:
            return made[1]
        claims = {
            "sub": actor.id,
            "role": actor.role,
            "name": actor.name,
            "iat": int(now),
            "exp": int(now) + TOKEN_SECONDS,
        }
        token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._kid})
        if len(self._fresh) > 1000:
            self._fresh.clear()
        self._fresh[actor] = (now, token)
        return token


class Verifier:
    """Checks actor tokens against the public keys of all signers (a JWK set as JSON text)."""

    def __init__(self, jwks: str) -> None:
        self._keys: dict[str, Any] = {key["kid"]: OKPAlgorithm.from_jwk(key) for key in orjson.loads(jwks)["keys"]}
        self._seen: dict[str, tuple[float, Actor]] = {}

    def verify(self, token: str) -> Actor:
        """The actor a token vouches for; Unauthorized for every fault, without saying which."""
        seen = self._seen.get(token)
        if seen and seen[0] > time.time():
            return seen[1]
        try:
            kid = str(jwt.get_unverified_header(token)["kid"])
            claims = jwt.decode(
                token,
                self._keys[kid],
                algorithms=["EdDSA"],
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "iat"]},
            )
            actor = Actor(claims["sub"], claims["role"], claims.get("name", ""))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise Unauthorized("the actor of this call could not be verified") from None
        _check_signer(kid, actor)
        if len(self._seen) > 10_000:
            self._seen.clear()
        self._seen[token] = (float(claims["exp"]), actor)
        return actor


def _check_signer(kid: str, actor: Actor) -> None:
    speaks_for_itself = actor == system_actor(kid)
    speaks_for_a_person = kid == GATEWAY and not actor.is_system
    if not (speaks_for_itself or speaks_for_a_person):
        raise Unauthorized("the actor of this call could not be verified")


@cache
def signer(private_jwk: str) -> Signer:
    """The one signer of this process."""
    return Signer(private_jwk)
