"""The words of imports: what columns may mean, what goes on, and why a row is not good."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from services.gateway.web.phrases import N_
from services.gateway.web.said import filled, fitting, refusal

# By entity: what may be chosen, its name, and whether only an admin brings it in.
GROUPS: tuple[tuple[Any, tuple[tuple[str, Any, bool], ...]], ...] = (
    (
        _l("Company"),
        (
            ("client.company_name", _l("Company name"), False),
            ("client.external_id", _l("Id in the other system"), False),
            ("client.email", _l("E-mail"), False),
            ("client.phone", _l("Phone"), False),
            ("client.website", _l("Website"), False),
            ("client.industry", _l("Industry"), False),
            ("client.status", _l("Status"), False),
            ("client.source", _l("Source"), False),
            ("client.address", _l("Address"), False),
            ("client.city", _l("City"), False),
            ("client.state", _l("State"), False),
            ("client.country", _l("Country"), False),
            ("client.notes", _l("Notes"), False),
            ("client.tags", _l("Tags"), False),
            ("client.owner", _l("Owner"), False),
            ("client.created_at", _l("Created"), True),
            ("client.waiting_since", _l("Waiting for an answer since"), True),
        ),
    ),
    (
        _l("Person"),
        (
            ("contact.name", _l("Whole name"), False),
            ("contact.first_name", _l("First name"), False),
            ("contact.last_name", _l("Last name"), False),
            ("contact.email", _l("E-mail"), False),
            ("contact.phone", _l("Phone"), False),
            ("contact.job_title", _l("Job title"), False),
            ("contact.is_primary", _l("Primary contact"), False),
            ("contact.external_id", _l("Id in the other system"), False),
            ("contact.created_at", _l("Created"), True),
        ),
    ),
    (
        _l("Deal"),
        (
            ("deal.deal_name", _l("Deal name"), False),
            ("deal.external_id", _l("Id in the other system"), False),
            ("deal.deal_value", _l("Value"), False),
            ("deal.currency", _l("Currency"), False),
            ("deal.stage", _l("Stage"), False),
            ("deal.deal_status", _l("Open, won or lost"), False),
            ("deal.source", _l("Source"), False),
            ("deal.description", _l("Description"), False),
            ("deal.close_date", _l("Close date, expected or actual"), False),
            ("deal.expected_close_date", _l("Expected close"), False),
            ("deal.actual_close_date", _l("Closed on"), True),
            ("deal.won_on", _l("Won on"), True),
            ("deal.lost_on", _l("Lost on"), True),
            ("deal.created_on", _l("Created"), True),
            ("deal.history", _l("Way through the stages"), True),
            ("deal.lost_reason", _l("Why it was lost"), False),
            ("deal.tags", _l("Tags"), False),
            ("deal.owner", _l("Owner"), False),
        ),
    ),
    (
        _l("What happened"),
        (
            ("activity.subject", _l("Subject"), False),
            ("activity.type", _l("Kind"), False),
            ("activity.description", _l("Description"), False),
            ("activity.occurred_at", _l("When"), False),
            ("activity.due_at", _l("Due"), False),
            ("activity.done", _l("Done"), False),
            ("activity.done_at", _l("Done at"), False),
            ("activity.assignee", _l("Whose task"), False),
            ("activity.actor_name", _l("Who did it"), False),
            ("activity.external_id", _l("Id in the other system"), False),
            ("activity.created_at", _l("Created"), True),
        ),
    ),
)
_ENTITIES = ("client", "contact", "deal", "activity")
STATES = {
    "uploading": (_l("Uploading"), "sent"),
    "reading": (_l("Being read"), "sent"),
    "checking": (_l("Being checked"), "sent"),
    "ready": (_l("Ready"), "qualified"),
    "committing": (_l("Being brought in"), "sent"),
    "done": (_l("Brought in"), "won"),
    "undoing": (_l("Being taken back"), "sent"),
    "undone": (_l("Taken back"), "void"),
    "failed": (_l("Failed"), "lost"),
}
STEPS = (_l("File"), _l("Columns"), _l("Rows"), _l("Result"))
# What a word of a field may mean.
WORDS_OF = {
    "stage": ("lead", "qualified", "proposal", "negotiation", "won", "lost"),
    "deal_status": ("open", "won", "lost"),
    "status": ("prospect", "active", "inactive", "churned"),
    "type": ("call", "email", "meeting", "note", "task", "whatsapp", "system"),
}

# How texts are written down, the usual ones first.
ENCODINGS = {
    "utf-8": _l("Unicode (UTF-8)"),
    "windows-1252": _l("Western European (Windows)"),
    "macintosh": _l("Western European (Mac)"),
    "iso-8859-15": _l("Western European (ISO)"),
    "windows-1250": _l("Central European (Windows)"),
    "iso-8859-2": _l("Central European (ISO)"),
    "windows-1251": _l("Cyrillic (Windows)"),
    "ibm437": _l("American (DOS)"),
    "ibm850": _l("Western European (DOS)"),
    "shift_jis": _l("Japanese (Shift JIS)"),
    "gb18030": _l("Simplified Chinese (GB 18030)"),
    "big5": _l("Traditional Chinese (Big5)"),
    "euc-kr": _l("Korean (EUC)"),
    "utf-16": _l("Unicode (UTF-16)"),
    "utf-16le": _l("Unicode (UTF-16, little end first)"),
    "utf-16be": _l("Unicode (UTF-16, big end first)"),
    "utf-32": _l("Unicode (UTF-32)"),
}
SEPARATORS = {",": _l("Comma"), ";": _l("Semicolon"), "\t": _l("Tab"), "|": _l("Vertical bar")}


def groups(role: str, custom_fields: Sequence[Mapping[str, Any]]) -> list[tuple[Any, list[tuple[str, Any, bool]]]]:
    """What columns may mean to a role, by entity, with the fields that the company made under their labels."""
    return [
        (
            label,
            [each for each in targets if role == "admin" or not each[2]]
            + [(each["name"], each["label"], False) for each in custom_fields if each["entity"] == entity],
        )
        for entity, (label, targets) in zip(_ENTITIES, GROUPS, strict=True)
    ]


# Why rows and files are not good, as the clients service says it.
SENTENCES = (
    N_("no company is named, and no address leads to one"),
    N_("nothing in this row belongs to a field"),
    N_("a person needs a name or an address"),
    N_("a deal needs a name"),
    N_("a deal's value cannot be below zero"),
    N_("this amount cannot be below zero"),
    N_("it is not said what happened"),
    N_("no name is given; the address stands for it"),
    N_("this row has more cells than the header has columns"),
    N_("no phone has this number; it is kept as it stands"),
    N_("this does not look like a phone number; it is kept as it stands"),
    N_("this deal was closed before it was created"),
    N_("a deal's past is not in the future"),
    N_("only an admin brings in deals that began or ended earlier"),
    N_("another contact of this client has the address"),
    N_("only the client's owner may make deals with it"),
    N_("changed since"),
    N_("its company stays"),
    N_("it has a brief"),
    N_("it has an invoice by now"),
    N_("it has contacts by now"),
    N_("it has a history by now"),
    N_("it has documents by now"),
    N_("it has deals by now"),
    N_("records have values of it"),
    N_("a segment filters by it"),
    N_("a colleague has a client of this name; another one is made, and it is yours"),
    N_("cells holds values by the names of columns"),
    N_("people says who is meant by a name"),
    N_("some bytes here are no text in the encoding of this file; write it anew"),
    N_("a quotation mark is opened in this line and not closed"),
    N_("a quotation mark stands astray in these lines, and rows may have run together"),
    N_("a cell here holds many lines that look like rows; is a quotation mark missing"),
    N_("a sheet of a workbook has neither an encoding nor a separator"),
    N_("none of the first lines of this file has this number"),
    N_("the columns are known once the file was read anew; say then what they mean"),
    N_("rows of this file are in the CRM already; upload it again to have it read in another way"),
    N_("sheets is a list"),
    N_("somebody changed this import since you loaded it"),
    N_("there is no such import, or it is not yours"),
    N_("there is no such sheet"),
    N_("this import brought something in; undo it first"),
    N_("this import cannot be changed now"),
    N_("this import has no such row"),
    N_("this import is being worked on; repair its rows when that is done"),
    N_("this import is not ready to be committed"),
    N_("this row is in the CRM already; change it there"),
    N_("this import was undone already"),
    N_("there is nothing to take back"),
    N_("the rows of this import are no longer kept; it cannot be gone on with or taken back"),
    N_("this is not a text file; save the sheet as CSV or XLSX"),
    N_("this is a workbook of the old kind; save it as XLSX or CSV"),
    N_("this file is empty"),
    N_("invoices are not imported"),
    N_("these fields of your own are made before the rows that have values of them; those you have already stay"),
    N_("only an admin brings in fields of one's own"),
    N_("this sheet is hidden in its workbook, and is left out unless you take it in"),
    N_("these segments are saved after the rows; of those you have already each stays as it is"),
    N_("only an admin brings in segments of others"),
    N_("there is a segment of this name with other filters; it stays as it is"),
    N_("a field is one of clients, contacts or deals"),
    N_('options are a list of texts, as in: ["North", "South"]'),
    N_("people of your own company are brought in by an admin, under Settings, People"),
    N_("there is nothing in this file"),
    N_("there are no rows below the header"),
    N_("this file could not be read; save the sheet as CSV and try again"),
    N_("something went wrong on our side, and trying again did not help; what came in so far can be taken back"),
    N_("a part of the system did not answer for hours; what came in so far can be taken back"),
    N_("this file unpacks to far more than it is; that is no sheet anybody made"),
    N_("this file is larger inside than it says"),
    N_("this file is protected by a password"),
    N_("this file is damaged or protected; open it, save it anew and try again"),
    N_("this workbook cannot be read; open it, save it anew as XLSX or CSV and try again"),
    N_("this is no workbook; save the sheet as CSV or XLSX"),
    N_("this archive holds no CSV and no workbook"),
    N_("this workbook needs more memory or time to read than it gets; save the sheet as CSV"),
)
_SHAPES = tuple(
    (re.compile(shape, re.DOTALL), phrase)
    for shape, phrase in (
        (r"'(?P<cell>.*)' is not an e-mail address", N_("“%(cell)s” is not an e-mail address")),
        (r"'(?P<cell>.*)' is not an amount", N_("“%(cell)s” is not an amount")),
        (r"'(?P<cell>.*)' is not a number", N_("“%(cell)s” is not a number")),
        (r"'(?P<cell>.*)' is two numbers: .*",
         N_("“%(cell)s” is two numbers: say which sign is before decimals, a point or a comma")),
        (r"'(?P<cell>.*)' is not a date", N_("“%(cell)s” is not a date")),
        (r"there is no day '(?P<cell>.*)'", N_("There is no day “%(cell)s”")),
        (r"'(?P<cell>.*)' is two dates: .*",
         N_("“%(cell)s” is two dates: say which comes first, the day or the month")),
        (r"'(?P<cell>.*)' is none of .*", N_("“%(cell)s” is a word nobody knows here")),
        (r"'(?P<cell>.*)' is neither yes nor no", N_("“%(cell)s” is neither yes nor no")),
        (r"at most (?P<most>[\d,]+) characters fit here, and these are (?P<number>[\d,]+)",
         N_("At most %(most)s characters fit here, and these are %(number)s")),
        (r"nobody here is '(?P<cell>.*)', whom its filter names",
         N_("Nobody here is “%(cell)s”, whom its filter names")),
        (r"there are (?P<number>\d+) segments of this owner already",
         N_("There are %(number)s segments of this owner already")),
        (r"its amounts are in (?P<currency>.+), and here they are compared in (?P<base>[A-Z]{3})",
         N_("Its amounts are in %(currency)s, and here they are compared in %(base)s")),
        (r"this row has (?P<number>[\d,]+) cells; at most (?P<most>[\d,]+) are taken",
         N_("This row has %(number)s cells; at most %(most)s are taken")),
        (r"this cell has more than (?P<most>[\d,]+) characters; the rest is gone",
         N_("This cell has more than %(most)s characters; the rest is gone")),
        (r"(?P<currency>[A-Z]{3}) has (?P<digits>\d) decimals", N_("%(currency)s has %(digits)s decimals")),
        (r"no company has the id '(?P<cell>.*)', here or in this file",
         N_("No company has the id “%(cell)s”, here or in this file")),
    )
)  # fmt: skip


def reason(text: str) -> str:
    """Why a row is not good, in the reader's language."""
    if fit := fitting(_SHAPES, text, {}):
        return refusal(filled(*fit), beside_field=True)
    return refusal(text, beside_field=True)
