"""PostgreSQL and RabbitMQ behind one interface, whoever runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Urls:
    """How the stack reaches them: an administrator's PostgreSQL URL and an administrator's AMQP URL.

    own_users: whether the broker knows a user of each service; all use the administrator's where it does not.
    """

    postgres: str
    amqp: str
    own_users: bool = False


class Infrastructure(Protocol):
    """One PostgreSQL server and one RabbitMQ."""

    @property
    def kind(self) -> str:
        """`environment`, `docker` or `native`."""

    @property
    def urls(self) -> Urls:
        """Their addresses; valid once `ensure` has come back."""

    @property
    def port_names(self) -> tuple[str, ...]:
        """The ports (keys of `stack.ports.DEFAULTS`) that it listens on itself."""

    def ensure(self) -> None:
        """Make both run and accept log-ins. Safe to call again. Raises InfrastructureError."""

    def is_running(self) -> bool:
        """True when what this stack started still runs."""

    def stop(self) -> None:
        """Stop what `ensure` started, and nothing else."""

    def forget(self) -> None:
        """Drop the data; called after `stop`."""


class InfrastructureError(Exception):
    """PostgreSQL or RabbitMQ cannot be used; the text says why."""
