"""The fields of clients and contacts that people fill in."""

from __future__ import annotations

from libs.common.fields import TEXT_LENGTH, Reader, email, flag, identifier, one_of, tags, text
from services.clients.domain import STATUSES

CLIENT: dict[str, Reader] = {
    "company_name": text(required=True),
    "email": email,
    "phone": text(60),
    "website": text(500),
    "industry": text(),
    "status": one_of(*STATUSES),
    "source": text(60, required=True),
    "address": text(500),
    "city": text(),
    "state": text(),
    "country": text(),
    "notes": text(TEXT_LENGTH),
    "tags": tags,
    "owner_id": identifier,
}

CONTACT: dict[str, Reader] = {
    "first_name": text(required=True),
    "last_name": text(),
    "email": email,
    "phone": text(60),
    "job_title": text(),
    "is_primary": flag,
}
