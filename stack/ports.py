"""Ports of one stack: a fixed default for each use, the next free one when it is taken, and what was chosen is kept."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from stack.paths import StatePaths, write_private

LOOPBACK = "127.0.0.1"
# All below 32768: the kernel takes local ports of outgoing connections from above.
DEFAULTS = {
    "http": 8000,
    "gateway_live": 8001,
    "postgres": 15432,
    "amqp": 15682,
    "amqp_dist": 15683,
    "epmd": 15684,
    "sandbox_stripe": 18001,
    "sandbox_whatsapp": 18002,
    "sandbox_gemini": 18003,
    "sandbox_mail": 18004,
    "sandbox_smtp": 18025,
}
FIRST_HEALTH_PORT = 18101
BLOCK_START, BLOCK_SIZE, BLOCKS = 20000, 60, 200
TRIES = 400


class Ports:
    """The ports of one state folder. `name` in the methods is a key of DEFAULTS or `health:<process>`."""

    def __init__(self, path: Path, defaults: Mapping[str, int]) -> None:
        self._path = path
        self._defaults = dict(defaults)
        self._chosen: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    @classmethod
    def of(cls, paths: StatePaths, processes: Iterable[str], http: int | None = None) -> Ports:
        """Defaults for a state folder: the well-known ports for `var`, a block of its own for any other."""
        names = [*DEFAULTS, *(f"health:{process}" for process in processes)]
        if paths.is_default:
            later = range(FIRST_HEALTH_PORT, FIRST_HEALTH_PORT + len(names))
            defaults = DEFAULTS | dict(zip(names[len(DEFAULTS) :], later, strict=False))
        else:
            start = BLOCK_START + int(paths.key, 16) % BLOCKS * BLOCK_SIZE
            defaults = {name: start + offset for offset, name in enumerate(names)}
        if http:
            defaults["http"] = http
        ports = cls(paths.ports, defaults)
        if http and ports._chosen.get("http") not in (None, http):
            del ports._chosen["http"]
        return ports

    def __getitem__(self, name: str) -> int:
        """The port chosen for `name` (its default before anything was chosen)."""
        return self._chosen.get(name, self._defaults[name])

    def settle(self, names: Iterable[str], running: bool = False) -> None:
        """Choose and remember ports for `names`; those remembered stay while they are free, or `running` uses them."""
        for name in names:
            if not (running and name in self._chosen):
                others = {port for other, port in self._chosen.items() if other != name}
                self._chosen[name] = self._next_free(self[name], others)
        write_private(self._path, json.dumps(self._chosen, indent=2))

    def _next_free(self, wanted: int, taken: set[int]) -> int:
        for port in range(wanted, wanted + TRIES):
            if port not in taken and is_free(port):
                return port
        raise OSError(f"no free port between {wanted} and {wanted + TRIES}")


def is_free(port: int) -> bool:
    """True when nothing listens on the port, neither on the loopback address nor on all addresses."""
    for address in (LOOPBACK, "0.0.0.0"):  # noqa: S104 - a probe, closed at once
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
