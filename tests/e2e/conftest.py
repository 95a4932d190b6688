"""The whole stack, once a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from stack.application import Stack
from stack.driver import Crm

# The long forms of load and fault tests run with CRM_FULL=1 (make test-full).
FULL = bool(os.environ.get("CRM_FULL"))


@pytest.fixture(scope="session")
def running_stack(stack: Stack) -> Stack:
    """All processes of the CRM, up and healthy."""
    stack.up()
    return stack


@pytest.fixture
def crm(running_stack: Stack) -> Iterator[Crm]:
    """The stack, healthy when the test begins."""
    running_stack.wait_healthy()
    yield Crm(running_stack.info)


@pytest.fixture
def people(crm: Crm) -> dict[str, Any]:
    return {who: crm.sign_in(who) for who in ("admin", "sales", "sales2", "finance", "manager")}
