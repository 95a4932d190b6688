"""The mail stand-in, put together: an SMTP port and a web port over one mailbox."""

from __future__ import annotations

from sandbox.behaviour import Behaviour
from sandbox.mail.smtp import BEHAVIOUR, SmtpServer
from sandbox.mail.store import Mailbox
from sandbox.mail.web import create_app
from sandbox.settings import Settings


class MailSandbox:
    """The mailbox with its two doors."""

    def __init__(self, settings: Settings) -> None:
        behaviour = Behaviour({"smtp": BEHAVIOUR})
        mailbox = Mailbox(settings.directory)
        self.storage = mailbox.storage
        self.smtp = SmtpServer(mailbox, behaviour, settings.host, settings.smtp_port)
        self.app = create_app(settings, mailbox, behaviour)
