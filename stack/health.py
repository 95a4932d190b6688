"""Does a process work? Asked over loopback, each question with a time limit."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from typing import Any

from stack.programs import LOOPBACK

QUESTION_SECONDS = 5.0
# Loopback is asked directly, whatever proxy the caller's shell names.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def problem_of(check: dict[str, Any], timeout: float = QUESTION_SECONDS) -> str:
    """Why a process with this check (`urls`, `ports`) is unhealthy; empty when it is well."""
    for url in check["urls"]:
        if problem := problem_at(url, timeout):
            return f"{url}: {problem}"
    for port in check["ports"]:
        if not accepts(port, timeout):
            return f"port {port} is closed"
    return ""


def problem_at(url: str, timeout: float = QUESTION_SECONDS) -> str:
    """Why a GET does not answer 2xx; empty when it does."""
    try:
        with DIRECT.open(url, timeout=timeout) as answer:
            answer.read(65536)
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.code} {error.read(300).decode(errors='replace')}".strip()
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def accepts(port: int, timeout: float = QUESTION_SECONDS) -> bool:
    """True when a loopback port accepts a connection."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=timeout).close()
    except OSError:
        return False
    return True


def broker_answers(host: str, port: int, timeout: float = 3.0) -> bool:
    """True when an AMQP 0-9-1 broker greets: it answers the protocol header with a method frame (type 1)."""
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False
