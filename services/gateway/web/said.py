"""Puts what services said into the reader's language: sentences of ``phrases.py``, and those known by their shape.

What is known in neither way is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import format_date, gettext

from services.gateway.web.finding_phrases import SHAPES as FINDING_SHAPES
from services.gateway.web.phrases import N_
from services.gateway.web.upload_phrases import UPLOAD_SHAPES

Shapes = Sequence[tuple[re.Pattern[str], str]]

# A field's name as the API spells it, where a sentence begins with one.
_FIELD = r"(?:(?P<field>(?!this |it |a |an )[a-z]\w*(?:\.\w+|\[\d+\])*) )"
_HOW = r"by (?P<method>[\w ]+) on (?P<day>[A-Z][a-z]+ \d{1,2}, \d{4})"
_SHAPES = tuple(
    (re.compile(shape, re.DOTALL), phrase)
    for shape, phrase in (
        *FINDING_SHAPES,
        *UPLOAD_SHAPES,
        # Of a list of people, whose line it is.
        (r"(?P<name>[^:]+): this is the last active admin; make another one first",
         N_("%(name)s is the last active admin; make another one first")),
        (r"this file has more than (?P<number>[\d,]+) MB", N_("This file has more than %(number)s MB.")),
        (r"this file has more than (?P<number>[\d,]+) rows", N_("This file has more than %(number)s rows.")),
        (r"line (?P<line>\d+) holds a cell of more than (?P<number>[\d,]+) characters",
         N_("Line %(line)s holds a cell of more than %(number)s characters.")),
        # About a field.
        (rf"{_FIELD}is needed|this is needed|Field required", N_("This is needed.")),
        (r"there is no (?:such )?field.*", N_("There is no such field.")),
        (rf"{_FIELD}has at most (?P<number>\d+) characters", N_("At most %(number)s characters.")),
        (r"String should have at most (?P<number>\d+) characters?", N_("At most %(number)s characters.")),
        (r"String should have at least 1 character", N_("This is needed.")),
        (r"String should have at least (?P<number>\d+) characters", N_("At least %(number)s characters.")),
        (r"a password has (?P<low>\d+) to (?P<high>\d+) characters", N_("%(low)s to %(high)s characters.")),
        (rf"{_FIELD}is a list of 1 to (?P<number>\d+) \w+|List should have at most (?P<most>\d+) items.*",
         N_("Too many of them, or none.")),
        (rf"{_FIELD}is a list of up to (?P<number>\d+) tags", N_("At most %(number)s tags.")),
        (rf"{_FIELD}is one of (?P<choices>.+)|Input should be (?P<others>'.+)", N_("This cannot be chosen.")),
        (rf"{_FIELD}is a whole number from (?P<low>\S+) to (?P<high>\S+)",
         N_("A whole number from %(low)s to %(high)s.")),
        (r"Input should be a valid integer.*", N_("Write a whole number.")),
        (r"Input should be greater than or equal to (?P<number>\S+)", N_("At least %(number)s.")),
        (r"Input should be (?:less than or equal to|at most) (?P<number>\S+)", N_("At most %(number)s.")),
        (r"Input should be (?:less|greater) than (?P<number>\S+)", N_("This is not in the range that is possible.")),
        (rf"{_FIELD}is (?:an amount of money|a number, written as text|a finite number)", N_("Write a number.")),
        (r"Input should be a (?:valid decimal|finite number).*", N_("Write a number.")),
        (rf"{_FIELD}is (?:more than 0|not below 0) and not that large",
         N_("This is not in the range that is possible.")),
        (rf"{_FIELD}has at most (?P<number>\d+) decimals?", N_("At most %(number)s decimals.")),
        (r"(?P<currency>[A-Z]{3}) has (?P<number>\d+) decimals", N_("%(currency)s has %(number)s decimals.")),
        (r"a quantity is more than 0 and at most (?P<number>\S+)", N_("More than 0 and at most %(number)s.")),
        (rf"{_FIELD}is a date.*|Input should be a valid date.*", N_("Write a date.")),
        (rf"{_FIELD}needs its time zone.*", N_("Write a date and a time.")),
        (r".* is not an e-mail address: .*|value is not a valid email address.*", N_("This is not an e-mail address.")),
        (rf"{_FIELD}is an address of the web.*", N_("An address of the web, as in https://example.com.")),
        (rf"{_FIELD}is an ISO 4217 currency code.*|'.*' is not an ISO 4217 currency code",
         N_("Three letters of a currency, as in USD.")),
        (r"(?P<currency>[A-Z]{3}) is the base currency, which rates are given in",
         N_("%(currency)s is the base currency, which rates are given in.")),
        (rf"(?:{_FIELD})?holds (?:a character that cannot be (?:kept|searched for)|half a character)",
         N_("There is a character in it that cannot be kept.")),
        (rf"{_FIELD}is an id(?:, or none)?|String should match pattern .*", N_("This cannot be chosen.")),
        (rf"{_FIELD}is one line", N_("This is one line.")),
        (rf"{_FIELD}is (?:a )?text", N_("Text is needed.")),
        (rf"{_FIELD}is true or false", N_("Yes or no is needed.")),
        (rf"{_FIELD}is given more than once", N_("This is given more than once.")),
        (rf"{_FIELD}is a month, as in .+", N_("Write a month, as in 2025-01.")),
        (r"only active people of sales shadow clients", N_("Only active people of sales shadow clients.")),
        (rf"{_FIELD}is in the past", N_("This day is past.")),
        (rf"{_FIELD}is (?:a day that has not come yet|a day that was, or today)", N_("This day has not come yet.")),
        (rf"(?:Value error, )?{_FIELD}?is a day (?:between \S+ and \S+|of our time)", N_("Write a date of our time.")),
        (r"this was sent (?P<number>\d+) times within an hour; try again later",
         N_("This was sent %(number)s times within an hour. Try again later.")),
        (r"you have (?P<number>\d+) schedules already; take one away first",
         N_("You have %(number)s schedules already. Take one away first.")),
        (r"(?P<name>.+) is nobody who works here", N_("%(name)s is nobody who works here.")),
        (r"you have had (?P<number>\d+) summaries sent within an hour; try again later",
         N_("You have had %(number)s summaries sent within an hour. Try again later.")),
        (r"a report is of at most (?P<number>\d+) days", N_("A report is of at most %(number)s days.")),
        (rf"(?:Value error, )?{_FIELD}?is (?:the name of )?a time zone.*",
         N_("The name of a time zone, as in Europe/Berlin.")),
        (r"(?P<stage>\w+) always counts (?P<weight>\d+) %", N_("This stage always counts %(weight)s %%.")),
        (r"attachments are a list of at most (?P<number>\d+)", N_("At most %(number)s files can be attached.")),
        (r"this is one of .+", N_("This cannot be chosen.")),
        (r"a number has at most (?P<digits>\d+) digits, (?P<decimals>\d+) of them behind the point",
         N_("At most %(digits)s digits, %(decimals)s of them behind the point.")),
        (r"there is no custom field .* here", N_("There is no such field.")),
        (r"(?P<name>.+) is archived and takes no values any more",
         N_("%(name)s is archived and takes no values any more.")),
        (r"there are (?P<number>\d+) fields already", N_("There are %(number)s fields already.")),
        (r"there is a field (?P<name>.+) already", N_("There is a field %(name)s already.")),
        (r"(?P<name>.+) is chosen in some records, so it stays",
         N_("%(name)s is chosen in some records, so it stays.")),
        (r"you have a segment (?P<name>.+) already", N_("You have a segment %(name)s already.")),
        (r"you have (?P<number>\d+) segments already", N_("You have %(number)s segments already.")),
        (r"more than (?P<number>[\d,]+) clients are in the segment (?P<name>.+): narrow its filters",
         N_("More than %(number)s clients are in the segment %(name)s: narrow its filters.")),
        (r"the segment (?P<name>.+) has a filter that is not known any more: .*",
         N_("The segment %(name)s has a filter that is not known any more.")),
        (r".*: the first value is greater than the second", N_("The first value is greater than the second.")),
        (r".*: the amounts are in one currency", N_("Both amounts are in one currency.")),
        # About a record.
        (r"it has (?P<number>\d+) tags already", N_("it has %(number)s tags already")),
        (r"changed since: (?P<fields>.+)", N_("changed since: %(fields)s")),
        (r"together they have more than (?P<number>\d+) tags; choose whose stay",
         N_("Together they have more than %(number)s tags; choose whose stay.")),
        (r"(?P<file>.+) belongs to another client", N_("%(file)s belongs to another client.")),
        (r"there is no part .* in these notes", N_("This is not among what the notes come to.")),
        # About a record.
        (r"the deal was changed since the notes were read: .*", N_("The deal was changed since the notes were read.")),
        (r"this client has a contact with the address (?P<address>.+) already",
         N_("This client has a contact with the address %(address)s already.")),
        (r"(?P<name>.+) has no contact yet; add one with an e-mail address and send again",
         N_("%(name)s has no contact yet; add one with an e-mail address and send again.")),
        (r"(?P<person>.+) of (?P<name>.+) has no e-mail address; add one and send again",
         N_("%(person)s of %(name)s has no e-mail address; add one and send again.")),
        (r"the payment is in (?P<one>[A-Z]{3}), the invoice in (?P<other>[A-Z]{3})",
         N_("The payment is in %(one)s, the invoice in %(other)s.")),
        (r"this invoice is (?P<status>[a-z ]+) and cannot be sent", N_("An invoice in this state cannot be sent.")),
        (r"the preview could not be made: (?P<reason>.*)", N_("The PDF could not be made: %(reason)s")),
        (r"too many wrong passwords for this address; try again in (?P<number>\d+) minutes",
         N_("Too many wrong passwords for this address. Try again in %(number)s minutes.")),
        (r"Gemini did not answer several times in a row", N_("Gemini did not answer several times in a row.")),
        (r"(?P<service>\w+) (?:could not be asked: .*|did not answer.*|is not running)",
         N_("A part of the system is not answering. Try again in a moment.")),
        # Why a stage's weight stands where a model could.
        (r"(?P<have>\d+) of the (?P<need>\d+) closed deals it needs",
         N_("%(have)s of the %(need)s closed deals it needs")),
        (r"(?P<have>\d+) of the (?P<need>\d+) won deals it needs", N_("%(have)s of the %(need)s won deals it needs")),
        (r"(?P<have>\d+) of the (?P<need>\d+) lost deals it needs", N_("%(have)s of the %(need)s lost deals it needs")),
        # Why a payment waits.
        (r"(?P<invoice>\S+) is paid already", N_("%(invoice)s is paid already")),
        (r"(?P<invoice>\S+) is void", N_("%(invoice)s is void")),
        (r"(?P<invoice>\S+) is not sent yet", N_("%(invoice)s is not sent yet")),
        (r"it is in (?P<one>[A-Z]{3}), and (?P<invoice>\S+) in (?P<other>[A-Z]{3})",
         N_("it is in %(one)s, and %(invoice)s in %(other)s")),
        (r"it is a payment of (?P<came>.+), and (?P<invoice>\S+) asks for (?P<wanted>.+)",
         N_("it is a payment of %(came)s, and %(invoice)s asks for %(wanted)s")),
        # Why a message cannot be written.
        (r"WhatsApp takes no free text now, because their last message is more than 24 hours old \((?P<at>.+)\): "
         r"send a template",
         N_("WhatsApp takes no free text now, because their last message is more than 24 hours old (%(at)s): "
            "send a template")),
        (r"this template takes (?P<count>\d+) parameters", N_("this template takes %(count)s parameters")),
        (r"it could not be fetched in (?P<count>\d+) days, and WhatsApp does not keep it longer: ask for it again",
         N_("it could not be fetched in %(count)s days, and WhatsApp does not keep it longer: ask for it again")),
        # What a notification is called.
        (r"New Lead: (?P<name>.+)", N_("New lead: %(name)s")),
        (r"New inquiry: (?P<name>.+)", N_("New inquiry: %(name)s")),
        (r"New brief: (?P<name>.+)", N_("New brief: %(name)s")),
        (r"New client for you: (?P<name>.+)", N_("New client for you: %(name)s")),
        (r"New task from (?P<name>.+?): (?P<subject>.+)", N_("New task from %(name)s: %(subject)s")),
        (r"New task: (?P<subject>.+)", N_("New task: %(subject)s")),
        (r"Task due: (?P<subject>.+)", N_("Task due: %(subject)s")),
        (r"(?P<count>[\d,]+) new clients for you", N_("%(count)s new clients for you")),
        (r"Congratulations! (?P<name>.+) is won", N_("Congratulations! %(name)s is won")),
        (r"Payment received: (?P<amount>.+)", N_("Payment received: %(amount)s")),
        (r"Payment to check: (?P<amount>.+)", N_("Payment to check: %(amount)s")),
        (r"Payment refunded: (?P<amount>.+)", N_("Payment refunded: %(amount)s")),
        (r"Payment disputed: (?P<amount>.+)", N_("Payment disputed: %(amount)s")),
        (r"Your mail was not delivered: (?P<subject>.+)", N_("Your mail was not delivered: %(subject)s")),
        (r"Your mail may not have arrived: (?P<subject>.+)", N_("Your mail may not have arrived: %(subject)s")),
        (r"WhatsApp from an unknown number: (?P<name>.+)", N_("WhatsApp from an unknown number: %(name)s")),
        (r"WhatsApp from (?P<name>.+)", N_("WhatsApp from %(name)s")),
        (r"WhatsApp to (?P<name>.+) was not delivered", N_("WhatsApp to %(name)s was not delivered")),
        (r"WhatsApp to (?P<name>.+): nobody knows whether it arrived",
         N_("WhatsApp to %(name)s: nobody knows whether it arrived")),
        (r"(?P<name>.+) payment confirmed", N_("%(name)s payment confirmed")),
        (r"You won (?P<amount>.+) with (?P<name>.+)", N_("You won %(amount)s with %(name)s")),
        (r"(?P<who>.+) won a deal with (?P<name>.+)", N_("%(who)s won a deal with %(name)s")),
        (r"(?P<who>.+) won (?P<amount>.+) with (?P<name>.+)", N_("%(who)s won %(amount)s with %(name)s")),
        (rf"(?P<name>.+) paid invoice (?P<invoice>\S+) {_HOW}",
         N_("%(name)s paid invoice %(invoice)s by %(method)s on %(day)s")),
        (rf"(?P<amount>.+) for invoice (?P<invoice>\S+) came {_HOW}",
         N_("%(amount)s for invoice %(invoice)s came by %(method)s on %(day)s")),
        (r"You are now the owner of (?P<name>.+) and (?P<count>[\d,]+) more",
         N_("You are now the owner of %(name)s and %(count)s more")),
        (r"You are now the owner of (?P<name>.+)", N_("You are now the owner of %(name)s")),
        # How the ways to the outside stand.
        (r"(?P<model>\S+) at another address than Google's \(GEMINI_BASE_URL\): a stand-in",
         N_("%(model)s at another address than Google's (GEMINI_BASE_URL): a stand-in")),
        (r"(?P<model>\S+); the built-in rules stand in when it gives no usable answer",
         N_("%(model)s; the built-in rules stand in when it gives no usable answer")),
        (r"(?P<model>\S+) answered in (?P<number>\d+) ms", N_("%(model)s answered in %(number)s ms")),
        (r"Stripe answered, in (?P<mode>\w+) mode", N_("Stripe answered, in %(mode)s mode")),
        (r"files lie in (?P<place>\S+)", N_("files lie in %(place)s")),
        (r"no answer within (?P<number>\S+) seconds", N_("no answer within %(number)s seconds")),
        (r"the number (?P<number>.+) answered", N_("the number %(number)s answered")),
        (r"sent: (?P<subject>.+)", N_("sent: %(subject)s")),
        # Why the built-in rules stood in, and what they say of a brief.
        (r"Gemini has too much to do \((?P<code>\d+)\)", N_("Gemini has too much to do (%(code)s)")),
        (r"Gemini is in trouble \((?P<code>\d+)\)", N_("Gemini is in trouble (%(code)s)")),
        (r"Gemini could not be reached \((?P<code>\w+)\)", N_("Gemini could not be reached (%(code)s)")),
        (r"Gemini refused the request \((?P<code>[\w ]+)\)", N_("Gemini refused the request (%(code)s)")),
        (r"Gemini gave no usable answer: (?P<why>.+)", N_("Gemini gave no usable answer: %(why)s")),
        (r"an error of our own \((?P<code>\w+)\)", N_("an error of our own (%(code)s)")),
        (r"(?P<number>\d+) features named", N_("%(number)s features named")),
        (r"(?P<number>\d+) features named; nothing said of (?P<names>.+)",
         N_("%(number)s features named; nothing said of %(names)s")),
        (r"the brief speaks of (?P<names>.+)", N_("the brief speaks of %(names)s")),
        (r"(?P<weeks>\d+) weeks? for about (?P<hours>\d+) hours of work",
         N_("%(weeks)s weeks for about %(hours)s hours of work")),
        (r"(?P<weeks>\d+) weeks? are short for about (?P<hours>\d+) hours of work",
         N_("%(weeks)s weeks are short for about %(hours)s hours of work")),
        (r"a budget of (?P<amount>.+) for about (?P<hours>\d+) hours",
         N_("a budget of %(amount)s for about %(hours)s hours")),
        (r"not compared: hours are priced in (?P<currency>[A-Z]{3})",
         N_("not compared: hours are priced in %(currency)s")),
        (r"To be clarified: (?P<feature>.+)", N_("To be clarified: %(feature)s")),
        # Why an audit log is not whole.
        (r"entry (?P<number>\d+) is not what was written", N_("Entry %(number)s is not what was written.")),
        (r"entry (?P<number>\d+), which ended the chain at the last check, is gone or was written anew",
         N_("Entry %(number)s, which ended the chain at the last check, is gone or was written anew.")),
        (r"(?P<event>[a-z_.]+) applied", N_("%(event)s applied")),
    )
)  # fmt: skip
# What is longer is no sentence of a service, and would take long to look through.
_LONGEST = 600
_NAMED = re.compile(r"(?P<field>[a-z]\w*(?:\.\w+)*): (?P<fault>.+)", re.DOTALL)


def said(text: Any, *, beside_field: bool = False) -> str:
    """A service's text in the reader's language. beside_field: where the field it names need not be named again."""
    plain = str(text or "")
    translated = gettext(plain) if plain else ""
    if translated != plain or len(plain) > _LONGEST:
        return str(translated)
    if fit := fitting(_SHAPES, plain, _READ):
        phrase, named = fit
        field = "" if beside_field else named.pop("field", "")
        return _about(field, filled(phrase, named))
    faults = [fault for part in plain.split("; ") if (fault := _NAMED.fullmatch(part))]
    if len(faults) == plain.count("; ") + 1:
        return " ".join(_about(fault["field"], said(fault["fault"], beside_field=True)) for fault in faults)
    return plain


def fitting(shapes: Shapes, text: str, read: Mapping[str, Callable[[str], str]]) -> tuple[str, dict[str, str]] | None:
    """The phrase of the first shape that a text has, and its values, each as ``read`` gives it to a person."""
    for shape, phrase in shapes:
        if found := shape.fullmatch(text):
            given = {name: value for name, value in found.groupdict().items() if value is not None}
            return phrase, {name: read.get(name, str)(value) for name, value in given.items()}
    return None


def filled(phrase: str, named: Mapping[str, str]) -> str:
    """A phrase in the reader's language, with its values."""
    return str(gettext(phrase, **named) if "%" in phrase else gettext(phrase))


def refusal(text: Any, *, beside_field: bool = False) -> str:
    """The same as a sentence of its own."""
    sentence = said(text, beside_field=beside_field)
    ended = sentence if not sentence or sentence[-1] in ".!?…" else f"{sentence}."
    return ended if re.match(r"\w+(\.\w+|\[\d+\])*:|\S*_", ended) else ended[:1].upper() + ended[1:]


def _method(english: str) -> str:
    word = english.capitalize()
    translated = str(gettext(word))
    return english if translated == word else translated


def _day(english: str) -> str:
    try:
        day = datetime.strptime(english, "%B %d, %Y").date()  # noqa: DTZ007  (a date without a time has no time zone)
    except ValueError:
        return english
    return str(format_date(day, "medium"))


_READ: dict[str, Callable[[str], str]] = {"method": _method, "day": _day}


def _about(field: str, sentence: str) -> str:
    return f"{field}: {sentence}" if field else sentence
