"""The folder in which all HTTP workers count together. Imports nothing of ours: it comes before Prometheus's library,
which looks for the folder while it is imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def begin() -> None:
    """Name an empty folder for this run: the one that was set, else a temporary one."""
    folder = Path(os.environ.get(VARIABLE) or tempfile.mkdtemp(prefix="crm-gateway-metrics-"))
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)


def end() -> None:
    """The run is over: so is its folder."""
    shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)
