"""The first word after a brief. Nobody has written to us on WhatsApp yet, so it has to be an approved template."""

from __future__ import annotations

from sqlalchemy import select

from libs.common import phones
from libs.common.database import UnitOfWork
from services.notifications import queries as mails
from services.notifications.domain import one_line
from services.notifications.events import BriefSubmitted
from services.notifications.settings import NotificationsSettings
from services.notifications.whatsapp import writing
from services.notifications.whatsapp.domain import BRIEF_WORDS, filled
from services.notifications.whatsapp.models import templates

LANGUAGE = "en"


def follow_up(uow: UnitOfWork, event: BriefSubmitted, settings: NotificationsSettings) -> None:
    """Thank whoever gave a phone number, and ask when to call; nothing where WhatsApp is not set up."""
    phone, country = event.contact_phone, settings.default_country
    if not settings.whatsapp_sends or not phone or phones.dialled(phone, country) is None:
        return
    row, name = templates.c, settings.whatsapp_brief_template
    words = select(row.body).where(row.name == name, row.language == LANGUAGE)
    body = uow.session.execute(words).scalar_one_or_none() or BRIEF_WORDS
    person = one_line(event.contact_name).split(" ")[0] or "there"
    parameters = [person, one_line(mails.company(uow.session).name), one_line(event.vision_title)]
    template = {"name": name, "language": LANGUAGE, "parameters": parameters}
    conversation_id = writing.with_contact(uow, event.client_id, event.contact_id, phone, country)
    writing.queue(uow, conversation_id, filled(body, parameters), template, automatic=True)
