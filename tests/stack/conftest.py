"""A real stack (PostgreSQL, RabbitMQ, supervisord, watchdog) around two small fake services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stack.application import Options, Stack
from stack.programs import Row

FAKE = "tests.stack.fake_service"
ROWS = (Row("clients-rpc", FAKE, ("rpc",)), Row("gateway-http", FAKE, ("http",), needs_broker=False))


@pytest.fixture(scope="module")
def one_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose state folder has a space and a percent sign in its path, and is too long for a unix socket."""
    state = tmp_path_factory.mktemp("a state folder with 100% long name " + "x" * 60)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CRM_POSTGRES_URL", "CRM_AMQP_URL", "CRM_PORT", "CRM_STATE_DIR"):
            patch.delenv(name, raising=False)
        patch.setenv("CRM_INFRASTRUCTURE", "native")
        stack = Stack(state, Options(fast=True, rows=ROWS, demo_data=False))
    try:
        yield stack
    finally:
        stack.reset()


@pytest.fixture
def stack(one_stack: Stack) -> Stack:
    """The stack, up and healthy."""
    one_stack.up()
    return one_stack
