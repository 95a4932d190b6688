"""The checks of a draft: every date, amount, person, contact, attachment and promise in it, and where it comes from.
Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from services.ai.email_drafts.belonging import belongs
from services.ai.email_drafts.context import MailContext
from services.ai.email_drafts.finding import amounts, contacts, times
from services.ai.email_drafts.finding.amounts import find_amounts
from services.ai.email_drafts.finding.attachments import find_attachments, names_file
from services.ai.email_drafts.finding.claims import Claim
from services.ai.email_drafts.finding.contacts import find_contacts
from services.ai.email_drafts.finding.dates import find_dates
from services.ai.email_drafts.finding.persons import Words, find_persons
from services.ai.email_drafts.finding.promises import find_promises
from services.ai.email_drafts.language import is_german
from services.ai.email_drafts.sources import Source, sources, words_of


@dataclass(frozen=True, slots=True)
class Check:
    """One claim of a draft. ``source`` names the record it comes from, None when nothing known says so."""

    kind: str
    text: str
    status: str
    source: str | None

    def document(self) -> dict[str, Any]:
        return asdict(self)


def check(subject: str, body: str, context: MailContext, today: date | None = None) -> tuple[Check, ...]:
    """Every claim of the draft once, in the order it is read; the same words of the same kind are one claim,
    unsupported where they are so once.

    today: the day the mail would leave, by which its "tomorrow" is read; the day of the context where it is not given.
    """
    known, day = sources(context), today or context.day
    found: dict[tuple[str, str], Check] = {}
    for text in (subject, body):
        for claim in find_claims(text, known, context, day):
            source = _source_of(claim, known, context, text)
            status = "unsupported" if source is None else "supported"
            key = claim.kind, claim.text.casefold()
            if key not in found or (source is None and found[key].source is not None):
                found[key] = Check(claim.kind, claim.text, status, source)
    return tuple(found.values())


def find_claims(text: str, known: Iterable[Source], context: MailContext, day: date) -> list[Claim]:
    """The claims of one text by place. Money and names are looked for off the dates, promises everywhere: "free until
    Friday" is two claims."""
    named = frozenset(word for source in known if not source.persons for word in source.words)
    named |= words_of(f"{context.client} {context.company}")
    people = frozenset(
        word for source in known if source.name not in _COMPANIES for each in source.persons for word in words_of(each)
    )
    dates = find_dates(text, day)
    reached = find_contacts(text, dates)
    money = find_amounts(text, [*dates, *reached])
    mentioned = frozenset(word for source in known for word in source.mentions)
    persons = find_persons(
        text, Words(named, people, mentioned), [*dates, *reached, *money], german=is_german(text, context.language)
    )
    claims = [*dates, *reached, *money, *persons, *find_attachments(text), *find_promises(text)]
    return sorted(claims, key=lambda claim: claim.start)


_COMPANIES = ("client", "your company")


def _source_of(claim: Claim, known: Iterable[Source], context: MailContext, text: str) -> str | None:
    if claim.kind == "attachment":
        return _file_of(claim, context)
    says = _SAYS[claim.kind]
    backing = (source for source in known if says(source, claim) and belongs(source, claim, text, context))
    return next((source.name for source in backing), None)


def _file_of(claim: Claim, context: MailContext) -> str | None:
    """The file that bears the name of what is said to be attached; the first one where nothing is named."""
    if not claim.value:
        return f"attachment {context.attachments[0].filename}" if context.attachments else None
    files = [
        next((file.filename for file in context.attachments if names_file(words, file.filename)), None)
        for words in claim.value
    ]
    return None if None in files else f"attachment {files[0]}"


def _says_date(source: Source, claim: Claim) -> bool:
    return all(
        any(times.backs(told, reading) for told in source.times for reading in readings) for readings in claim.value
    )


def _says_amount(source: Source, claim: Claim) -> bool:
    return all(any(amounts.backs(told, value) for told in source.amounts) for value in claim.value)


def _says_person(source: Source, claim: Claim) -> bool:
    """A name is one person's, whole or in part; who is greeted is one of the client's. Words of the person who asks
    and of our own records may name others."""
    words = words_of(claim.text)
    if any(words <= words_of(person) for person in source.persons):
        return source.greets or not claim.value
    return not source.persons and words <= source.words


def _says_promise(source: Source, claim: Claim) -> bool:
    return claim.value in source.promises


def _says_contact(source: Source, claim: Claim) -> bool:
    return any(contacts.same(known, claim.value) for known in source.contacts)


_SAYS: dict[str, Callable[[Source, Claim], bool]] = {
    "date": _says_date,
    "amount": _says_amount,
    "person": _says_person,
    "promise": _says_promise,
    "contact": _says_contact,
}
