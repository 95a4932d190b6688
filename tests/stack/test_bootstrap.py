"""From a bare machine to a virtual environment: refusals that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack import bootstrap, packages
from stack.packages import BootstrapError
from stack.paths import ROOT


def test_a_python_that_is_too_old_is_refused_with_the_versions_that_fit() -> None:
    with pytest.raises(BootstrapError, match=r"Python 3\.9 cannot run AMO CRM: it needs Python 3\.11, 3\.12 or 3\.13"):
        bootstrap.choose_python("/usr/bin/python3", {"/usr/bin/python3": (3, 9)}.get)


def test_a_python_that_is_too_new_is_refused() -> None:
    with pytest.raises(BootstrapError, match=r"Python 3\.14"):
        bootstrap.choose_python("/usr/bin/python3", {"/usr/bin/python3": (3, 14)}.get)


@pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3.13"])
def test_another_python_on_the_path_is_taken(name: str) -> None:
    versions = {"/usr/bin/python3": (3, 9), name: tuple(map(int, name.removeprefix("python").split(".")))}
    assert bootstrap.choose_python("/usr/bin/python3", versions.get) == name


def test_the_command_itself_tells_an_old_python_what_is_missing(tmp_path: Path) -> None:
    """The real entry point, under a running version that it is told not to accept and with none on PATH."""
    script = (
        "import sys; from stack import bootstrap; bootstrap.LOWEST = (3, 98); bootstrap.BELOW = (3, 99); "
        "bootstrap.is_current = lambda folder: False; "
        "bootstrap.belongs_to = lambda folder: False; "
        "from stack.__main__ import main; main(['up'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: Python 3.")
    assert "Traceback" not in answer.stderr


def test_a_shim_that_does_not_run_is_no_python(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert bootstrap.version_of(str(shim)) is None


def test_the_bootstrap_reads_on_python_3_9() -> None:
    """`__main__` and what it imports must parse on an old Python, or its user sees a stack trace."""
    import ast

    for name in ("__main__", "bootstrap", "packages", "__init__"):
        ast.parse((ROOT / "stack" / f"{name}.py").read_text(), feature_version=(3, 9))


def test_environment_follows_the_lock(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("a==1\n")
    first = bootstrap.fingerprint(tmp_path)
    (tmp_path / "requirements.lock").write_text("a==2\n")
    assert bootstrap.fingerprint(tmp_path) != first


def test_a_failing_install_does_not_show_where_packages_come_from() -> None:
    with pytest.raises(BootstrapError) as failure:
        bootstrap.run([sys.executable, "-c", "print('from https://packages.test/simple'); exit(3)"], "install failed")
    assert "packages.test" not in str(failure.value)
    assert "(exit 3)" in str(failure.value)


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds apt-get only, no server programs, no rights."""
    (tmp_path / "apt-get").write_text(f"#!/bin/sh\necho called >> {tmp_path}/calls\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "postgres_programs", lambda: None)
    monkeypatch.setattr(packages, "rabbitmq_scripts", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


def test_without_rights_the_exact_command_is_named(bare_machine: Path) -> None:
    command = "apt-get update && apt-get install -y --no-install-recommends postgresql rabbitmq-server"
    with pytest.raises(BootstrapError) as refusal:
        packages.ensure_packages({"CRM_INFRASTRUCTURE": "native"})
    assert command in str(refusal.value)
    assert not (bare_machine / "calls").exists()


def test_sudo_that_asks_for_a_password_counts_as_no_rights(bare_machine: Path) -> None:
    (bare_machine / "sudo").write_text("#!/bin/sh\nexit 1\n")
    (bare_machine / "sudo").chmod(0o755)
    assert packages.privilege() is None


def test_only_what_the_chosen_infrastructure_needs_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "postgres_programs", lambda: None)
    monkeypatch.setattr(packages, "rabbitmq_scripts", lambda: None)
    given = {"CRM_POSTGRES_URL": "postgresql://db/postgres", "CRM_AMQP_URL": "amqp://broker"}
    assert not {"postgresql", "rabbitmq-server"} & set(packages.missing_packages(given))
    assert not {"postgresql", "rabbitmq-server"} & set(packages.missing_packages({"CRM_INFRASTRUCTURE": "docker"}))
    assert {"postgresql", "rabbitmq-server"} <= set(packages.missing_packages({"CRM_INFRASTRUCTURE": "native"}))


def test_an_unknown_infrastructure_is_refused() -> None:
    with pytest.raises(BootstrapError, match="use environment, docker or native"):
        packages.source_of({"CRM_INFRASTRUCTURE": "cloud"})
