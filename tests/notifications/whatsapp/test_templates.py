"""Templates: which can be sent from here, how their places are filled in, and in which language a brief is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.common.problems import Invalid
from services.notifications import settings
from services.notifications.whatsapp.domain import filled, language_of, parameters_of, places
from services.notifications.whatsapp.ports import Template
from tests.notifications.graph import Graph
from tests.notifications.harness import Notifications
from tests.notifications.whatsapp.test_sending import CLIENT, chats
from tests.notifications.whatsapp.test_writing import brief
from tests.support.actors import ADMIN, JOHN

BODY = {"type": "BODY", "text": "Hi {{1}}!"}


def entry(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "hello", "language": "en", "status": "APPROVED", "category": "UTILITY"} | {
        "components": [*components, BODY]
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("component", "problem"),
    [
        ({"type": "HEADER", "format": "TEXT", "text": "Hello"}, None),
        ({"type": "HEADER", "format": "TEXT", "text": "Hello {{1}}"}, "to fill in in its header"),
        ({"type": "HEADER", "format": "IMAGE"}, "picture"),
        ({"type": "HEADER", "format": "DOCUMENT"}, "file"),
        ({"type": "FOOTER", "text": "Bye"}, None),
        ({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}, {"type": "URL", "url": "https://x.example"}]}, None),
        ({"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://x.example/{{1}}"}]}, "address"),
        ({"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}, "button of a kind"),
        ({"type": "CAROUSEL", "cards": []}, "part of a kind"),
    ],
)
def test_what_cannot_be_filled_in_is_said(graph: Graph, component: dict[str, Any], problem: str | None) -> None:
    graph.body = json.dumps({"data": [entry(component)]})
    (found,) = graph.api().templates()
    assert found.problem is None if problem is None else problem in str(found.problem)


def test_places_are_numbers_or_names() -> None:
    assert (places("{{2}} {{1}} {{2}}"), places("{{name}} of {{ company }}, {{name}}"), places("none")) == (2, 2, 0)
    assert filled("{{name}} of {{ company }}, {{name}}", ["Ann", "TechCorp"]) == "Ann of TechCorp, Ann"
    assert filled("{{2}}, {{1}}", ["a", "b"]) == "b, a"
    assert parameters_of("{{name}}", ["Ann"]) == [{"type": "text", "parameter_name": "name", "text": "Ann"}]
    assert parameters_of("{{1}}", ["Ann"]) == [{"type": "text", "text": "Ann"}]


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        (["en_US", "de"], ["en"], "en_US"),
        (["en_US", "en"], ["en"], "en"),
        (["de"], ["fr", "de"], "de"),
        (["de"], ["en"], None),
        (["en_GB"], ["en_US"], "en_GB"),
        ([], ["en"], None),
    ],
)
def test_the_first_language_that_there_is(there: list[str], wanted: list[str], found: str | None) -> None:
    assert language_of(there, wanted) == found


@pytest.mark.infrastructure
def test_named_places_are_sent_by_name_and_others_are_refused(crm: Notifications) -> None:
    (chat,) = chats(crm)
    crm.whatsapp.approved = [
        Template("named", "en", "APPROVED", "UTILITY", "Hi {{first_name}}!"),
        Template("pretty", "en", "APPROVED", "UTILITY", "Hi!", "it has a picture in its header"),
    ]
    crm.as_(ADMIN).sync_whatsapp_templates()
    listed = {each["name"]: each for each in crm.as_(JOHN).list_whatsapp_templates()["items"]}
    assert listed["named"]["places"] == 1 and "picture" in listed["pretty"]["problem"]
    with pytest.raises(Invalid, match="picture"):
        crm.as_(JOHN).send_message(conversation_id=chat, template={"name": "pretty", "language": "en"})
    chosen = {"name": "named", "language": "en", "parameters": ["Ann"]}
    assert crm.as_(JOHN).send_message(conversation_id=chat, template=chosen)["text"] == "Hi Ann!"
    crm.send()
    (component,) = crm.whatsapp.sent[0][3]["template"]["components"]
    assert component["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Ann"}]


@pytest.mark.infrastructure
@pytest.mark.parametrize(("languages", "language"), [("en", "en_US"), ("de, en", "de"), ("fr, en", "en_US")])
def test_a_brief_is_answered_in_a_language_that_is_approved(
    crm: Notifications, monkeypatch: pytest.MonkeyPatch, languages: str, language: str
) -> None:
    chosen = settings.current().model_copy(
        update={"whatsapp_brief_languages": languages, "whatsapp_brief_template": "thanks"}
    )
    monkeypatch.setattr(settings, "current", lambda: chosen)
    crm.know_client(CLIENT, JOHN)
    crm.whatsapp.approved = [
        Template("thanks", "en_US", "APPROVED", "UTILITY", "Hi {{1}}"),
        Template("thanks", "de", "APPROVED", "UTILITY", "Hallo {{1}}"),
        Template("thanks", "fr", "REJECTED", "UTILITY", "Salut {{1}}"),
    ]
    crm.as_(ADMIN).sync_whatsapp_templates()
    crm.tell("brief.submitted", brief(contact_phone="+1 (555) 0123", contact_name="Sarah Johnson"))
    crm.send()
    sent = crm.whatsapp.sent[0][3]["template"]
    assert (sent["name"], sent["language"]) == ("thanks", {"code": language})
    assert sent["components"][0]["parameters"] == [{"type": "text", "text": "Sarah"}]
