"""``python -m bench [name …]``: runs the benchmarks on a stack of their own under var/bench."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bench import (
    ai,
    bulk,
    email_checks,
    events,
    find,
    forecast,
    imports,
    lists,
    live,
    memory,
    pages,
    pdf,
    ping,
    scores,
    whatsapp,
)
from stack.application import Options, Stack
from stack.driver import Crm
from stack.ports import LOOPBACK

Figures = Iterator[dict[str, Any]]

BENCHMARKS: dict[str, Callable[[Crm], Figures]] = {
    "list": lists.run,
    "ping": ping.run,
    "deal-won": events.deal_won_to_draft,
    "sustained": events.sustained,
    "pdf": pdf.run,
    "memory": memory.run,
    "pages": pages.run,
    "email-checks": email_checks.run,
    "win-probability": scores.run,
    "ai": ai.run,
    "forecast": forecast.run,
    "import": imports.run,
    "find": find.run,
    "bulk": bulk.run,
    "live": live.run,
    "whatsapp": whatsapp.run,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    options = Options(demo_data=False, say=lambda line: print(f"# {line}", file=sys.stderr))
    former = Stack("var/bench", options)
    former.reset()
    stack = Stack("var/bench", replace(options, settings=_with_gemini(former)))
    try:
        stack.up()
        crm = Crm(stack.info)
        for name in wanted:
            for figure in BENCHMARKS[name](crm):
                print(json.dumps({"benchmark": name} | figure), flush=True)
    finally:
        stack.reset()


def _with_gemini(stack: Stack) -> dict[str, str]:
    """The stand-in answers for Gemini; it is asked for nothing but analyses of briefs."""
    url = f"http://{LOOPBACK}:{stack.ports['sandbox_gemini']}"
    return {
        "GEMINI_API_KEY": "bench",
        "GEMINI_BASE_URL": url,
        "AI_DAILY_BUDGET": "1000",
        "GEMINI_TIMEOUT_SECONDS": "10",
    }


if __name__ == "__main__":
    main()
