"""Health of the process in this container: GET HEALTH_URL, or /health at HEALTH_PORT; exits 1 when it is not well."""

from __future__ import annotations

import os
import sys
import urllib.request


def main() -> int:
    """0 when the process answers 2xx within five seconds."""
    url = os.environ.get("HEALTH_URL") or f"http://127.0.0.1:{os.environ['HEALTH_PORT']}/health"
    try:
        with urllib.request.urlopen(url, timeout=5):
            return 0
    except OSError as error:
        print(f"{url}: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
