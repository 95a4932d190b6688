"""The clients that a new one may be a duplicate of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from services.clients import access
from services.clients.domain import SIGNS, likeness, mail_host, normal_name, phone_key
from services.clients.models import clients, contacts
from services.clients.queries.clients import access_of
from services.clients.queries.filtering import by_letters
from services.clients.similarity import BLOCKED_UNDER, LEAST, Reached, similar_names

_SHOWN = ("id", "company_name", "industry", "status", "owner_id")
_REACHED = ("email", "website", "phone")
_SIMILAR = "similar name"
# As many rows as one sign is followed to: a phone number of a thousand clients says little.
_FOLLOWED = 50


def find_duplicates(
    session: Session,
    actor: Actor,
    company_name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    exclude_id: str | None = None,
) -> dict[str, Any]:
    """At most five clients that may be the same company, the likeliest first, each with the signs that say so, as the
    list of duplicates judges them.

    Names are compared with every client whose card the actor may see; addresses and phone numbers, those of contacts
    too, only where the actor may read the client in full, since a match would tell what a card hides.
    """
    left_out = (fields.identifier("exclude_id", exclude_id) or "").lower()
    name = normal_name(fields.text()("company_name", company_name) or "")
    address = (fields.text(254)("email", email) or "").lower()
    searches = _by_name(actor, name) if name else []
    searches += _by_email(actor, address) if "@" in address else []
    searches += _by_phone(actor, fields.text(60)("phone", phone))
    if not searches:
        return {"items": []}
    typed = Reached.of(address, None, phone)
    found: dict[str, dict[str, Any]] = {}
    elsewhere: set[str] = set()
    for row in session.execute(union_all(*(select(each.subquery()) for each in searches))):
        if row.id != left_out:
            client = {each: row._mapping[each] for each in (*_SHOWN, "access")}
            strength = similar_names(name, row.match_name) if row.sign == _SIMILAR else SIGNS[row.sign]
            if strength:
                found.setdefault(row.id, client | {"signs": {}})["signs"][row.sign] = strength
            # What a card hides tells nothing, not even that it is another's.
            if row.access != "card" and typed.elsewhere(Reached.of(*(row._mapping[each] for each in _REACHED))):
                elsewhere.add(row.id)
    likely = [each for each in found.values() if set(each["signs"]) != {_SIMILAR} or each["id"] not in elsewhere]
    judged = [each for each in (_judged(**each) for each in likely) if each["score"] >= LEAST]
    return {"items": sorted(judged, key=lambda each: (-each["score"], each["company_name"], each["id"]))[:5]}


def _judged(signs: dict[str, int], **client: Any) -> dict[str, Any]:
    """A client with its score, and its signs with the surest first."""
    if "same e-mail address" in signs:
        signs.pop("same e-mail domain", None)
    reasons = sorted(signs, key=lambda sign: -signs[sign])
    return client | {"reasons": reasons, "score": likeness(signs.values())}


def _by_name(actor: Actor, name: str) -> list[Select[Any]]:
    # The text is asked for before the index is searched with it, so the threshold is set by then; for this statement.
    threshold = func.set_config("pg_trgm.similarity_threshold", str(BLOCKED_UNDER), True)
    searched = select(case((threshold.isnot(None), literal(name)))).scalar_subquery()
    alike = func.similarity(clients.c.match_name, name)
    same = _sign(actor, "same name").where(clients.c.match_name == name).order_by(clients.c.created_at)
    similar = _sign(actor, _SIMILAR).order_by(alike.desc())
    # As the index of letters has it, which is no index of the names themselves: it would be asked for equal ones, too.
    lettered = func.lower(clients.c.match_name)
    similar = similar.where(lettered.bool_op("%")(searched), clients.c.match_name != name)
    return [each.where(access.card_scope(actor)).limit(_FOLLOWED) for each in (same, similar)]


def _by_email(actor: Actor, address: str) -> list[Select[Any]]:
    searches = _by_value(actor, "same e-mail address", "email", by_letters, address)
    if host := mail_host(address):
        searches += _by_value(actor, "same e-mail domain", "email", _host, host)
    return searches


def _by_phone(actor: Actor, phone: str | None) -> list[Select[Any]]:
    key = phone_key(phone)
    return _by_value(actor, "same phone", "phone", _phone, key) if key else []


def _by_value(
    actor: Actor, sign: str, column: str, key_of: Callable[[Any], ColumnElement[Any]], key: str
) -> list[Select[Any]]:
    """Clients that have it themselves, and clients one of whose contacts has it."""
    found = _sign(actor, sign).where(access.scope(actor)).limit(_FOLLOWED)
    of_contact = found.join(contacts, contacts.c.client_id == clients.c.id)
    return [found.where(key_of(clients.c[column]) == key), of_contact.where(key_of(contacts.c[column]) == key)]


def _sign(actor: Actor, sign: str) -> Select[Any]:
    columns = [
        *(clients.c[name] for name in (*_SHOWN, *_REACHED)),
        access_of(actor).label("access"),
        clients.c.match_name,
    ]
    return select(*columns, literal(sign).label("sign"))


def _host(email: ColumnElement[Any]) -> ColumnElement[Any]:
    """``mail_host`` in SQL, letter for letter as the indexes have it."""
    return func.lower(func.substring(email, literal("[^@]*$", literal_execute=True)))


def _phone(phone: ColumnElement[Any]) -> ColumnElement[Any]:
    """``phone_key`` in SQL, letter for letter as the indexes have it."""
    pattern, nothing, every = (literal(each, literal_execute=True) for each in ("[^0-9]", "", "g"))
    return func.right(func.regexp_replace(phone, pattern, nothing, every), literal(9, literal_execute=True))
