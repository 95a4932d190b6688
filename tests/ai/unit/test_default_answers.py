"""What the stand-in for Gemini says unasked is good enough for briefs and for mails; bad subjects are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.gemini.answers import Question, answer
from sandbox.gemini.schema import Generator
from services.ai import brief_analysis, email_drafts
from services.ai.brief_analysis.schema import AnalysisSchema
from services.ai.email_drafts.schema import MailSchema, accept
from services.ai.tasks import Unusable
from tests.ai.unit.test_email_checks import CONTEXT
from tests.ai.unit.test_rules import TECHCORP

BRIEF, MAIL = brief_analysis.task("USD"), email_drafts.task()


@pytest.mark.parametrize("number", range(25))
def test_a_brief_gets_a_plain_analysis(number: int) -> None:
    brief = replace(TECHCORP, vision_title=f"{TECHCORP.vision_title} {number}")
    schema = AnalysisSchema.model_json_schema()
    said = Generator(BRIEF.prompt(brief), schema).value(schema)
    found = BRIEF.accept(AnalysisSchema.model_validate(said), brief)
    assert found.dropped == 0


@pytest.mark.parametrize("kind", ["good", "thought"])
@pytest.mark.parametrize("number", range(10))
def test_a_mail_gets_a_plain_answer(number: int, kind: str) -> None:
    context = replace(CONTEXT, words=f"{CONTEXT.words} Round {number}")
    config = {"responseJsonSchema": MailSchema.model_json_schema(), "responseMimeType": "application/json"}
    body = {"contents": [{"parts": [{"text": MAIL.prompt(context)}]}], "generationConfig": config}
    _status, told = answer(Question("gemini-2.5-flash", body), None if kind == "good" else {"kind": kind})
    parts = told["candidates"][0]["content"]["parts"]
    text = "".join(each["text"] for each in parts if not each.get("thought"))
    assert accept(MailSchema.model_validate_json(text), context).subject


@pytest.mark.parametrize("subject", ["},", "---", "42", '"subject": "x"', "[ ]"])
def test_a_subject_needs_words(subject: str) -> None:
    with pytest.raises(Unusable):
        accept(MailSchema(subject=subject, body="Hello Sarah, this is a mail."), CONTEXT)
