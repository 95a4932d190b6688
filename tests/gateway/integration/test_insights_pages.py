"""Insights on the deal: analyses of before this shape, one that is under way, and earlier ones of this deal alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.ids import new_id
from tests.gateway.integration.test_pages import admin
from tests.gateway.page_answers import ANSWERS, DEAL, GENERATION, ID, INSIGHTS, WHEN, page

__all__ = ["admin"]

OLD = {
    "complexity": "medium", "technical_fit": "high", "recommended_stack": ["React"], "estimated_hours": 280,
    "risk_factors": [], "summary": "s", "provider": "gemini", "model": "gemini-2.5-flash",
    "factors": [{"name": "clarity of the brief", "points": 25, "evidence": "3 features named"}],
}  # fmt: skip


def insights(admin: FlaskClient, query: str = "") -> str:
    answer = admin.get(f"/deals/{ID}/insights{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_analysis_without_evidence_is_shown_as_it_is(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers |= ANSWERS | {"deals.get_deal": DEAL | {"ai_insights": OLD}}
    shown = insights(admin)
    assert "3 features named" in shown and "25 of 25" in shown and "<q>" not in shown


def test_an_empty_answer_is_a_reason_and_claims_left_out_are_counted(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers |= ANSWERS
    shown = insights(admin)
    assert "nothing was said" in shown and "2 claims were left out" in shown and "rules answered in Gemini" in shown
    assert rpc.last("ai.list_generations").arguments["filters"] == {"deal_id": ID, "kind": "brief_analysis"}


@pytest.mark.parametrize(
    ("query", "found", "looks"),
    [
        ("", INSIGHTS, False),
        ("?waiting=yes", None, True),
        ("", None, True),
        (f"?waiting=yes&before={WHEN}", INSIGHTS, True),
        (f"?waiting=yes&before={WHEN}", INSIGHTS | {"analyzed_at": "2026-11-21T10:00:00Z"}, False),
        ("?waiting=yes&tries=300", None, False),
    ],
)
def test_a_page_looks_again_until_the_new_one_is_there(
    admin: FlaskClient, rpc: Any, query: str, found: Any, looks: bool
) -> None:
    rpc.answers |= ANSWERS | {"deals.get_deal": DEAL | {"ai_insights": found}}
    assert ("hx-get" in insights(admin, query)) is looks


def test_earlier_ones_are_listed_and_those_under_way_are_not(admin: FlaskClient, rpc: Any) -> None:
    waiting = GENERATION | {"status": "waiting", "provider": None, "score": None}
    rpc.answers |= ANSWERS | {"ai.list_generations": page(waiting, GENERATION)}
    assert "Earlier analyses" not in insights(admin)
    rpc.answers["ai.list_generations"] = page(waiting, GENERATION, GENERATION | {"score": 33})
    assert '<strong class="tab">33</strong>' in insights(admin)


@pytest.mark.parametrize("changes", [{"deal_id": new_id()}, {"kind": "email_draft"}, {"status": "waiting"}])
def test_an_analysis_of_something_else_is_not_there(admin: FlaskClient, rpc: Any, changes: dict[str, Any]) -> None:
    rpc.answers |= ANSWERS | {"ai.get_generation": GENERATION | {"output": INSIGHTS} | changes}
    assert admin.get(f"/deals/{ID}/analyses/{ID}").status_code == 404
