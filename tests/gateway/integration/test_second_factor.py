"""Two-factor log-in with a real authenticator's codes: each works once, guesses are few, and there is a way out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD, problem

EMAIL = "two@amoai.example"
HERE = "http://localhost"


@pytest.fixture
def person(new_user: Callable[..., str]) -> str:
    return new_user("sales", EMAIL)


@pytest.fixture
def own(bearer: Callable[..., dict[str, str]], person: str) -> dict[str, str]:
    return bearer(user_id=person)


@dataclass(frozen=True)
class Phone:
    """An authenticator app. ``first``: the code that it showed when it was set up, which is used."""

    totp: pyotp.TOTP
    first: str

    def next_code(self) -> str:
        """The code of the next thirty seconds, which a clock a little ahead of ours shows."""
        return self.totp.at(int(time.time()) + 30)


def set_up(http: Any, own: dict[str, str]) -> tuple[Phone, list[str]]:
    """Switch it on as an authenticator app would; the app and the recovery codes."""
    made = http.post("/api/v1/me/second-factor", headers=own)
    assert made.status_code == 201
    totp = pyotp.parse_uri(made.json["uri"])
    assert isinstance(totp, pyotp.TOTP) and totp.secret == made.json["secret"] and totp.name == EMAIL
    phone = Phone(totp, totp.now())
    codes = http.post("/api/v1/me/second-factor/confirm", json={"code": phone.first}, headers=own)
    assert codes.status_code == 200, codes.text
    return phone, codes.json["recovery_codes"]


def ticket(http: Any) -> str:
    asked = http.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
    document = problem(asked, 401)
    assert document["code"] == "second_factor_needed" and "access_token" not in document
    return str(document["ticket"])


def step(http: Any, held: str, code: str) -> Any:
    return http.post("/api/v1/auth/second-factor", json={"ticket": held, "code": code})


def test_what_no_database_keeps_is_refused(http: Any) -> None:
    problem(step(http, "a\x00b", "123456"), 422, "ticket")
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": "a\x00b"}), 422, "refresh_token")


def test_log_in_asks_for_a_code_once_it_is_on(http: Any, own: Any, person: str) -> None:
    assert http.get("/api/v1/me/second-factor", headers=own).json["on"] is False
    http.post("/api/v1/me/second-factor", headers=own)
    problem(http.post("/api/v1/me/second-factor/confirm", json={"code": "000000"}, headers=own), 422, "code")
    log_in = {"email": EMAIL, "password": PASSWORD}
    assert http.post("/api/v1/auth/login", json=log_in).status_code == 200  # not confirmed yet: not on
    phone, codes = set_up(http, own)
    state = http.get("/api/v1/me/second-factor", headers=own).json
    assert state["on"] is True and state["recovery_codes_left"] == len(set(codes)) == 10
    problem(http.post("/api/v1/me/second-factor", headers=own), 409)
    done = step(http, ticket(http), phone.next_code())
    assert done.status_code == 200 and done.json["user"]["email"] == EMAIL and done.json["refresh_token"]
    problem(http.post("/api/v1/auth/login", json=log_in | {"password": "wrong but long"}), 401)


def test_the_code_may_come_with_the_password(http: Any, own: Any) -> None:
    phone, _codes = set_up(http, own)
    log_in = {"email": EMAIL, "password": PASSWORD}
    problem(http.post("/api/v1/auth/login", json=log_in | {"otp": "000000"}), 401)
    code = phone.next_code()
    done = http.post("/api/v1/auth/login", json=log_in | {"otp": code})
    assert done.status_code == 200 and done.json["user"]["email"] == EMAIL
    problem(http.post("/api/v1/auth/login", json=log_in | {"otp": code}), 401)


def test_each_code_works_once(http: Any, app: Any, own: Any) -> None:
    phone, codes = set_up(http, own)
    problem(step(http, ticket(http), phone.first), 401)  # it confirmed the set-up already
    code, tickets = phone.next_code(), [ticket(http) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda held: step(app.test_client(), held, code).status_code, tickets))
    assert sorted(answers) == [200] + [401] * 3
    tickets = [ticket(http) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda held: step(app.test_client(), held, codes[0].lower()).status_code, tickets))
    assert sorted(answers) == [200] + [401] * 3
    assert http.get("/api/v1/me/second-factor", headers=own).json["recovery_codes_left"] == 9


def test_a_ticket_opens_one_session_and_soon_none(http: Any, own: Any, runtime: Any) -> None:
    _phone, codes = set_up(http, own)
    held = ticket(http)
    assert step(http, held, codes[0]).status_code == 200
    problem(step(http, held, codes[1]), 401)
    late = ticket(http)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE login_tickets SET expires_at = now() - interval '1 second'"))
    problem(step(http, late, codes[1]), 401)
    problem(step(http, "nothing of ours", codes[1]), 401)
    assert http.get("/api/v1/me/second-factor", headers=own).json["recovery_codes_left"] == 9


def test_guesses_are_limited_for_the_person_from_everywhere(http: Any, app: Any, own: Any) -> None:
    _phone, codes = set_up(http, own)

    def guess(number: int) -> int:
        place = {"REMOTE_ADDR": f"10.0.0.{number}"}
        body = {"ticket": held, "code": f"{number:06}"}
        return int(app.test_client().post("/api/v1/auth/second-factor", json=body, environ_overrides=place).status_code)

    held = ticket(http)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(1, 31)))
    assert statuses.count(401) == 10 and statuses.count(429) == 20
    problem(step(http, ticket(http), codes[0]), 429)


def test_the_secret_lies_encrypted_and_the_codes_hashed(http: Any, own: Any, runtime: Any) -> None:
    phone, codes = set_up(http, own)
    with runtime.database.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM second_factors")).all())
        kept += str(connection.execute(text("SELECT * FROM recovery_codes")).all())
        kept += str(connection.execute(text("SELECT * FROM commands")).all())
    assert phone.totp.secret not in kept and not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_switching_it_off_and_new_codes_need_the_password(http: Any, own: Any) -> None:
    _phone, codes = set_up(http, own)
    for path in ("off", "recovery-codes"):
        wrong = http.post(f"/api/v1/me/second-factor/{path}", json={"current_password": "wrong"}, headers=own)
        problem(wrong, 422, "current_password")
    right = {"current_password": PASSWORD}
    renewed = http.post("/api/v1/me/second-factor/recovery-codes", json=right, headers=own).json["recovery_codes"]
    assert not set(renewed) & set(codes)
    problem(step(http, ticket(http), codes[0]), 401)
    assert step(http, ticket(http), renewed[0]).status_code == 200
    assert http.post("/api/v1/me/second-factor/off", json=right, headers=own).status_code == 200
    assert http.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD}).status_code == 200


def test_an_admin_takes_it_off_and_nobody_else(http: Any, own: Any, person: str, bearer: Any) -> None:
    set_up(http, own)
    path = f"/api/v1/users/{person}/second-factor"
    problem(http.delete(path, headers=bearer("finance")), 403)
    assert http.delete(path, headers=bearer("admin")).status_code == 200
    assert http.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD}).status_code == 200


class TestWithoutAKey:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"second_factor_key": ""}

    def test_it_says_so(self, http: FlaskClient, own: Any, runtime: Any) -> None:
        assert "SECOND_FACTOR_KEY" in problem(http.post("/api/v1/me/second-factor", headers=own), 409)["detail"]
        http.post("/login", data={"email": EMAIL, "password": PASSWORD}, headers={"Origin": HERE})
        page = http.post("/account/second-factor/begin", data=token(http, runtime))
        assert page.status_code == 409 and "SECOND_FACTOR_KEY" in page.text


def token(http: FlaskClient, runtime: Any) -> dict[str, str]:
    found = http.get_cookie(cookies.NAME)
    assert found is not None
    return {"csrf_token": cookies.csrf_token(runtime.settings, found.value)}


def test_the_pages_from_set_up_to_the_second_step(http: FlaskClient, own: Any, runtime: Any) -> None:
    log_in = {"email": EMAIL, "password": PASSWORD, "next": "/clients"}
    http.post("/login", data=log_in, headers={"Origin": HERE})
    http.post("/account/second-factor/begin", data=token(http, runtime))
    page = http.get("/account/second-factor").text
    assert "<svg" in page and " style=" not in page
    found = re.search(r'<code id="secret">([\w ]+)</code>', page)
    assert found is not None
    phone = pyotp.TOTP(found[1].replace(" ", ""))
    wrong = http.post("/account/second-factor/confirm", data=token(http, runtime) | {"code": "1"})
    assert wrong.status_code == 422 and found[1] in wrong.text
    codes = http.post("/account/second-factor/confirm", data=token(http, runtime) | {"code": phone.now()})
    shown = re.findall(r"<code>([A-Z2-7-]{19})</code>", codes.text)
    assert len(shown) == 10 and phone.secret not in http.get("/account/second-factor").text
    http.delete_cookie(cookies.NAME)
    asked = http.post("/login", data=log_in, headers={"Origin": HERE})
    held = re.search(r'name="ticket" value="([^"]+)"', asked.text)
    assert held is not None and http.get_cookie(cookies.NAME) is None
    step_two = {"ticket": held[1], "next": "/clients"}
    wrong = http.post("/login/second", data=step_two | {"code": "000000"}, headers={"Origin": HERE})
    assert wrong.status_code == 401 and held[1] in wrong.text
    done = http.post("/login/second", data=step_two | {"code": shown[0]}, headers={"Origin": HERE})
    assert done.status_code == 303 and done.headers["Location"] == "/clients"
    assert http.get("/account").status_code == 200
