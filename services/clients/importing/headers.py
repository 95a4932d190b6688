"""What columns mean, guessed from their names as HubSpot, Salesforce, Pipedrive, Zoho and we write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from libs.common.uploads import plain
from services.clients.importing.targets import CUSTOM, ENTITIES, TARGETS

# By field: the names that other systems give it, best known first; those of an entity alone stand under its name.
_NAMES: dict[str, str] = {
    "client.company_name": "company name|company|account name|account|organization name|organization|organisation|"
    "associated company|primary associated company|organization name name|customer|customer name|firm|firma|"
    "unternehmen|client|client name|person organization|deal organization|kunde",
    "client.email": "company email|account email|organization email|company email address|office email",
    "client.phone": "company phone|account phone|phone number company|main phone|company phone number|"
    "organization phone",
    "client.website": "website|website url|company domain name|company domain|domain|web site|url|webseite|homepage",
    "client.industry": "industry|sector|branche|vertical",
    "client.address": "address|street address|billing street|street|mailing street|shipping street|"
    "organization address|adresse|strasse|billing address",
    "client.city": "city|billing city|mailing city|ort|stadt|town|organization address locality",
    "client.state": "state|state region|billing state|billing state province|mailing state|province|region|bundesland",
    "client.country": "country|country region|billing country|mailing country|land|office location",
    "client.notes": "notes|about us|company description|account description|notizen|comments|company notes",
    "client.source": "source|lead source|original source|account source|quelle|original source type",
    "client.status": "status|account status|lifecycle stage|lead status|customer status|account type|rating status",
    "client.tags": "tags|tag|labels|label|company tags|organization label|schlagworte",
    "client.owner": "owner|company owner|account owner|contact owner|lead owner|account owner email|assigned to|"
    "besitzer|organization owner|owner email|owner id|owner name",
    "client.external_id": "company id|account id|organization id|associated company id|associated company ids|"
    "client id|record id company|associated company ids primary|organization name id",
    "client.created_at": "company created|account created date|client created at",
    "contact.first_name": "first name|firstname|given name|vorname|contact first name",
    "contact.last_name": "last name|lastname|surname|family name|nachname|contact last name",
    "contact.name": "name|full name|contact name|contact|person name|person|contact full name|ansprechpartner|"
    "associated contact|primary contact|deal contact person|deal person",
    "contact.email": "email|email address|e mail|e mail address|contact email|email work|person email|"
    "person email work|mail|business email|contact email address",
    "contact.phone": "phone|phone number|mobile phone number|mobile|mobile phone|telefon|phone work|"
    "person phone work|person phone|contact phone|tel|handy|business phone|direct phone",
    "contact.job_title": "job title|title|position|role|contact title|funktion|person job title",
    "contact.is_primary": "is primary|primary",
    "contact.external_id": "contact id|person id|record id contact|lead id|associated contact id|"
    "associated contact ids",
    "contact.created_at": "contact created at",
    "deal.deal_name": "deal name|opportunity name|deal title|opportunity|deal|potential name|deal deal name|product",
    "deal.deal_value": "deal value|amount|deal amount|value|close value|opportunity amount|betrag|deal value amount|"
    "amount in company currency|expected revenue amount|wert|revenue amount",
    "deal.currency": "currency|deal currency|currency of value|amount currency|opportunity currency|currency iso code|"
    "deal currency code|waehrung|wahrung",
    "deal.stage": "stage|deal stage|pipeline stage|opportunity stage|sales stage|phase",
    "deal.deal_status": "deal status|opportunity status|deal outcome|deal won lost",
    "deal.source": "deal source|deal lead source|opportunity source",
    "deal.lost_reason": "lost reason|closed lost reason|loss reason|reason for loss|closed lost reason name|"
    "deal lost reason",
    "deal.description": "description|deal description|opportunity description|beschreibung",
    "deal.expected_close_date": "expected close date|expected close|expected closing date",
    "deal.close_date": "close date|closing date|closed date|abschlussdatum|deal close date",
    "deal.actual_close_date": "actual close date|close time|deal closed on",
    "deal.won_on": "won time|won on|won date",
    "deal.lost_on": "lost time|lost on|lost date",
    "deal.created_on": "created on|create date|engage date|deal created|created date|add time|created time|"
    "deal created on|opportunity created date|deal create date|open date",
    "deal.history": "history|stage history",
    "deal.tags": "deal tags|deal label",
    "deal.owner": "deal owner|opportunity owner|sales agent|sales rep|salesperson|agent|verkaeufer|deal owner email",
    "deal.external_id": "deal id|opportunity id|record id deal|potential id",
    "activity.type": "activity type|type|engagement type|task type|event type",
    "activity.subject": "subject|activity subject|task subject|activity|activity title|betreff|task name|event title",
    "activity.description": "activity description|note|body|note body|activity notes|call notes|full comments",
    "activity.occurred_at": "occurred at|activity date|date|start date|start time|datum|done time|call start time|"
    "activity date time",
    "activity.due_at": "due at|due date|deadline|faellig|due date time",
    "activity.done_at": "done at|completed at|completed date|marked as done time|completed date time",
    "activity.done": "done|completed|erledigt|is closed",
    "activity.assignee": "assignee|activity assigned to|task owner|assigned to user",
    "activity.actor_name": "actor name|logged by|activity created by|activity owner",
    "activity.external_id": "activity id|task id|event id",
    "activity.created_at": "activity created at",
}
# Names that mean another field where the file is about this entity.
_WITHIN: dict[str, dict[str, str]] = {
    "client": {
        "name": "client.company_name", "id": "client.external_id", "record id": "client.external_id",
        "email": "client.email", "phone": "client.phone", "phone number": "client.phone", "type": "client.status",
        "description": "client.notes", "created at": "client.created_at", "create date": "client.created_at",
        "created time": "client.created_at", "created date": "client.created_at", "created on": "client.created_at",
        "e mail": "client.email", "email address": "client.email", "telefon": "client.phone",
        "title": "client.company_name", "labels": "client.tags",
    },
    "contact": {
        "id": "contact.external_id", "record id": "contact.external_id", "created at": "contact.created_at",
        "create date": "contact.created_at", "created time": "contact.created_at",
        "created date": "contact.created_at", "created on": "contact.created_at",
    },
    "deal": {
        "name": "deal.deal_name", "title": "deal.deal_name", "id": "deal.external_id", "record id": "deal.external_id",
        "source": "deal.source", "lead source": "deal.source", "status": "deal.deal_status",
        "outcome": "deal.deal_status", "won lost": "deal.deal_status", "tags": "deal.tags",
        "owner": "deal.owner", "owner email": "deal.owner", "owner id": "deal.owner", "owner name": "deal.owner",
        "notes": "deal.description", "label": "deal.tags",
    },
    "activity": {
        "id": "activity.external_id", "record id": "activity.external_id", "name": "activity.subject",
        "title": "activity.subject", "description": "activity.description", "notes": "activity.description",
        "owner": "activity.actor_name", "assigned to": "activity.assignee", "status": "activity.done",
        "contact id": "contact.external_id", "deal id": "deal.external_id", "created at": "activity.created_at",
        "email": "contact.email", "contact": "contact.name",
    },
}  # fmt: skip
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
_LINKS = ("client.company_name", "contact.name")
# Without one of these there is no deal and nothing that happened.
_NAMING = {
    "deal": {"deal.deal_name", "deal.external_id"},
    "activity": {"activity.subject", "activity.description"},
}
_SYSTEMS = {
    "hubspot": ("record id", "associated company", "lifecycle stage", "company domain name"),
    "salesforce": ("account name", "opportunity name", "account owner", "billing street"),
    "pipedrive": ("person organization", "organization name", "deal title", "person name"),
    "zoho": ("potential name", "closing date", "deal owner id", "account name id"),
}
_EXACT = {name: target for target, names in _NAMES.items() for name in reversed(names.split("|"))}
# What we write above our own columns is ours, whatever the company's own fields are called.
_OURS = {target.field for target in TARGETS.values()} | set("id client_id contact_id deal_id owner_id".split())
_OWN = {target.field.replace("_", " "): target.name for target in reversed(list(TARGETS.values()))}


def recognised(name: str) -> bool:
    """Whether a cell may be the name of a column that somebody exports."""
    found = plain(name)
    return found in _EXACT or found in _OWN or any(found in names for names in _WITHIN.values())


def about(file_name: str, columns: Sequence[str]) -> str:
    """What a file is about: its name says so, else the columns that only one entity has."""
    stem = plain(file_name)
    meanings = [_EXACT.get(plain(column)) or _OWN.get(plain(column)) for column in columns]
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
    order = _order(entity, [_meaning(entity, column, {}, ()) for column in columns])
    found = [_meaning(entity, column, own, order) for column in columns]
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
    own = _labelled(column, custom, order)
    # A list of people or deals is one of their companies, too.
    if own and own.partition(".")[0] in (entity, "client"):
        return own
    return _of_systems(entity, column) or own


def _of_named(entity: str, column: str, rest: str, custom: Mapping[str, str]) -> str | None:
    """What a column means whose name says of which entity it is: a field of that one, a link to another, or nothing."""
    whole, name = _EXACT.get(plain(column)), plain(rest)
    if whole in _LINKS:
        return whole
    known = (whole, _WITHIN[entity].get(name), f"{entity}.{name.replace(' ', '_')}", _EXACT.get(name), _OWN.get(name))
    own = _labelled(column, custom, (entity,)) or _labelled(rest, custom, (entity,))
    return own or next((each for each in known if each in TARGETS and each.partition(".")[0] == entity), None)


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
    if name in _WITHIN[entity]:
        return _WITHIN[entity][name]
    if own in TARGETS:
        return own
    # Words before the name that systems add: "Deal title", and never a field of what else the file is about.
    if found := _EXACT.get(name) or _OWN.get(name):
        return found
    inner = _EXACT.get(name.removeprefix(f"{entity} "), "")
    return inner if inner.partition(".")[0] == entity else None
