"""Python 3.11 runs every test; newer ones that are present run the unit tests, in an environment of their own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import FULL
from tests.support.servers import ROOT

NEWER = ("3.12", "3.13")


@pytest.mark.skipif(not FULL, reason="installs everything once more for each Python: make test-full")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", NEWER)
def test_the_unit_tests_pass_on_newer_pythons(version: str, tmp_path: Path) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"python{version} is not on this machine")
    environment = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", environment], check=True)
    install = [
        environment / "bin/pip",
        "install",
        "-q",
        "--require-hashes",
        "--no-deps",
        "-r",
        ROOT / "requirements.lock",
    ]
    subprocess.run(install, check=True, capture_output=True)
    suites = [str(path) for path in sorted(ROOT.glob("tests/*/unit"))]
    done = subprocess.run(
        [environment / "bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *suites],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
