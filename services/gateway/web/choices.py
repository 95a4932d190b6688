"""What people chose for themselves (columns, card fields, the theme): it follows them from device to device."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.problems import Invalid
from services.gateway.api import requests as r
from services.gateway.models import choices

# What can be chosen, and what it is until somebody does.
DEFAULTS: dict[str, Any] = {
    "theme": "auto",
    "clients.columns": ["status", "owner", "industry", "lifetime_value", "last_activity"],
    "deals.columns": ["company", "stage", "value", "closes", "owner"],
    "invoices.columns": ["client", "status", "amount", "due", "paid"],
    "board.fields": ["company", "value", "closes", "owner"],
    "board.compact": False,
    "guide.hidden": False,
}
# Of what a list is chosen from.
OPTIONS: dict[str, frozenset[str]] = {
    "clients.columns": frozenset(
        "status owner industry lifetime_value deal_value open_deals last_activity tags place state country source"
        " created changed".split()
    ),
    "deals.columns": frozenset("company stage value closes owner probability score source tags created".split()),
    "invoices.columns": frozenset("client status amount paid due mail created".split()),
    "board.fields": frozenset("company value closes owner score tags".split()),
    "theme": frozenset({"light", "dark", "auto"}),
}


def chosen(name: str) -> Any:
    """A person's choice, or the default."""
    return _all().get(name, DEFAULTS[name])


def choose(name: str, value: Any) -> None:
    """Remember a choice; Invalid for what cannot be chosen."""
    default = DEFAULTS.get(name)
    chosen_of = value if isinstance(value, list) else [value]
    known = name not in OPTIONS or set(chosen_of) <= OPTIONS[name]
    if default is None or not isinstance(value, type(default)) or not known:
        raise Invalid("this cannot be chosen", field="name")
    database, person = r.gateway().database, r.signed_in().actor.id
    row = {"user_id": person, "name": name, "value": value}
    with database.unit_of_work(r.context()) as uow:
        statement = insert(choices).values(**row, updated_at=uow.now)
        taken = {"value": statement.excluded.value, "updated_at": statement.excluded.updated_at}
        uow.session.execute(statement.on_conflict_do_update(index_elements=["user_id", "name"], set_=taken))
    g.pop("choices", None)


def _all() -> dict[str, Any]:
    if "choices" not in g:
        with r.gateway().database.read() as session:
            mine = select(choices.c.name, choices.c.value).where(choices.c.user_id == r.signed_in().actor.id)
            g.choices = {row.name: row.value for row in session.execute(mine)}
    found: dict[str, Any] = g.choices
    return found
