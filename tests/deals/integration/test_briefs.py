"""A brief from the website becomes a qualified deal, and ai is asked about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid
from tests.deals.conftest import BRIEF
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told


def test_the_deal_of_use_case_2(deals: Any, submit: Any, runtime: Any) -> None:
    made = submit()
    deal = deals.as_(JOHN).get_deal(deal_id=made["deal_id"])
    assert deal["deal_name"] == "TechCorp - E-commerce AI Chatbot"
    assert (deal["deal_value_minor"], deal["currency"]) == (6_250_000, "USD")
    assert (deal["stage"], deal["source"], deal["probability"]) == ("qualified", "brief_wizard", 25)
    assert deal["description"] == BRIEF["vision_summary"] and deal["owner_id"] == JOHN.id
    # It is still the 6th of January in New York.
    assert deal["expected_close_date"] == str(date(2025, 1, 6) + timedelta(weeks=8)) == "2025-03-03"
    assert deal["brief"]["id"] == made["brief_id"] and deal["brief"]["features"] == BRIEF["features"]
    assert (deal["brief"]["contact_name"], deal["brief"]["budget_max_minor"]) == ("Sarah Johnson", 7_500_000)
    assert deal["ai_score"] is None and deal["invoices"] == []
    assert [event.type for event in told(runtime)] == ["deal.created", "brief.submitted"]


def test_the_event_carries_the_whole_brief(submit: Any, runtime: Any) -> None:
    made = submit()
    event = told(runtime, "brief.submitted")[0]
    assert event.aggregate_id == event.data["deal_id"] == made["deal_id"] and event.actor["role"] == "system"
    expected = BRIEF | {"company_name": "TechCorp", "deal_value_minor": 6_250_000, "requested_by": "client"}
    assert expected | {"reference": "ref-1", "owner_id": JOHN.id, "contact_email": "sarah@techcorp.com"} == {
        name: event.data[name] for name in (*expected, "reference", "owner_id", "contact_email")
    }


def test_sent_again_it_makes_no_second_deal(deals: Any, submit: Any, directory: Any, runtime: Any) -> None:
    key, client_id = new_id(), directory.add(JOHN.id)
    with_contact = submit(client_id, key)
    contact = {name: with_contact[name] for name in ("contact_id", "contact_name", "contact_email")}
    client = {"client_id": client_id, "company_name": "TechCorp", "owner_id": JOHN.id} | contact
    again = deals.as_(system("gateway"), key).submit_brief(brief=BRIEF, client=client, reference="ref-1")
    assert again == {"deal_id": with_contact["deal_id"], "brief_id": with_contact["brief_id"]}
    assert deals.as_(ADMIN).list_deals(filters={})["total"] == 1 and len(told(runtime)) == 2
    with pytest.raises(Invalid) as refused:
        deals.as_(system("gateway"), key).submit_brief(brief=BRIEF, client=client, reference="another")
    assert refused.value.field == "Idempotency-Key"


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"budget_min_minor": 0, "budget_max_minor": 1}, 1),
        ({"budget_min_minor": 3, "budget_max_minor": 4, "currency": "JPY"}, 4),
        ({"budget_min_minor": 1_000, "budget_max_minor": 1_000}, 1_000),
        ({"budget_min_minor": 10**15, "budget_max_minor": 10**15}, 10**15),
    ],
)
def test_odd_middles_are_rounded_up_in_the_currency(deals: Any, submit: Any, changes: Any, value: int) -> None:
    deal = deals.as_(ADMIN).get_deal(deal_id=submit(**changes)["deal_id"])
    assert deal["deal_value_minor"] == value and deal["currency"] == changes.get("currency", "USD")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vision_title": " "}, "vision_title"),
        ({"timeline_weeks": 0}, "timeline_weeks"),
        ({"timeline_weeks": "8"}, "timeline_weeks"),
        ({"budget_min_minor": -1}, "budget_min_minor"),
        ({"budget_min_minor": None}, "budget_min_minor"),
        ({"budget_min_minor": 8_000_000}, "budget.min"),
        ({"currency": "XXX"}, "currency"),
        ({"features": ["x"] * 101}, "features"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_brief_that_does_not_fit_leaves_nothing(
    deals: Any, submit: Any, runtime: Any, changes: Any, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        submit(**changes)
    assert refused.value.field == field
    assert deals.as_(ADMIN).list_deals(filters={})["total"] == 0 and told(runtime) == []


def test_what_is_optional_may_be_left_out(deals: Any, submit: Any) -> None:
    made = submit(vision_summary=None, audience=None, design=None, features=[])
    deal = deals.as_(ADMIN).get_deal(deal_id=made["deal_id"])
    assert deal["description"] is None and deal["brief"]["audience"] == "" and deal["brief"]["features"] == []


def test_only_the_system_submits_briefs(deals: Any) -> None:
    for person in (ADMIN, JOHN):
        with pytest.raises(Forbidden):
            deals.as_(person).submit_brief(brief=BRIEF, client={"client_id": new_id()}, reference="r")


def test_an_analysis_is_kept_and_is_no_edit(deals: Any, submit: Any, hear: Any, runtime: Any) -> None:
    deal_id, generation_id = submit()["deal_id"], new_id()
    before = len(told(runtime))
    hear("deal.analyzed", deal_id=deal_id, generation_id=generation_id, ai_score=85)
    deal = deals.as_(JOHN).get_deal(deal_id=deal_id)
    assert (deal["ai_score"], deal["ai_insights"]["estimated_hours"], deal["version"]) == (85, 280, 1)
    assert len(told(runtime)) == before


def test_a_late_analysis_does_not_replace_a_newer_one(deals: Any, submit: Any, hear: Any) -> None:
    deal_id, older, newer = submit()["deal_id"], new_id(), new_id()
    hear("deal.analyzed", deal_id=deal_id, generation_id=newer, ai_score=90)
    hear("deal.analyzed", deal_id=deal_id, generation_id=older, ai_score=10)
    assert deals.as_(JOHN).get_deal(deal_id=deal_id)["ai_score"] == 90


def test_an_analysis_of_a_deal_nobody_knows_is_let_go(hear: Any) -> None:
    hear("deal.analyzed", deal_id=new_id(), generation_id=new_id())


def test_asking_again_tells_the_brief_again(deals: Any, submit: Any, runtime: Any) -> None:
    made = submit()
    asked = deals.as_(JOHN).request_analysis(deal_id=made["deal_id"])
    assert asked == {"deal_id": made["deal_id"], "brief_id": made["brief_id"], "status": "requested"}
    first, second = told(runtime, "brief.submitted")
    assert second.data == first.data | {"requested_by": "user"} and second.actor["id"] == JOHN.id


def test_a_deal_made_by_hand_has_nothing_to_analyse(deals: Any, new_deal: Any) -> None:
    with pytest.raises(Conflict):
        deals.as_(JOHN).request_analysis(deal_id=new_deal()["id"])


def test_a_renamed_deal_still_tells_its_company(deals: Any, submit: Any, runtime: Any) -> None:
    made = submit()
    deals.as_(JOHN).update_deal(deal_id=made["deal_id"], changes={"deal_name": "Chatbot, phase 1"})
    deals.as_(JOHN).request_analysis(deal_id=made["deal_id"])
    event = told(runtime, "brief.submitted")[-1]
    assert (event.data["deal_name"], event.data["company_name"]) == ("Chatbot, phase 1", "TechCorp")


def test_a_brief_of_an_open_prospect_is_all_of_sales_to_read(deals: Any, submit: Any, directory: Any) -> None:
    deal_id = submit(directory.add(None))["deal_id"]
    for person in (JOHN, JESSICA):
        assert deals.as_(person).get_deal(deal_id=deal_id)["owner_id"] is None
        with pytest.raises(Forbidden):
            deals.as_(person).request_analysis(deal_id=deal_id)
