"""Files that people send: fetched, checked, kept, and filed with the client's documents."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from libs.common.database import UnitOfWork
from libs.common.jobs import GiveUp, Job, RetryLater
from libs.common.object_store import safe_filename
from services.notifications.whatsapp import pacing, progress, telling
from services.notifications.whatsapp.domain import Fault, Media
from services.notifications.whatsapp.domain.faults import GONE
from services.notifications.whatsapp.models import conversations, messages
from services.notifications.whatsapp.ports import Outside, Refused, TooLarge

# So long WhatsApp keeps what people send at most; of what went earlier it says that it is not there.
KEPT = timedelta(days=30)
_STOPPED_SECONDS, _LONGEST_PAUSE = 300.0, 3600.0
JOB = "fetch_whatsapp_media"
FILE_JOB = "file_whatsapp_media"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the object store. document_id: of the client's document, None while it is nobody's."""

    key: str
    size: int
    sha256: str
    document_id: str | None


def asked(media: Media) -> dict[str, Any]:
    """What a message says of its file until that is fetched."""
    ending = mimetypes.guess_extension(media.mime_type) or ""
    name = safe_filename(media.filename or f"whatsapp{ending}")
    given = {"media_id": media.media_id, "content_type": media.mime_type, "sha256": media.sha256, "filename": name}
    return given | {"size": None, "key": None, "document_id": None, "problem": None}


def fetch_outside(outside: Outside, job: Job) -> Kept | None:
    """Fetch the bytes and keep them; None where that is done. What cannot be right is given up at once."""
    found = _of(outside, job.payload["message_id"])
    if found is None or found.media is None or found.media["key"] is not None:
        return None
    media, limit = found.media, outside.line.media_bytes
    _check_time(outside, job)
    try:
        fetched = outside.provider.fetch(media["media_id"], limit)
    except TooLarge:
        raise GiveUp(f"the file is larger than {limit // 1_000_000} MB; ask for it in another way") from None
    except Refused as error:
        raise _not_now(outside, job, error.fault) from None
    with fetched.content as content:
        if media["sha256"] and fetched.digest not in _digests(media["sha256"]):
            raise GiveUp("what was fetched is not what was sent: its SHA-256 differs")
        place = _place(outside, found)
        outside.files.put(place.key, content, media["content_type"])
    kept = replace(place, size=fetched.size, sha256=fetched.digest.hex())
    return _completed(outside, kept)


def _check_time(outside: Outside, job: Job) -> None:
    """GiveUp where WhatsApp has the file no more, RetryLater while our number is stopped."""
    if job.created_at + KEPT < outside.now():
        raise GiveUp(
            f"it could not be fetched in {KEPT.days} days, and WhatsApp does not keep it longer: ask for it again"
        )
    with outside.transaction(job.context) as uow:
        if pacing.is_blocked(uow, outside.line):
            raise RetryLater("our number is stopped", _STOPPED_SECONDS)


def _not_now(outside: Outside, job: Job, fault: Fault) -> Exception:
    """What follows from a refusal: what passes is tried again, what concerns everybody when an admin has seen to it."""
    if fault.code == GONE:
        return GiveUp("WhatsApp does not have the file any more: ask for it again")
    if fault.stops:
        with outside.transaction(job.context) as uow:
            pacing.block(uow, outside.line, fault, job.payload["message_id"])
        return RetryLater(fault.reason, _STOPPED_SECONDS)
    if fault.retry_seconds is not None:
        return RetryLater(fault.reason, min(fault.retry_seconds * 2.0 ** min(job.attempt - 1, 12), _LONGEST_PAUSE))
    return GiveUp(f"WhatsApp does not give the file: {fault.reason}")


def fetch_finished(uow: UnitOfWork, job: Job, kept: Kept | None) -> None:
    """The file can be opened; one whose conversation was linked meanwhile is filed next."""
    if kept is None:
        return
    told = telling.message(uow, job.payload["message_id"])
    values = {"key": kept.key, "size": kept.size, "document_id": kept.document_id, "problem": None}
    progress.write(uow, told.id, media=told.media | values)
    conversation, told = telling.whose(uow, told.conversation_id), telling.message(uow, told.id)
    telling.status_changed(uow, conversation, told)
    if conversation.client_id is not None:
        file_later(uow, told)


def fetch_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """The message says why its file is not there."""
    told = telling.message(uow, job.payload["message_id"])
    if told.media is not None:
        progress.write(uow, told.id, media=told.media | {"problem": reason[:500]})


def file_later(uow: UnitOfWork, told: Row[Any]) -> None:
    """Have a file that was somebody unknown's filed with the client's documents."""
    if told.media and told.media["key"] and not told.media["document_id"]:
        uow.jobs.add(FILE_JOB, {"message_id": told.id}, dedupe_key=told.id)


def file_outside(outside: Outside, job: Job) -> Kept | None:
    """Copy a file to where the client's documents are."""
    found = _of(outside, job.payload["message_id"])
    if found is None or not found.media or found.media["document_id"] or found.client_id is None:
        return None
    content = outside.files.get(found.media["key"])
    place = _place(outside, found)
    stored = outside.files.put(place.key, content, found.media["content_type"])
    return _completed(outside, replace(place, size=stored.size, sha256=stored.sha256))


def file_failed(_uow: UnitOfWork, _job: Job, _reason: str) -> None:
    """It stays with the message, where it can be opened."""


def _of(outside: Outside, message_id: str) -> Any:
    """The message's id and file, and whose client it is; None where there is none (any more)."""
    columns = (messages.c.id, messages.c.media, conversations.c.client_id)
    # Of one that was taken back nothing is fetched or filed any more.
    statement = select(*columns).join(conversations).where(messages.c.id == message_id, messages.c.revoked_at.is_(None))
    with outside.read() as session:
        return session.execute(statement).first()


def _place(outside: Outside, found: Any) -> Kept:
    """Where the bytes go: among the client's documents, else among our own."""
    if found.client_id is None:
        return Kept(f"whatsapp/{found.id}/{found.media['filename']}", 0, "", None)
    made = outside.contacts.prepare_document(
        found.client_id, found.media["filename"], found.media["content_type"], f"whatsapp-{found.id}-{found.client_id}"
    )
    return Kept(made["key"], 0, "", made["document_id"])


def _completed(outside: Outside, kept: Kept) -> Kept:
    if kept.document_id is not None:
        outside.contacts.complete_document(
            kept.document_id, kept.size, kept.sha256, f"whatsapp-done-{kept.document_id}"
        )
    return kept


def _digests(written: str) -> list[bytes]:
    """A SHA-256 as webhooks write it, in base64, and as the media's own answer does, in hex."""
    found = []
    for decode in (partial(base64.b64decode, validate=True), bytes.fromhex):
        with suppress(binascii.Error, ValueError):
            found.append(decode(written))
    return found
