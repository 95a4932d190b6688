"""Which system packages this machine lacks, and how they are installed without starting or touching any service.

Standard library only: it runs before the virtual environment exists.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

INFRASTRUCTURE_COMMANDS = frozenset({"up", "prepare"})
POSTGRES_LOWEST = 15
PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0")
# WeasyPrint works without it, and cuts fonts in Python instead: three times as slow.
FAST_FONTS_LIBRARY, FAST_FONTS_PACKAGE = "libharfbuzz-subset.so.0", "libharfbuzz-subset0"
# Our typeface, as in the pages; without it PDFs are set in whatever the machine has.
TYPEFACE, TYPEFACE_PACKAGE = "Inter-Regular.*", "fonts-inter"
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core", TYPEFACE_PACKAGE)
CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.d/amo-crm.conf")
POLICY = Path("/usr/sbin/policy-rc.d")


class BootstrapError(Exception):
    """Something is missing that cannot be put right from here; the text says what to do."""


def ensure_packages(environment: Mapping[str, str] = os.environ) -> None:
    """Install what the chosen infrastructure and the PDF renderer need; BootstrapError when that is not allowed."""
    missing = missing_packages(environment)
    if missing:
        install(missing)
        still = missing_packages(environment)
        if still:
            raise BootstrapError(f"installed, but still not usable: {', '.join(still)}")


def missing_packages(environment: Mapping[str, str]) -> list[str]:
    """Names of the Debian packages to install, empty when all is there."""
    names: list[str] = []
    if source_of(environment) == "native":
        if postgres_programs() is None:
            names.append("postgresql")
        if rabbitmq_scripts() is None:
            names.append("rabbitmq-server")
    if not all(loads(library) for library in PDF_LIBRARIES) or not has_fonts():
        names.extend(PDF_PACKAGES)
    elif privilege() is not None:
        names.extend([] if loads(FAST_FONTS_LIBRARY) else [FAST_FONTS_PACKAGE])
        names.extend([] if has_fonts(TYPEFACE) else [TYPEFACE_PACKAGE])
    if shutil.which("npm") is None:
        # The pages' style sheets and scripts come from npm; nodejs comes with it.
        names.append("npm")
    if environment.get("CRM_BROWSER") and browser() is None and privilege() is not None:
        names.append("chromium")
    return names


def browser() -> str | None:
    """The browser that the tests of the pages drive; without one, and without the right to install it, they skip."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def source_of(environment: Mapping[str, str]) -> str:
    """Where PostgreSQL and RabbitMQ come from: `environment`, `docker`, `native`; CRM_INFRASTRUCTURE decides if set."""
    chosen = environment.get("CRM_INFRASTRUCTURE", "")
    if chosen:
        if chosen not in ("environment", "docker", "native"):
            raise BootstrapError(f"CRM_INFRASTRUCTURE={chosen}: use environment, docker or native")
        return chosen
    if environment.get("CRM_POSTGRES_URL") and environment.get("CRM_AMQP_URL"):
        return "environment"
    return "docker" if engine_answers() else "native"


def engine_answers() -> bool:
    """True when a Docker engine answers and has the compose command."""
    if shutil.which("docker") is None:
        return False
    questions = (["docker", "version", "--format", "{{.Server.Version}}"], ["docker", "compose", "version"])
    try:
        return all(subprocess.run(q, capture_output=True, timeout=10, check=False).returncode == 0 for q in questions)
    except (OSError, subprocess.SubprocessError):
        return False


def postgres_programs() -> Path | None:
    """Folder with the newest usable PostgreSQL server programs, its contrib extensions included."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    if found:
        folders.append(Path(os.path.realpath(found)).parent)
    fitting = [(version, folder) for folder in folders if (version := postgres_version(folder)) >= POSTGRES_LOWEST]
    return max(fitting)[1] if fitting else None


def postgres_version(folder: Path) -> int:
    """Major version of the server programs in `folder`; 0 when they cannot be used."""
    try:
        command = [str(folder / "postgres"), "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        share = [str(folder / "pg_config"), "--sharedir"]
        extensions = Path(subprocess.run(share, capture_output=True, text=True, timeout=10, check=True).stdout.strip())
    except (OSError, subprocess.SubprocessError):
        return 0
    if not all(
        (extensions / "extension" / f"{name}.control").exists() for name in ("pg_trgm", "unaccent", "btree_gist")
    ):
        return 0
    digits = answer.split()[2].split(".")[0]
    return int("".join(filter(str.isdigit, digits)) or 0)


def rabbitmq_scripts() -> Path | None:
    """RabbitMQ's own script folder: Debian's program on PATH is a wrapper that changes user."""
    folders = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"), reverse=True)
    folders += Path("/opt").glob("rabbitmq*/sbin")
    found = shutil.which("rabbitmq-server")
    if found:
        folders.append(Path(os.path.realpath(found)).parent)
    for folder in folders:
        if (folder / "rabbitmq-env").exists() and (folder / "rabbitmq-server").exists() and shutil.which("erl"):
            return folder
    return None


def loads(library: str) -> bool:
    """True when the dynamic linker finds the shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts(name: str = "*.[to]tf") -> bool:
    """True when any scalable font, or one of this file name, is installed: a PDF without one shows empty boxes."""
    roots = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.fonts").expanduser())
    return any(next(root.rglob(name), None) for root in roots if root.is_dir())


def ensure_venv_module(python: str) -> None:
    """Make sure `python -m venv` can put pip into a new environment."""
    command = [python, "-c", "import ensurepip, venv"]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    asked = [python, "-c", "import sys; print('python%d.%d-venv' % sys.version_info[:2])"]
    install([subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()])


def privilege() -> list[str] | None:
    """Prefix that makes a command run as root: nothing for root, `sudo -n` where it asks no password, None else."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None


def install(names: Sequence[str], rights: Callable[[], list[str] | None] = privilege) -> None:
    """Install Debian packages so that no service of theirs starts; BootstrapError names the command without rights."""
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(names)}"
    if shutil.which("apt-get") is None:
        raise BootstrapError(
            f"missing on this machine: {', '.join(names)} (Debian's names); install them and try again"
        )
    prefix = rights()
    if prefix is None:
        raise BootstrapError(f"missing on this machine: {', '.join(names)}. Run as root:\n\n    {command}\n")
    print(f"installing {', '.join(names)} ...", flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    with quiet_services(prefix, names):
        subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        answer = subprocess.run(
            [*apt, "install", "-y", "--no-install-recommends", *names],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if answer.returncode:
        tail = [line for line in answer.stdout.splitlines() if "://" not in line][-10:]
        raise BootstrapError("apt-get failed; run it by hand to see why:\n\n    " + command + "\n\n" + "\n".join(tail))


@contextmanager
def quiet_services(prefix: Sequence[str], names: Sequence[str]) -> Iterator[None]:
    """While packages install: no default PostgreSQL cluster, no service start. What exists already stays as it is."""
    made: list[Path] = []
    try:
        if not POLICY.exists():
            write_as_root(prefix, POLICY, "#!/bin/sh\nexit 101\n", mode="755")
            made.append(POLICY)
        if "postgresql" in names:
            write_as_root(prefix, CREATE_CLUSTER, "create_main_cluster = false\n", mode="644")
            made.append(CREATE_CLUSTER)
        yield
    finally:
        for path in made:
            subprocess.run([*prefix, "rm", "-f", str(path)], check=False)


def write_as_root(prefix: Sequence[str], path: Path, text: str, mode: str) -> None:
    """Put a small file in place with root's rights."""
    with tempfile.NamedTemporaryFile("w", suffix=path.name) as draft:
        draft.write(text)
        draft.flush()
        subprocess.run([*prefix, "mkdir", "-p", str(path.parent)], check=True)
        subprocess.run([*prefix, "install", "-m", mode, draft.name, str(path)], check=True)
