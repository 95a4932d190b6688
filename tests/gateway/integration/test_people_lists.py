"""Lists of people over HTTP: who comes in, who is invited, and that what they own stays theirs when they join."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.gateway.accounts import invitations, passwords, sso_people
from services.gateway.accounts.client import own_unit
from services.gateway.people_lists.reading import MOST
from tests.gateway.conftest import problem
from tests.gateway.integration.test_joining import NEW, join, log_in, token_of
from tests.support.delivering import told

TEAMS = (
    "sales_agent,manager,regional_office\n"
    "Anna Snelling,Dustin Brinkmann,Central\nMoses Frase,Dustin Brinkmann,East\nZane Levy,Summer Sewald,West\n"
)
MOSES = "moses@amoai.example"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)


@pytest.fixture
def admin(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer("admin")


def bring(http: Any, admin: dict[str, str], content: str = TEAMS, **query: Any) -> Any:
    data = {"file": (io.BytesIO(content.encode()), "sales_teams.csv")}
    return http.post("/api/v1/users/import", data=data, query_string=query, headers=admin)


def people(http: Any, admin: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in http.get("/api/v1/users", headers=admin).json["items"]}


def nothing(**counts: int) -> dict[str, int]:
    return dict.fromkeys(("created", "invited", "updated", "unchanged", "bad"), 0) | counts


def test_a_list_comes_in_with_its_teams_and_once(http: Any, admin: Any, runtime: Any) -> None:
    before = people(http, admin)
    seen = bring(http, admin, dry_run="true")
    assert seen.status_code == 200 and seen.json["dry_run"] is True and seen.json["counts"] == nothing(created=5)
    assert people(http, admin) == before and told(runtime, "user.changed") == []

    assert bring(http, admin).json["counts"] == nothing(created=5)
    found = people(http, admin)
    moses, dustin = found["Moses Frase"], found["Dustin Brinkmann"]
    assert (moses["team"], moses["reports_to"], moses["role"]) == ("East", dustin["id"], "sales")
    assert (moses["email"], moses["active"], dustin["role"], dustin["reports_to"]) == (None, False, "manager", None)
    listed = {each["name"]: each for each in http.get("/api/v1/users/directory", headers=admin).json["items"]}
    assert (listed["Moses Frase"]["can_own"], listed["Dustin Brinkmann"]["can_own"]) == (True, False)
    assert {each.data["name"] for each in told(runtime, "user.changed")} == set(found) - set(before)
    assert told(runtime, "user.joined") == []

    again = bring(http, admin)
    assert again.json["counts"] == nothing(unchanged=3) and people(http, admin) == found
    assert {each["user_id"] for each in again.json["items"]} <= {each["id"] for each in found.values()}


def test_faults_are_named_by_line_and_the_good_may_come_alone(http: Any, admin: Any) -> None:
    content = "name,email,role,manager\nAnn,no address,,\nBen,,,Ben\nCleo,,CEO,\nDan,,finance,\n"
    refused = problem(bring(http, admin, content), 422, "lines.2.email")
    assert [each["field"] for each in refused["errors"]] == ["lines.2.email", "lines.3.manager", "lines.4.role"]
    assert "Dan" not in people(http, admin)
    made = bring(http, admin, content, only_good="true").json
    assert made["counts"] == nothing(created=1, bad=3)
    assert people(http, admin)["Dan"]["role"] == "finance"
    assert [(each["line"], each["field"]) for each in made["items"] if each["outcome"] == "bad"] == [
        (2, "email"), (3, "manager"), (4, "role"),
    ]  # fmt: skip


def test_who_joins_later_is_the_same_person(http: Any, admin: Any, runtime: Any) -> None:
    bring(http, admin)
    moses = people(http, admin)["Moses Frase"]
    problem(http.patch(f"/api/v1/users/{moses['id']}", json={"active": True}, headers=admin), 422, "active")
    path = f"/api/v1/users/{moses['id']}/invitation"
    problem(http.post(path, json={"email": "no address"}, headers=admin), 422, "email")
    assert http.post(path, json={"email": "wrong@amoai.example"}, headers=admin).status_code == 201
    wrong = token_of(runtime)
    made = http.post(path, json={"email": MOSES}, headers=admin)
    assert (made.status_code, made.json["user_id"], made.json["role"]) == (201, moses["id"], "sales")
    problem(http.post(path, json={"email": MOSES}, headers=admin), 409, "email")
    problem(join(http, wrong), 404)
    http.patch(f"/api/v1/users/{moses['id']}", json={"role": "finance"}, headers=admin)
    assert http.get("/api/v1/invitations", headers=admin).json["items"][0]["role"] == "finance"

    joined = join(http, token_of(runtime), name="Mo Frase")
    assert joined.status_code == 201
    assert (joined.json["user"]["id"], joined.json["user"]["role"]) == (moses["id"], "finance")
    assert log_in(http, MOSES, NEW).status_code == 200
    found = people(http, admin)["Mo Frase"]
    assert (found["team"], found["reports_to"], found["email"]) == (moses["team"], moses["reports_to"], MOSES)
    assert [each.data["user_id"] for each in told(runtime, "user.joined")] == [moses["id"]]
    problem(http.post(path, json={"email": "other@amoai.example"}, headers=admin), 409, "email")


def test_a_line_with_an_address_invites_and_one_with_an_account_changes_it(
    http: Any, admin: Any, runtime: Any, new_user: Any
) -> None:
    ann = new_user("sales", "ann@amoai.example")
    http.post("/api/v1/invitations", json={"email": "nora@amoai.example", "role": "sales"}, headers=admin)
    content = f"name,email,team\nMoses Frase,{MOSES},East\nAnn,ANN@amoai.example,West\nNora,nora@amoai.example,East\n"
    made = bring(http, admin, content).json
    assert [each["outcome"] for each in made["items"]] == ["invited", "updated", "created"]
    assert len(told(runtime, "user.invited")) == 2
    found = people(http, admin)
    assert (found["Sales"]["id"], found["Sales"]["team"]) == (ann, "West")
    waiting = {each["email"]: each["user_id"] for each in http.get("/api/v1/invitations", headers=admin).json["items"]}
    assert waiting == {MOSES: found["Moses Frase"]["id"], "nora@amoai.example": found["Nora"]["id"]}
    assert bring(http, admin, content).json["counts"] == nothing(unchanged=3)
    assert join(http, token_of(runtime)).json["user"]["id"] == found["Moses Frase"]["id"]
    assert bring(http, admin, content).json["counts"] == nothing(unchanged=3)


def test_single_sign_on_opens_the_account_that_waits(http: Any, admin: Any, runtime: Any) -> None:
    bring(http, admin, f"name,email\nMoses Frase,{MOSES}\n")
    moses = people(http, admin)["Moses Frase"]
    claims = {"sub": "m-1", "email": MOSES, "email_verified": True}
    with own_unit(runtime.database) as uow:
        assert sso_people.enter(uow, runtime.settings, claims).id == moses["id"]
        assert invitations.listed(uow.session)["total"] == 0


def test_teams_and_lines_are_changed_by_hand_without_circles(http: Any, admin: Any) -> None:
    bring(http, admin)
    found = people(http, admin)
    moses, dustin = found["Moses Frase"]["id"], found["Dustin Brinkmann"]["id"]

    def change(user_id: str, **values: Any) -> Any:
        return http.patch(f"/api/v1/users/{user_id}", json=values, headers=admin)

    assert change(moses, team=" South ", reports_to=None).json["team"] == "South"
    assert people(http, admin)["Moses Frase"]["reports_to"] is None
    assert change(dustin, reports_to=moses).json["reports_to"] == moses
    for refused in (moses, dustin):
        problem(change(moses, reports_to=refused), 422, "reports_to")
    problem(change(moses, reports_to="01920000-0000-7000-8000-000000000001"), 422, "reports_to")
    problem(change(moses, team="x" * 101), 422, "team")
    problem(change(moses, name="anna snelling"), 409, "name")


def test_the_database_keeps_who_signs_in_and_who_is_named(http: Any, admin: Any, runtime: Any) -> None:
    bring(http, admin)
    for broken in (
        "UPDATE users SET active = true WHERE email IS NULL",
        "UPDATE users SET name = 'ANNA SNELLING' WHERE name = 'Moses Frase'",
        "UPDATE users SET reports_to = id",
    ):
        with pytest.raises(IntegrityError), runtime.database.engine.begin() as connection:
            connection.execute(text(broken))
    problem(log_in(http, "Moses Frase", NEW), 401)


def test_a_change_that_is_refused_when_it_is_done_says_of_whom(http: Any, admin: Any) -> None:
    me = http.get("/api/v1/me", headers=admin).json
    refused = problem(bring(http, admin, f"name,email,role\nMe,{me['email']},sales\nAnn,,\n"), 409)
    assert refused["detail"].startswith(f"{me['name']}: ") and "Ann" not in people(http, admin)


@pytest.mark.parametrize("content", ["", "account,sector\nAcme,medical\n", "\x89PNG\r\n" + "\x00" * 5000])
def test_what_is_no_list_is_refused(http: Any, admin: Any, content: str) -> None:
    problem(bring(http, admin, content), 422, "file")
    problem(http.post("/api/v1/users/import", data={}, headers=admin), 415)


def test_lists_at_once_bring_everybody_in_once(app: Any, http: Any, admin: Any, runtime: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _each: bring(app.test_client(), admin), range(6)))
    assert sorted(answer.json["counts"]["created"] for answer in answers) == [0] * 5 + [5]
    assert len(told(runtime, "user.changed")) == 5


def test_as_many_as_a_list_may_have_come_in_within_a_request(http: Any, admin: Any) -> None:
    lines = "".join(f"P{number},p{number}@amoai.example,P{number // 10}\n" for number in range(1, MOST))
    made = bring(http, admin, f"name,email,manager\n{lines}")
    assert made.status_code == 200, made.text
    assert made.json["counts"] == nothing(created=1, invited=MOST - 1)


def test_only_admins_bring_lists_in(http: Any, bearer: Any) -> None:
    problem(bring(http, bearer("sales")), 403)


def test_owners_of_imports_are_known_by_their_names(http: Any, admin: Any, rpc: Any) -> None:
    bring(http, admin)
    asked: dict[str, Any] = {}
    rpc.answers["clients.prepare_import"] = lambda **given: asked.update(given)
    http.post("/api/v1/imports", data={"file": (io.BytesIO(b"x"), "deals.csv")}, headers=admin)
    assert asked["people"]["moses frase"] == people(http, admin)["Moses Frase"]["id"]
    assert "dustin brinkmann" not in asked["people"]
