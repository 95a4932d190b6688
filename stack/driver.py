"""Drives a running stack from outside, over HTTP, as any program could: what demo, tests and benchmarks share."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests

from stack.paths import StatePaths

T = TypeVar("T")
TIMEOUT_SECONDS = 30.0


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}")
        self.status = response.status_code
        self.response = response


@dataclass(frozen=True)
class Person:
    """Somebody signed in; calls answer the JSON, or raise Refused."""

    base_url: str
    session: requests.Session
    user: dict[str, Any]

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self._call("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        return self._call("PUT", path, json=body)

    def upload(self, path: str, name: str, content: bytes) -> Any:
        """Send a file."""
        return self._call("POST", path, files={"file": (name, content)})

    def download(self, path: str) -> bytes:
        """The bytes behind a path that leads to a file."""
        response = self.session.get(self.base_url + path, timeout=TIMEOUT_SECONDS)
        if not response.ok:
            raise Refused(response)
        return response.content

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self.session.request(method, self.base_url + path, timeout=TIMEOUT_SECONDS, **arguments)
        if not response.ok:
            raise Refused(response)
        return response.json()


class Crm:
    """A stack as ``stack.json`` describes it."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = info
        self.base_url = f"{info['base_url']}/api/v1"
        self._people: dict[str, Person] = {}

    @classmethod
    def of(cls, state_dir: Path | None = None) -> Crm:
        """The stack of this checkout, or of a state folder."""
        paths = StatePaths(state_dir) if state_dir else StatePaths.choose()
        return cls(json.loads(paths.info.read_text()))

    def anybody(self) -> Person:
        """Somebody who is not signed in."""
        return Person(self.base_url, requests.Session(), {})

    def sign_in(self, who: str) -> Person:
        """One of the demo people: admin, sales, sales2, finance or manager."""
        if who not in self._people:
            account = self.info["users"][who]
            tokens = self.anybody().post("/auth/login", {name: account[name] for name in ("email", "password")})
            session = requests.Session()
            session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            self._people[who] = Person(self.base_url, session, tokens["user"])
        return self._people[who]

    def mails(self, to: str, subject: str = "") -> list[dict[str, Any]]:
        """What the sandbox's mail server received for an address, newest first."""
        found: list[dict[str, Any]] = requests.get(
            f"{self.info['sandbox']['mail_url']}/messages", params={"to": to}, timeout=TIMEOUT_SECONDS
        ).json()
        return [mail for mail in found if subject in mail["subject"]]

    def attachment(self, mail: dict[str, Any]) -> bytes:
        """The bytes of a mail's first attachment."""
        url: str = mail["attachments"][0]["url"]
        if url.startswith("/"):
            url = self.info["sandbox"]["mail_url"] + url
        return requests.get(url, timeout=TIMEOUT_SECONDS).content

    def pay(self, payment_intent: str, **outcome: Any) -> dict[str, Any]:
        """Let the customer pay (or fail to) at the sandbox's Stripe."""
        url = f"{self.info['sandbox']['stripe_url']}/_sandbox/payment_intents/{payment_intent}/pay"
        body = {"outcome": "succeeded"} | outcome
        answer = requests.post(url, json=body, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        paid: dict[str, Any] = answer.json()
        return paid


def wait_for(check: Callable[[], T | None], what: str, seconds: float = 60.0, pause: float = 0.05) -> T:
    """Ask until the answer is something, every ``pause`` seconds; TimeoutError names what never came."""
    end = time.monotonic() + seconds
    never = threading.Event()
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        never.wait(pause)
