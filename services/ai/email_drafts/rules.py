"""The built-in mail: phrases filled with what the records say; the same for the same question, and nothing invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from libs.common.money import display
from services.ai.email_drafts.context import Activity, Invoice, MailContext
from services.ai.email_drafts.draft import MailDraft, cleaned
from services.ai.email_drafts.phrases import LANGUAGES, Language

VERSION = "email-rules-1"

_RECENT = timedelta(days=14)
_POINT = re.compile(r"^\s*(?:[-•*–]|\d+[.)])\s+(.+)$", re.MULTILINE)
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}


def draft(asked: MailContext) -> MailDraft:
    """A mail for the purpose. Of the words of the person who asks, the lines that begin as points of a list stand in
    it as they are; the rest of them is meant for a reader, and rules are none."""
    language = LANGUAGES[asked.language]
    purpose = language.purposes[asked.purpose]
    names = {"deal": asked.deal.name, "client": asked.client}
    paragraphs = [*_paragraphs(asked, language, names)]
    paragraphs[0] = paragraphs[0][:1].upper() + paragraphs[0][1:] if asked.language == "en" else paragraphs[0]
    closing = f"{language.closings[asked.tone]}\n{asked.sender.name}\n{asked.company}".strip()
    body = "\n\n".join([_greeting(asked, language), *paragraphs, closing])
    # The records' own texts may hold a link, too.
    return cleaned(_filled(purpose.subject, names), body, asked)


def _paragraphs(asked: MailContext, language: Language, names: dict[str, str]) -> Iterator[str]:
    purpose = language.purposes[asked.purpose]
    talked = _last_talk(asked)
    why = _filled(purpose.why, names)
    if talked is not None and asked.purpose in ("follow_up", "revised_timeline"):
        thanks = language.talked[talked.type].replace("{when}", _when(talked.day, asked))
        yield f"{thanks} {_capital(why)}"
    else:
        yield why
    if asked.tone != "brief":
        yield _filled(purpose.more, names)
    if asked.purpose == "reminder":
        yield from _owed(asked, language)
    if points := _POINT.findall(asked.words):
        yield "\n".join([language.points, *(f"• {point.strip()}" for point in points)])
    if files := ", ".join(each.filename for each in asked.attachments):
        told = language.attached if len(asked.attachments) == 1 else language.attached_more
        yield told.replace("{file}", files)
    yield purpose.ask


def _greeting(asked: MailContext, language: Language) -> str:
    if asked.contact is None or not asked.contact.name:
        return language.nobody
    first = asked.contact.name.split(" ")[0]
    return _filled(language.greetings[asked.tone], {"first": first, "name": asked.contact.name})


def _last_talk(asked: MailContext) -> Activity | None:
    """The last time we spoke, where that is recent and one of us wrote it down."""
    talks = [each for each in asked.activities if each.type in ("meeting", "call") and each.ours]
    recent = [each for each in talks if asked.day - _RECENT <= date.fromisoformat(each.day) <= asked.day]
    return max(recent, key=lambda each: each.day, default=None)


def _when(day: str, asked: MailContext) -> str:
    language = LANGUAGES[asked.language]
    told = date.fromisoformat(day)
    if told == asked.day - timedelta(days=1):
        return language.yesterday
    return language.on_day.replace("{day}", _written(told, asked.language))


def _written(day: date, language: str) -> str:
    month = _MONTHS[language][day.month - 1]
    return f"{month} {day.day}, {day.year}" if language == "en" else f"{day.day}. {month} {day.year}"


def _owed(asked: MailContext, language: Language) -> Iterator[str]:
    """The invoices that are still to be paid."""
    lines = [_owed_line(each, asked, language) for each in asked.invoices if each.owed_minor and each.due_date]
    if lines:
        yield "\n".join(lines)
        yield language.paid_meanwhile


def _owed_line(invoice: Invoice, asked: MailContext, language: Language) -> str:
    due = date.fromisoformat(invoice.due_date or asked.today)
    sentence = language.owed_after if due < asked.day else language.owed_before
    amount = display(invoice.owed_minor, invoice.currency)
    return _filled(sentence, {"number": invoice.number, "amount": amount, "due": _written(due, asked.language)})


def _filled(sentence: str, values: dict[str, str]) -> str:
    """By one look, so that a name with braces stays a name."""
    return re.sub(r"{(\w+)}", lambda match: values.get(match[1], match[0]), sentence)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
