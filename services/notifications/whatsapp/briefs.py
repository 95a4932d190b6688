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
from services.notifications.whatsapp.domain import BRIEF_WORDS, filled, language_of, places
from services.notifications.whatsapp.models import templates


def follow_up(uow: UnitOfWork, event: BriefSubmitted, settings: NotificationsSettings) -> None:
    """Thank whoever gave a phone number, and ask when to call; nothing where WhatsApp is not set up."""
    phone, country = event.contact_phone, settings.default_country
    if not settings.whatsapp_sends or not phone or phones.dialled(phone, country) is None:
        return
    language, body = _translation(uow, settings)
    person = one_line(event.contact_name).split(" ")[0] or "there"
    given = [person, one_line(mails.company(uow.session).name), one_line(event.vision_title)]
    parameters = given[: places(body)]
    template = writing.to_send(settings.whatsapp_brief_template, language, body, parameters)
    conversation_id = writing.with_contact(uow, event.client_id, event.contact_id, phone, country)
    writing.queue(uow, conversation_id, filled(body, parameters), template, automatic=True)


def _translation(uow: UnitOfWork, settings: NotificationsSettings) -> tuple[str, str]:
    """The language of the template and its text: the first that is wanted and approved, else the first, so that what
    WhatsApp says of it is seen. Until it has been synced, its text is taken to be what was proposed."""
    row, wanted = templates.c, settings.brief_languages
    ready = (row.name == settings.whatsapp_brief_template, row.status == "APPROVED", row.problem.is_(None))
    found = {each.language: each.body for each in uow.session.execute(select(row.language, row.body).where(*ready))}
    language = language_of(list(found), wanted)
    return (language, found[language]) if language is not None else (wanted[0], BRIEF_WORDS)
