"""New leads, inquiries and assignments."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications.domain import Note, inquiry_line
from services.notifications.events import ClientAssigned, ClientInquired, ClientsAssigned
from services.notifications.handlers.posting import mail_people, notify, owner_or_sales


def on_client_inquired(uow: UnitOfWork, event: ClientInquired, envelope: Envelope) -> None:
    """A contact form: the client's owner is told, all of sales when it has none."""
    contact = event.contact
    told = owner_or_sales(uow, event.owner_id)
    line = inquiry_line(contact.name, contact.job_title, event.message)
    title = f"{'New Lead' if event.created else 'New inquiry'}: {event.company_name}"
    path = f"/clients/{event.client_id}"
    notify(uow, envelope, told, Note("new_lead", title, line, "View Client", path))
    context = {
        "created": event.created,
        "line": line,
        "company_name": event.company_name,
        "contact_name": contact.name,
        "job_title": contact.job_title,
        "email": contact.email,
        "phone": contact.phone,
        "message": event.message,
        "path": path,
    }
    mail_people(uow, "new_lead", told, context, client_id=event.client_id)


def on_client_assigned(uow: UnitOfWork, event: ClientAssigned, envelope: Envelope) -> None:
    """The new owner gets the client's details."""
    if event.owner_id is None:
        return
    contact = event.contact
    path = f"/clients/{event.client_id}"
    message = f"You are now the owner of {event.company_name}"
    if contact is not None:
        message += f". Contact: {contact.name}" + (f" ({contact.job_title})" if contact.job_title else "")
    note = Note("client_assigned", f"New client for you: {event.company_name}", message, "View Client", path)
    notify(uow, envelope, [event.owner_id], note)
    context = {
        "company_name": event.company_name,
        "industry": event.industry,
        "phone": event.phone,
        "email": event.email,
        "contact_name": contact.name if contact else None,
        "contact_job_title": contact.job_title if contact else None,
        "contact_email": contact.email if contact else None,
        "contact_phone": contact.phone if contact else None,
        "path": path,
    }
    mail_people(uow, "client_assigned", [event.owner_id], context, client_id=event.client_id)


def on_clients_assigned(uow: UnitOfWork, event: ClientsAssigned, envelope: Envelope) -> None:
    """Many at once: the new owner is told once, with the way to the list of them."""
    title = f"{event.clients:,} new clients for you"
    message = f"You are now the owner of {event.first_company_name} and {event.clients - 1:,} more"
    path = f"/clients?owner_id={event.owner_id}"
    notify(uow, envelope, [event.owner_id], Note("client_assigned", title, message, "View Clients", path))
    context = {"clients": event.clients, "company_name": event.first_company_name, "path": path}
    mail_people(uow, "client_assigned", [event.owner_id], context)
