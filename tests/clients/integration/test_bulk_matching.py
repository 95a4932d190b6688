"""A change of all that match: worked through in batches, each client once, and taken back to the letter."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.job_runner import JobRunner
from libs.common.problems import Conflict, NotFound
from services.clients.handlers.bulk import working
from services.clients.worker import TABLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN
from tests.support.delivering import told

MANY = 2500


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 400)


@pytest.fixture
def many(runtime: Any) -> int:
    """2,500 clients of John's in Germany, a tenth of them active; how many those are."""
    with runtime.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO clients (id, company_name, match_name, status, source, country, tags, owner_id,"
                " lifetime_value_minor, currency, access_version, created_at, updated_at, version)"
                " SELECT gen_random_uuid(), 'Client ' || n, 'client ' || n,"
                " CASE WHEN n % 10 = 0 THEN 'active' ELSE 'prospect' END, 'import', 'DE',"
                " CASE WHEN n % 5 = 0 THEN '{old,vip}' ELSE '{old}' END::text[], CAST(:owner AS uuid),"
                " 0, 'USD', 1, now(), now(), 1 FROM generate_series(1, :many) n"
            ),
            {"owner": JOHN.id, "many": MANY},
        )
    return MANY // 10


def run_jobs(runtime: Any, most: int = 50) -> None:
    runner = JobRunner("clients", runtime.database, TABLE.jobs)
    for _number in range(most):
        if not runner.run_one():
            return


def everything(runtime: Any) -> list[Any]:
    """All clients, but for what says when and how often they were changed."""
    statement = "SELECT to_jsonb(c) - '{version,updated_at,access_version}'::text[] FROM clients c ORDER BY id"
    with runtime.database.read() as session:
        return list(session.execute(text(statement)).scalars())


def ask(clients: Any, who: Any = ADMIN, filters: Any = None, action: str = "add_tag", value: Any = "vip") -> Any:
    return clients.as_(who).bulk_update(filters={} if filters is None else filters, action=action, value=value)


def test_few_that_match_are_changed_when_it_answers(clients: Any, many: int, runtime: Any) -> None:
    made = ask(clients, filters={"status": "active"}, value="q1")
    assert (made["status"], made["changed"], made["total"], made["done"]) == ("done", many, many, many)
    assert clients.as_(ADMIN).list_clients(filters={"tag": "q1"})["total"] == many


@pytest.mark.usefixtures("many")
def test_many_are_worked_through_and_taken_back_to_the_letter(clients: Any, runtime: Any) -> None:
    before = everything(runtime)
    made = ask(clients)
    assert (made["status"], made["changed"], made["total"], made["done"]) == ("running", 0, MANY, 0)
    with pytest.raises(Conflict):
        clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    run_jobs(runtime)
    done = clients.as_(ADMIN).get_change_set(change_set_id=made["change_set_id"])
    assert (done["status"], done["done"], done["changed"], done["unchanged"]) == (
        "done",
        MANY,
        MANY * 4 // 5,
        MANY // 5,
    )
    assert clients.as_(ADMIN).list_clients(filters={"tag": "vip"})["total"] == MANY
    undone = clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    assert (undone["status"], undone["total"]) == ("undoing", MANY * 4 // 5)
    run_jobs(runtime)
    after = clients.as_(ADMIN).get_change_set(change_set_id=made["change_set_id"])
    assert (after["status"], after["restored"], after["refused"]) == ("undone", MANY * 4 // 5, [])
    assert everything(runtime) == before


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("dies_after", [0, 2])
def test_a_worker_that_dies_leaves_the_rest_to_the_next(clients: Any, runtime: Any, dies_after: int) -> None:
    made = ask(clients, value="once")
    batches = itertools.count(1)

    def dying(uow: Any, change_set_id: str, most: int) -> int:
        number = next(batches)
        done = working.work(uow, change_set_id, most)
        if number > dies_after:
            raise KeyboardInterrupt  # before this batch is committed
        return done

    handler = working.change_job(working.CHANGE_MANY, dying, lambda: runtime.database)
    job = _claimed(runtime)
    with pytest.raises(KeyboardInterrupt):
        handler.perform(job)
    assert clients.as_(ADMIN).get_change_set(change_set_id=made["change_set_id"])["done"] == dies_after * 400
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET locked_until = now() - interval '1 second'"))
    run_jobs(runtime)
    with runtime.database.read() as session:
        versions = session.execute(text("SELECT DISTINCT version, tags @> '{once}' FROM clients")).all()
    assert [tuple(each) for each in versions] == [(2, True)]


def _claimed(runtime: Any) -> Any:
    return JobRunner("clients", runtime.database, TABLE.jobs)._claim()


def test_a_job_is_held_no_longer_than_its_own_kind_may_take(clients: Any, many: int, runtime: Any) -> None:
    ask(clients)
    assert _claimed(runtime) is not None
    with runtime.database.read() as session:
        held = session.execute(text("SELECT extract(epoch FROM locked_until - started_at) FROM jobs")).scalar_one()
    assert held <= 60


@pytest.mark.usefixtures("many")
def test_assigning_many_tells_who_sees_each_and_the_owner_once(clients: Any, runtime: Any) -> None:
    made = ask(clients, action="assign", value=JESSICA.id)
    run_jobs(runtime)
    seen = [access for each in told(runtime, "clients.access_changed") for access in each.data["accesses"]]
    assert len({each["record_id"] for each in seen}) == len(seen) == MANY
    (event,) = told(runtime, "clients.assigned")
    assert event.who.id == ADMIN.id and (event.data["owner_id"], event.data["clients"]) == (JESSICA.id, MANY)
    assert event.data["change_set_id"] == made["change_set_id"] and not told(runtime, "client.assigned")
    clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    run_jobs(runtime)
    assert clients.as_(ADMIN).list_clients(filters={"owner_id": JOHN.id})["total"] == MANY
    assert len(told(runtime, "clients.assigned")) == 1 and not told(runtime, "client.assigned")


@pytest.mark.usefixtures("many")
def test_of_a_few_among_many_the_new_owner_is_told_each(clients: Any, runtime: Any) -> None:
    """All but two are hers already: what counts is how many are given."""
    ids = [each["id"] for each in clients.as_(ADMIN).list_clients(filters={}, limit=30)["items"]]
    clients.as_(ADMIN).bulk_update(ids=ids[2:], action="assign", value=JESSICA.id)
    before = len(told(runtime, "clients.assigned"))
    made = clients.as_(ADMIN).bulk_update(ids=ids, action="assign", value=JESSICA.id)
    assert (made["changed"], made["unchanged"]) == (2, 28)
    assert {event.data["client_id"] for event in told(runtime, "client.assigned")} == set(ids[:2])
    assert {event.data["previous_owner_id"] for event in told(runtime, "client.assigned")} == {JOHN.id}
    assert len(told(runtime, "clients.assigned")) == before == 1


def test_a_person_changes_what_matches_among_their_own(clients: Any, world: dict[str, str], runtime: Any) -> None:
    made = clients.as_(JOHN).bulk_update(filters={}, action="add_tag", value="x")
    tagged = clients.as_(ADMIN).list_clients(filters={"tag": "x"})["items"]
    assert {each["id"] for each in tagged} == {world["johns"], world["johns lead"]} and made["changed"] == 2
    named = {each["company_name"]: each["reason"] for each in made["refused"]}
    assert named == dict.fromkeys(("Company lead", "Company lent"), "only its owner may change it")


@pytest.mark.usefixtures("many")
def test_what_was_changed_since_is_left_by_name(clients: Any, runtime: Any) -> None:
    made = ask(clients, value="new")
    run_jobs(runtime)
    one = clients.as_(ADMIN).list_clients(filters={"q": "Client 77"}, limit=1)["items"][0]
    clients.as_(JOHN).update_client(client_id=one["id"], changes={"tags": ["mine"]})
    clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    run_jobs(runtime)
    after = clients.as_(ADMIN).get_change_set(change_set_id=made["change_set_id"])
    reason = "its tags were changed since"
    assert after["refused"] == [{"id": one["id"], "company_name": one["company_name"], "reason": reason}]
    assert (after["restored"], after["refused_count"], after["changed"]) == (MANY - 1, 1, MANY)


def test_deleted_they_are_gone_with_all_that_hangs_on_them_and_come_back(
    clients: Any, new_client: Any, runtime: Any
) -> None:
    contact = {"first_name": "Ann", "email": "ann@alpha.example"}
    alpha = new_client(JOHN.id, company_name="Alpha", email="hello@alpha.example", contact=contact)
    clients.as_(JOHN).log_activity(client_id=alpha["id"], data={"type": "task", "subject": "Call"})
    before = everything(runtime)
    made = clients.as_(JOHN).bulk_update(ids=[alpha["id"]], action="delete")
    assert made["changed"] == 1 and clients.as_(JOHN).list_clients(filters={})["total"] == 0
    assert clients.as_(JOHN).list_tasks(filters={})["items"] == []
    assert told(runtime, "client.access_changed")[-1].data["closed"] is True
    undone = clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert undone["restored"] == 1 and everything(runtime) == before
    assert told(runtime, "client.access_changed")[-1].data["closed"] is False
    assert [each["first_name"] for each in clients.as_(JOHN).list_contacts(client_id=alpha["id"])["items"]] == ["Ann"]
    assert len(clients.as_(JOHN).list_tasks(filters={})["items"]) == 1
    form = {"company_name": "alpha", "first_name": "Bob", "email": "bob@elsewhere.example"}
    assert clients.submit_contact(form=form, reference="r")["client_id"] == alpha["id"]


def test_deleting_one_can_be_undone(clients: Any, new_client: Any) -> None:
    alpha = new_client(JOHN.id, company_name="Alpha")["id"]
    gone = clients.as_(JOHN).delete_client(client_id=alpha)
    clients.as_(JOHN).undo_change_set(change_set_id=gone["change_set_id"])
    assert clients.as_(JOHN).get_client(client_id=alpha)["company_name"] == "Alpha"


def test_a_client_with_deals_is_not_deleted_among_others(clients: Any, new_client: Any, hear: Any) -> None:
    alpha, beta = (new_client(JOHN.id, company_name=name)["id"] for name in ("Alpha", "Beta"))
    hear("deal.created", client_id=alpha)
    made = clients.as_(ADMIN).bulk_update(ids=[alpha, beta], action="delete")
    assert made["changed"] == 1 and [each["company_name"] for each in made["refused"]] == ["Alpha"]
    assert made["refused"][0]["reason"].startswith("this client has deals")


def test_everybody_lists_what_they_did(clients: Any, new_client: Any) -> None:
    ids = [new_client(JOHN.id, company_name=name)["id"] for name in ("Alpha", "Beta")]
    mine = clients.as_(JOHN).bulk_update(ids=ids, action="add_tag", value="x")["change_set_id"]
    hers = clients.as_(ADMIN).bulk_update(ids=ids, action="set_status", value="active")["change_set_id"]
    listed = clients.as_(JOHN).list_change_sets()
    assert [each["id"] for each in listed["items"]] == [mine] and listed["total"] == 1
    assert [each["id"] for each in clients.as_(ADMIN).list_change_sets()["items"]] == [hers, mine]
    assert clients.as_(ADMIN).list_change_sets(limit=1)["next_cursor"]
    with pytest.raises(NotFound):
        clients.as_(JOHN).get_change_set(change_set_id=hers)
    with pytest.raises(Exception, match="role"):
        clients.as_(FINANCE).list_change_sets()
    assert listed["items"][0] | {"created_at": ""} == {
        "id": mine, "action": "add_tag", "value": "x", "about": {}, "made_by": JOHN.id, "status": "done", "total": 2,
        "done": 2, "created_at": "", "undone_at": None, "undone_by": None, "changed": 2, "unchanged": 0, "restored": 0,
        "refused_count": 0, "left": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("many")
def test_how_many_rows_are_in_which_state_is_kept_with_each_batch(clients: Any, runtime: Any) -> None:
    made = ask(clients)
    run_jobs(runtime)
    clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    run_jobs(runtime, most=1)
    with runtime.database.read() as session:
        kept = text("SELECT state, rows FROM change_set_counts WHERE rows <> 0 ORDER BY state")
        counted = text("SELECT state, count(*) FROM change_set_rows GROUP BY state ORDER BY state")
        found = session.execute(kept).all()
        assert found == session.execute(counted).all() and len(found) > 1


def test_a_new_table_is_asked_for_equal_names_by_the_index_of_names(runtime: Any) -> None:
    """An index of letters answers it, too, a thousand times as slowly; a planner who knows no clients yet took it."""
    with runtime.database.engine.begin() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        asked = "EXPLAIN SELECT id FROM clients WHERE match_name = ANY ('{firm 1,firm 2}') AND deleted_at IS NULL"
        plan = "\n".join(connection.execute(text(asked)).scalars())
        assert "trgm" not in plan
        alike = "EXPLAIN SELECT id FROM clients WHERE lower(match_name) % 'firm'"
        assert "clients_match_trgm" in "\n".join(connection.execute(text(alike)).scalars())
