"""A page's stream of hints as a browser reads it: it comes back by itself, from where it was."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

import requests

PATH = "/live/events"


def browser_session(info: dict[str, Any], who: str) -> requests.Session:
    """Somebody signed in as browsers are: with a cookie of their own."""
    session = requests.Session()
    account = info["users"][who]
    answer = session.post(f"{info['base_url']}/login", data=account, allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text
    return session


@dataclass
class Listening:
    """One open page. ``events``: what came, each with ``event`` and ``id`` beside its data, in order."""

    info: dict[str, Any]
    session: requests.Session
    after: int | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    openings: int = 0
    refused: int = 0
    _closed: bool = False
    _opened: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, info: dict[str, Any], who: str, after: int | None = None) -> Listening:
        """The stream of one of the demo people, open."""
        made = cls(info, browser_session(info, who), after)
        threading.Thread(target=made._run, daemon=True).start()
        assert made._opened.wait(20), "the stream did not open"
        return made

    def close(self) -> None:
        self._closed = True

    def hints(self, topic: str | None = None, **named: Any) -> list[dict[str, Any]]:
        """The hints of a topic that name these ids."""
        return [
            each
            for each in list(self.events)
            if topic in (None, each.get("topic")) and all(each.get(name) == value for name, value in named.items())
        ]

    def _run(self) -> None:
        while not self._closed and not self.refused:
            try:
                self._read()
            except requests.RequestException:
                threading.Event().wait(0.1)

    def _read(self) -> None:
        headers = {} if self.after is None else {"Last-Event-ID": str(self.after)}
        url = self.info["live_url"] + PATH
        with self.session.get(url, headers=headers, stream=True, timeout=30) as answer:
            if answer.status_code != 200:
                self.refused = answer.status_code
                return
            self.openings += 1
            event: dict[str, Any] = {}
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                self._opened.set()
                name, _, value = line.partition(": ")
                if not line:
                    self._take(event)
                    event = {}
                elif name in ("id", "event", "data"):
                    event[name] = value
                if self._closed:
                    return

    def _take(self, event: dict[str, Any]) -> None:
        if "id" in event:
            self.after = int(event["id"])
        if "event" in event:
            self.events.append(json.loads(event["data"]) | {"event": event["event"], "id_": self.after})
