"""Who may call what, and how long a session lives."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from sqlalchemy import text

from libs.common.identity import Signer
from libs.common.ids import new_id
from libs.common.problems import Problem, TooManyRequests, Unauthorized
from services.gateway.accounts import login, passwords
from services.gateway.accounts.client import Client
from services.gateway.accounts.sessions import AccessTokens
from services.gateway.api.routing import ANYBODY, Operation
from services.gateway.app import ROUTES
from tests.gateway.conftest import PASSWORD, ROLES, problem
from tests.support.actors import ADMIN, private_jwk
from tests.support.delivering import told

OPERATIONS = [operation for routes in ROUTES for operation in routes.operations]
GUARDED = [operation for operation in OPERATIONS if operation.who is not ANYBODY]


def path_of(operation: Operation) -> str:
    parts = ["1" if "<int:" in part else new_id() if "<" in part else part for part in operation.path.split("/")]
    return "/".join(parts)


def log_in(http: Any, email: str, password: str = PASSWORD) -> Any:
    return http.post("/api/v1/auth/login", json={"email": email, "password": password})


def tokens_of(http: Any, email: str) -> dict[str, Any]:
    answer = log_in(http, email)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def me(http: Any, tokens: dict[str, Any]) -> int:
    answer = http.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    return int(answer.status_code)


def test_only_these_routes_are_for_anybody() -> None:
    open_ = {f"{operation.method} {operation.path}" for operation in OPERATIONS if operation.who is ANYBODY}
    assert open_ == {
        "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/second-factor",
        "POST /api/v1/auth/join", "POST /api/v1/auth/forgot", "POST /api/v1/auth/reset",
        "POST /api/v1/invitations/<token>/accept",
        "POST /api/v1/intake/contact", "POST /api/v1/intake/brief",
        "GET /api/v1/pay/<token>", "GET /api/v1/pay/<token>/pdf", "POST /api/v1/pay/<token>",
        "POST /api/v1/webhooks/stripe", "GET /api/v1/webhooks/whatsapp", "POST /api/v1/webhooks/whatsapp",
        "POST /api/v1/unsubscribe/<token>",
        "GET /health", "GET /ready", "GET /metrics", "GET /files/<token>",
    }  # fmt: skip


def test_nobody_gets_anywhere_without_a_token(http: Any, rpc: Any) -> None:
    wrong = ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer nonsense"})
    for operation in GUARDED:
        for headers in wrong:
            answer = http.open(path_of(operation), method=operation.method, headers=headers)
            problem(answer, 401)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert rpc.asked == []


def test_each_route_is_for_its_roles(http: Any, bearer: Any, rpc: Any) -> None:
    for role in ROLES:
        headers = bearer(role)
        for operation in GUARDED:
            if operation.name == "log_out":
                continue  # whoever may call it is signed out
            rpc.asked.clear()
            status = http.open(path_of(operation), method=operation.method, headers=headers).status_code
            assert (status == 403) is (role not in operation.who), (role, operation.path, status)
            assert status != 401 and (status != 403 or rpc.asked == [])


def test_tokens_that_are_not_ours(http: Any, app: Any, bearer: Any, runtime: Any) -> None:
    good = bearer("admin")["Authorization"].removeprefix("Bearer ")
    session_id = jwt.decode(good, options={"verify_signature": False})["sid"]
    claims = {"sid": session_id, "aud": "crm-api", "iat": int(time.time()), "exp": int(time.time()) + 600}
    forged = [
        AccessTokens(private_jwk("clients"), 30).issue(session_id),  # another service's key
        AccessTokens(private_jwk("gateway"), -1).issue(session_id),  # ended
        AccessTokens(private_jwk("gateway"), 30).issue(new_id()),  # no such session
        Signer(private_jwk("gateway")).sign(ADMIN),  # what the gateway tells services is no access token
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, "secret" * 8, algorithm="HS256"),
        good[:-2],
    ]
    assert http.get("/api/v1/me", headers={"Authorization": f"bearer {good}"}).status_code == 200
    for token in forged:
        problem(http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}), 401)


def test_signing_in_and_out(http: Any, new_user: Any) -> None:
    user_id = new_user("sales", "john@amoai.example")
    tokens = tokens_of(http, " John@AMOAI.example ")
    assert tokens["user"] == {
        "id": user_id,
        "email": "john@amoai.example",
        "name": "Sales",
        "role": "sales",
        "locale": "en",
    }
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] >= 15 * 60
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    shown = http.get("/api/v1/me", headers=headers).json
    assert shown["id"] == user_id and "password_hash" not in shown
    assert http.post("/api/v1/auth/logout", headers=headers).status_code == 200
    problem(http.get("/api/v1/me", headers=headers), 401)
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}), 401)


def test_a_wrong_password_says_nothing_of_the_account(http: Any, new_user: Any) -> None:
    new_user("sales", "john@amoai.example")
    new_user("sales", "gone@amoai.example", active=False)
    said = set()
    for email, password in (
        ("john@amoai.example", "wrong password"),
        ("nobody@amoai.example", PASSWORD),
        ("gone@amoai.example", PASSWORD),
    ):
        said.add(problem(log_in(http, email, password), 401)["detail"])
    assert len(said) == 1


def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(http: Any, new_user: Any) -> None:
    new_user("sales", "john@amoai.example")
    first = tokens_of(http, "john@amoai.example")
    other = tokens_of(http, "john@amoai.example")
    second = http.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).json
    assert second["refresh_token"] != first["refresh_token"] and me(http, second) == 200
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}), 401)
    assert me(http, second) == me(http, first) == 401
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": second["refresh_token"]}), 401)
    assert me(http, other) == 200  # the other device stays signed in


def test_two_who_refresh_at_once_are_not_both_served(http: Any, app: Any, new_user: Any) -> None:
    new_user("sales", "john@amoai.example")
    token = tokens_of(http, "john@amoai.example")["refresh_token"]

    def refresh(_: int) -> int:
        answer = app.test_client().post("/api/v1/auth/refresh", json={"refresh_token": token})
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(refresh, range(4))) == [200, 401, 401, 401]


def test_the_limit_counts_failures_only(http: Any, new_user: Any, runtime: Any) -> None:
    new_user("sales", "john@amoai.example")
    new_user("sales", "jess@amoai.example")
    for _ in range(12):
        assert log_in(http, "john@amoai.example").status_code == 200
    for _ in range(9):
        problem(log_in(http, "john@amoai.example", "wrong"), 401)
    assert log_in(http, "john@amoai.example").status_code == 200  # a success wipes the slate
    for _ in range(10):
        problem(log_in(http, "JOHN@amoai.example", "wrong"), 401)
    refused = log_in(http, "john@amoai.example")
    problem(refused, 429)
    assert int(refused.headers["Retry-After"]) == 900
    assert log_in(http, "jess@amoai.example").status_code == 200
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE login_failures SET failed_at = failed_at - interval '16 minutes'"))
    assert log_in(http, "john@amoai.example").status_code == 200


def test_an_account_for_a_new_person(http: Any, bearer: Any, runtime: Any) -> None:
    admin = bearer("admin")
    body = {"email": "New@AmoAI.example", "name": "New Person", "role": "finance", "password": "long enough it is"}
    made = http.post("/api/v1/users", json=body, headers=admin)
    assert made.status_code == 201 and made.json["role"] == "finance" and "password" not in made.text
    assert log_in(http, "new@amoai.example", body["password"]).status_code == 200
    problem(http.post("/api/v1/users", json=body | {"email": "NEW@amoai.EXAMPLE"}, headers=admin), 409, "email")
    (event,) = told(runtime)
    assert (event.type, event.data["role"], event.data["active"]) == ("user.joined", "finance", True)
    entry = next(
        each
        for each in http.get("/api/v1/users/directory", headers=bearer("sales")).json["items"]
        if each["id"] == made.json["id"]
    )
    named = {"id": made.json["id"], "name": "New Person", "role": "finance", "team": ""}
    assert entry == named | {"active": True, "can_own": False}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "1qaz2wsx3edc"}, "password"),
        ({"role": "boss"}, "role"),
        ({"email": "x"}, "email"),
        ({"name": " "}, "name"),
        ({"id": "x"}, "id"),
    ],
)
def test_an_account_that_does_not_fit(http: Any, bearer: Any, runtime: Any, change: dict[str, str], field: str) -> None:
    body = {"email": "new@amoai.example", "name": "New", "role": "sales", "password": "long enough it is"} | change
    problem(http.post("/api/v1/users", json=body, headers=bearer("admin")), 422, field)
    assert told(runtime) == []


def test_an_account_made_twice_with_one_key_is_one(http: Any, bearer: Any, runtime: Any) -> None:
    body = {"email": "new@amoai.example", "name": "New", "role": "sales", "password": "long enough it is"}
    headers = bearer("admin") | {"Idempotency-Key": "make-new-1"}
    first, second = (http.post("/api/v1/users", json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json == second.json and len(told(runtime)) == 1


def test_a_new_role_holds_at_once(http: Any, bearer: Any, new_user: Any, runtime: Any) -> None:
    user_id, admin = new_user("sales", "john@amoai.example"), bearer("admin")
    john = bearer(user_id=user_id)
    problem(http.get("/api/v1/users", headers=john), 403)
    changed = http.patch(f"/api/v1/users/{user_id}", json={"role": "admin", "version": 1}, headers=admin)
    assert (changed.json["role"], changed.json["version"]) == ("admin", 2)
    assert http.get("/api/v1/users", headers=john).status_code == 200
    problem(http.patch(f"/api/v1/users/{user_id}", json={"name": "X", "version": 1}, headers=admin), 409)
    http.patch(f"/api/v1/users/{user_id}", json={"name": "John B."}, headers=admin)
    assert [event.type for event in told(runtime)] == ["user.role_changed", "user.changed"]


def test_a_deactivated_person_is_out_at_once(http: Any, bearer: Any, new_user: Any, runtime: Any) -> None:
    user_id = new_user("sales", "john@amoai.example")
    john = tokens_of(http, "john@amoai.example")
    http.patch(f"/api/v1/users/{user_id}", json={"active": False}, headers=bearer("admin"))
    assert me(http, john) == 401
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": john["refresh_token"]}), 401)
    problem(log_in(http, "john@amoai.example"), 401)
    assert [event.type for event in told(runtime)] == ["user.deactivated"]


@pytest.mark.parametrize("change", [{"active": False}, {"role": "sales"}])
def test_the_last_admin_stays(http: Any, new_user: Any, bearer: Any, change: dict[str, Any]) -> None:
    ada = new_user("admin", "ada@amoai.example")
    new_user("admin", "retired@amoai.example", active=False)
    headers = bearer(user_id=ada)
    problem(http.patch(f"/api/v1/users/{ada}", json=change, headers=headers), 409)
    new_user("admin", "second@amoai.example")
    assert http.patch(f"/api/v1/users/{ada}", json=change, headers=headers).status_code == 200


def test_admins_who_remove_each_other_leave_one(http: Any, app: Any, new_user: Any, bearer: Any, runtime: Any) -> None:
    admins = [new_user("admin", f"admin{n}@amoai.example") for n in range(4)]
    headers = [bearer(user_id=user_id) for user_id in admins]

    def remove(number: int) -> int:
        path = f"/api/v1/users/{admins[number]}"
        answer = app.test_client().patch(path, json={"role": "sales"}, headers=headers[(number + 1) % 4])
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(remove, range(4)))
    with runtime.database.read() as session:
        left = session.execute(text("SELECT count(*) FROM users WHERE role = 'admin' AND active")).scalar_one()
    assert left >= 1 and left == 4 - statuses.count(200)
    assert set(statuses) <= {200, 403, 409}  # 403: no admin any more; 409: the last one


def test_guesses_at_once_do_not_slip_past_the_limit_and_lock_nobody_else_out(runtime: Any, monkeypatch: Any) -> None:
    checked: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: checked.append(password))
    here, elsewhere = Client("10.0.0.1", ""), Client("10.0.0.2", "")

    def guess(number: int, client: Client = here) -> type[Problem]:
        with pytest.raises((Unauthorized, TooManyRequests)) as refused:
            login.log_in(runtime.database, runtime.settings, "victim@amoai.example", f"guess {number}", client)
        return refused.type

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(guess, range(40)))
    assert len(checked) == runtime.settings.login_failures == answers.count(Unauthorized)
    assert guess(41, elsewhere) is Unauthorized
