"""What the columns of a list of people mean, by their names."""

from __future__ import annotations

from collections.abc import Sequence

from libs.common.uploads import plain

# Best known first: of two columns of one meaning the better known counts.
_NAMES: dict[str, str] = {
    "name": "name|full name|employee name|employee|sales agent|agent|sales rep|rep|salesperson|person|user|user name|"
    "mitarbeiter|mitarbeiterin|verkaufer|verkaeufer|vertriebler",
    "first_name": "first name|firstname|given name|vorname",
    "last_name": "last name|lastname|surname|family name|nachname|familienname",
    "email": "email|e mail|email address|e mail address|work email|mail|e mail adresse|mailadresse",
    "role": "role|crm role|rolle",
    "team": "team|team name|regional office|region|office|department|gruppe|abteilung|niederlassung|standort",
    "manager": "manager|reports to|supervisor|manager name|team lead|sales manager|vorgesetzter|vorgesetzte|teamleiter|"
    "teamleitung|leitung",
}
_ROLES: dict[str, str] = {
    "admin": "admin|administrator|administratorin",
    "sales": "sales|sales rep|sales agent|rep|vertrieb",
    "finance": "finance|accounting|finanzen|buchhaltung",
    "manager": "manager|project manager|projects|projekte|projektleitung|leitung",
}
_MEANINGS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split("|")}
_NAMING = {"name", "first_name", "last_name"}


def recognised(cell: str) -> bool:
    """Whether a cell may be the name of a column of such a list."""
    return plain(cell) in _MEANINGS


def places(columns: Sequence[str]) -> dict[str, int]:
    """Where each field stands; empty where no column says who people are."""
    there = {plain(column): place for place, column in reversed(list(enumerate(columns)))}
    found = {
        field: there[name] for field, names in _NAMES.items() for name in reversed(names.split("|")) if name in there
    }
    return found if _NAMING & set(found) else {}


def role_of(word: str) -> str | None:
    """The role that a word means; None for a word that means none."""
    return _ROLE_OF.get(plain(word))
