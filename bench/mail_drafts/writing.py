"""Puts drafts together: true sentences about a made-up deal, and among them falsehoods that are noted down."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import ModuleType

from bench.mail_drafts.worlds import WORLDS
from libs.common.money import to_major
from services.ai.email_drafts.context import Attachment, MailContext

KINDS = ("date", "amount", "person", "attachment")
_ENGLISH_MONTHS = "January February March April May June July August September October November December".split()
_GERMAN_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()


@dataclass(frozen=True)
class Draft:
    """A draft, what is known, and the falsehoods in it as (kind, the words that say it)."""

    context: MailContext
    subject: str
    body: str
    planted: tuple[tuple[str, str], ...]


def drafts(templates: ModuleType, count: int, seed: int = 7) -> Iterator[Draft]:
    """So many, the same every time: a third of them wholly true, half of the others with an attachment."""
    chance = random.Random(seed)
    for number in range(count):
        language = "de" if number % 5 in (1, 3) else "en"
        yield _draft(templates, language, chance, lies=0 if number % 3 == 0 else 1 + number % 2)


def _draft(templates: ModuleType, language: str, chance: random.Random, lies: int) -> Draft:
    context = chance.choice(WORLDS[language])
    words = templates.TEXTS[language]
    kinds = chance.sample(KINDS, lies)
    true = list(words["true"])
    if "attachment" not in kinds and chance.random() < 0.4:
        context = replace(context, attachments=(Attachment(words["file"][0], "document"),))
        true += words["attached"]
    values = _values(context, language, chance)
    told = [line for line in chance.sample(true, len(true)) if _fits(line, values)][: chance.randint(3, 5)]
    planted = []
    for kind in kinds:
        line, lie = _lie(chance.choice(words[kind]), values)
        planted.append((kind, lie))
        told.insert(chance.randint(0, len(told)), line)
    opening = chance.choice(words["opening"]).format(**values)
    closing = chance.choice(words["closing"]).format(**values)
    subject = chance.choice(words["subject"]).format(**values)
    paragraphs = [" ".join(told[:2]), *told[2:]]
    paragraphs = [_filled(each, values) for each in paragraphs]
    return Draft(context, subject, "\n\n".join([opening, *paragraphs, closing]), tuple(planted))


def _fits(line: str, values: dict[str, str]) -> bool:
    return all(name in values for name in re.findall(r"{(\w+)}", line))


def _filled(line: str, values: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda match: values[match[1]], line)


def _lie(line: str, values: dict[str, str]) -> tuple[str, str]:
    """The sentence, and the words between << and >> in it, which are the falsehood."""
    filled = _filled(line, values)
    lie = re.search(r"<<(.+?)>>", filled)
    assert lie is not None, line
    return filled.replace("<<", "").replace(">>", ""), lie[1]


def _values(context: MailContext, language: str, chance: random.Random) -> dict[str, str]:
    assert context.contact is not None and context.deal.expected_close_date is not None
    day, money = (_english_day, _english_money) if language == "en" else (_german_day, _german_money)
    deal, today = context.deal, context.day
    close = date.fromisoformat(deal.expected_close_date or "")
    bare = re.sub(r"^Dr\. ", "", context.contact.name)
    first, last = bare.split(" ")
    values = {
        "first": first,
        "last": last,
        "contact": bare,
        "sender": context.sender.name,
        "company": context.company,
        "client": context.client,
        "deal": deal.name,
        "value": money(deal.value_minor or 0, deal.currency, chance),
        "close": day(close, today, chance),
        "met": day(date.fromisoformat(context.activities[0].day), today, chance),
        "false_date": day(close + timedelta(days=chance.choice((-19, -8, 11, 24, 40))), today, chance),
        "false_amount": money(
            (deal.value_minor or 0) * 3 // 2 + chance.choice((1500, 70000, 25000)), deal.currency, chance
        ),
        "false_small": money(chance.choice((35000, 128000, 449500)), deal.currency, chance),
        "false_person": chance.choice(_STRANGERS[language]),
        "false_company": chance.choice(_COMPANIES),
    }
    values["false_first"] = values["false_person"].split(" ")[0]
    values["false_last"] = values["false_person"].split(" ")[-1]
    if context.people:
        values["other"] = context.people[0].name
    for invoice in context.invoices:
        due = date.fromisoformat(invoice.due_date or "")
        values |= {
            "invoice": invoice.number,
            "due": day(due, today, chance),
            "owed": money(invoice.owed_minor, invoice.currency, chance),
            "billed": money(invoice.amount_minor, invoice.currency, chance),
        }
    return values


_STRANGERS = {
    "en": (
        "Gregory Halloran",
        "Wei Zhang",
        "Beatrice Fontaine",
        "Oluwaseun Adeyemi",
        "Kirk Sandoval",
        "Laura Whitfield",
        "Nigel Thorncastle",
        "Svetlana Morozova",
        "Hank Bellweather",
        "Deepa Krishnan",
    ),
    "de": (
        "Gregor Halbach",
        "Thomas Niemeyer",
        "Beate Sonntagsberg",
        "Sabine Falkenrath",
        "Oluwaseun Adeyemi",
        "Uwe Kessler",
        "Anke Dornbusch",
        "Heribert Zöllner",
        "Wei Zhang",
        "Claudia Wirth",
    ),
}
_COMPANIES = ("Globex Industries", "Initech LLC", "Vandelay Ltd", "Hooli Inc", "Nordwind GmbH")


def _english_day(day: date, today: date, chance: random.Random) -> str:
    month, short = _ENGLISH_MONTHS[day.month - 1], _ENGLISH_MONTHS[day.month - 1][:3]
    suffix = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    styles = [
        f"{month} {day.day}",
        f"{month} {day.day}, {day.year}",
        f"{short} {day.day}",
        f"{day.day} {month}",
        f"{month} {day.day}{suffix}",
        f"the {day.day}{suffix} of {month}",
        f"{day:%A}, {month} {day.day}",
        f"{day:%m/%d/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {short} {day.year}",
    ]
    return chance.choice(styles)


def _german_day(day: date, today: date, chance: random.Random) -> str:
    month = _GERMAN_MONTHS[day.month - 1]
    weekday = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()[day.weekday()]
    styles = [
        f"{day.day}. {month}",
        f"{day.day}. {month} {day.year}",
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.",
        f"{day:%d.%m.%y}",
        f"{weekday}, den {day.day}. {month}",
        f"{day:%Y-%m-%d}",
    ]
    return chance.choice(styles)


_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}


def _english_money(minor: int, currency: str, chance: random.Random) -> str:
    value = to_major(minor, currency)
    whole = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    styles = [
        f"{_SIGNS[currency]}{whole}",
        f"{currency} {whole}",
        f"{whole} {currency}",
        f"{_SIGNS[currency]}{value:,.2f}",
    ]
    if value % 100 == 0:
        styles.append(f"{_SIGNS[currency]}{(value / 1000).normalize():f}k")
    if currency == "USD":
        styles.append(f"{whole} dollars")
    return chance.choice(styles)


def _german_money(minor: int, currency: str, chance: random.Random) -> str:
    value: Decimal = to_major(minor, currency)
    whole = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    short = whole.removesuffix(",00")
    return chance.choice([f"{short} €", f"{whole} €", f"{short} Euro", f"EUR {whole}", f"{whole} EUR", f"€ {short}"])


Style = Callable[[date, date, random.Random], str]
