"""An import that brings deals waits for them to be counted with their clients, and not for ever."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from services.clients import wiring
from services.clients.importing.steps import counting
from tests.clients.importing.conftest import Deals, Importer

FILE = "Company name,Deal name,Deal value\nAcme,One,100\nAcme,Two,200\n"
_COUNTED = text("""
    INSERT INTO client_deals (deal_id, client_id, deal_name, stage, currency, version)
    VALUES (:deal_id, :client_id, :deal_name, 'lead', 'USD', :version)
""")

_UNCOUNTED = text("UPDATE client_deals SET stage = 'removed', version = :version WHERE deal_id = :deal_id")


class Late(Deals):
    """A deals service whose deals are counted a moment after it answered."""

    database: Any = None
    uncounted = threading.Event()

    def bring(self, *asked: Any) -> list[dict[str, Any]]:
        answers = super().bring(*asked)
        rows = [{**each["data"], **answer} for each, answer in zip(asked[3], answers, strict=True)]
        threading.Timer(0.5, self._count, [rows]).start()
        return answers

    def take_back(self, import_id: str, deal_ids: list[str]) -> dict[str, Any]:
        answer = super().take_back(import_id, deal_ids)
        threading.Timer(0.5, self._uncount, [answer["removed"]]).start()
        return answer

    def _uncount(self, removed: list[dict[str, Any]]) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(_UNCOUNTED, removed)
        self.uncounted.set()

    def _count(self, rows: list[dict[str, Any]]) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(_COUNTED, rows)


@pytest.fixture
def late(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> Late:
    book = Late()
    book.database = runtime.database
    monkeypatch.setattr(wiring, "deals", lambda: book)
    return book


def counted(runtime: Any) -> int:
    with runtime.database.read() as session:
        return int(session.execute(text("SELECT count(*) FROM client_deals")).scalar_one())


def test_done_is_said_when_the_figures_are_right(
    importer: Importer, late: Late, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 20.0)
    assert importer.commit(importer.bring(FILE)["id"])["state"] == "done"
    assert counted(runtime) == 2


def test_what_is_taken_back_is_so_with_its_client_before_more_goes(
    importer: Importer, late: Late, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 20.0)
    made = importer.commit(importer.bring(FILE)["id"])
    late.uncounted.clear()
    assert importer.undo(made["id"])["state"] == "undone"
    assert late.uncounted.is_set()


def test_nobody_counts_and_it_goes_on(importer: Importer, deals: Deals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 0.2)
    assert importer.commit(importer.bring(FILE)["id"])["results"] == {"client.created": 1, "deal.created": 2}
