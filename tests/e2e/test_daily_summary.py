"""The daily summary on the running stack: every number in it is the total of the list that it leads to, for an admin
and for two reps; what is mailed says the same, shows its pictures, and ends itself."""

from __future__ import annotations

import io
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import requests
from PIL import Image

from libs.common.money import display, to_minor
from stack.demo import pdf_text
from stack.driver import Crm, Person
from tests.e2e.deals_and_invoices import a_client, a_deal
from tests.support.waiting import eventually

LISTS = ("/deals", "/invoices", "/tasks", "/clients")
# The sums of a list, and the amount that the summary speaks of.
SUMS = {"/deals": ("/deals/totals", "values", "value"), "/invoices": ("/invoices/totals", "amounts", "due")}


class Anchors(HTMLParser):
    """Every link of a page with the words in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self.found.append((self._href, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._href is not None:
            href, words = self.found[-1]
            self.found[-1] = (href, f"{words} {data.strip()}".strip())


def today() -> date:
    return datetime.now(ZoneInfo("America/New_York")).date()


@pytest.fixture
def busy(crm: Crm, people: dict[str, Any]) -> dict[str, Any]:
    """Two reps with something of everything the summary counts."""
    for rep in (people["sales"], people["sales2"]):
        client = a_client(rep)
        a_deal(rep, client["id"], 12_345, expected_close_date=(today() + timedelta(days=3)).isoformat())
        a_deal(
            rep, client["id"], 2_500.5, currency="EUR", expected_close_date=(today() + timedelta(days=7)).isoformat()
        )
        won = a_deal(rep, client["id"], 7_000)
        rep.post(f"/deals/{won['id']}/stage", {"stage": "won"})
        quiet = a_client(rep)  # a meeting with the other one is activity on all its deals
        old = {"created_on": (today() - timedelta(days=90)).isoformat(), "owner_id": rep.user["id"]}
        people["admin"].post(
            "/deals",
            {"deal_name": "Forgotten", "client_id": quiet["id"], "deal_value": 4_200, "stage": "proposal"} | old,
        )
        invoice = {"client_id": client["id"], "amount": 990, "due_date": (today() - timedelta(days=10)).isoformat()}
        sent = rep.post("/invoices", invoice)
        rep.post(f"/invoices/{sent['id']}/send")
        noon = datetime.combine(today(), datetime.min.time(), ZoneInfo("America/New_York")) + timedelta(hours=12)
        meeting = {"type": "meeting", "subject": "Kick-off", "due_at": noon.astimezone(UTC).isoformat()}
        rep.post(f"/clients/{client['id']}/activities", meeting)
        task = {"type": "task", "subject": "Call back", "due_at": noon.astimezone(UTC).isoformat()}
        rep.post(f"/clients/{client['id']}/activities", task | {"assignee_id": rep.user["id"]})
        mark = secrets.token_hex(4)
        form = {"company_name": client["company_name"], "first_name": "Sarah", "last_name": "Johnson"}
        crm.anybody().post("/intake/contact", form | {"email": f"sarah@{mark}.example", "message": "Are you there?"})
    eventually(lambda: summary(people["sales"])["by_name"]["overdue"]["count"], 60)
    return people


def summary(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.get("/reports/daily-summary")
    return found | {"by_name": {each["name"]: each for each in found["metrics"]}}


def listed(person: Person, path: str) -> int:
    """How many the list has that a path leads to, as this person sees it."""
    place = urlsplit(path)
    return int(person.get(place.path, **parse_qs(place.query), limit=1)["total"])


def sent_now(crm: Crm, person: Person) -> dict[str, Any]:
    """The mail that "send me now" brings."""
    address = person.user["email"]
    known = {each["id"] for each in crm.mails(address, "Daily summary")}
    person.post("/reports/daily-summary/send")
    return eventually(lambda: [each for each in crm.mails(address, "Daily summary") if each["id"] not in known], 90)[0]


def check_numbers(person: Person, found: dict[str, Any]) -> None:
    for each in [*found["metrics"], *found["actions"]]:
        place = urlsplit(each["path"])
        assert place.path in LISTS, each
        assert listed(person, each["path"]) == each["count"], (person.user["email"], each)
        if "amounts" in each and place.path in SUMS:
            totals, sums, name = SUMS[place.path]
            worth = person.get(totals, **parse_qs(place.query))[sums]
            assert by_currency(worth, name) == by_currency(each["amounts"], "amount"), each


def by_currency(sums: list[dict[str, Any]], name: str) -> dict[str, Decimal]:
    """Nothing is no currency."""
    return {each["currency"]: Decimal(str(each[name])) for each in sums if each[name]}


@pytest.mark.parametrize("who", ["admin", "sales", "sales2"])
def test_every_number_is_the_total_of_its_list(busy: dict[str, Any], who: str) -> None:
    person = busy[who]
    # Work of before may still be on its way: numbers and lists are looked at until nothing moves between them.
    eventually(lambda: check_numbers(person, summary(person)) or True, 60)
    found = summary(person)
    assert found["nothing"] is False and found["missing"] == []
    names = {name for name, each in found["by_name"].items() if each["count"]}
    assert names >= {"open", "closing", "won", "overdue", "stagnant", "meetings", "unanswered"}
    owner = person.user["id"]
    for name in ("open", "closing", "won", "stagnant", "meetings", "unanswered"):
        assert (owner in found["by_name"][name]["path"]) is (who != "admin")


def test_an_admin_sees_what_both_reps_see(busy: dict[str, Any]) -> None:
    admin, one, other = (summary(busy[who])["by_name"] for who in ("admin", "sales", "sales2"))
    assert one["open"]["count"] < admin["open"]["count"]
    assert all(each["count"] <= admin[name]["count"] for name, each in one.items())
    for name in ("open", "closing", "stagnant", "won", "meetings"):
        assert admin[name]["count"] >= one[name]["count"] + other[name]["count"], name


# A rep's own day, and that of somebody who sees all: the fuzz uses up what an admin may have sent in an hour.
@pytest.mark.parametrize("who", ["sales", "finance"])
def test_what_is_mailed_leads_to_the_same_lists_and_shows_its_pictures(
    crm: Crm, busy: dict[str, Any], who: str
) -> None:
    person = busy[who]
    mail = sent_now(crm, person)
    base = crm.info["base_url"]
    counted = 0
    for href, words in Anchors(mail["html"]).found:
        place = urlsplit(href)
        if place.path in LISTS and place.query and re.search(r"\d", words):
            # "within 7 days" is part of a name.
            counts = re.sub(r"\b7 days\b", "", words).split()
            number = next((each for each in counts if each.replace(",", "").isdigit()), None)
            if number is not None:
                assert listed(person, href.removeprefix(base)) == int(number.replace(",", "")), (href, words)
                counted += 1
    assert counted >= 7
    linked = {href for href, _ in Anchors(mail["html"]).found}
    for metric in summary(person)["metrics"]:
        assert f"{base}{metric['path']}" in linked, metric["path"]
        assert metric["path"] in mail["text"] or not metric["count"], metric["path"]
    pictures = [each for each in mail["attachments"] if each["content_type"] == "image/png"]
    assert len(pictures) == len(re.findall(r'src="cid:', mail["html"])) >= 1
    shown = requests.get(f"{crm.info['sandbox']['mail_url']}/mail/{mail['id']}/html", timeout=30).text
    assert shown.count("data:image/png;base64,") == len(pictures) and "cid:" not in shown
    url = pictures[0]["url"]
    content = requests.get(url if "://" in url else crm.info["sandbox"]["mail_url"] + url, timeout=30).content
    assert Image.open(io.BytesIO(content)).size[0] == 880


def test_one_click_ends_it_and_the_settings_bring_it_back(crm: Crm, busy: dict[str, Any]) -> None:
    person = busy["sales2"]
    mail = sent_now(crm, person)
    link = mail["headers"]["List-Unsubscribe"].strip("<>")
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Opened alone, it ends nothing: programs open links, too.
    assert requests.get(link, timeout=30).ok and person.get("/me/summary")["enabled"] is True
    clicked = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert clicked.ok, clicked.text
    assert person.get("/me/summary")["enabled"] is False
    assert person.patch("/me/summary", {"enabled": True})["enabled"] is True


def test_a_report_is_the_same_on_paper(busy: dict[str, Any]) -> None:
    finance = busy["finance"]
    shown = finance.get("/reports/pipeline-forecast")
    text = pdf_text(finance.download("/reports/pipeline-forecast.pdf"))
    assert "Pipeline forecast" in text and re.search(r"1 of \d", text)
    minor = to_minor(Decimal(str(shown["total_weighted"])), shown["currency"])
    assert minor > 0 and display(minor, shown["currency"]) in text
