"""A mail as the bytes that go over the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime

from email_validator import validate_email

from libs.common.object_store import safe_filename
from services.notifications.domain import one_line
from services.notifications.ports import Message

_LONGEST_LINE, _FOLDED_LINE = 990, 78


@dataclass(frozen=True, slots=True)
class Wire:
    """``envelope``: addresses as SMTP takes them, by the addresses of the message. international: needs SMTPUTF8."""

    content: bytes
    sender: str
    envelope: dict[str, str]
    international: bool


def compose(message: Message) -> Wire:
    """Headers and parts; ValueError when an address, a name or a subject cannot be put into a header.

    No text is ever pasted into a header: EmailMessage refuses line ends and quotes what needs it.
    """
    envelope = {each.address: _on_the_wire(each.address) for each in message.to}
    international = not all(address.isascii() for address in envelope.values())
    people = (message.sender, *message.to)
    named = (message.subject, message.reply_to, *(each.name for each in people))
    plain = all(text.isascii() for text in named)
    mail = EmailMessage(policy=_policy(international, plain))
    sender = _on_the_wire(message.sender.address)
    mail["From"] = _spelled(message.sender.name, sender)
    mail["To"] = [_spelled(each.name, envelope[each.address]) for each in message.to]
    mail["Reply-To"] = _spelled("", _on_the_wire(message.reply_to))
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.date)
    mail["Message-ID"] = message.message_id
    if not message.personal:
        # RFC 3834: nobody's holiday notice is to answer this.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe:
        # RFC 2369, RFC 8058: a mail program's own button ends these mails with one POST.
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    _add_pictures(mail, message)
    for each in message.attachments:
        maintype, _, subtype = each.content_type.partition("/")
        mail.add_attachment(each.content, maintype=maintype, subtype=subtype, filename=safe_filename(each.filename))
    return Wire(mail.as_bytes(), sender, envelope, international)


def _add_pictures(mail: EmailMessage, message: Message) -> None:
    """Pictures stand beside the HTML that shows them (multipart/related), not among the files one could open."""
    html = mail.get_body(preferencelist=("html",))
    assert isinstance(html, EmailMessage)
    for each in message.inline:
        name, cid = safe_filename(each.filename), f"<{each.cid}>"
        html.add_related(each.content, "image", "png", disposition="inline", filename=name, cid=cid)


def dot_stuffed(content: bytes) -> bytes:
    """The lines of DATA without the one that ends it (RFC 5321 section 4.5.2); line ends become CRLF."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _policy(international: bool, plain: bool) -> EmailPolicy[EmailMessage]:
    """7bit: text beyond ASCII is encoded, so no server needs 8BITMIME.

    Headers of ASCII alone need no folding below the limit of RFC 5322 section 2.1.1, and a fold right after
    ``Subject:`` shows as a leading space in some mail programs. Encoded words must stay short (RFC 2047).
    """
    length = _LONGEST_LINE if plain else _FOLDED_LINE
    return (SMTPUTF8 if international else SMTP).clone(cte_type="7bit", max_line_length=length)


def _spelled(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=domain)


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII (IDNA); a local part beyond ASCII stays, and needs SMTPUTF8."""
    checked = validate_email(address, check_deliverability=False, test_environment=True)
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"
