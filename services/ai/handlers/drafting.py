"""E-mails: what is known is collected, a draft is ordered and kept, and a person changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from libs.common import company, fields
from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from services.ai import access, draft_queries, email_drafts
from services.ai.asking import Patience
from services.ai.domain import EMAIL_DRAFT
from services.ai.email_drafts import MailContext, MailDraft, Person, reading
from services.ai.email_drafts.context import LANGUAGES, PURPOSES, TONES
from services.ai.email_drafts.draft import BODY_LENGTH, SUBJECT_LENGTH
from services.ai.email_drafts.finding.contacts import find_contacts
from services.ai.email_drafts.language import is_german
from services.ai.handlers import generating
from services.ai.handlers.generating import Line, Row
from services.ai.models import email_drafts as table
from services.ai.models import generations
from services.ai.ports import Records
from services.ai.tasks import Answered

JOB = "draft_email"
WORDS_LENGTH = 4_000
MOST_ATTACHMENTS = 5
# The caller waits for thirty seconds; the rest is for the way there and back.
_WAIT_SECONDS = 25.0

_WISH: dict[str, fields.Reader] = {
    "deal_id": fields.identifier,
    "context": fields.text(WORDS_LENGTH),
    "purpose": fields.one_of(*PURPOSES),
    "tone": fields.one_of(*TONES),
    "language": fields.one_of(*LANGUAGES),
}


@dataclass(frozen=True, slots=True)
class Collected:
    """What a draft will be made of, and to whom it goes as known now."""

    context: MailContext
    client_id: str
    deal_id: str
    contact_id: str | None
    to: dict[str, Any] | None

    def document(self) -> dict[str, Any]:
        return {"known": self.context.document(), "to": self.to}


def read_wish(data: Any) -> dict[str, Any]:
    """What is wished for; Invalid names what does not fit."""
    wish = fields.read(_WISH, data)
    if wish.get("deal_id") is None:
        raise Invalid("deal_id is needed", field="deal_id")
    return wish


def collect(
    wish: dict[str, Any],
    deal: dict[str, Any],
    records: Records,
    actor: Actor,
    us: company.Company,
    today: str,
    zone: str,
) -> Collected:
    """Everything a draft may speak of. A service that does not answer is named, and its part left out."""
    contacts, activities, invoices = records.around(deal["client_id"])
    missing = tuple(
        name
        for name, answer in (("contacts", contacts), ("activities", activities), ("invoices", invoices))
        if isinstance(answer, Problem)
    )
    people = [] if isinstance(contacts, Problem) else contacts
    wished = (deal.get("brief") or {}).get("contact_id")
    contact, others = reading.contacts_of(people, wished)
    words = wish.get("context") or ""
    context = MailContext(
        words=words,
        purpose=wish.get("purpose") or "follow_up",
        tone=wish.get("tone") or "friendly",
        language=wish.get("language") or ("de" if is_german(words, "en") else "en"),
        today=today,
        sender=Person(actor.name),
        company=us.name,
        client=deal.get("company_name") or "",
        contact=reading.person_of(contact) if contact else None,
        deal=reading.deal_of(deal),
        people=others,
        activities=() if isinstance(activities, Problem) else reading.activities_of(activities, zone),
        invoices=() if isinstance(invoices, Problem) else reading.invoices_of(invoices, zone),
        addresses=_addresses(us, people),
        missing=missing,
    )
    to = (
        {"contact_id": contact["id"], "name": context.contact.name, "email": contact["email"]}
        if contact and context.contact
        else None
    )
    return Collected(context, deal["client_id"], deal["id"], contact["id"] if contact else None, to)


def _addresses(us: company.Company, people: list[dict[str, Any]]) -> tuple[str, ...]:
    """Where a mail may send its reader: to us, to the people of the client, and to what our bills name."""
    ours = [claim.text for claim in find_contacts(f"{us.address}\n{us.payment_instructions}")]
    theirs = [each.get(name) for each in people for name in ("email", "phone")]
    return tuple(filter(None, (us.email, us.website, *ours, *theirs)))


def draft_email(
    uow: UnitOfWork, data: dict[str, Any], collected: Collected, answered: Answered[MailDraft] | None
) -> dict[str, Any]:
    """Keep what was collected and order the draft; one that is there at once is kept at once."""
    if not access.may(uow.session, uow.actor, "drafts.write", collected.client_id):
        raise Forbidden("mails to this client are written by those who look after it")
    about = {"client_id": collected.client_id, "deal_id": collected.deal_id, "user_id": uow.actor.id}
    if answered is None:
        draft_id = generating.order(uow, EMAIL_DRAFT, JOB, collected.document(), **about)
    else:
        draft_id = generating.write_down(uow, EMAIL_DRAFT, collected.document(), **about)
    _begin(uow, draft_id, contact_id=collected.contact_id, **about)
    if answered is not None:
        generating.keep(uow, draft_id, line(), answered)
    return shown(uow, draft_id)


def redraft_email(uow: UnitOfWork, draft_id: str) -> dict[str, Any]:
    """A new draft with the text and the files of a mail that did not leave. Conflict for any other."""
    row = locked_row(uow, draft_id)
    if row.mail_status != "failed":
        raise Conflict("only a mail that did not leave is drafted again")
    before = uow.session.execute(generations.select().where(generations.c.id == draft_id)).one()
    about = {"client_id": row.client_id, "deal_id": row.deal_id, "user_id": uow.actor.id}
    again = generating.write_down(uow, EMAIL_DRAFT, before.input, **about)
    same = {name: getattr(row, name) for name in ("contact_id", "subject", "body", "attachments")}
    _begin(uow, again, **about, **same)
    # Nobody was asked again: the new one took no time and no money.
    made = {name: getattr(before, name) for name in ("provider", "model", "prompt_version", "output")}
    generating.settle(uow, again, {"status": "done", "attempts": 0, **made})
    return shown(uow, again)


def _begin(uow: UnitOfWork, draft_id: str, **values: Any) -> None:
    nothing: dict[str, Any] = {"subject": "", "body": "", "attachments": [], "confirmed": [], "sent_to": []}
    times = {"created_at": uow.now, "updated_at": uow.now, "version": 1}
    uow.session.execute(insert(table).values(**{"id": draft_id, **nothing, **times, **values}))


def line() -> Line[MailContext, MailDraft]:
    """How a mail is drafted. Somebody waits for it."""
    return Line(
        job=JOB,
        task=email_drafts.task,
        read=lambda kept: MailContext.of(kept["known"]),
        patience=lambda since: Patience.somebody_waits(since, _WAIT_SECONDS),
        kept=_kept,
        told=_fill,
    )


def _kept(answered: Answered[MailDraft]) -> dict[str, Any]:
    draft = answered.result
    return {"output": {"subject": draft.subject, "body": draft.body, "removed": list(draft.removed)}}


def _fill(uow: UnitOfWork, row: Row, answered: Answered[MailDraft]) -> None:
    """The draft begins as it was written."""
    draft = answered.result
    values = {"subject": draft.subject, "body": draft.body, "updated_at": uow.now, "version": table.c.version + 1}
    uow.session.execute(update(table).where(table.c.id == row.id).values(**values))


_CHANGES: dict[str, fields.Reader] = {
    "subject": fields.text(SUBJECT_LENGTH, required=True),
    "body": fields.text(BODY_LENGTH, required=True),
}


def update_email_draft(
    uow: UnitOfWork, draft_id: str, changes: dict[str, Any], version: int | None, files: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """Change the text, or what is attached; ``files``: what the owners of the attachments answered."""
    row = locked(uow, draft_id, version)
    given = fields.read(_CHANGES, {name: value for name, value in changes.items() if name != "attachments"})
    if "subject" in given and "\n" in given["subject"]:
        raise Invalid("subject is one line", field="subject")
    if files is not None:
        given["attachments"] = of_client(files, row.client_id)
    if given:
        change(uow, draft_id, given)
    return shown(uow, draft_id)


def read_attachments(value: Any) -> list[tuple[str, str]]:
    """``[{kind: document|invoice, id}]`` as pairs, each once; Invalid names what does not fit."""
    if not isinstance(value, list) or len(value) > MOST_ATTACHMENTS:
        raise Invalid(f"attachments are a list of at most {MOST_ATTACHMENTS}", field="attachments")
    for each in value:
        fits = isinstance(each, dict) and set(each) == {"kind", "id"} and each["kind"] in ("document", "invoice")
        if not fits or not is_id(each["id"]):
            raise Invalid("an attachment is {kind: document or invoice, id}", field="attachments")
    return list(dict.fromkeys((each["kind"], each["id"]) for each in value))


def fetched(wanted: list[tuple[str, str]], records: Records) -> list[dict[str, Any]]:
    """What the services that own the files say of them; they decide whether this caller may have them."""
    found = []
    for kind, file_id in wanted:
        try:
            answer = records.document(file_id) if kind == "document" else records.invoice(file_id)
        except (NotFound, Conflict) as problem:
            raise Invalid(problem.detail, field="attachments") from None
        named = {name: answer[name] for name in ("key", "filename", "content_type", "client_id")}
        found.append({"kind": kind, "id": file_id} | named)
    return found


def of_client(files: list[dict[str, Any]], client_id: str) -> list[dict[str, Any]]:
    """A client gets no other client's papers."""
    for each in files:
        if each["client_id"] != client_id:
            raise Invalid(f"{each['filename']} belongs to another client", field="attachments")
    return files


def locked(uow: UnitOfWork, draft_id: str, version: int | None) -> Any:
    """The draft to be changed: one the actor may write, that was not sent, in the version that was loaded."""
    row = locked_row(uow, draft_id)
    if row.sent_at is not None:
        raise Conflict("this mail was sent; it stays as it is")
    if version is not None and version != row.version:
        raise Conflict("somebody changed this draft since you loaded it", current_version=row.version)
    made = draft_queries.made(uow.session, draft_id)
    if made != "done":
        raise Conflict("this mail is not drafted yet" if made == "waiting" else "this mail could not be drafted")
    return row


def locked_row(uow: UnitOfWork, draft_id: str) -> Any:
    """The same, whatever state it is in. NotFound where it may not be seen, Forbidden where it may only be seen."""
    seen = select(table, access.drafts_writable(uow.actor).label("writable")).where(
        table.c.id == draft_id, access.drafts_scope(uow.actor)
    )
    row = uow.session.execute(seen.with_for_update()).first() if is_id(draft_id) else None
    if row is None:
        raise NotFound("there is no such draft, or it is not yours to see")
    if not row.writable:
        raise Forbidden("mails to this client are written by those who look after it")
    return row


def change(uow: UnitOfWork, draft_id: str, values: dict[str, Any]) -> int:
    """Write the row and count its version up; the version it has then."""
    changed = values | {"updated_at": uow.now, "version": table.c.version + 1}
    statement = update(table).where(table.c.id == draft_id).values(**changed)
    version: int = uow.session.execute(statement.returning(table.c.version)).scalar_one()
    return version


def shown(uow: UnitOfWork, draft_id: str) -> dict[str, Any]:
    return draft_queries.draft(uow.session, uow.actor, draft_id, uow.business, uow.now)
