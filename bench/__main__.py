"""``python -m bench [name …]``: runs the benchmarks on a stack of their own under var/bench."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from bench import events, lists, memory, pages, pdf, ping, scores
from stack.application import Options, Stack
from stack.driver import Crm

Figures = Iterator[dict[str, Any]]

BENCHMARKS: dict[str, Callable[[Crm], Figures]] = {
    "list": lists.run,
    "ping": ping.run,
    "deal-won": events.deal_won_to_draft,
    "sustained": events.sustained,
    "pdf": pdf.run,
    "memory": memory.run,
    "pages": pages.run,
    "win-probability": scores.run,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    stack = Stack("var/bench", Options(demo_data=False, say=lambda line: print(f"# {line}", file=sys.stderr)))
    stack.reset()
    try:
        stack.up()
        crm = Crm(stack.info)
        for name in wanted:
            for figure in BENCHMARKS[name](crm):
                print(json.dumps({"benchmark": name} | figure), flush=True)
    finally:
        stack.reset()


if __name__ == "__main__":
    main()
