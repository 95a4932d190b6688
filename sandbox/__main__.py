"""`python -m sandbox`: all stand-ins in one process, until SIGTERM or SIGINT."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

from sandbox.gemini.app import GeminiSandbox
from sandbox.mail.app import MailSandbox
from sandbox.server import HttpServer
from sandbox.settings import Settings, SettingsError, load
from sandbox.stripe.app import StripeSandbox
from sandbox.whatsapp.app import WhatsAppSandbox

log = logging.getLogger("sandbox")


def main() -> int:
    """Serve until told to stop. Exit code 2 for bad settings, 1 for a port that is taken."""
    try:
        settings = load(os.environ)
    except SettingsError as problem:
        sys.stderr.write(f"sandbox: {problem}\n")
        return 2
    _set_up_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        closers = start(settings)
    except OSError as problem:
        log.error("cannot start: %s", problem)
        return 1
    log.info("ready: %s", _addresses(settings))
    stop.wait()
    for close in closers:
        close()
    return 0


def start(settings: Settings) -> list[Callable[[], None]]:
    """Open every port; answers what ends it all, in order. Raises OSError when a port is taken."""
    stripe, whatsapp, gemini = StripeSandbox(settings), WhatsAppSandbox(settings), GeminiSandbox(settings)
    mail = MailSandbox(settings)
    servers = [
        HttpServer("stripe", stripe.app, settings.host, settings.stripe_port),
        HttpServer("whatsapp", whatsapp.app, settings.host, settings.whatsapp_port),
        HttpServer("gemini", gemini.app, settings.host, settings.gemini_port),
        HttpServer("mail", mail.app, settings.host, settings.mail_port),
    ]
    mail.smtp.start()
    stripe.deliveries.start()
    whatsapp.deliveries.start()
    for server in servers:
        server.start()
    return [
        mail.smtp.stop,
        *(server.stop for server in servers),
        stripe.deliveries.stop,
        whatsapp.deliveries.stop,
        *(part.storage.close for part in (stripe, whatsapp, mail)),
    ]


def _set_up_logging(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("mail.log", "urllib3", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _addresses(settings: Settings) -> str:
    ports = {
        "stripe": settings.stripe_port,
        "whatsapp": settings.whatsapp_port,
        "gemini": settings.gemini_port,
        "mail": settings.mail_port,
        "smtp": settings.smtp_port,
    }
    return ", ".join(f"{name} {settings.host}:{port}" for name, port in ports.items())


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    logging.shutdown()
    # Webhooks in the middle of a slow answer are pending on disk; the process does not wait for their threads.
    os._exit(code)
