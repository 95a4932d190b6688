"""The rules of the design, held against the code. ``test_rules_can_fail`` shows that each of them can fail."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.rpc.server import PUBLIC, RpcService
from tests.architecture import bus, permissions, shape, telling
from tests.architecture.reading import ROOMS, rooms

ROOT = Path(__file__).parents[2]

RULES: list[Callable[[Path], list[str]]] = [
    shape.rooms_of_one_shape,
    shape.canvases_complete,
    shape.domains_are_pure,
    shape.files_are_short,
    shape.names_say_something,
    shape.tests_do_not_sleep,
    shape.nothing_is_left_undone,
    shape.opt_outs_have_reasons,
    permissions.methods_declare_permissions,
    permissions.permissions_are_complete,
    telling.published_events_have_samples,
    telling.samples_are_published,
    telling.subscribers_are_declared,
    telling.subscriptions_are_published,
    telling.events_have_one_publisher,
    telling.event_classes_are_used,
    bus.events_stand_in_the_table,
    bus.calls_stand_in_the_table,
    bus.tokens_are_handed_on_as_the_table_says,
]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of the root's pyproject.toml on the packages below it."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


def test_the_code_keeps_the_import_rules() -> None:
    ran = lint_imports(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_all_rooms_are_there() -> None:
    assert {room.name for room in rooms(ROOT)} == set(ROOMS)


@pytest.mark.parametrize("name", ROOMS)
def test_every_callable_of_the_class_that_runs_has_a_permission(name: str) -> None:
    """What the text rules cannot see: methods that come from elsewhere, the class that is really served."""
    service: type[RpcService] = importlib.import_module(f"services.{name}.rpc").SERVICE
    assert service.name == name
    own = set(dir(RpcService))
    for attribute, value in inspect.getmembers(service, callable):
        if not attribute.startswith("_") and attribute not in own:
            permission = getattr(value, "permission", None)
            assert permission == PUBLIC or service.permissions[permission], attribute
