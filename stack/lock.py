"""Writes `requirements.lock` for development and `services/<name>/requirements.lock` for each image, with hashes.

`python -m stack.lock`. The locks hold for every supported Python and platform, and name no package source.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from stack.paths import ROOT
from stack.programs import DATABASES

OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "-q")


def locks() -> dict[Path, str]:
    """The extra of pyproject.toml that each lock holds, by the lock's path."""
    images = {ROOT / "services" / name / "requirements.lock": name for name in DATABASES}
    return {ROOT / "requirements.lock": "dev", **images, ROOT / "sandbox" / "requirements.lock": "sandbox"}


def write_lock(path: Path, extra: str, constraint: Path | None) -> None:
    """Resolve one extra; an image's lock takes its versions from the development lock, which the tests ran with."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *OPTIONS]
    constrained = ["--constraint", str(constraint.relative_to(ROOT))] if constraint else []
    subprocess.run([*command, "--extra", extra, *constrained, "-o", str(path.relative_to(ROOT))], cwd=ROOT, check=True)


def main() -> None:
    """Write them all, development first."""
    if importlib.util.find_spec("uv") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "uv"], check=True)
    development, *images = locks().items()
    write_lock(*development, None)
    for path, extra in images:
        write_lock(path, extra, development[0])
        print(f"{path.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
