"""Win probability on a history of others: 6,711 won and lost deals of a computer hardware reseller.

What is known of a deal when it is engaged is all there is: no value (a lost deal's is 0, so it tells the end) and no
day of closing. The split is by the day of closing, as in the product.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from services.ai.scoring import ClosedVisit, Visit, train
from services.ai.scoring.training import Trained
from stack.driver import Crm

DATA = Path(os.environ.get("CRM_BENCH_DATA", "../shared/data")) / "crm-sales-opportunities"


def run(_crm: Crm) -> Iterator[dict[str, Any]]:
    if not (DATA / "sales_pipeline.csv").is_file():
        yield {"figure": "win probability", "skipped": f"there is no {DATA.name} in {DATA.parent}"}
        return
    started = time.perf_counter()
    trained = train(list(closed_deals(DATA)))
    yield figures(trained) | {"seconds": round(time.perf_counter() - started, 2)}


def figures(trained: Trained) -> dict[str, Any]:
    """What was measured on the deals held back, beside guessing the win rate."""
    assert trained.scores and trained.base
    mine, base = trained.scores, trained.base
    return {
        "figure": "win probability",
        "outcome": trained.outcome,
        "because": trained.because,
        "learnt_from": trained.learnt_from,
        "held_back": trained.held_back,
        "split_on": str(trained.split_on),
        "base_rate": round(trained.base_rate or 0, 4),
        "brier": round(mine.brier, 5),
        "brier_base_rate": round(base.brier, 5),
        "roc_auc": round(mine.roc_auc or 0, 4),
        "roc_auc_base_rate": round(base.roc_auc or 0, 4),
        "log_loss": round(mine.log_loss, 5),
        "log_loss_base_rate": round(base.log_loss, 5),
    }


def closed_deals(folder: Path) -> Iterator[ClosedVisit]:
    """The deals that were won or lost, as they were known when they were engaged; the product stands as the source."""
    sectors = {row["account"]: row["sector"] for row in _rows(folder / "accounts.csv")}
    for row in _rows(folder / "sales_pipeline.csv"):
        if row["deal_stage"] not in ("Won", "Lost"):
            continue
        engaged, closed_on = date.fromisoformat(row["engage_date"]), date.fromisoformat(row["close_date"])
        visit = Visit(
            stage="qualified",
            source=row["product"].replace("GTXPro", "GTX Pro"),
            owner=row["sales_agent"],
            industry=sectors.get(row["account"]),
        )
        began, closed = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (engaged, closed_on))
        won = row["deal_stage"] == "Won"
        yield ClosedVisit(row["opportunity_id"], visit, began, closed + timedelta(hours=12), closed_on, won)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
