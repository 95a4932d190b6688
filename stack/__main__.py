"""`python3 -m stack <command>`: runs under any system Python, prepares the virtual environment, goes on inside it.

Only the standard library may be imported here and in what this imports, in syntax that Python 3.9 reads, so that a
version that cannot work gets a clear error in place of a stack trace.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from stack.bootstrap import BootstrapError, prepare
from stack.packages import INFRASTRUCTURE_COMMANDS


def main(arguments: list[str]) -> NoReturn:
    """Prepare, then replace this process by the same command inside the virtual environment."""
    root = Path(__file__).resolve().parent.parent
    command = arguments[0] if arguments else "help"
    try:
        python = prepare(root, with_packages=command in INFRASTRUCTURE_COMMANDS)
    except BootstrapError as error:
        sys.exit(f"error: {error}")
    sys.stdout.flush()
    os.chdir(root)
    os.execv(python, [python, "-m", "stack.cli", *arguments])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
