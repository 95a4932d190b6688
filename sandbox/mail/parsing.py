"""From the bytes of a mail to what `/messages` shows. Whatever arrives is shown as well as it can be, never refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses


@dataclass(frozen=True)
class Attachment:
    """One part that is not the body; `content_id` is set for pictures the HTML refers to by `cid:`."""

    filename: str
    content_type: str
    content_id: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class ParsedMail:
    """A mail in pieces; `text` and `html` are empty when there is no such body."""

    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: list[Attachment]


def parse(raw: bytes) -> ParsedMail:
    """Take a mail apart. Broken headers and unknown charsets are replaced, not raised."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    headers = _headers(message)
    found = _bodies(message)
    bodies = {kind: _text(part) for kind, part in found.items()}
    body_parts = [id(part) for part in found.values()]
    attachments = [
        _attachment(part, number) for number, part in enumerate(_leaves(message)) if id(part) not in body_parts
    ]
    return ParsedMail(
        sender=_address(headers),
        subject=_value(headers, "subject"),
        text=bodies.get("plain", ""),
        html=bodies.get("html", ""),
        headers=headers,
        attachments=attachments,
    )


def _headers(message: EmailMessage) -> dict[str, str]:
    """Names as they were sent; a header that comes twice has its values on lines of their own."""
    headers: dict[str, str] = {}
    spelling: dict[str, str] = {}
    for name in dict.fromkeys(message.keys()):
        spelling.setdefault(name.lower(), name)
    for lower, name in spelling.items():
        headers[name] = "\n".join(_header_values(message, lower))
    return headers


def _header_values(message: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in message.get_all(name, [])]
    except Exception:  # the standard parser raises many kinds of error on broken headers
        return [str(value) for key, value in message.raw_items() if key.lower() == name]


def _value(headers: dict[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _address(headers: dict[str, str]) -> str:
    found = getaddresses([_value(headers, "from")])
    return found[0][1] if found else ""


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if isinstance(part, EmailMessage) and not part.is_multipart()]


def _bodies(message: EmailMessage) -> dict[str, EmailMessage]:
    found: dict[str, EmailMessage] = {}
    for kind in ("plain", "html"):
        try:
            part = message.get_body(preferencelist=(kind,))
        except Exception:
            part = None
        if isinstance(part, EmailMessage):
            found[kind] = part
    return found


def _text(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _attachment(part: EmailMessage, number: int) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        filename=part.get_filename() or f"part-{number}",
        content_type=part.get_content_type(),
        content_id=str(part.get("Content-ID", "")).strip().strip("<>"),
        content=content if isinstance(content, bytes) else b"",
    )
