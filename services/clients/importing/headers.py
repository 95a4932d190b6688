"""What columns mean, guessed from their names as HubSpot, Salesforce, Pipedrive, Zoho and we write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from libs.common.uploads import plain
from services.clients.importing.header_names import NAMES, WITHIN
from services.clients.importing.targets import CUSTOM, ENTITIES, TARGETS

# By what a file's own name, or a column that only one entity has, says what the file is about.
_FILE_WORDS = {
    "client": ("client", "compan", "account", "organi", "firm", "kund"),
    "contact": ("contact", "people", "person", "lead", "kontakt"),
    "deal": ("deal", "opportunit", "pipeline", "potential"),
    "activity": ("activit", "task", "event", "call", "note", "engagement", "meeting"),
}
_OWN_FIELDS = {
    "deal": ("deal.deal_name", "deal.stage", "deal.external_id", "deal.close_date", "deal.deal_value"),
    "activity": ("activity.subject", "activity.type", "activity.due_at", "activity.occurred_at"),
    "contact": ("contact.first_name", "contact.last_name", "contact.job_title", "contact.email"),
}
# As Pipedrive names a column's entity: "Deal - Status".
_NAMED = re.compile(r"\s*(\w+)\s+[-–]\s+(?=\S)(.*)", re.DOTALL)
_ENTITY_NAMES = {
    "deal": "deal", "opportunity": "deal", "organization": "client", "organisation": "client", "company": "client",
    "account": "client", "client": "client", "person": "contact", "contact": "contact", "activity": "activity",
    "task": "activity", "firma": "client", "kunde": "client", "kontakt": "contact",
}  # fmt: skip
# What a column of another entity may lead to: whose deal it is, where a person works.
_LINKS = ("client.company_name", "contact.name", "deal.deal_name")
# Without one of these there is no deal and nothing that happened.
_NAMING = {
    "deal": {"deal.deal_name", "deal.external_id"},
    "activity": {"activity.subject", "activity.description"},
}
# What says that something happened; a date alone may be the day of anything.
_HAPPENED = {"activity.subject", "activity.description", "activity.type"}
_DAYS = {"activity.occurred_at", "activity.due_at", "activity.done_at", "activity.created_at"}
# What happened is told under these too, where its day stands beside it.
_DESCRIBED = {"description", "beschreibung"}
_COMPANY = "client.company_name"
_SYSTEMS = {
    "hubspot": ("record id", "associated company", "lifecycle stage", "company domain name"),
    "salesforce": (
        "account name", "opportunity name", "account owner", "billing street", "company account", "lead owner",
        "opportunity owner", "zip postal code", "billing zip postal code", "mailing zip postal code", "full comments",
    ),
    "pipedrive": ("person organization", "organization name", "deal title", "person name"),
    "zoho": (
        "potential name", "closing date", "deal owner id", "account name id", "contact name id", "account owner id",
        "record id", "created time", "modified time", "billing code", "mailing zip", "tag", "closed time",
    ),
}  # fmt: skip
_EXACT = {name: target for target, names in NAMES.items() for name in reversed(names.split("|"))}
# What we write above our own columns is ours, whatever the company's own fields are called.
_OURS = {target.field for target in TARGETS.values()} | set("id client_id contact_id deal_id owner_id".split())
_OWN = {target.field.replace("_", " "): target.name for target in reversed(list(TARGETS.values()))}


def recognised(name: str) -> bool:
    """Whether a cell may be the name of a column that somebody exports."""
    found = plain(name)
    return found in _EXACT or found in _OWN or any(found in names for names in WITHIN.values())


def about(file_name: str, columns: Sequence[str]) -> str:
    """What a file is about: its name says so, else the columns that only one entity has."""
    stem, names = plain(file_name), [plain(column) for column in columns]
    meanings = [_EXACT.get(name) or _OWN.get(name) for name in names]
    if not (_HAPPENED & set(meanings) or _DESCRIBED & set(names)):
        meanings = [each for each in meanings if each not in _DAYS]
    scores = {entity: sum(meaning in fields for meaning in meanings) for entity, fields in _OWN_FIELDS.items()} | {
        "client": int("client.company_name" in meanings) + int("client.industry" in meanings)
    }
    for entity, words in _FILE_WORDS.items():
        if any(word in stem for word in words):
            scores[entity] = scores.get(entity, 0) + 3
    best = max(ENTITIES, key=lambda entity: (scores.get(entity, 0), ENTITIES.index(entity)))
    if best == "client" and {"contact.first_name", "contact.last_name"} & set(meanings):
        # A list of companies with their people: addresses and numbers are the people's.
        return "contact"
    return best if scores.get(best, 0) else "contact"


def guess(
    file_name: str, columns: Sequence[str], custom: Mapping[str, str] | None = None
) -> tuple[str, list[str | None]]:
    """What a file is about, and what each column means; None where nothing fits. No meaning is given twice.

    custom: the fields that the company made, and their labels: ``{"client.custom.region": "Region"}``.
    """
    entity, own, taken = about(file_name, columns), custom or {}, set[str]()
    everybodys = [_meaning(entity, column, {}, ()) for column in columns]
    order = _order(entity, everybodys)
    found = [_meaning(entity, column, own, order) for column in columns]
    if _COMPANY not in found:
        # Nothing else names the company, whatever field of its own bears this name too.
        found = [_COMPANY if meant == _COMPANY else each for each, meant in zip(found, everybodys, strict=True)]
    if "activity.occurred_at" not in found:
        # Nothing else says when it happened.
        found = ["activity.occurred_at" if each == "activity.created_at" else each for each in found]
    if "deal.stage" not in found:
        # A status alone says how far a deal is, too.
        found = ["deal.stage" if each == "deal.deal_status" else each for each in found]
    for place, meaning in enumerate(found):
        found[place] = meaning if meaning not in taken else None
        taken |= {meaning} if meaning else set()
    return entity, [name if name and _belongs(name, entity, taken) else None for name in found]


def _order(entity: str, meanings: Sequence[str | None]) -> list[str]:
    """Whose own field a label means that several entities have: first what the file has other columns of."""
    there = {name.partition(".")[0] for name in meanings if name}
    if not _NAMING["deal"] & set(meanings):
        there.discard("deal")
    return sorted(dict.fromkeys((entity, "client", "contact", "deal")), key=lambda each: each not in there)


def _belongs(name: str, entity: str, all_names: set[str]) -> bool:
    """Whether a file says enough of a deal, or of what happened, for its columns to be about one."""
    of = name.partition(".")[0]
    if name in _DAYS and not _HAPPENED & all_names:
        return False
    if of == entity or of not in _NAMING:
        return True
    return bool(_NAMING[of] & all_names)


def system_of(columns: Sequence[str]) -> str:
    """The system a file seems to come from; "" where it does not show. It keeps ids of two systems apart."""
    names = {plain(column) for column in columns}
    scores = {system: len(names & set(signs)) for system, signs in _SYSTEMS.items()}
    best = max(scores, key=lambda system: scores[system])
    return best if scores[best] > 1 else ""


def _meaning(entity: str, column: str, custom: Mapping[str, str], order: Sequence[str]) -> str | None:
    if column in TARGETS or column in custom:
        return column
    if f"{entity}.{column}" in custom:
        return f"{entity}.{column}"
    if column in _OURS:
        return _of_systems(entity, column)
    if (named := _NAMED.fullmatch(column)) and (of := _ENTITY_NAMES.get(plain(named[1]))):
        return _of_named(of, column, named[2], custom)
    standard, own = _of_systems(entity, column), _labelled(column, custom, order)
    # A deal, or what happened, is nothing that every file is about.
    if standard and standard.partition(".")[0] in (entity, "client", "contact") and _is_standard(standard, column):
        return standard
    # A list of people or deals is one of their companies, too.
    if own and own.partition(".")[0] in (entity, "client"):
        return own
    return standard or own


def _is_standard(meaning: str, column: str) -> bool:
    """Whether a field of everybody's is called so by us, or best known by it: a label that the company gave a field of
    its own takes no such column over. Of what only other systems call so, the company's label is the better guess."""
    field = meaning.partition(".")[2].replace("_", " ")
    return plain(column) in (field, NAMES.get(meaning, "").partition("|")[0])


def _of_named(entity: str, column: str, rest: str, custom: Mapping[str, str]) -> str | None:
    """What a column means whose name says of which entity it is: a field of that one, a link to another, or nothing."""
    whole, name = _EXACT.get(plain(column)), plain(rest)
    if whole in _LINKS:
        return whole
    known = (whole, WITHIN[entity].get(name), f"{entity}.{name.replace(' ', '_')}", _EXACT.get(name), _OWN.get(name))
    standard = next((each for each in known if each in TARGETS and each.partition(".")[0] == entity), None)
    if standard and _is_standard(standard, rest):
        return standard
    return _labelled(column, custom, (entity,)) or _labelled(rest, custom, (entity,)) or standard


def _labelled(column: str, custom: Mapping[str, str], entities: Sequence[str]) -> str | None:
    """The field of one of the entities that has this label or key; of two with one label none is meant."""
    name = plain(column)
    for entity in entities:
        start = f"{entity}.{CUSTOM}"
        mine = {each: label for each, label in custom.items() if each.startswith(start)}
        for found in (
            [each for each, label in mine.items() if plain(label) == name],
            [each for each in mine if plain(each.removeprefix(start)) == name],
        ):
            if name and len(found) == 1:
                return found[0]
    return None


def _of_systems(entity: str, column: str) -> str | None:
    name = plain(column)
    own = f"{entity}.{name.replace(' ', '_')}"
    if name in WITHIN[entity]:
        return WITHIN[entity][name]
    if own in TARGETS:
        return own
    # Words before the name that systems add: "Deal title", and never a field of what else the file is about.
    if found := _EXACT.get(name) or _OWN.get(name):
        return found
    inner = _EXACT.get(name.removeprefix(f"{entity} "), "")
    return inner if inner.partition(".")[0] == entity else None
