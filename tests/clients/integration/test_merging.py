"""Two clients that are one: what is chosen stays, what hangs on either is together, and each gets its own back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.clients.handlers.merging.automatic import merge_pairs
from services.clients.handlers.merging.pairs import EVERY_MINUTE, check
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, context, system
from tests.support.delivering import told

_TABLES = (
    "clients contacts activities documents assignments access_grants client_deals client_keys"
    " client_custom_values contact_custom_values"
).split()
# What says when and how often a row was changed, and what is worked out of it.
_BESIDE = "{version,updated_at,access_version}"


def everything(runtime: Any) -> dict[str, list[Any]]:
    """All that the service keeps of clients, but for versions and times of change."""
    with runtime.database.read() as session:
        return {
            table: sorted(
                session.execute(text(f"SELECT to_jsonb(t) - '{_BESIDE}'::text[] FROM {table} t")).scalars(), key=str
            )
            for table in _TABLES
        }


@pytest.fixture
def two(clients: Any, new_client: Any, hear: Any) -> tuple[str, str]:
    """Two clients of John's that are one company, with all that can hang on a client."""
    tier = {"label": "Tier", "kind": "choice", "options": ["Gold", "Silver"]}
    clients.as_(ADMIN).create_custom_field(entity="client", data=tier)
    ids = []
    for number, name in enumerate(("TechCorp Solutions", "Tech Corp Inc.")):
        ann = {"first_name": "Ann", "email": "ann@techcorp.example"} | ({"phone": "+1 212 555 0101"} if number else {})
        more = {"city": "Ulm", "custom": {"tier": "Gold"}, "notes": "theirs"} if number else {"notes": "ours"}
        more |= {"email": f"office{number}@techcorp.example", "tags": [f"t{number}", "both"]}
        made = new_client(JOHN.id, company_name=name, contact=ann, **more)["id"]
        ids.append(made)
        bob = clients.as_(JOHN).create_contact(client_id=made, data={"first_name": f"Bob {number}"})
        note = {"type": "note", "subject": f"Met {number}", "contact_id": bob["id"]}
        clients.as_(JOHN).log_activity(client_id=made, data=note)
        ann_id = clients.as_(JOHN).list_contacts(client_id=made)["items"][0]["id"]
        clients.as_(JOHN).log_activity(client_id=made, data=note | {"subject": "Ann", "contact_id": ann_id})
        prepared = clients.as_(JOHN).prepare_document(client_id=made, filename="a.txt", content_type="text/plain")
        clients.as_(JOHN).complete_document(document_id=prepared["document_id"], size=1, sha256="00")
        clients.as_(ADMIN).grant_access(client_id=made, user_id=JESSICA.id)
        deal = {"deal_id": new_id(), "client_id": made, "stage": "won", "currency": "USD", "version": 1}
        hear("deal.changed", **deal, deal_value_minor=100 + number)
    return ids[0], ids[1]


def merge(clients: Any, two: tuple[str, str], who: Any = JOHN, **choices: str) -> dict[str, Any]:
    this, other = two
    made: dict[str, Any] = clients.as_(who).merge_clients(client_id=this, other_id=other, choices=choices)
    return made


def test_what_hangs_on_either_is_together(clients: Any, two: tuple[str, str], runtime: Any) -> None:
    made = merge(clients, two)
    this = two[0]
    assert made["id"] == this and made["company_name"] == "TechCorp Solutions"
    assert (made["city"], made["notes"], made["custom"]) == ("Ulm", "ours", {"tier": "Gold"})
    assert made["tags"] == ["t0", "both", "t1"] and made["lifetime_value_minor"] == 201
    people = clients.as_(JOHN).list_contacts(client_id=this)["items"]
    assert sorted(each["first_name"] for each in people) == ["Ann", "Bob 0", "Bob 1"]
    (ann,) = (each for each in people if each["first_name"] == "Ann")
    assert ann["is_primary"] and ann["phone"] == "+1 212 555 0101"
    assert sum(each["is_primary"] for each in people) == 1
    met = clients.as_(JOHN).list_activities(client_id=this, types=["note"])["items"]
    assert sorted(each["subject"] for each in met) == ["Ann", "Ann", "Met 0", "Met 1"]
    assert {each["contact_id"] for each in met if each["subject"] == "Ann"} == {ann["id"]}
    assert clients.as_(JOHN).list_documents(client_id=this)["total"] == 2
    assert clients.as_(JOHN).list_clients(filters={})["total"] == 1
    (event,) = told(runtime, "client.merged")
    assert (event.data["survivor_id"], event.data["other_id"]) == two


def test_the_chosen_values_stay(clients: Any, two: tuple[str, str]) -> None:
    choices = {"company_name": "other", "notes": "other", "tags": "other", "custom.tier": "this", "city": "this"}
    made = merge(clients, two, **choices)
    assert (made["company_name"], made["notes"], made["tags"]) == ("Tech Corp Inc.", "theirs", ["t1", "both"])
    assert (made["custom"], made["city"]) == ({}, None)
    form = {"company_name": "tech corp", "first_name": "Cy", "email": "cy@elsewhere.example"}
    assert clients.submit_contact(form=form, reference="r")["client_id"] == two[0]


@pytest.mark.parametrize("choices", [{}, {"company_name": "other", "owner_id": "other", "email": "other"}])
def test_undone_each_has_its_own_to_the_letter(
    clients: Any, two: tuple[str, str], runtime: Any, choices: dict[str, str]
) -> None:
    before = everything(runtime)
    for who in (JOHN, ADMIN):
        made = merge(clients, two, who, **choices)
        assert everything(runtime) != before
        undone = clients.as_(who).undo_change_set(change_set_id=made["change_set_id"])
        assert undone == {"change_set_id": made["change_set_id"], "restored": 2, "refused": []}
        assert everything(runtime) == before
    assert len(told(runtime, "client.unmerged")) == 2
    with pytest.raises(Conflict):
        clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])


def test_what_was_changed_since_stays_by_name_and_its_rows_go_back(clients: Any, two: tuple[str, str]) -> None:
    this, other = two
    made = merge(clients, two)
    moved = next(e for e in clients.as_(JOHN).list_activities(client_id=this)["items"] if e["subject"] == "Met 1")
    clients.as_(JOHN).update_activity(activity_id=moved["id"], changes={"subject": "Met again"})
    clients.as_(JOHN).update_client(client_id=this, changes={"city": "Bonn"})
    late = clients.as_(JOHN).log_activity(client_id=this, data={"type": "note", "subject": "Later"})
    undone = clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert undone["restored"] == 1
    assert undone["refused"] == [{"id": this, "company_name": "TechCorp Solutions", "reason": "changed since: city"}]
    assert clients.as_(JOHN).get_client(client_id=this)["city"] == "Bonn"
    assert clients.as_(JOHN).get_client(client_id=this)["tags"] == ["t0", "both"]
    theirs = clients.as_(JOHN).list_activities(client_id=other)["items"]
    assert "Met again" in {each["subject"] for each in theirs}
    assert late["id"] not in {each["id"] for each in theirs}


def test_rows_that_come_late_hang_on_the_one_that_stayed_and_go_back(
    clients: Any, runtime: Any, new_client: Any, two: tuple[str, str]
) -> None:
    this, other = two
    last = new_client(JOHN.id, company_name="TechCorp Holding")["id"]
    made = merge(clients, two)["change_set_id"]
    then = clients.as_(JOHN).merge_clients(client_id=last, other_id=this)["change_set_id"]
    ids = {"contacts": new_id(), "activities": new_id()}

    def owners() -> list[str]:
        with runtime.database.read() as session:
            found = (f"SELECT client_id::text FROM {table} WHERE id = '{row_id}'" for table, row_id in ids.items())
            return [session.execute(text(each)).scalar_one() for each in found]

    with runtime.database.engine.begin() as connection:
        for table, row_id in ids.items():
            given = f'{{"id": "{row_id}", "client_id": "{other}", "is_primary": false, "email": null}}'
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s::jsonb)).* FROM {table} AS t LIMIT 1",
                (given,),
            )
    assert owners() == [last, last]
    clients.as_(JOHN).undo_change_set(change_set_id=then)
    assert owners() == [this, this]
    clients.as_(JOHN).undo_change_set(change_set_id=made)
    assert owners() == [other, other]


def test_the_old_id_leads_to_the_one_that_stayed(clients: Any, two: tuple[str, str], hear: Any) -> None:
    this, other = two
    made = merge(clients, two)
    assert clients.as_(JOHN).get_client(client_id=other)["id"] == this
    assert clients.as_(JOHN).list_contacts(client_id=other)["total"] == 3
    clients.as_(JOHN).log_activity(client_id=other, data={"type": "note", "subject": "By the old link"})
    deal = {"deal_id": new_id(), "client_id": other, "stage": "won", "currency": "USD", "deal_value_minor": 1000}
    hear("deal.changed", **deal, version=1)
    hear("deal.won", **deal, version=1)
    hear("payment.received", client_id=other, deal_id=None)
    now = clients.as_(JOHN).get_client(client_id=this)
    assert now["lifetime_value_minor"] == 1201
    subjects = [each["subject"] for each in clients.as_(JOHN).list_activities(client_id=this)["items"]]
    assert {"By the old link", "Payment received"} <= set(subjects)
    # What named the old one goes back with it.
    clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    theirs = [each["subject"] for each in clients.as_(JOHN).list_activities(client_id=other)["items"]]
    assert "Payment received" in theirs
    assert clients.as_(JOHN).get_client(client_id=other)["lifetime_value_minor"] == 1101
    assert clients.as_(JOHN).get_client(client_id=this)["lifetime_value_minor"] == 100


def test_merged_twice_the_first_id_still_leads_there(clients: Any, two: tuple[str, str], new_client: Any) -> None:
    third = new_client(JOHN.id, company_name="TechCorp Group")["id"]
    first = merge(clients, two)
    second = clients.as_(JOHN).merge_clients(client_id=third, other_id=two[0])
    for old in two:
        assert clients.as_(JOHN).get_client(client_id=old)["id"] == third
    with pytest.raises(Conflict, match="undo that first"):
        clients.as_(JOHN).undo_change_set(change_set_id=first["change_set_id"])
    for each in (second, first):
        clients.as_(JOHN).undo_change_set(change_set_id=each["change_set_id"])
    assert [clients.as_(JOHN).get_client(client_id=each)["id"] for each in (*two, third)] == [*two, third]


def test_of_two_that_were_taken_in_the_last_goes_first(
    clients: Any, two: tuple[str, str], new_client: Any, runtime: Any
) -> None:
    third = new_client(JOHN.id, company_name="TechCorp Group", city="Bonn", tags=["third"])["id"]
    before = everything(runtime)
    first = merge(clients, two)
    second = merge(clients, (two[0], third), city="other")
    with pytest.raises(Conflict, match="undo that first"):
        clients.as_(JOHN).undo_change_set(change_set_id=first["change_set_id"])
    for each in (second, first):
        assert clients.as_(JOHN).undo_change_set(change_set_id=each["change_set_id"])["refused"] == []
    assert everything(runtime) == before


def test_grants_follow_an_admins_merge_alone(clients: Any, new_client: Any) -> None:
    for who, readers in ((JOHN, 0), (ADMIN, 1)):
        this, other = (new_client(JOHN.id, company_name=f"Twin {number}")["id"] for number in range(2))
        clients.as_(ADMIN).grant_access(client_id=other, user_id=JESSICA.id)
        clients.as_(who).merge_clients(client_id=this, other_id=other)
        assert len(clients.as_(ADMIN).list_grants(client_id=this)) == readers


def test_only_who_may_change_both_merges_them(clients: Any, two: tuple[str, str], new_client: Any) -> None:
    hers = new_client(JESSICA.id, company_name="Hers")["id"]
    for pair in ((two[0], hers), (hers, two[0])):
        with pytest.raises((NotFound, Forbidden)):
            clients.as_(JOHN).merge_clients(client_id=pair[0], other_id=pair[1])
    with pytest.raises(Forbidden):
        clients.as_(FINANCE).merge_clients(client_id=two[0], other_id=two[1])
    made = merge(clients, two, ADMIN)
    with pytest.raises(NotFound):
        clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"other_id": "x"}, "other_id"),
        ({"choices": []}, "choices"),
        ({"choices": {"colour": "this"}}, "choices"),
        ({"choices": {"custom.nothing": "this"}}, "choices"),
        ({"choices": {"city": "both"}}, "choices.city"),
    ],
)
def test_what_makes_no_sense_is_named(clients: Any, two: tuple[str, str], given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).merge_clients(**({"client_id": two[0], "other_id": two[1]} | given))
    assert refused.value.field == field
    assert clients.as_(JOHN).list_clients(filters={})["total"] == 2


def test_a_client_is_not_merged_with_itself(clients: Any, two: tuple[str, str]) -> None:
    for other in (two[0], two[0].upper()):
        with pytest.raises(Invalid):
            clients.as_(JOHN).merge_clients(client_id=two[0], other_id=other)
    merge(clients, two)
    with pytest.raises(Invalid, match="one client already"):
        merge(clients, two)


# -- the list of work


def compared(runtime: Any) -> None:
    with runtime.database.unit_of_work(context(system("clients"))) as uow:
        while check(uow, 50):
            pass


@pytest.mark.parametrize(("age", "ordered"), [("1 minute", 0), ("31 minutes", 1)])
def test_nobody_is_compared_while_many_are_changed(clients: Any, runtime: Any, age: str, ordered: int) -> None:
    """Unless the change has come to a halt."""
    clients.as_(ADMIN).create_client(data={"company_name": "Any"})
    made = clients.as_(ADMIN).bulk_update(filters={}, action="add_tag", value="vip")
    with runtime.database.unit_of_work(context(system("clients"))) as uow:
        halted = "UPDATE change_sets SET status = 'running', created_at = :now - CAST(:age AS interval) WHERE id = :id"
        uow.session.execute(text(halted), {"now": uow.now, "age": age, "id": made["change_set_id"]})
        EVERY_MINUTE.run(uow, uow.now)
        jobs = "SELECT count(*) FROM jobs WHERE kind = 'check_duplicates'"
        assert uow.session.execute(text(jobs)).scalar_one() == ordered


def listed(clients: Any, who: Any = ADMIN) -> list[tuple[set[str], list[str]]]:
    found = clients.as_(who).list_duplicates()["items"]
    return [({each["first"]["company_name"], each["second"]["company_name"]}, each["reasons"]) for each in found]


def test_likely_pairs_are_listed_the_likeliest_first(
    clients: Any, two: tuple[str, str], runtime: Any, new_client: Any
) -> None:
    new_client(JESSICA.id, company_name="Tech Corp Solution", phone="+49 731 123456")
    new_client(JOHN.id, company_name="Bakery North", phone="0731 / 123456")
    new_client(JOHN.id, company_name="Somebody", email="one@gmail.com")
    new_client(JOHN.id, company_name="Quite another", email="two@gmail.com")
    compared(runtime)
    pairs = listed(clients)
    assert pairs[0] == ({"TechCorp Solutions", "Tech Corp Inc."}, ["same e-mail address"])
    assert ({"Tech Corp Solution", "Bakery North"}, ["same phone"]) in pairs
    assert not [names for names, _reasons in pairs if "Somebody" in names]
    assert listed(clients, JOHN) == pairs[:1]
    compared(runtime)
    assert listed(clients) == pairs


def test_branches_and_who_is_reached_elsewhere_are_no_pairs(clients: Any, runtime: Any, new_client: Any) -> None:
    reached = [
        {"email": f"info@house{n}.example", "website": f"https://www.house{n}.example", "phone": f"+49 731 10000{n}"}
        for n in range(4)
    ]
    for name, more in (
        ("Granite Logistics Ost GmbH", {}),
        ("Granite Logistics West GmbH", {}),
        ("Granite Logistics Süd GmbH", reached[0]),
        ("Falcon Bakery Ulm", reached[1]),
        ("Falcon Bakery Bonn", {"phone": "+49 731 999999"}),
        # A typo, and one way in common: still likely.
        ("Quartz Machines Ltd", reached[2]),
        ("Quartz Machnies", reached[3] | {"website": "house2.example/contact"}),
    ):
        new_client(JOHN.id, company_name=name, **more)
    compared(runtime)
    assert listed(clients) == [({"Quartz Machines Ltd", "Quartz Machnies"}, ["similar name"])]


def test_a_new_website_has_a_client_compared_anew(clients: Any, runtime: Any, new_client: Any) -> None:
    one, _other = (
        new_client(JOHN.id, company_name=name, website=f"{name[-4:].strip().lower()}.example")["id"]
        for name in ("Falcon Bakery Ulm", "Falcon Bakery Bonn")
    )
    compared(runtime)
    assert listed(clients) == []
    clients.as_(JOHN).update_client(client_id=one, changes={"website": "www.bonn.example"})
    compared(runtime)
    assert listed(clients) == [({"Falcon Bakery Ulm", "Falcon Bakery Bonn"}, ["similar name"])]


def test_the_most_similar_of_many_names_are_compared(clients: Any, runtime: Any, new_client: Any) -> None:
    for number in range(30):
        new_client(JOHN.id, company_name=f"Granite Logistics {number}")
    for name in ("Granite Logistics Campus", "Granite Logistic Campus"):
        new_client(JOHN.id, company_name=name)
    compared(runtime)
    assert ({"Granite Logistics Campus", "Granite Logistic Campus"}, ["similar name"]) in listed(clients)


def test_a_pair_that_is_none_is_not_listed_again(clients: Any, two: tuple[str, str], runtime: Any) -> None:
    compared(runtime)
    this, other = two
    with pytest.raises(NotFound):
        clients.as_(JESSICA).dismiss_duplicate(first_id=this, second_id=other)
    clients.as_(JOHN).dismiss_duplicate(first_id=other, second_id=this)
    assert listed(clients) == []
    clients.as_(JOHN).update_client(client_id=this, changes={"phone": "+1 212 555 0999"})
    compared(runtime)
    assert listed(clients) == []
    clients.as_(JOHN).dismiss_duplicate(first_id=this, second_id=other, dismissed=False)
    assert len(listed(clients)) == 1


def test_a_pair_goes_with_its_likeness_and_with_a_merge(
    clients: Any, two: tuple[str, str], runtime: Any, new_client: Any
) -> None:
    alike = [new_client(JOHN.id, company_name=name)["id"] for name in ("Bluewater Ltd", "Blue Water")]
    compared(runtime)
    assert len(listed(clients)) == 2
    clients.as_(JOHN).update_client(client_id=alike[1], changes={"company_name": "Redstone"})
    merge(clients, two)
    compared(runtime)
    assert listed(clients) == []


def test_only_what_is_certain_is_merged_by_itself(clients: Any, new_client: Any, runtime: Any) -> None:
    same = [
        new_client(JOHN.id, company_name=name, email=f"a{n}@blue.example")["id"]
        for n, name in enumerate(("Blue Ltd", "Blue"))
    ]
    kept = [
        new_client(JOHN.id, company_name="Red Ltd", email="a@gmail.com"),
        new_client(JOHN.id, company_name="Red", email="b@gmail.com"),
        new_client(JOHN.id, company_name="Green", email="a@green.example"),
        new_client(JESSICA.id, company_name="Green Ltd", email="b@green.example"),
        new_client(JOHN.id, company_name="Grey", email="a@grey.example"),
        new_client(JOHN.id, company_name="Grey Works", email="b@grey.example"),
    ]
    compared(runtime)
    with runtime.database.unit_of_work(context(system("clients"))) as uow:
        assert merge_pairs(uow) == 1
    assert clients.as_(ADMIN).get_client(client_id=same[1])["id"] == same[0]
    assert all(clients.as_(ADMIN).get_client(client_id=each["id"])["id"] == each["id"] for each in kept)
    (change,) = clients.as_(ADMIN).list_change_sets()["items"]
    assert change["action"] == "merge" and change["made_by"] == "system:clients"
    clients.as_(ADMIN).undo_change_set(change_set_id=change["id"])
    assert clients.as_(ADMIN).get_client(client_id=same[1])["id"] == same[1]
