"""The published history of a hardware reseller, brought in over HTTP: the reports say what it says."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from stack.driver import Crm, Person
from tests.e2e.conftest import FULL
from tests.support.servers import ROOT

pytestmark = pytest.mark.e2e

DATA = Path(os.environ.get("CRM_BENCH_DATA", ROOT.parent / "shared" / "data")) / "crm-sales-opportunities"
SOURCE = "reseller"
STAGES = {"Prospecting": "lead", "Engaging": "qualified", "Won": "won", "Lost": "lost"}
# What the data's own page says of it.
WON, LOST, OPEN, REVENUE = 4_238, 2_473, 2_089, 10_005_534
MONTHS = {
    "2017-03": 1_134_672, "2017-04": 721_932, "2017-05": 1_025_713, "2017-06": 1_338_466, "2017-07": 696_932,
    "2017-08": 1_050_059, "2017-09": 1_235_264, "2017-10": 731_980, "2017-11": 938_943, "2017-12": 1_131_573,
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """All of it with CRM_FULL=1, else every twenty-fifth row."""
    if not (DATA / "sales_pipeline.csv").is_file():
        pytest.skip(f"there is no {DATA.name} here")
    with (DATA / "sales_pipeline.csv").open(newline="", encoding="utf-8") as lines:
        found = list(csv.DictReader(lines))
    return found if FULL else found[::25]


def _deal(number: int, row: dict[str, str], clients: dict[str, str]) -> dict[str, Any]:
    stage = STAGES[row["deal_stage"]]
    body: dict[str, Any] = {
        "deal_name": f"{row['product']} {row['opportunity_id']}",
        "client_id": clients[row["account"]],
        "source": SOURCE,
        "stage": stage,
        "currency": "USD",
    }
    if row["engage_date"]:
        body["created_on"] = row["engage_date"]
    if row["close_date"]:
        body |= {"actual_close_date": row["close_date"], "deal_value": int(row["close_value"])}
    return body | ({"lost_reason": "not said"} if stage == "lost" else {})


def _bring_in(admin: Person, rows: list[dict[str, str]]) -> None:
    names = sorted({row["account"] for row in rows})
    clients = {}
    for number, name in enumerate(names):
        company = {"company_name": f"{name or 'No account yet'} (reseller)"}
        clients[name] = admin.post("/clients", company, f"reseller-client-{number}")["id"]

    def bring(numbered: tuple[int, dict[str, str]]) -> None:
        number, row = numbered
        admin.post("/deals", _deal(number, row, clients), f"reseller-{row['opportunity_id']}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, enumerate(rows)))


def _cycles(rows: list[dict[str, str]]) -> Iterator[int]:
    for row in rows:
        if row["close_date"]:
            yield (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days


@pytest.mark.timeout(1500)
def test_the_reports_say_what_the_history_says(crm: Crm, rows: list[dict[str, str]]) -> None:
    admin, finance = crm.sign_in("admin"), crm.sign_in("finance")
    _bring_in(admin, rows)
    period = {"from": "2016-10-01", "to": "2017-12-31", "source": SOURCE}
    stages = Counter(STAGES[row["deal_stage"]] for row in rows)
    won = [row for row in rows if row["deal_stage"] == "Won"]
    months = Counter[str]()
    for row in won:
        months[row["close_date"][:7]] += int(row["close_value"])
    if FULL:
        assert (stages["won"], stages["lost"], stages["lead"] + stages["qualified"]) == (WON, LOST, OPEN)
        assert (sum(months.values()), dict(months)) == (REVENUE, MONTHS)

    rate = finance.get("/reports/win-rate", **period)
    assert (rate["total"]["won"], rate["total"]["lost"]) == (stages["won"], stages["lost"])
    assert rate["total"]["won_value"] == sum(months.values())
    assert {row["key"]: row["won_value"] for row in rate["rows"] if row["won"]} == dict(months)

    forecast = finance.get("/reports/pipeline-forecast", **period)
    assert {row["month"]: row["won_value"] for row in forecast["months"] if row["won_value"]} == dict(months)
    assert sum(row["count"] for row in forecast["rows"] if row["stage"] == "lost") == stages["lost"]
    assert forecast["without_date"]["count"] == stages["lead"] + stages["qualified"]

    velocity = finance.get("/reports/velocity", **period)
    cycles = list(_cycles(rows))
    assert velocity["cycle"]["deals"] == len(cycles)
    assert velocity["cycle"]["mean_days"] == pytest.approx(mean(cycles), abs=0.051)
    assert velocity["cycle"]["median_days"] == pytest.approx(median(cycles), abs=0.51)

    board = admin.get("/deals", source=SOURCE, limit=1)
    assert board["total"] == len(rows)


def test_nobody_was_told_of_old_wins_and_nothing_was_invoiced(crm: Crm, rows: list[dict[str, str]]) -> None:
    admin = crm.sign_in("admin")
    deal = admin.get("/deals", source=SOURCE, stage="won", limit=1)["items"][0]
    assert admin.get("/invoices", deal_id=deal["id"])["total"] == 0
    told = admin.get("/notifications", limit=200)["items"]
    assert not any(deal["deal_name"] in each["title"] for each in told)
