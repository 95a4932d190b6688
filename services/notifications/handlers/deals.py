"""Briefs that came in and deals that were won."""

from __future__ import annotations

from sqlalchemy import select

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.ids import is_id
from libs.common.money import display
from services.notifications import access, settings
from services.notifications.domain import Note
from services.notifications.events import BriefSubmitted, DealWon
from services.notifications.handlers.posting import mail_people, name_of, notify, owner_or_sales, post
from services.notifications.models import people
from services.notifications.whatsapp.briefs import follow_up

_TEAM = ("admin", "sales", "manager", "finance")


def on_brief_submitted(uow: UnitOfWork, event: BriefSubmitted, envelope: Envelope) -> None:
    """The rep (all of sales when nobody is assigned) gets the whole brief, the client what happens next,
    by mail and, where there is a phone number, by WhatsApp.

    A brief that a person here has analysed again is no news.
    """
    if event.requested_by != "client":
        return
    told = owner_or_sales(uow, event.owner_id)
    path = f"/deals/{event.deal_id}"
    value = display(event.deal_value_minor, event.currency)
    title = f"New brief: {event.company_name}"
    notify(uow, envelope, told, Note("brief", title, f"{event.vision_title} ({value})", "View Deal", path))
    said = "company_name contact_name contact_email deal_name deal_value_minor currency vision_title vision_summary"
    said += " audience features design timeline_weeks budget_min_minor budget_max_minor"
    context = event.model_dump(mode="json", include=set(said.split()))
    about = {
        "client_id": event.client_id,
        "refs": {"deal_id": event.deal_id, "amount_minor": event.deal_value_minor, "currency": event.currency},
    }
    mail_people(uow, "brief_summary", told, context | {"path": path}, **about)
    to_client = {"contact_id": event.contact_id, "address": event.contact_email, "name": event.contact_name}
    # What a deal may be worth to us is nothing a client's activity should quote.
    refs = {"deal_id": event.deal_id}
    post(uow, "brief_confirmation", context, client_id=event.client_id, refs=refs, **to_client)
    follow_up(uow, event, settings.current())


def on_deal_won(uow: UnitOfWork, event: DealWon, envelope: Envelope) -> None:
    """Congratulations: in the app to the whole team, by mail to who won it.

    Sales people who may not see the client's deals learn what its public card says, and neither name nor value.
    """
    winner = event.owner_id or (envelope.who.id if is_id(envelope.who.id) else None)
    active = select(people.c.user_id).where(people.c.active, people.c.role.in_(_TEAM)).order_by(people.c.user_id)
    everyone = list(uow.session.execute(active).scalars())
    insiders = set(uow.session.execute(active.where(access.sees_deals_of(event.client_id))).scalars())
    known = event.deal_value_minor is not None
    value = display(event.deal_value_minor or 0, event.currency) if known else "a deal"
    with_client = f" with {event.company_name}" if event.company_name else ""
    who = name_of(uow, winner) or "The team"
    title = f"Congratulations! {event.deal_name} is won"
    path = f"/deals/{event.deal_id}"
    if winner is not None:
        notify(uow, envelope, [winner], Note("deal_won", title, f"You won {value}{with_client}", "View Deal", path))
    colleagues = [each for each in everyone if each in insiders and each != winner]
    notify(uow, envelope, colleagues, Note("deal_won", title, f"{who} won {value}{with_client}", "View Deal", path))
    others = [each for each in everyone if each not in insiders and each != winner]
    notify(uow, envelope, others, _public_note(event, who))
    if winner is not None:
        fields = {"deal_name", "company_name", "deal_value_minor", "currency"}
        context = event.model_dump(mode="json", include=fields) | {"path": path}
        mail_people(uow, "deal_won", [winner], context, client_id=event.client_id, refs=_refs(event))


def _public_note(event: DealWon, who: str) -> Note:
    company = event.company_name or "A deal"
    return Note(
        "deal_won",
        f"Congratulations! {company} is won",
        f"{who} won a deal" + (f" with {event.company_name}" if event.company_name else ""),
        "View Client",
        f"/clients/{event.client_id}",
    )


def _refs(event: DealWon) -> dict[str, object]:
    return {"deal_id": event.deal_id, "amount_minor": event.deal_value_minor, "currency": event.currency}
