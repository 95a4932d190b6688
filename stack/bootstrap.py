"""From a bare machine to a virtual environment with everything in `requirements.lock`.

Standard library only, and syntax that Python 3.9 reads: it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack import packages
from stack.packages import BootstrapError

LOWEST, BELOW = (3, 11), (3, 14)
CANDIDATES = ("python3.11", "python3.12", "python3.13")
STAMP = "requirements.sha256"
URL = re.compile(r"https?://\S+")

__all__ = ["BootstrapError", "choose_python", "prepare"]


def prepare(folder: Path, with_packages: bool = True) -> str:
    """Make `<folder>/.venv` match `requirements.lock` and return its Python.

    Concurrent calls wait for each other. Nothing is installed when nothing changed.
    Raises BootstrapError with the reason and, where there is one, the command that helps.
    """
    python = folder / ".venv" / "bin" / "python"
    with exclusive(folder / "var" / "bootstrap.lock"):
        if not is_current(folder):
            create_environment(folder)
            install_requirements(folder)
        if with_packages:
            packages.ensure_packages()
            build_pages(folder, str(python))
    return str(python)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`; says so when another call holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        raise BootstrapError(f"cannot write to {path.parent}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another call that prepares the same folder ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_current(root: Path) -> bool:
    """True when the environment runs and holds exactly what the lock says."""
    stamp = root / ".venv" / STAMP
    python = root / ".venv" / "bin" / "python"
    return stamp.is_file() and stamp.read_text() == fingerprint(root) and is_fitting(version_of(str(python)))


def fingerprint(root: Path) -> str:
    """What an environment depends on: the lock, and the folder (scripts hold its absolute path)."""
    lock = root / "requirements.lock"
    if not lock.is_file():
        raise BootstrapError(f"{lock} is missing: is this a complete checkout?")
    return hashlib.sha256(lock.read_bytes() + str(root).encode()).hexdigest()


def version_of(program: str) -> tuple[int, ...] | None:
    """Version of a Python program as (major, minor), or None when it does not run (a shim may be there and refuse)."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([program, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(int(part) for part in answer.stdout.split())


def is_fitting(version: tuple[int, ...] | None) -> bool:
    """True when the CRM runs on this Python version."""
    return version is not None and LOWEST <= version < BELOW


def choose_python(running: str = sys.executable, lookup: Callable[[str], tuple[int, ...] | None] = version_of) -> str:
    """The first Python that fits: the running one, else one with its version in its name on PATH."""
    for program in (running, *CANDIDATES):
        if is_fitting(lookup(program)):
            return program
    found = lookup(running)
    shown = ".".join(str(part) for part in found) if found else "unknown"
    raise BootstrapError(
        f"Python {shown} cannot run AMO CRM: it needs Python 3.11, 3.12 or 3.13, and none of "
        f"{', '.join(CANDIDATES)} is on PATH. On Debian or Ubuntu: apt-get install python3.11 python3.11-venv"
    )


def create_environment(root: Path) -> None:
    """Create `.venv`, anew when it was made for another folder or by a Python that is gone."""
    folder = root / ".venv"
    if belongs_to(folder) and has_pip(folder) and is_fitting(version_of(str(folder / "bin" / "python"))):
        return
    python = choose_python()
    packages.ensure_venv_module(python)
    print(f"creating the virtual environment with {Path(python).name} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    run([python, "-m", "venv", str(folder)], "creating .venv failed")


def belongs_to(folder: Path) -> bool:
    """True when the environment was made in this very folder (not copied or moved here)."""
    activate = folder / "bin" / "activate"
    return activate.is_file() and str(folder) in activate.read_text(errors="replace")


def has_pip(folder: Path) -> bool:
    """True when pip can be called in the environment."""
    return (folder / "bin" / "pip").exists()


def install_requirements(root: Path) -> None:
    """Install the lock with its hashes and stamp the environment with the lock's fingerprint."""
    print("installing the packages of requirements.lock (a few minutes the first time) ...", flush=True)
    python = str(root / ".venv" / "bin" / "python")
    # The lock names every package: without a resolver that a constraint set on the machine would put off.
    options = [
        "--require-hashes",
        "--no-deps",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        "-q",
    ]
    started = time.monotonic()
    run(
        [python, "-m", "pip", "install", *options, "-r", str(root / "requirements.lock")],
        "installing requirements.lock failed",
    )
    (root / ".venv" / STAMP).write_text(fingerprint(root))
    print(f"packages installed in {time.monotonic() - started:.0f} s", flush=True)


def build_pages(root: Path, python: str) -> None:
    """Make the style sheets, scripts and texts of the web app; nothing happens when nothing changed."""
    if not (root / "services" / "gateway" / "web" / "static" / "built" / "made-of.txt").is_file():
        print("making the pages' style sheets and scripts with npm ...", flush=True)
    run([python, "-m", "services.gateway.web.build"], "making the files of the web app failed", folder=root)


def run(command: Sequence[str], failure: str, folder: Path | None = None) -> None:
    """Run a command; on failure raise BootstrapError with its last lines, addresses of package sources left out."""
    answer = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=folder
    )
    if answer.returncode:
        tail = "\n".join(URL.sub("<address>", answer.stdout).splitlines()[-15:])
        raise BootstrapError(f"{failure} (exit {answer.returncode}):\n{tail}")
