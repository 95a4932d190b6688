"""What can back a claim: every record of a context, in plain words, with what it says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from libs.common.money import to_major
from services.ai.email_drafts.context import Activity, Invoice, MailContext
from services.ai.email_drafts.finding.amounts import Amount, Number, Share, find_amounts
from services.ai.email_drafts.finding.contacts import find_contacts, folded
from services.ai.email_drafts.finding.dates import find_dates
from services.ai.email_drafts.finding.promises import find_promises
from services.ai.email_drafts.finding.times import Days, When, told


@dataclass(frozen=True, slots=True)
class Source:
    """A record and what it says: instants, amounts, kinds of promises, names of persons, and its words (folded).

    greets: whether its persons may be greeted, as they are the client's. mentions: words that back no name, and are no
    surprise where one of them stands alone (a client's brief speaks of its shop system). contacts: links, addresses and
    numbers, folded.
    """

    name: str
    times: tuple[When, ...] = ()
    amounts: tuple[Amount | Share | Number, ...] = ()
    promises: frozenset[str] = frozenset()
    persons: tuple[str, ...] = ()
    words: frozenset[str] = field(default=frozenset())
    greets: bool = False
    mentions: frozenset[str] = field(default=frozenset())
    contacts: frozenset[str] = field(default=frozenset())


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded, names with a hyphen also in parts."""
    found = re.findall(r"[^\W_][\w'’-]*", text.casefold())
    parts = [part for word in found for part in word.split("-") if part]
    return frozenset(re.sub(r"['’]s?$", "", word) for word in (*found, *parts))


def sources(context: MailContext) -> tuple[Source, ...]:
    """Everything that is known, the words of the person who asks first."""
    return tuple(_sources(context))


def _sources(context: MailContext) -> Iterator[Source]:
    yield _text("what you wrote", context.words, context.day, ours=True)
    yield Source("your data", contacts=frozenset(folded(each) for each in context.addresses))
    yield from _people(context)
    yield Source("client", words=words_of(context.client), persons=(context.client,))
    yield Source("your company", words=words_of(context.company), persons=(context.company,))
    yield from _deal(context)
    for invoice in context.invoices:
        yield from _invoice(invoice)
    yield from _sums(context)
    for activity in context.activities:
        yield from _activity(activity)
    for attachment in context.attachments:
        name = attachment.filename
        called = frozenset(claim.value for claim in find_contacts(name))
        yield Source(f"attachment {name}", amounts=_numbers(name), contacts=called)


def _people(context: MailContext) -> Iterator[Source]:
    if context.contact is not None:
        name = "contact" + (f" ({context.contact.title})" if context.contact.title else "")
        yield Source(name, persons=(context.contact.name,), greets=True)
    yield Source("you", persons=(context.sender.name,))
    for person in context.people:
        yield Source(f"contact at {context.client}", persons=(person.name,), greets=True)


def _deal(context: MailContext) -> Iterator[Source]:
    deal = context.deal
    yield Source("deal name", words=words_of(deal.name))
    if deal.value_minor is not None:
        yield Source("deal value", amounts=(_amount(deal.value_minor, deal.currency),))
    if deal.expected_close_date:
        yield Source("deal, expected close date", times=(_day(deal.expected_close_date),))
    yield _text("deal description", deal.description, context.day, ours=deal.ours, mentions=True)


def _invoice(invoice: Invoice) -> Iterator[Source]:
    name = f"invoice {invoice.number}"
    yield Source(name, amounts=(Number(re.sub(r"[\W_]", "", invoice.number).upper()),))
    yield Source(f"{name}, amount", amounts=(_amount(invoice.amount_minor, invoice.currency),))
    if invoice.owed_minor and invoice.owed_minor != invoice.amount_minor:
        yield Source(f"{name}, still to pay", amounts=(_amount(invoice.owed_minor, invoice.currency),))
        paid = invoice.amount_minor - invoice.owed_minor
        yield Source(f"{name}, paid so far", amounts=(_amount(paid, invoice.currency),))
    for what, on in (("due date", invoice.due_date), ("sent", invoice.sent_on), ("paid", invoice.paid_on)):
        if on:
            yield Source(f"{name}, {what}", times=(_day(on),))
    yield Source(f"{name}, description", mentions=words_of(invoice.description))


def _sums(context: MailContext) -> Iterator[Source]:
    """What is owed in all, where that is more than one invoice."""
    owed: dict[str, list[int]] = {}
    for invoice in context.invoices:
        if invoice.owed_minor:
            owed.setdefault(invoice.currency, []).append(invoice.owed_minor)
    for currency, parts in owed.items():
        if len(parts) > 1:
            yield Source("open invoices, sum", amounts=(_amount(sum(parts), currency),))


def _activity(activity: Activity) -> Iterator[Source]:
    day = date.fromisoformat(activity.day)
    name = f"{activity.type} “{activity.subject}” of {activity.day}"
    yield Source(name, times=(Days.one(day),))
    if activity.due:
        yield Source(f"{name}, due", times=(_day(activity.due),))
    if activity.is_our_mail:
        # It may hold what was only confirmed: that we said something once does not make it so.
        yield Source(name, mentions=words_of(f"{activity.subject} {activity.text}"))
        return
    says = name if activity.ours else f"what was written to us: {name}"
    yield _text(says, f"{activity.subject}\n{activity.text}", day, ours=activity.ours)


def _text(name: str, text: str, day: date, *, ours: bool, mentions: bool = False) -> Source:
    """A text as a source. What a stranger wrote backs its dates alone: no money, no promise and no name."""
    claims = find_dates(text, day)
    times = tuple(reading for claim in claims for reading in told(claim.value))
    if not ours:
        return Source(name, times=times, mentions=words_of(text) if mentions else frozenset())
    amounts = tuple(value for claim in find_amounts(text, claims) for value in claim.value)
    promises = frozenset(claim.value for claim in find_promises(text))
    contacts = frozenset(claim.value for claim in find_contacts(text, claims))
    return Source(name, times, amounts, promises, words=words_of(text), contacts=contacts)


def _numbers(text: str) -> tuple[Amount | Share | Number, ...]:
    return tuple(value for claim in find_amounts(text) for value in claim.value if isinstance(value, Number))


def _amount(minor: int, currency: str) -> Amount:
    return Amount(to_major(minor, currency), currency)


def _day(iso: str) -> Days:
    return Days.one(date.fromisoformat(iso[:10]))
