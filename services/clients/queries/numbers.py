"""Whose a telephone number is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common import phones
from libs.common.identity import Actor
from libs.common.problems import Invalid

_MOST = 2000
# By the ends of the numbers, which are indexed; whether two numbers are the same is no question for the database.
_CANDIDATES = text(r"""
    SELECT c.phone, c.client_id::text, c.id::text AS contact_id
    FROM contacts c JOIN clients o ON o.id = c.client_id AND o.deleted_at IS NULL
    WHERE right(regexp_replace(c.phone, '\D', '', 'g'), 7) = ANY(:tails) AND c.phone IS NOT NULL
""")
_COMPANIES = text(r"""
    SELECT phone, id::text AS client_id, NULL AS contact_id FROM clients
    WHERE right(regexp_replace(phone, '\D', '', 'g'), 7) = ANY(:tails) AND phone IS NOT NULL AND deleted_at IS NULL
""")


def contacts_of_phones(session: Session, _actor: Actor, numbers: list[str], country: str) -> dict[str, Any]:
    """``{number: {client_id, contact_id}}`` of numbers (digits, country code first) that are one client's alone.

    A person's number counts before a company's. One that several clients have is nobody's: a person says whose.
    contact_id is None where several people of the client have it, or only the company.
    """
    if not isinstance(numbers, list) or len(numbers) > _MOST or not all(isinstance(each, str) for each in numbers):
        raise Invalid(f"numbers is a list of up to {_MOST} numbers", field="numbers")
    found: dict[str, Any] = {}
    for candidates in (_CANDIDATES, _COMPANIES):
        left = [each for each in numbers if each not in found]
        tails = sorted({phones.tail(each) for each in left})
        rows = session.execute(candidates, {"tails": tails}).all() if tails else []
        for number in left:
            theirs = [row for row in rows if _is(row.phone, number, country)]
            if theirs:
                found[number] = _one(theirs)
    return {number: whose for number, whose in found.items() if whose is not None}


def _is(written: str, number: str, country: str) -> bool:
    dialled = phones.dialled(written, country)
    return dialled is not None and phones.same(dialled, number)


def _one(rows: list[Any]) -> dict[str, Any] | None:
    clients, people = {row.client_id for row in rows}, {row.contact_id for row in rows}
    if len(clients) > 1:
        return None
    return {"client_id": clients.pop(), "contact_id": people.pop() if len(people) == 1 else None}
