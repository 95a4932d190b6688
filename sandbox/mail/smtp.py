"""The SMTP side: takes every mail, and answers 250 only when it is on disk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from sandbox.behaviour import Behaviour
from sandbox.mail.store import Mailbox

SIZE_LIMIT = 35 * 1024 * 1024
WATCH_SECONDS = 0.05

BEHAVIOUR: dict[str, Any] = {
    "reject_rcpt": [],
    "fail_next": 0,
    "code": 451,
    "stage": "data",
    "lose_answer": 0,
    "delay_ms": 0,
    "refuse_connections": False,
}

ANSWERS = {
    421: "421 4.3.2 Service shutting down, try again later",
    450: "450 4.2.1 Mailbox busy",
    451: "451 4.3.0 Temporary failure, try again later",
    452: "452 4.3.1 Out of storage",
    550: "550 5.7.1 Message refused",
    552: "552 5.3.4 Message too big",
    554: "554 5.6.0 Transaction failed",
}

log = logging.getLogger(__name__)


class _Handler:
    """aiosmtpd's hooks, found by these very names. Faults strike at MAIL, RCPT or (the default) after the final dot."""

    def __init__(self, mailbox: Mailbox, behaviour: Behaviour) -> None:
        self._mailbox, self._behaviour = mailbox, behaviour

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if failure := self._failure(server, "mail"):
            return failure
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        refused = {str(entry).lower() for entry in self._behaviour.get("smtp", "reject_rcpt")}
        if address.lower() in refused:
            return "550 5.1.1 No such user here"
        if failure := self._failure(server, "rcpt"):
            return failure
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self._behaviour.get("smtp", "delay_ms") / 1000)
        if failure := self._failure(server, "data"):
            return failure
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        loop = asyncio.get_running_loop()
        mail_id = await loop.run_in_executor(
            None, self._mailbox.add, envelope.mail_from or "", list(envelope.rcpt_tos), content
        )
        log.info("mail %s to %s", mail_id, ", ".join(envelope.rcpt_tos))
        if self._behaviour.take("smtp", "lose_answer"):
            _hang_up(server)
        return f"250 2.0.0 OK: kept as {mail_id}"

    def _failure(self, server: SMTP, stage: str) -> str | None:
        if self._behaviour.get("smtp", "stage") != stage or not self._behaviour.take("smtp", "fail_next"):
            return None
        code = self._behaviour.get("smtp", "code")
        if code == 421:  # means "I am closing the connection", so it does
            asyncio.get_running_loop().call_later(0.02, _hang_up, server)
        return ANSWERS.get(code, f"{code} told to answer so")


def _hang_up(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()


class SmtpServer:
    """Listens on one port from a thread of its own; `refuse_connections` closes the port until it is taken back."""

    def __init__(self, mailbox: Mailbox, behaviour: Behaviour, host: str, port: int) -> None:
        self._handler, self._behaviour = _Handler(mailbox, behaviour), behaviour
        self._host, self._port = host, port
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._connections: set[SMTP] = set()
        self._started = threading.Event()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)

    def start(self) -> None:
        """Open the port. Raises OSError when it is taken."""
        self._thread.start()
        self._started.wait()
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        """Close the port and what is connected."""
        with contextlib.suppress(RuntimeError):  # the loop ended by itself
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as problem:
            self._problem = problem
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        server: asyncio.Server | None = await self._listen()
        self._started.set()
        while not self._stopping.is_set():
            refuse = self._behaviour.get("smtp", "refuse_connections")
            if refuse and server is not None:
                server.close()
                self._hang_up_all()
                server = None
            elif not refuse and server is None:
                server = await self._listen()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), WATCH_SECONDS)
        if server is not None:
            server.close()
        self._hang_up_all()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._connection, self._host, self._port, backlog=128)

    def _connection(self) -> SMTP:
        return _Connection(self._connections, self._handler, self._loop)

    def _hang_up_all(self) -> None:
        for connection in list(self._connections):
            _hang_up(connection)


class _Connection(SMTP):
    """One client. Any user and password will do, as none is asked for."""

    def __init__(self, connections: set[SMTP], handler: _Handler, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname="sandbox.invalid",
            ident="AMO sandbox",
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
            loop=loop,
        )
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)
