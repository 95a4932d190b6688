"""How many planted falsehoods the checks of e-mails flag, and what they flag that is none; no stack is asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from bench.mail_drafts import drafts, held_out, looked_at, practised, score
from stack.driver import Crm

COUNT = 200


def run(_crm: Crm) -> Iterator[dict[str, Any]]:
    for templates in (practised, looked_at, held_out):
        corpus = list(drafts(templates, COUNT))
        started = time.perf_counter()
        result = score(corpus)
        yield {
            "figure": templates.__name__.rpartition(".")[2],
            "drafts": result.drafts,
            "planted": dict(result.planted),
            "flagged_percent": round(100 * result.found, 1),
            "true_claims": result.true_claims,
            "false_alarms_percent": round(100 * result.alarms / result.true_claims, 1),
            "drafts_with_a_false_alarm_percent": round(100 * result.drafts_with_alarm / result.drafts, 1),
            "ms_per_draft": round(1000 * (time.perf_counter() - started) / result.drafts, 1),
        }
