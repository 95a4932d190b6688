"""Every number of a daily summary leads to a list whose total is the same number, for the admin and for a rep."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from stack.driver import Crm, Person
from tests.e2e.deals_and_invoices import a_client, a_deal
from tests.support.waiting import eventually

# The sums of a list, and the amount that the summary speaks of.
TOTALS = {"/deals": ("/deals/totals", "values", "value"), "/invoices": ("/invoices/totals", "amounts", "due")}


@pytest.fixture
def day(people: dict[str, Any]) -> None:
    """Something of everything, of John's and of somebody else's."""
    for rep, value in ((people["sales"], 31_000), (people["sales2"], 47_500)):
        client = a_client(rep)
        a_deal(rep, client["id"], value, expected_close_date=_today(people["admin"]))
        won = a_deal(rep, client["id"], value + 1)
        rep.post(f"/deals/{won['id']}/stage", {"stage": "won"})
        meeting = {"type": "meeting", "subject": "Kick-off", "due_at": f"{_today(people['admin'])}T15:00:00Z"}
        rep.post(f"/clients/{client['id']}/activities", meeting)


def _today(admin: Person) -> str:
    return str(admin.get("/reports/daily-summary")["day"])


@pytest.mark.parametrize("who", ["admin", "sales"])
def test_every_number_is_the_total_of_its_list(people: dict[str, Any], day: None, who: str) -> None:
    person = people[who]

    def agree() -> bool:
        summary = person.get("/reports/daily-summary")
        metrics = summary["metrics"]
        assert {each["name"] for each in metrics} >= {
            "open", "closing", "won", "overdue", "stagnant", "meetings", "unanswered",
        }  # fmt: skip
        for each in [*metrics, *summary["actions"]]:
            path, query = urlsplit(each["path"]).path, parse_qs(urlsplit(each["path"]).query)
            assert person.get(path, **query, limit=1)["total"] == each["count"], each
        for each in metrics:
            if "amounts" in each and urlsplit(each["path"]).path in TOTALS:
                assert worth(person, each["path"]) == amounts(each["amounts"], "amount"), each
        return all(each["count"] for each in metrics if each["name"] in ("open", "closing", "won", "meetings"))

    # What other tests of the stack begin settles between the two looks.
    eventually(agree, 60)


def test_a_rep_sees_less_than_the_admin(people: dict[str, Any], day: None) -> None:
    def of(who: str) -> dict[str, int]:
        return {each["name"]: each["count"] for each in people[who].get("/reports/daily-summary")["metrics"]}

    admin, john = of("admin"), of("sales")
    assert all(john[name] <= admin[name] for name in admin) and john["open"] < admin["open"]


def test_the_mail_links_what_the_preview_does(crm: Crm, people: dict[str, Any], day: None) -> None:
    """The same paths, under our public address, in both of its bodies."""
    person = people["admin"]
    known = {mail["headers"]["Message-ID"] for mail in crm.mails(person.user["email"])}
    person.post("/reports/daily-summary/send")

    def mailed() -> list[dict[str, Any]]:
        found = crm.mails(person.user["email"])
        return [each for each in found if each["headers"]["Message-ID"] not in known and "unsubscribe" in each["html"]]

    mail = eventually(mailed, 90)[0]
    linked = {html.unescape(each) for each in re.findall(r'href="([^"]+)"', mail["html"])}
    for metric in person.get("/reports/daily-summary")["metrics"]:
        assert any(each.endswith(metric["path"]) for each in linked), metric["path"]
        assert metric["path"] in mail["text"] or not metric["count"], metric["path"]


def worth(person: Person, path: str) -> dict[str, Decimal]:
    """What the list is worth, by currency; nothing is no currency."""
    totals, sums, name = TOTALS[urlsplit(path).path]
    found = person.get(totals, **parse_qs(urlsplit(path).query))[sums]
    return amounts(found, name)


def amounts(found: list[dict[str, Any]], name: str) -> dict[str, Decimal]:
    return {each["currency"]: Decimal(str(each[name])) for each in found if each[name]}
