"""Tables that an import of clients leaves out: what they hold comes in elsewhere, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from libs.common.uploads import plain

# What stands above our own list of invoices, which come of deals and are never brought in.
_INVOICE_COLUMNS = {"invoice_number", "client_id", "deal_id", "amount", "tax", "due_date", "paid_date"}
INVOICES = "invoices are not imported"
# A company's own people: who they are, whom they report to, and what else such a list says of them.
_WHO = set("name|full name|first name|last name|vorname|nachname|sales agent|agent|sales rep|rep".split("|"))
_WHO |= set("salesperson|employee|employee name|verkaufer|verkaeufer|mitarbeiter".split("|"))
_MANAGED = set("manager|reports to|supervisor|team lead|sales manager|vorgesetzter|teamleiter".split("|"))
_MORE = set("email|e mail|email address|e mail adresse|work email|role|rolle|job title|title|phone|telefon".split("|"))
_MORE |= set("team|region|regional office|office|department|abteilung|niederlassung|standort|hire date".split("|"))
STAFF = "people of your own company are brought in by an admin, under Settings, People"


def foreign(columns: Sequence[str]) -> str | None:
    """Why a table is left out by its columns; None for others."""
    if set(columns) >= _INVOICE_COLUMNS:
        return INVOICES
    names = {plain(column) for column in columns}
    # A name and a manager may be a client's, where any other column speaks of clients or deals.
    staff = names <= _WHO | _MANAGED | _MORE and names & _WHO and names & _MANAGED
    return STAFF if staff else None
