from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from libs.common.runtime import Runtime
from libs.common.settings import ServiceSettings


@pytest.fixture
def service(runtime_of: Callable[..., Runtime[Any]]) -> Iterator[Callable[[str], Runtime[Any]]]:
    """``service("billing")``: a runtime on that service's own database."""
    yield lambda name: runtime_of(name, ServiceSettings)
