"""Sentences made to slip past the checks of drafted mails, and harmless ones that look bad."""

from __future__ import annotations

import pytest

from bench.mail_drafts.adversarial import CONTEXT, FALSE, TRUE
from services.ai.email_drafts.checks import check


def flagged(text: str) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in check("", text, CONTEXT) if each.source is None]


@pytest.mark.parametrize(("kind", "text", "lie"), FALSE)
def test_what_is_false_is_flagged(kind: str, text: str, lie: str) -> None:
    folded = [(each, said.casefold()) for each, said in flagged(text)]
    assert any(each == kind and (said in lie.casefold() or lie.casefold() in said) for each, said in folded), folded


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_or_claims_nothing_is_left_alone(text: str) -> None:
    assert flagged(text) == []
