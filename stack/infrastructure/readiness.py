"""Waits until a server not only listens but lets us log in."""

from __future__ import annotations

import time
from collections.abc import Callable

import pika
import psycopg
from pika.exceptions import AMQPError

from stack.infrastructure import InfrastructureError, Urls

START_SECONDS = 90.0
PAUSE = 0.2


def wait_until_ready(urls: Urls, seconds: float = START_SECONDS, hint: str = "") -> None:
    """Wait for both servers; InfrastructureError with the last refusal and `hint`."""
    wait_for_postgres(urls.postgres, seconds, hint)
    wait_for_rabbitmq(urls.amqp, seconds, hint)


def wait_for_postgres(url: str, seconds: float = START_SECONDS, hint: str = "") -> None:
    """Wait until PostgreSQL answers a query."""

    def ask() -> None:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")

    retry(ask, "PostgreSQL", seconds, hint)


def wait_for_rabbitmq(url: str, seconds: float = START_SECONDS, hint: str = "") -> None:
    """Wait until RabbitMQ lets us open a channel on our virtual host."""

    def ask() -> None:
        parameters = pika.URLParameters(url)
        parameters.socket_timeout = parameters.blocked_connection_timeout = 5
        parameters.stack_timeout = 8
        connection = pika.BlockingConnection(parameters)
        connection.channel()
        connection.close()

    retry(ask, "RabbitMQ", seconds, hint)


def retry(ask: Callable[[], None], name: str, seconds: float, hint: str) -> None:
    """Call `ask` until it raises nothing, for at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (OSError, psycopg.Error, AMQPError) as error:
            if time.monotonic() > deadline:
                reason = str(error).strip() or repr(error)
                raise InfrastructureError(f"{name} does not answer after {seconds:.0f} s: {reason} {hint}") from error
            time.sleep(PAUSE)
