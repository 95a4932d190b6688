"""A row of a file as what it says: of a company, a person there, a deal, something that happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from libs.common.ids import is_id
from libs.common.uploads import plain
from services.clients.domain import mail_host
from services.clients.importing import amounts, cells, dates, own_fields
from services.clients.importing.answers import Answers
from services.clients.importing.cells import Unclear
from services.clients.importing.own_fields import OwnField
from services.clients.importing.readings import Problem, Reading, Seen, Settings, Values
from services.clients.importing.targets import MONEY, Target, target_of

_CLOSED = ("won", "lost")
# Who says one of these speaks of a deal.
_OF_DEALS = {"deal_value_minor", "stage", "deal_status", "custom"}
_STEP = re.compile(r"^(lead|qualified|proposal|negotiation) (\d{4}-\d{2}-\d{2})$")


class RowReader:
    """Reads the rows of one table: its columns' meanings and all answers, made ready once.

    mapping: what each column means, None for nothing. orders of day and month, marks before decimals: by column.
    """

    def __init__(
        self,
        mapping: Sequence[str | None],
        orders: Mapping[int, str | None],
        answers: Answers,
        settings: Settings,
        seen: Seen | None = None,
        marks: Mapping[int, str | None] | None = None,
    ) -> None:
        self._answers, self._settings, self.seen = answers, settings, seen or Seen()
        self._width = len(mapping)
        self._columns: dict[str, int] = {name: place for place, name in enumerate(mapping) if name}
        self._money, marks = self._columns.get(MONEY), marks or {}
        self._mark = (self._money is not None and marks.get(self._money)) or answers.decimal_mark
        self._readers = [
            (place, *self._reader(name, orders.get(place), marks.get(place)))
            for place, name in enumerate(mapping)
            if name is not None
        ]
        self._own = [entity for entity in own_fields.ENTITIES if any(each[1] == _own(entity) for each in self._readers)]

    def read(self, row: Sequence[str], *, doubts: bool = False) -> Reading:
        """What a row says; with ``doubts`` also what is odd in it and kept."""
        reading = Reading()
        parts = {"client": reading.client, "contact": reading.contact, "deal": reading.deal}
        parts["activity"] = reading.activity
        parts |= {_own(entity): {} for entity in self._own}
        width = len(row)
        for place, entity, name, read in self._readers:
            cell = row[place].strip() if place < width else ""
            if not cell:
                continue
            try:
                parts[entity][name] = read(cell)
            except Unclear as error:
                reading.problems.append(Problem(place, f"{entity}.{name}", str(error)))
        if width > self._width and any(cell.strip() for cell in row[self._width :]):
            reading.problems.append(Problem(None, "", "this row has more cells than the header has columns"))
        for entity in self._own:
            if values := {key: value for key, value in parts[_own(entity)].items() if value is not None}:
                parts[entity]["custom"] = values
        self._finish(reading)
        if doubts:
            self._doubt(reading)
        return reading

    # -- one cell

    def _reader(self, name: str, order: str | None, mark: str | None) -> tuple[str, str, Callable[[str], Any]]:
        entity, _dot, _field = name.partition(".")
        if name in self._settings.custom:
            return self._own_reader(self._settings.custom[name], order, mark)
        target = target_of(name)
        assert target is not None
        order = order or self._answers.date_order
        zone = self._settings.zone
        kinds: dict[str, Callable[[str], Any]] = {
            "email": lambda cell: cells.email(cells.unmasked(cell)),
            "tags": lambda cell: cells.tags(cells.unmasked(cell)),
            "money": lambda cell: cell,
            "currency": amounts.currency,
            "date": lambda cell: dates.day(cell, order).isoformat(),
            "instant": lambda cell: dates.instant(cell, order, zone),
            "flag": cells.flag,
            "history": _history,
            "owner": self._owner,
            "choice": lambda cell: self._choice(target, cell),
        }
        return entity, target.field, kinds.get(target.kind) or _text(target.longest)

    def _own_reader(self, own: OwnField, order: str | None, mark: str | None) -> tuple[str, str, Callable[[str], Any]]:
        answers = self._answers
        how = own_fields.How(
            order or answers.date_order,
            mark or answers.decimal_mark,
            answers.currency or self._settings.currency,
            answers.values.get(own.name, {}),
            self.seen.word,
        )
        return _own(own.entity), own.definition.key, own_fields.reader(own, how)

    def _choice(self, target: Target, cell: str) -> str:
        try:
            return cells.choice(target.field, cell, target.choices, self._answers.values.get(target.field, {}))
        except Unclear:
            self.seen.word(target.field, cell)
            raise

    def _owner(self, cell: str) -> str | None:
        word = cell.strip().lower()
        if (known := self._settings.people.get(word)) is not None:
            return known
        named = plain(cell)
        if named in self._answers.owners:
            return self._answers.owners[named]
        if not is_id(word):
            self.seen.owner(cell)
        return self._answers.owner_id or self._settings.importer

    # -- the whole row

    def _finish(self, reading: Reading) -> None:
        if reading.contact:
            self._person(reading)
        if reading.deal:
            self._deal(reading)
        if reading.activity:
            self._activity(reading)
        self._company(reading)

    def _company(self, reading: Reading) -> None:
        client, at_fault = reading.client, {each.field for each in reading.problems}
        named = client.get("company_name") or client.get("external_id")
        if named or "client.company_name" in at_fault or "client.external_id" in at_fault:
            return
        if host := mail_host(client.get("email") or reading.contact.get("email")):
            client["host"] = host
            return
        if not (client or reading.contact or reading.deal or reading.activity) and not reading.problems:
            self._refuse(reading, "client.company_name", "nothing in this row belongs to a field")
            return
        self.seen.without_company += 1
        if self._answers.company:
            client["company_name"] = self._answers.company
        else:
            self._refuse(reading, "client.company_name", "no company is named, and no address leads to one")

    def _person(self, reading: Reading) -> None:
        person = reading.contact
        whole = person.pop("name", None)
        if whole and not person.get("first_name"):
            first, last = cells.names(whole)
            person["first_name"], person["last_name"] = first, person.get("last_name") or last
        if not person.get("first_name") and person.get("last_name"):
            person["first_name"] = person.pop("last_name")
        if not person.get("first_name") and person.get("email"):
            person["first_name"] = str(person["email"]).partition("@")[0]
            reading.notes.append(Problem(None, "contact.first_name", "no name is given; the address stands for it"))
        if person.keys() <= {"external_id", "is_primary", "created_at"}:
            # A link to a person, no person.
            reading.contact = {"external_id": person["external_id"]} if "external_id" in person else {}
        elif not person.get("first_name") and not any(p.field.startswith("contact.") for p in reading.problems):
            self._refuse(reading, "contact.first_name", "a person needs a name or an address")
        elif len(person.get("first_name", "")) > 200 or len(person.get("last_name", "")) > 200:
            self._refuse(reading, "contact.first_name", "a name has at most 200 characters")

    def _deal(self, reading: Reading) -> None:
        deal = reading.deal
        self._value(reading)
        if reading.activity and deal.keys() <= {"deal_name", "external_id"}:
            # A link to a deal, no deal.
            return
        if not deal.get("deal_name"):
            if "deal.deal_name" in self._columns or deal.keys() & _OF_DEALS:
                self._refuse(reading, "deal.deal_name", "a deal needs a name")
            return
        stage = deal["stage"] = _stage(deal)
        ended = {"won": deal.pop("won_on", None), "lost": deal.pop("lost_on", None)}.get(stage)
        if ended:
            deal.setdefault("actual_close_date", ended)
        if closes := deal.pop("close_date", None):
            deal.setdefault("actual_close_date" if stage in _CLOSED else "expected_close_date", closes)
        if stage == "lost":
            deal.setdefault("lost_reason", self._answers.lost_reason)
        else:
            deal.pop("lost_reason", None)
        if stage not in _CLOSED:
            deal.pop("actual_close_date", None)
        self._dates(reading)

    def _dates(self, reading: Reading) -> None:
        deal = reading.deal
        days = {name: deal.get(name) for name in ("created_on", "actual_close_date")}
        if not self._settings.admin and any(days.values()):
            self._refuse(reading, "deal.created_on", "only an admin brings in deals that began or ended earlier")
        elif days["created_on"] and days["actual_close_date"] and days["actual_close_date"] < days["created_on"]:
            self._refuse(reading, "deal.actual_close_date", "this deal was closed before it was created")
        elif any(day and day > self._today() for day in days.values()):
            self._refuse(reading, "deal.created_on", "a deal's past is not in the future")

    def _today(self) -> str:
        from zoneinfo import ZoneInfo

        return datetime.now(ZoneInfo(self._settings.zone)).date().isoformat()

    def _value(self, reading: Reading) -> None:
        deal, answers = reading.deal, self._answers
        currency = deal.get("currency") or answers.currency or self._settings.currency
        if (cell := deal.pop("deal_value", None)) is None:
            return
        try:
            minor, named = amounts.money(cells.unmasked(cell), currency, self._mark)
        except Unclear as error:
            reading.problems.append(Problem(self._money, MONEY, str(error)))
            return
        if minor < 0:
            reading.problems.append(Problem(self._money, MONEY, "a deal's value cannot be below zero"))
        elif named != currency and "currency" in deal:
            reading.problems.append(Problem(self._money, MONEY, f"{cell!r} is not in {currency}"))
        else:
            deal["deal_value_minor"], deal["currency"] = minor, named

    def _activity(self, reading: Reading) -> None:
        activity = reading.activity
        if activity.keys() <= {"external_id", "actor_name", "done", "assignee", "created_at"}:
            self._refuse(reading, "activity.subject", "it is not said what happened")
            return
        activity.setdefault("type", "note")
        if not activity.get("subject"):
            activity["subject"] = (activity.get("description") or activity["type"].capitalize()).splitlines()[0][:300]
        done = activity.pop("done", None)
        if activity["type"] != "task":
            activity.pop("assignee", None)
            activity.pop("done_at", None)
        elif done and not activity.get("done_at"):
            activity["done_at"] = activity.get("occurred_at") or activity.get("due_at")
        if activity["type"] == "system" and not self._settings.admin:
            self._refuse(reading, "activity.type", "only an admin brings in what the system wrote")

    def _refuse(self, reading: Reading, name: str, reason: str) -> None:
        reading.problems.append(Problem(self._columns.get(name), name, reason))

    def _doubt(self, reading: Reading) -> None:
        for entity, values in (("client", reading.client), ("contact", reading.contact)):
            if (phone := values.get("phone")) and (doubt := cells.phone_doubt(phone, self._settings.country)):
                place = self._columns.get(f"{entity}.phone")
                reading.notes.append(Problem(place, f"{entity}.phone", doubt))


def _own(entity: str) -> str:
    """Where a row keeps what it says of the company's own fields of an entity."""
    return f"{entity}.custom"


def _text(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        text = cells.unmasked(cell).strip()
        if len(text) > longest:
            raise Unclear(f"at most {longest:,} characters fit here, and these are {len(text):,}")
        return text

    return read


def _history(cell: str) -> list[dict[str, str]]:
    """``lead 2025-01-02; proposal 2025-02-10``"""
    steps: list[dict[str, str]] = []
    for part in cell.split(";"):
        match = _STEP.match(part.strip())
        if match is None or _no_day(match[2]) or (steps and match[2] < steps[-1]["on"]):
            raise Unclear("a history is stages with their days, as in: lead 2025-01-02; proposal 2025-02-10")
        steps.append({"stage": match[1], "on": match[2]})
    return steps


def _no_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return True
    return False


def _stage(deal: Values) -> str:
    """Where a deal is: a deal that is won or lost is so, whatever stage it was in before."""
    outcome, steps = deal.pop("deal_status", None), deal.get("history")
    if outcome in _CLOSED:
        return str(outcome)
    return str(deal.get("stage") or (steps[-1]["stage"] if steps else "lead"))
