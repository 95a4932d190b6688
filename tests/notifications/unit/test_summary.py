"""What the daily summary shows: every number with its list, nothing that was not collected, one line for nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from libs.common.money import display
from services.notifications.summary import Reading, insight_figures, own_first, view
from services.notifications.summary.linking import linked
from tests.support.actors import JOHN
from tests.support.summary_answers import BILLING, CLIENTS, DEALS, INSIGHT, clients, deals, nothing

ALL: dict[str, Any] = {"deals": DEALS, "billing": BILLING, "clients": CLIENTS, "insight": INSIGHT}
READING = Reading(date(2025, 2, 10), "Good morning", True, "America/New_York")
LISTS = {"/deals": ("deals",), "/invoices": ("billing",), "/tasks": ("clients",), "/clients": ("clients",)}


def shown(**changes: Any) -> dict[str, Any]:
    return view(ALL | changes, READING)


def parts(**answers: Any) -> dict[str, dict[str, Any]]:
    """Every counted part of the answers by the address of its list."""
    found = {}
    for answer in answers.values():
        for part in answer.values():
            if isinstance(part, dict) and "filters" in part:
                found[_query(part["filters"])] = part
    return found


def _query(filters: dict[str, Any]) -> str:
    return repr(sorted((name, str(each).lower()) for name, value in filters.items() for each in _many(value)))


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("owner", [None, JOHN.id])
def test_every_number_leads_to_the_list_that_it_counts(owner: str | None) -> None:
    answers = {"deals": deals(owner), "billing": BILLING, "clients": clients(owner)}
    made = view(answers | {"insight": INSIGHT}, READING)
    listed = parts(**answers)
    for each in [*made["metrics"], *made["actions"]]:
        place = urlsplit(each["path"])
        filters = parse_qs(place.query)
        counted = listed[repr(sorted((name, value.lower()) for name, found in filters.items() for value in found))]
        assert each["count"] == counted["count"], each["name"]
        assert place.path in LISTS
        if each.get("amounts"):
            field = "value_minor" if place.path == "/deals" else "amount_minor"
            assert [amount["minor"] for amount in each["amounts"]] == [value[field] for value in counted["values"]]
    assert [each["name"] for each in made["metrics"]] == (
        "open closing won overdue stagnant meetings unanswered".split()
    )
    if owner:
        assert all(owner in each["path"] for each in made["metrics"] if each["name"] != "overdue")


def test_numbers_in_sentences_lead_there_too() -> None:
    made = shown()
    paths = {each["name"]: each["path"] for each in made["metrics"]}
    said = [
        [(each["text"], each["path"]) for each in sentence["parts"] if each["path"]] for sentence in made["insight"]
    ]
    assert said == [
        [("12", paths["open"]), ("$680,000", paths["open"])],
        [("3", paths["closing"]), ("$120,000", paths["closing"])],
        [("2", paths["overdue"]), ("$45,000", paths["overdue"])],
        [("2", paths["stagnant"]), ("1", paths["unanswered"]), ("2", paths["meetings"])],
    ]
    whole = ["".join(each["text"] for each in sentence["parts"]) for sentence in made["insight"]]
    assert whole == [each["text"] for each in INSIGHT["sentences"]]


@pytest.mark.parametrize(
    "text",
    [
        "No number here.",
        "12",
        "Deals: 99 of them.",
        "Call +1-555-0123 by 2025-12-12, 12 % or 12th.",
        "",
        "12 open deals, 12 meetings",
    ],
)
def test_a_sentence_keeps_its_words_whatever_leads_where(text: str) -> None:
    made = linked({"text": text}, shown()["metrics"])
    assert "".join(each["text"] for each in made["parts"]) == text and made["risk"] is False
    assert all(each["text"] == "12" for each in made["parts"] if each["path"])


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("2 invoices wait for money.", "overdue"),
        ("2 deals wait for a call.", "stagnant"),
        ("2 meetings are set, deals stand still.", "meetings"),
        ("12 invoices are overdue.", None),  # twelve are the open deals
        ("2 of these need care.", None),  # it may be any of three
        ("$680,000 are in reach.", "open"),
        ("12 offene Geschäfte.", "open"),
    ],
)
def test_a_number_leads_only_to_what_it_speaks_of(text: str, leads: str | None) -> None:
    paths = {each["path"]: each["name"] for each in shown()["metrics"]}
    found = [paths[each["path"]] for each in linked({"text": text}, shown()["metrics"])["parts"] if each["path"]]
    assert found == ([leads] if leads else [])


def test_the_top_deals_are_named_whatever_day_they_close() -> None:
    made = shown(deals=DEALS | {"closing": DEALS["closing"] | {"count": 0, "items": [], "values": []}})
    assert [each["title"] for each in made["top_deals"]] == ["Globex - AI Chatbot", "TechCorp Solutions - AI Chatbot"]


def test_sums_in_the_companys_own_currency_come_first() -> None:
    values = [{"currency": each, "value_minor": 1} for each in ("CHF", "EUR", "USD")]
    found = own_first({"open": {"count": 3, "values": values}, "stages": [], "top": []}, "USD")
    assert [each["currency"] for each in found["open"]["values"]] == ["USD", "CHF", "EUR"]


def test_the_figures_that_ai_is_given_are_those_that_are_shown() -> None:
    figures = insight_figures(ALL)
    by_name = {(each["name"], each.get("currency")): each["value"] for each in figures}
    assert by_name[("open_deals", None)] == 12 and by_name[("open_value", "USD")] == 68_000_000
    assert by_name[("overdue_invoices", None)] == 2 and by_name[("unanswered", None)] == 1
    said = {display(each["minor"], each["currency"]) for metric in shown()["metrics"] for each in metric["amounts"]}
    told = {display(each["value"], each["currency"]) for each in figures if each["kind"] == "money"}
    assert told <= said
    assert insight_figures({"deals": None, "billing": BILLING, "clients": None})[0]["name"] == "overdue_invoices"


def test_nothing_to_say_is_one_line() -> None:
    made = shown(deals=nothing(DEALS), billing=nothing(BILLING), clients=nothing(CLIENTS))
    assert made["nothing"] is True and made["headline"] == ""
    assert not any(made[name] for name in ("insight", "metrics", "charts", "top_deals", "actions", "missing"))


def test_something_that_could_not_be_collected_is_not_nothing() -> None:
    made = shown(deals=nothing(DEALS), billing=None, clients=nothing(CLIENTS))
    assert made["nothing"] is False and made["missing"] == ["The figures of invoices could not be collected this time."]


@pytest.mark.parametrize(
    ("missing", "words", "without"),
    [
        ("billing", "The figures of invoices", {"overdue"}),
        ("clients", "Meetings, tasks and messages", {"meetings", "unanswered"}),
        ("insight", "The summary in words", set()),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_there(missing: str, words: str, without: set[str]) -> None:
    made = shown(**{missing: None})
    assert len(made["missing"]) == 1 and made["missing"][0].startswith(words)
    names = {each["name"] for each in made["metrics"]}
    assert names == {each["name"] for each in shown()["metrics"]} - without and not made["nothing"]


def test_charts_are_of_one_currency_and_of_something() -> None:
    assert [each["name"] for each in shown()["charts"]] == ["summary_pipeline", "summary_closing"]
    mixed = [DEALS["closing"]["items"][0] | {"currency": "EUR"}, *DEALS["closing"]["items"][1:]]
    made = shown(deals=DEALS | {"closing": DEALS["closing"] | {"items": mixed}})
    assert [each["name"] for each in made["charts"]] == ["summary_pipeline"]
    assert shown(deals=nothing(DEALS))["charts"] == []


def test_deals_that_name_their_company_do_not_name_it_twice() -> None:
    items = [DEALS["closing"]["items"][0] | {"deal_name": "AI Chatbot"}, DEALS["closing"]["items"][1]]
    made = shown(deals=DEALS | {"top": items})
    assert [each["title"] for each in made["top_deals"]] == [
        "TechCorp Solutions: AI Chatbot",
        "Nordwind GmbH - AI Chatbot",
    ]


def test_meetings_are_told_in_the_readers_time() -> None:
    def begins(zone: str) -> list[str]:
        made = view(ALL, Reading(date(2025, 2, 10), "Good morning", True, zone))
        return [
            each["detail"] for action in made["actions"] if action["name"] == "meetings" for each in action["items"]
        ]

    assert begins("America/New_York") == ["10:00 AM, TechCorp Solutions", "2:30 PM, Globex"]
    assert begins("Europe/Berlin") == ["4:00 PM, TechCorp Solutions", "8:30 PM, Globex"]


def test_who_sells_nothing_is_not_sent_to_the_board() -> None:
    made = view(ALL, Reading(date(2025, 2, 10), "Good morning", False, "America/New_York"))
    assert "/deals/board" not in {each["path"] for each in made["links"]}
    assert {each["path"] for each in shown()["links"]} == {"/deals/board", "/tasks", "/clients", "/invoices"}


def test_who_wrote_the_words_is_said() -> None:
    assert shown()["insight_by"] == "written by built-in rules"
    assert shown(insight=INSIGHT | {"provider": "gemini"})["insight_by"] == "written by Gemini"
