"""The running stack, with a row of every kind of owner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stack.application import Stack
from tests.e2e.conftest import running_stack
from tests.rights.scene import Scene

__all__ = ["running_stack"]


@pytest.fixture(scope="package")
def scene(running_stack: Stack) -> Iterator[Scene]:
    running_stack.wait_healthy()
    made = Scene(running_stack)
    yield made
    made.close()
