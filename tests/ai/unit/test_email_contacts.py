"""Where a mail may send its reader: what is not in our data is taken out of a draft, and flagged in what is edited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.ai.email_drafts import MailContext, check
from services.ai.email_drafts.context import Activity
from services.ai.email_drafts.schema import MailSchema, accept
from tests.ai.unit.test_email_injections import context

LINKS = (
    "evil.support/pay", "evil.pay", "evil.bank", "203.0.113.9/login", "203.0.113.9", "hxxps://evil[.]example",
    "hxxps://evil[.]example/pay", "pаypal.com", "bücher-zahlung.de/konto", "www。evil。com", "evil․com", "evil．com/a",
    "evil[.]com", "evil (dot) com", "xn--pypal-4ve.com", "http://3405803785/", "http://[2001:db8::1]/x", "EVIL.COM",
    "ftp://evil.example", "user@evil．com", "user[at]bücher.example", "почта.рф", "evil.zip", "evil.it",
)  # fmt: skip
NUMBERS = (
    "+49 30 1234567", "030/1234567", "0171 2345678", "(415) 555-2671", "415-555-2671", "+1 (415) 555 2671",
    "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "0x52908400098527886E0F7030069857D2E4169EE7",
)  # fmt: skip
PLAIN = (
    "e.g. this, i.e. that, z.B. so, d.h. u.a. at 10 p.m.", "Node.js with Vue.js/React and ASP.NET",
    "version 3.5, v1.2.3",
    "Revised timeline.pdf and index.html", "the U.S. team in the U.S.A.", "62.500,00 and 12,500.00", "10:00-11:00",
    "2025/2026, 24/7 and A/B", "03/04/2026 or 01.02.2026, 10.30am", "St. Gallen", "INV-2026-001",
)  # fmt: skip


def flagged(text: str, asked: MailContext) -> list[str]:
    return [each.text for each in check("", text, asked) if (each.kind, each.status) == ("contact", "unsupported")]


def mail(text: str, asked: MailContext) -> Any:
    return accept(MailSchema(subject="Plan", body=f"Hi Sarah,\n\n{text}\n\nBest regards,\nJohn Smith"), asked)


@pytest.mark.parametrize("link", LINKS)
def test_a_foreign_link_is_taken_out_and_flagged_where_a_person_writes_it(link: str) -> None:
    asked = context("x", "activity")
    made = mail(f"please pay at {link} by then.", asked)
    assert made.removed == (link.rstrip("/"),) or made.removed == (link,)
    assert "please pay at by then." in made.body
    assert len(flagged(f"Please pay at {link} by then.", asked)) == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_a_foreign_number_is_flagged(number: str) -> None:
    asked = context(f"call {number}", "activity")
    assert flagged(f"Please use {number}, thank you.", asked) == [number]
    told = MailContext.of(asked.document() | {"addresses": (number,)})
    assert flagged(f"Please use {number}, thank you.", told) == []


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_like_it_stays(text: str) -> None:
    asked = context("x", "activity")
    assert flagged(text, asked) == [] and text in mail(text, asked).body and mail(text, asked).removed == ()


def test_a_sentence_that_begins_without_a_space_gets_one() -> None:
    made = mail("It is done by then.We go on.It is Evil.Pay", context("x", "activity"))
    assert "by then. We go on. It is Evil. Pay" in made.body and made.removed == ()


def test_contacts_of_our_own_data_are_backed() -> None:
    known = {"words": "Send them to amo.example/plan or +49 30 1234567", "addresses": ("sarah@techcorp.com",)}
    asked = MailContext.of(context("x", "activity").document() | known)
    text = "See https://www.amo.example/plan, write to sarah@techcorp.com or call 030 1234567."
    assert flagged(text, asked) == [] and text in mail(text, asked).body
    backed = {each.text: each.source for each in check("", text, asked) if each.kind == "contact"}
    assert backed["sarah@techcorp.com"] == "your data" and backed["030 1234567"] == "what you wrote"


def test_what_an_earlier_mail_of_ours_said_backs_nothing_but_its_day() -> None:
    text = "The kickoff with Hank Bellweather is on March 3, 2031 for $9,999, guaranteed; see evil.pay."
    sent = Activity("2026-02-10", "email", f"Sent: {text}", text, "John Smith", ours=True)
    asked = MailContext.of(replace(context("x", "activity"), activities=(sent,)).document())
    said = {each.text: each.status for each in check("", f"{text} We wrote on February 10, 2026.", asked)}
    assert said.pop("February 10, 2026") == "supported"
    assert {"March 3, 2031", "$9,999", "Hank Bellweather", "evil.pay"} <= set(said)
    assert set(said.values()) == {"unsupported"}
    assert "evil.pay" not in mail(text, asked).body
    noted = replace(asked, activities=(replace(sent, type="note", subject="Note"),))
    assert {each.status for each in check("", text, noted)} == {"supported"}
