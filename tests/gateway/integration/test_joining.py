"""Invitations and password resets: one link opens one thing once, and nobody learns who has an account."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.context import Context
from libs.common.jobs import Job
from libs.common.sealing import SealBroken, Sealer
from services.gateway.accounts import cookies, passwords, resets
from services.gateway.accounts.client import own_unit
from tests.gateway.conftest import KEYS, PASSWORD, problem
from tests.support.delivering import told

NEW = "a password of my own"
EMAIL = "new@amoai.example"
HERE = "http://localhost"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)


@pytest.fixture
def admin(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer("admin")


def invite(http: Any, admin: dict[str, str], email: str = EMAIL, role: str = "finance") -> Any:
    return http.post("/api/v1/invitations", json={"email": email, "role": role, "name": "New Person"}, headers=admin)


def token_of(runtime: Any, kind: str = "user.invited") -> str:
    """The token of the last link, as notifications opens it."""
    event = told(runtime, kind)[-1].data
    about = event["invitation_id"] if kind == "user.invited" else event["reset_id"]
    return Sealer(KEYS["mailed_link_key"]).open(event["sealed_token"], about)


def join(http: Any, token: str, **more: Any) -> Any:
    return http.post("/api/v1/auth/join", json={"token": token, "name": "Nina New", "password": NEW} | more)


def log_in(http: Any, email: str, password: str) -> Any:
    return http.post("/api/v1/auth/login", json={"email": email, "password": password})


def everything(runtime: Any) -> str:
    """All that stands in the gateway's database."""
    with runtime.database.engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        rows = [connection.execute(text(f'SELECT to_jsonb(t) FROM "{name}" t')).scalars().all() for name in names]
    return json.dumps(rows)


def test_who_was_invited_joins_in_the_role_of_the_invitation(http: Any, admin: Any, runtime: Any) -> None:
    made = invite(http, admin)
    assert made.status_code == 201 and made.json["role"] == "finance" and "token" not in made.text
    token = token_of(runtime)
    problem(join(http, token, role="admin"), 422, "role")
    joined = join(http, token)
    assert joined.status_code == 201 and joined.json["user"]["role"] == "finance"
    assert joined.json["user"]["email"] == EMAIL
    headers = {"Authorization": f"Bearer {joined.json['access_token']}"}
    assert http.get("/api/v1/me", headers=headers).json["name"] == "Nina New"
    assert log_in(http, EMAIL, NEW).status_code == 200
    assert told(runtime, "user.joined")[-1].data["email"] == EMAIL
    assert http.get("/api/v1/invitations", headers=admin).json["total"] == 0


def test_the_token_may_stand_in_the_address(http: Any, admin: Any, runtime: Any) -> None:
    invite(http, admin)
    body = {"name": "Nina New", "password": NEW}
    problem(http.post("/api/v1/invitations/nothing/accept", json=body), 404)
    path = f"/api/v1/invitations/{token_of(runtime)}/accept"
    problem(http.post(path, json=body | {"role": "admin"}), 422, "role")
    joined = http.post(path, json=body)
    assert joined.status_code == 201 and joined.json["user"]["role"] == "finance"
    problem(http.post(path, json=body), 409)


def test_fifty_acceptances_at_once_make_one_account(http: Any, app: Any, admin: Any, runtime: Any) -> None:
    invite(http, admin)
    token = token_of(runtime)

    def accept(number: int) -> Any:
        return join(app.test_client(), token, name=f"Person {number}")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(accept, range(50)))
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [201] + [409] * 49, statuses
    assert {answer.json["detail"] for answer in answers if answer.status_code == 409} == {
        "this invitation was accepted already; sign in instead"
    }
    with runtime.database.engine.connect() as connection:
        count = "SELECT count(*) FROM users WHERE email = :email"
        assert connection.execute(text(count), {"email": EMAIL}).scalar_one() == 1
    assert len(told(runtime, "user.joined")) == 1


def test_a_token_stands_nowhere_in_plain(http: Any, admin: Any, runtime: Any, new_user: Any) -> None:
    new_user("sales", "john@amoai.example")
    invite(http, admin)
    with own_unit(runtime.database) as uow:
        resets.issue(uow, runtime.settings, "john@amoai.example")
    for token in (token_of(runtime), token_of(runtime, "user.reset_asked")):
        assert len(token) == 43  # 256 bits
        http.get(f"/join/{token}"), http.post(f"/join/{token}", data={"name": "x"})  # what leaves traces
        assert token not in everything(runtime)
    event = told(runtime, "user.invited")[-1].data
    with pytest.raises(SealBroken):
        Sealer("c3" * 32).open(event["sealed_token"], event["invitation_id"])
    with pytest.raises(SealBroken):
        Sealer(KEYS["mailed_link_key"]).open(event["sealed_token"], "another invitation")


def test_a_new_link_ends_the_former_one_and_revoking_ends_both(http: Any, admin: Any, runtime: Any) -> None:
    made = invite(http, admin).json
    first = token_of(runtime)
    problem(invite(http, admin), 409, "email")
    assert http.post(f"/api/v1/invitations/{made['id']}/send-again", headers=admin).status_code == 200
    second = token_of(runtime)
    assert second != first and told(runtime, "user.invited")[-1].aggregate_version == 2
    problem(join(http, first), 404)
    assert http.delete(f"/api/v1/invitations/{made['id']}", headers=admin).status_code == 200
    problem(join(http, second), 404)
    problem(http.delete(f"/api/v1/invitations/{made['id']}", headers=admin), 404)
    assert invite(http, admin).status_code == 201  # a revoked one is in nobody's way


def test_an_invitation_expires(http: Any, admin: Any, runtime: Any) -> None:
    made = invite(http, admin).json
    token = token_of(runtime)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE invitations SET expires_at = now() - interval '1 second'"))
    problem(join(http, token), 404)
    assert http.get(f"/join/{token}", headers={"Accept": "text/html"}).status_code == 404
    (waiting,) = http.get("/api/v1/invitations", headers=admin).json["items"]
    assert waiting["id"] == made["id"]
    http.post(f"/api/v1/invitations/{made['id']}/send-again", headers=admin)
    assert join(http, token_of(runtime)).status_code == 201


def test_only_an_admin_invites_and_never_an_address_twice(http: Any, admin: Any, bearer: Any, new_user: Any) -> None:
    problem(invite(http, bearer("sales")), 403)
    new_user("sales", "john@amoai.example")
    problem(invite(http, admin, "JOHN@amoai.example"), 409, "email")
    problem(invite(http, admin, "no address"), 422, "email")
    problem(http.post("/api/v1/invitations", json={"email": EMAIL, "role": "boss"}, headers=admin), 422, "role")
    problem(join(http, "nothing of ours"), 404)


class TestWithoutAKey:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"mailed_link_key": ""}

    def test_nobody_is_invited_silently(self, http: Any, admin: Any) -> None:
        assert "MAILED_LINK_KEY" in problem(invite(http, admin), 409)["detail"]
        asked = http.post("/api/v1/auth/forgot", json={"email": EMAIL})
        assert "MAILED_LINK_KEY" in problem(asked, 409)["detail"]


def test_the_page_joins_and_signs_the_browser_in(http: Any, admin: Any, runtime: Any) -> None:
    invite(http, admin)
    path = f"/join/{token_of(runtime)}"
    page = http.get(path)
    assert page.status_code == 200 and EMAIL in page.text and page.headers["Referrer-Policy"] == "strict-origin"
    short = http.post(path, data={"name": "Nina", "password": "short"}, headers={"Origin": HERE})
    assert short.status_code == 422 and 'value="Nina"' in short.text and "short" not in short.text.split("<main")[1]
    foreign = http.post(path, data={"name": "Nina", "password": NEW}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    done = http.post(path, data={"name": "Nina", "password": NEW}, headers={"Origin": HERE, "Accept-Language": "de"})
    assert done.status_code == 303 and http.get_cookie(cookies.NAME) is not None
    assert http.get("/api/v1/me").json["locale"] == "de"
    again = http.post(path, data={"name": "Nina", "password": NEW}, headers={"Accept": "text/html"})
    assert again.status_code == 409 and "accepted already" in again.text


# -- resets


def forgot(http: Any, email: str) -> Any:
    return http.post("/api/v1/auth/forgot", json={"email": email})


def work(runtime: Any) -> None:
    """Do what was asked for, as the worker does."""
    with runtime.database.engine.connect() as connection:
        orders = connection.execute(text("SELECT * FROM jobs WHERE kind = 'password_reset' ORDER BY due_at")).all()
    handler = resets.job_handler(runtime.settings)
    for order in orders:
        job = Job(order.id, order.kind, order.payload, 1, runtime.clock.now(), Context(runtime.own_context().actor))
        with own_unit(runtime.database) as uow:
            handler.complete(uow, job, handler.perform(job))


def reset(http: Any, token: str, password: str = NEW) -> Any:
    return http.post("/api/v1/auth/reset", json={"token": token, "password": password})


def test_asking_is_the_same_for_known_and_unknown(http: Any, new_user: Any, runtime: Any) -> None:
    new_user("sales", "john@amoai.example")
    new_user("sales", "gone@amoai.example", active=False)
    answers = [forgot(http, email) for email in ("john@amoai.example", "nobody@amoai.example", "gone@amoai.example")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    # Nothing is looked up while somebody waits: each request leaves one order, and that is all.
    assert told(runtime) == []
    with runtime.database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM jobs")).scalar_one() == 3
        assert connection.execute(text("SELECT count(*) FROM password_resets")).scalar_one() == 0
    work(runtime)
    (event,) = told(runtime, "user.reset_asked")
    assert event.data["email"] == "john@amoai.example"


def test_a_reset_works_once_and_ends_all_sessions(http: Any, new_user: Any, bearer: Any, runtime: Any) -> None:
    person = new_user("sales", "john@amoai.example")
    old = bearer(user_id=person)
    forgot(http, "John@AmoAI.example")
    work(runtime)
    token = token_of(runtime, "user.reset_asked")
    problem(reset(http, token, "short"), 422, "password")
    assert reset(http, token).status_code == 200
    problem(http.get("/api/v1/me", headers=old), 401)
    problem(log_in(http, "john@amoai.example", PASSWORD), 401)
    assert log_in(http, "john@amoai.example", NEW).status_code == 200
    problem(reset(http, token), 404)


def test_only_the_newest_link_works_and_only_for_an_hour(http: Any, new_user: Any, runtime: Any) -> None:
    new_user("sales", "john@amoai.example")
    found = []
    for _ in range(2):
        with own_unit(runtime.database) as uow:
            resets.issue(uow, runtime.settings, "john@amoai.example")
        found.append(token_of(runtime, "user.reset_asked"))
    problem(reset(http, found[0]), 404)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE password_resets SET expires_at = :then"), {"then": runtime.clock.now()})
    problem(reset(http, found[1]), 404)
    assert runtime.settings.reset_minutes == 60 and timedelta(minutes=60) == timedelta(hours=1)


def test_of_ten_who_use_a_link_at_once_one_sets_the_password(http: Any, app: Any, new_user: Any, runtime: Any) -> None:
    new_user("sales", "john@amoai.example")
    with own_unit(runtime.database) as uow:
        resets.issue(uow, runtime.settings, "john@amoai.example")
    token = token_of(runtime, "user.reset_asked")
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda n: reset(app.test_client(), token, f"password {n:03}").status_code, range(10)))
    assert sorted(statuses) == [200] + [404] * 9


def test_asking_is_limited_for_one_address(http: Any) -> None:
    assert [forgot(http, "any@amoai.example").status_code for _ in range(7)] == [202] * 5 + [429] * 2
    assert forgot(http, "other@amoai.example").status_code == 202


def test_after_a_thousand_wrong_passwords_the_right_person_still_gets_in(
    http: Any, app: Any, new_user: Any, runtime: Any
) -> None:
    new_user("sales", "john@amoai.example")

    def guess(number: int) -> int:
        place = {"REMOTE_ADDR": f"10.{number // 250}.0.{number % 250}"}
        body = {"email": "john@amoai.example", "password": f"guess number {number}"}
        return int(app.test_client().post("/api/v1/auth/login", json=body, environ_overrides=place).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(1000)))
    assert statuses.count(401) == 100 and statuses.count(429) == 900
    problem(log_in(http, "john@amoai.example", PASSWORD), 429)
    forgot(http, "john@amoai.example")
    work(runtime)
    page = http.post(
        f"/reset/{token_of(runtime, 'user.reset_asked')}", data={"password": NEW}, headers={"Origin": HERE}
    )
    assert page.status_code == 303
    assert http.get("/api/v1/me").json["email"] == "john@amoai.example"  # in, whoever goes on guessing
    http.delete_cookie(cookies.NAME)
    assert log_in(http, "john@amoai.example", NEW).status_code == 200


def test_the_forgot_page_says_the_same_to_everybody(http: Any, new_user: Any) -> None:
    new_user("sales", "john@amoai.example")
    pages = [
        http.post("/forgot", data={"email": email}, headers={"Origin": HERE})
        for email in ("john@amoai.example", "nobody@amoai.example")
    ]
    assert pages[0].status_code == pages[1].status_code == 200
    assert pages[0].text == pages[1].text and "If this address has an account" in pages[0].text
    assert http.post("/forgot", data={"email": "x"}).status_code == 422


def test_ending_access_ends_sessions_and_keys_at_once(http: Any, admin: Any, bearer: Any, new_user: Any) -> None:
    person = new_user("sales", "john@amoai.example")
    session = bearer(user_id=person)
    made = http.post("/api/v1/api-keys", json={"name": "Report", "scope": "write"}, headers=session)
    key = {"Authorization": f"Bearer {made.json['key']}"}
    assert http.get("/api/v1/me", headers=key).status_code == 200
    assert http.patch(f"/api/v1/users/{person}", json={"active": False}, headers=admin).status_code == 200
    for headers in (session, key):
        problem(http.get("/api/v1/me", headers=headers), 401)
    http.patch(f"/api/v1/users/{person}", json={"active": True}, headers=admin)
    for headers in (session, key):
        problem(http.get("/api/v1/me", headers=headers), 401)
