"""schemathesis reads the OpenAPI document and tries every route with what it allows and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stack.driver import Crm
from tests.e2e.conftest import FULL

# Beside the edges of every parameter, which the short form tries too. Its random ones are the same each time.
EXAMPLES = 60 if FULL else 4
# Who may least gets to the fewest lines; the long form tries them all.
ROLES = ("admin", "sales", "finance", "manager") if FULL else ("admin",)
# Signing out would end the session that the run uses, and ending all others those of other tests.
LEFT_OUT = r"/auth/logout$|/me/sessions$"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", ROLES)
def test_no_route_fails_or_answers_what_it_does_not_say(
    crm: Crm, people: dict[str, Any], tmp_path: Path, role: str
) -> None:
    token = people[role].session.headers["Authorization"]
    argv = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{crm.info['base_url']}/openapi.json",
        "--header",
        f"Authorization: {token}",
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--max-examples",
        str(EXAMPLES),
        "--phases",
        "examples,coverage,fuzzing",
        "--exclude-path-regex",
        LEFT_OUT,
        "--request-timeout",
        "30",
        # One thread: Python 3.11 reads source in two at once and fails ("AST constructor recursion depth mismatch").
        "--workers",
        "1",
        "--generation-database",
        "none",
        "--seed",
        "11",
    ]
    done = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=880,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-30_000:] + done.stderr[-2000:]
