"""Checks of the outside end in time and in plain words, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from libs.common import integrations
from libs.common.integrations import CheckFailed, Integration
from libs.common.problems import NotFound


def refused() -> str:
    raise CheckFailed("it does not know us")


def broken() -> str:
    raise ValueError("the secret is hunter2")


CHECKS = {"good": lambda: "it answered", "refused": refused, "broken": broken}


@pytest.mark.parametrize(
    ("name", "ok", "message"),
    [
        ("good", True, "it answered"),
        ("refused", False, "it does not know us"),
        ("broken", False, "the check itself failed (ValueError)"),
    ],
)
def test_what_a_check_answers(name: str, ok: bool, message: str) -> None:
    found = integrations.tested(name, CHECKS)
    assert (found["ok"], found["message"]) == (ok, message) and 0 <= found["ms"] < 1000


def test_one_that_hangs_is_left_behind() -> None:
    hanging = threading.Event()
    found = integrations.tested("slow", {"slow": lambda: str(hanging.wait(30))}, seconds=0.05)
    hanging.set()
    assert (found["ok"], found["message"]) == (False, "no answer within 0.05 seconds") and found["ms"] < 5000


def test_an_unknown_name() -> None:
    with pytest.raises(NotFound):
        integrations.tested("fax", CHECKS)


def test_the_document_has_every_field() -> None:
    made = Integration("stripe", "Stripe", False, "off", "no key").document()
    assert set(made) == {
        "name", "label", "configured", "mode", "detail",
        "last_success_at", "last_success", "last_error_at", "last_error", "counts",
    }  # fmt: skip
    assert made["counts"] == {} and made["last_error"] is None


_COOPERATIVE = """
import eventlet
eventlet.monkey_patch()
import time
from libs.common.integrations import tested
others = []
eventlet.spawn_n(lambda: [(others.append(1), eventlet.sleep(0.01)) for _ in range(1000)])
found = tested("slow", {"slow": lambda: time.sleep(30)}, seconds=0.3)
print(found["message"], len(others) > 5)
"""


def test_in_an_rpc_process_others_are_served_meanwhile() -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-W", "ignore", "-c", _COOPERATIVE]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=20, check=True)
    assert ran.stdout.strip() == "no answer within 0.3 seconds True"
