"""A person's day: meetings, due tasks, and people who wait for an answer."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, system
from tests.support.delivering import told

DAY = "2025-03-03"


def submit(clients: Any, company: str = "TechCorp Solutions", reference: str = "r1", source: str = "website") -> str:
    form = {"company_name": company, "first_name": "Sarah", "last_name": "Johnson", "email": f"sarah@{company[:4]}.com"}
    made = clients.as_(system("gateway")).submit_contact(form=form, reference=reference, source=source)
    return str(made["client_id"])


def waiting(clients: Any, who: Any = ADMIN, **filters: Any) -> list[str]:
    page = clients.as_(who).list_clients(filters={"unanswered": True} | filters, sort="waiting_since")
    assert page["total"] == len(page["items"])
    return [each["id"] for each in page["items"]]


def log(clients: Any, client_id: str, kind: str, who: Any = ADMIN, **data: Any) -> dict[str, Any]:
    given = {"type": kind, "subject": f"A {kind}"} | data
    made: dict[str, Any] = clients.as_(who).log_activity(client_id=client_id, data=given)
    return made


@pytest.mark.parametrize("source", ["website", "brief_wizard"])
def test_who_wrote_waits_until_somebody_answers(clients: Any, source: str) -> None:
    client_id = submit(clients, source=source)
    since = clients.as_(ADMIN).get_client(client_id=client_id)["waiting_since"]
    assert since is not None and waiting(clients) == [client_id]
    submit(clients, reference="r2", source=source)
    assert clients.as_(ADMIN).get_client(client_id=client_id)["waiting_since"] == since  # since the first time
    for kind in ("note", "task"):
        log(clients, client_id, kind)
    log(clients, client_id, "call", occurred_at="2025-01-01T10:00:00Z")  # before they asked
    assert waiting(clients) == [client_id]
    log(clients, client_id, "call")
    assert waiting(clients) == [] and clients.as_(ADMIN).get_client(client_id=client_id)["waiting_since"] is None


def test_a_letter_of_ours_is_an_answer_and_an_automatic_mail_is_none(clients: Any, hear: Any) -> None:
    client_id = submit(clients)
    hear("email.sent", kind="brief_confirmation", client_id=client_id, refs={})
    assert waiting(clients) == [client_id]
    refs = {"sent_by": JOHN.id, "sent_by_name": "John Smith", "draft_id": None}
    hear("email.sent", kind="letter", client_id=client_id, refs=refs)
    assert waiting(clients) == []


def test_only_those_one_may_read_and_of_one_owner(clients: Any) -> None:
    mine, others = submit(clients, "Mine Inc"), submit(clients, "Others Inc")
    clients.as_(ADMIN).assign_client(client_id=mine, owner_id=JOHN.id)
    clients.as_(ADMIN).assign_client(client_id=others, owner_id=JESSICA.id)
    assert waiting(clients) == [mine, others]
    assert waiting(clients, JOHN) == waiting(clients, ADMIN, owner_id=JOHN.id) == [mine]
    answered = clients.as_(ADMIN).list_clients(filters={"unanswered": False})
    assert answered["total"] == 0
    with pytest.raises(Invalid) as refused:
        waiting(clients, unanswered="perhaps")
    assert refused.value.field == "unanswered"


def test_meetings_are_found_by_the_day_they_take_place(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    log(clients, client_id, "meeting", subject="planned", due_at="2025-03-03T15:00:00Z")
    log(clients, client_id, "meeting", subject="noted", occurred_at="2025-03-04T04:59:59Z")  # 23:59 in New York
    log(clients, client_id, "meeting", subject="next day", due_at="2025-03-04T05:00:00Z")
    log(clients, client_id, "task", subject="a task", due_at="2025-03-03T15:00:00Z")
    day = {"type": "meeting", "due_from": DAY, "due_to": DAY}
    page = clients.as_(JOHN).list_tasks(filters=day)
    assert [each["subject"] for each in page["items"]] == ["planned", "noted"] and page["total"] == 2
    assert clients.as_(JESSICA).list_tasks(filters=day)["total"] == 0
    for who, count in ((JOHN, 2), (ADMIN, 2), (JESSICA, 0)):  # the owner's, and who set them
        assert clients.as_(ADMIN).list_tasks(filters=day | {"person_id": who.id})["total"] == count
    for name, value in (("type", "call"), ("person_id", "me")):
        with pytest.raises(Invalid) as refused:
            clients.as_(JOHN).list_tasks(filters={name: value})
        assert refused.value.field == name


def test_the_day_counts_what_its_filters_find(clients: Any, new_client: Any) -> None:
    john, jessica = new_client(JOHN.id)["id"], new_client(JESSICA.id, company_name="Other")["id"]
    for number in range(7):
        log(clients, john, "meeting", subject=f"m{number}", due_at=f"2025-03-03T{10 + number}:00:00Z")
    log(clients, jessica, "meeting", due_at="2025-03-03T10:00:00Z")
    log(clients, john, "task", who=JOHN, due_at="2025-03-01T10:00:00Z")
    log(clients, john, "task", who=JOHN, due_at="2025-03-09T10:00:00Z")
    submit(clients, "TechCorp Solutions")
    person = {"id": JOHN.id, "role": "sales"}
    mine = clients.as_(system("notifications")).summary(today=DAY, owner_id=JOHN.id, person=person)
    assert [mine[part]["count"] for part in ("meetings", "tasks", "unanswered")] == [7, 1, 1]
    assert len(mine["meetings"]["items"]) == 5 and mine["meetings"]["items"][0]["company_name"] == "TechCorp Solutions"
    everything = clients.as_(ADMIN).summary(today=DAY)
    assert [everything[part]["count"] for part in ("meetings", "tasks", "unanswered")] == [8, 0, 1]
    for part, listed in (("meetings", "list_tasks"), ("tasks", "list_tasks"), ("unanswered", "list_clients")):
        for who, day in ((JOHN, mine), (ADMIN, everything)):
            found = getattr(clients.as_(who), listed)(filters=day[part]["filters"])
            assert found["total"] == day[part]["count"], part


def test_the_day_is_that_of_the_readers_zone(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    for subject, due in (("before", "2025-03-02T14:59:59Z"), ("morning", "2025-03-02T15:00:00Z"),
                         ("evening", "2025-03-03T14:59:59Z"), ("after", "2025-03-03T15:00:00Z")):  # fmt: skip
        log(clients, client_id, "meeting", subject=subject, due_at=due)
    day = clients.as_(JOHN).summary(today=DAY, zone="Asia/Tokyo")
    assert [each["subject"] for each in day["meetings"]["items"]] == ["morning", "evening"]
    assert clients.as_(JOHN).list_tasks(filters=day["meetings"]["filters"])["total"] == 2
    at_home = clients.as_(JOHN).summary(today=DAY, zone="America/New_York")
    assert [each["subject"] for each in at_home["meetings"]["items"]] == ["evening", "after"]
    assert "zone" not in at_home["meetings"]["filters"] and "zone" not in at_home["tasks"]["filters"]
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).summary(today=DAY, zone="Mars/Olympus")
    assert refused.value.field == "zone"


def test_only_a_service_asks_for_somebody_else(clients: Any) -> None:
    with pytest.raises(Forbidden):
        clients.as_(JOHN).summary(today=DAY, person={"id": ADMIN.id, "role": "admin"})
    with pytest.raises(Invalid):
        clients.as_(system("notifications")).summary(today=DAY, person={"id": "x", "role": "admin"})
    with pytest.raises(Invalid):
        clients.as_(JOHN).summary(today="today")


def test_a_rate_is_told_with_each_correction(clients: Any, runtime: Any) -> None:
    for rate in ("1.10", "1.2"):
        clients.as_(FINANCE).set_exchange_rate(currency="EUR", day="2025-01-10", rate=rate)
    heard = [event for event in told(runtime) if event.type == "exchange_rate.set"]
    assert [(each.data["rate"], each.data["version"]) for each in heard] == [("1.1", 1), ("1.2", 2)]
    assert len({each.aggregate_id for each in heard}) == 1
