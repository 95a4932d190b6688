"""Win probability: on a deal with its reasons or why the stage's weight stands, and the models in the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from libs.common.database import Business, Database
from libs.common.ids import new_id
from services.ai.events import DealScored
from services.ai.handlers import training
from services.ai.scoring.training import Scores, Trained
from stack.driver import Crm, wait_for
from tests.browser.conftest import in_short_at
from tests.browser.visiting import Visit
from tests.support.actors import context, system

Open = Callable[..., Visit]


@pytest.fixture
def ai_database(crm: Crm) -> Iterator[Database]:
    """What ai would have found out from a history that takes months."""
    url = crm.info["databases"]["ai"].replace("postgresql://", "postgresql+psycopg://")
    database = Database(url, Business("America/New_York", "USD"))
    yield database
    database.dispose()


@pytest.fixture
def deal(crm: Crm) -> dict[str, Any]:
    john, mark = crm.sign_in("sales"), new_id()[-6:]
    client = john.post("/clients", {"company_name": f"Harbour {mark}"})["id"]
    body = {"deal_name": f"Chatbot {mark}", "client_id": client, "deal_value": 8000, "source": "referral"}
    made: dict[str, Any] = john.post("/deals", body)
    return made


def score(database: Database, deal: dict[str, Any]) -> None:
    """A model's word on this one deal."""
    reasons = [
        {"feature": "source", "value": "referral", "points": 14.5, "pooled": False},
        {"feature": "value", "value": 8000.0, "points": -3.2, "pooled": False},
    ]
    known: dict[str, Any] = {"deal_id": deal["id"], "stage": "lead", "probability": 0.4375, "source": "model"}
    told = DealScored(**known, because=None, model_version=1, reasons=reasons, scored_at=datetime.now(UTC), version=1)
    with database.unit_of_work(context(system("ai"))) as uow:
        uow.outbox.add(told, of=SimpleNamespace(id=deal["id"], version=1))


@in_short_at("phone")
def test_a_deal_shows_its_probability_and_why(
    open_browser: Open, crm: Crm, deal: dict[str, Any], ai_database: Database, width: str
) -> None:
    visit = open_browser("sales", width=width)

    def section() -> Any:
        page = visit.go(f"/deals/{deal['id']}")
        if visit.is_phone:
            page.get_by_role("tab", name="AI and invoices").click()
        return page.get_by_role("region", name="Win probability")

    before = section()
    expect(before).to_contain_text("10 %")
    expect(before).to_contain_text("The stage's weight, because:")
    score(ai_database, deal)
    john = crm.sign_in("sales")
    wait_for(lambda: john.get(f"/deals/{deal['id']}")["win_probability"]["source"] == "model", "the score")
    after = section()
    expect(after).to_contain_text("44 %")
    expect(after.get_by_role("listitem").first).to_contain_text("Source: Referral")
    expect(after.get_by_role("listitem").first).to_contain_text("+14.5 raises it")
    expect(after.get_by_role("listitem").nth(1)).to_contain_text("Value: 8,000 USD")
    expect(after.get_by_role("listitem").nth(1)).to_contain_text("−3.2 lowers it")
    expect(after).to_contain_text("Stage weight: 10 %")
    assert visit.scrolls_sideways() == 0
    answer = john.get(f"/deals/{deal['id']}/win-probability")
    assert (answer["probability"], answer["source"], answer["stage_weight"]) == (0.4375, "model", 10)
    john.post(f"/deals/{deal['id']}/stage", {"stage": "proposal"})
    expect(section()).to_contain_text("50 %")  # what was said of another stage is out of date


@in_short_at("phone")
def test_models_are_shown_and_trained(open_browser: Open, crm: Crm, ai_database: Database, width: str) -> None:
    visit = open_browser("admin", width=width)
    page = visit.go("/settings/win-probability")
    page.get_by_role("button", name="Train now").click()
    models = page.get_by_role("region", name="Models").last
    expect(models.get_by_role("row").nth(1)).to_contain_text("Too few deals", timeout=30_000)
    expect(models.get_by_role("row").nth(1)).to_contain_text("closed deals it needs")
    mine, base = Scores(0.2312, 0.65, 0.61), Scores(0.2401, 0.69, 0.5)
    why = "on deals it had not seen it was better than guessing the win rate by no more than luck explains"
    tenths = [(0.3, 0.4, 12, 0.35, 0.3333), (0.6, 0.7, 9, 0.66, 0.7778)]
    names = ("from", "to", "count", "predicted", "won")
    calibration = tuple(dict(zip(names, each, strict=True)) for each in tenths)
    judged = Trained("refused", why, 84, 40, 63, 21, datetime.now(UTC).date(), 0.48, base, mine, calibration)
    with ai_database.unit_of_work(context(system("ai"))) as uow:
        training.keep(uow, judged, "system:ai")
    page = visit.go("/settings/win-probability")
    expect(page.get_by_role("img", name="on 21 deals it had not seen")).to_be_visible()
    expect(page.locator(".calibration circle")).to_have_count(2)
    page.get_by_text("The figures", exact=True).click()
    expect(page.get_by_role("region", name="Said and come true").get_by_role("row").nth(2)).to_contain_text("78 %")
    expect(page.get_by_role("main")).to_contain_text("its Brier score there is 0.231, guessing the win rate of 48 %")
    expect(page.get_by_role("main")).to_contain_text("It is not used: on deals it had not seen")
    assert visit.scrolls_sideways() == 0
