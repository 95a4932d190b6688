"""The audit logs of all services as one: pages in the order of time, and whether every chain is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from libs.common.audit import notes, reading, sealing
from libs.common.context import Context
from libs.common.database import Database
from libs.common.identity import Actor
from libs.common.pages import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, encode_cursor
from libs.common.problems import Invalid, Problem, Unavailable
from libs.common.rpc.client import Call
from services.gateway.audit import AUDIT

SERVICES = ("ai", "billing", "clients", "deals", "gateway", "notifications")
# Somebody who is not signed in.
VISITOR = Actor("visitor", "visitor")

# Greater than any number an entry has.
_BEYOND = 2**63 - 1

Document = dict[str, Any]


@dataclass(frozen=True)
class Logs:
    """The logs of all services, read on behalf of one person.

    ask: asks several services at once; a problem stands in the place of an answer that did not come.
    """

    database: Database
    ask: Callable[[list[Call]], list[Any]]
    context: Context

    def page(self, filters: Document, cursor: str | None, limit: int | None) -> Document:
        """Entries of all services, newest first: ``{items, next_cursor, total, unavailable}``.

        filters: those of ``reading.search``, and ``service`` for the log of one. Each service is asked for a whole
        page, once; entries of one instant stand in the order of their services' names.
        """
        size = limit or DEFAULT_LIMIT
        wanted = {name: value for name, value in filters.items() if name != "service"}
        services = (filters["service"],) if filters.get("service") else SERVICES
        answers = self._searched(services, wanted, _place(cursor), size)
        found = {name: answer for name, answer in answers.items() if not isinstance(answer, Problem)}
        items = [entry | {"service": name} for name, answer in found.items() for entry in answer["items"]]
        items.sort(key=lambda entry: (entry["service"], -entry["seq"]))
        items.sort(key=lambda entry: entry["at"], reverse=True)
        more = len(items) > size or any(answer["more"] for answer in found.values())
        last = items[size - 1 : size] if more else []
        return {
            "items": items[:size],
            "next_cursor": encode_cursor([last[0][name] for name in ("at", "service", "seq")]) if last else None,
            "total": sum(answer["total"] for answer in found.values()),
            "unavailable": [name for name, answer in answers.items() if isinstance(answer, Problem)],
        }

    def pages(self, filters: Document) -> Iterator[list[Document]]:
        """All of it, page by page. A service that does not answer raises: half a log must not look like the whole."""
        cursor: str | None = None
        while True:
            found = self.page(filters, cursor, MAX_LIMIT)
            if found["unavailable"]:
                raise Unavailable(f"{', '.join(found['unavailable'])} did not answer; ask for the export again")
            yield found["items"]
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def verified(self) -> Document:
        """Check every chain, and write down where each ends: ``{ok, items: [{service, entries, last_seq, last_hash, ok,
        broken_at, problem}], unavailable}``.

        The end a chain had when it was checked last must still be in it: a chain that was cut off or made anew is
        whole in itself, and shows here. What was found before is kept in the gateway's own log.
        """
        last = self.last_check()
        before: dict[str, Document] = last["chains"] if last else {}
        answers = self._checked(before)
        found = {name: answer for name, answer in answers.items() if not isinstance(answer, Problem)}
        items = [_judged(name, answer, before.get(name)) for name, answer in found.items()]
        with self.database.unit_of_work(self.context) as uow:
            said = {
                item["service"]: {"seq": item["last_seq"], "hash": item["last_hash"]} for item in items if item["ok"]
            }
            broken = {item["service"]: item["problem"] for item in items if not item["ok"]}
            subject = self.context.actor.id
            notes.note(
                uow.session, self.context, "verified", record="audit_log", record_id="", subject=subject,
                said={"chains": before | said, "broken": broken},
            )  # fmt: skip
        missing = [name for name in SERVICES if name not in found]
        return {"ok": not missing and not broken, "items": items, "unavailable": missing}

    def last_check(self) -> Document | None:
        """``{at, chains, broken}`` of the newest check: the end each chain had, and what was wrong with which."""
        sealing.seal(self.database, AUDIT)
        with self.database.read() as session:
            items = reading.search(session, {"action": "verified"}, limit=1)["items"]
        if not items:
            return None
        changes = items[0]["changes"]
        return {"at": items[0]["at"], "chains": changes["chains"][1], "broken": changes["broken"][1]}

    def _searched(
        self, services: tuple[str, ...], filters: Document, place: tuple[str, str, int] | None, size: int
    ) -> dict[str, Any]:
        places = {name: _before(name, place) for name in services}
        calls = [
            Call(name, "search_audit", {"filters": filters, "before": before, "limit": size})
            for name, before in places.items()
            if name != "gateway"
        ]
        answers = dict(zip([call.service for call in calls], self._ask(calls), strict=True))
        if "gateway" in places:
            sealing.seal(self.database, AUDIT)
            with self.database.read() as session:
                answers["gateway"] = reading.search(session, filters, places["gateway"], size)
        for answer in answers.values():
            if isinstance(answer, Invalid):
                raise answer
        return answers

    def _checked(self, before: dict[str, Document]) -> dict[str, Any]:
        """Every chain read to its end, a stretch of each at a time."""
        answers: dict[str, Any] = {}
        unread = dict.fromkeys(SERVICES, 0)
        while unread:
            stretches = self._stretches(before, unread)
            answers |= stretches
            unread = {
                name: answer["reached"]
                for name, answer in stretches.items()
                if not isinstance(answer, Problem)
                and answer["ok"]
                and unread[name] < answer["reached"] < answer["last_seq"]
            }
        return answers

    def _stretches(self, before: dict[str, Document], after: dict[str, int]) -> dict[str, Any]:
        asked: dict[str, Document] = {
            name: {"seq": before.get(name, {}).get("seq"), "after": start} for name, start in after.items()
        }
        calls = [Call(name, "verify_audit", arguments) for name, arguments in asked.items() if name != "gateway"]
        answers = dict(zip([call.service for call in calls], self._ask(calls), strict=True))
        if "gateway" in asked:
            with self.database.read() as session:
                answers["gateway"] = reading.verify(session, **asked["gateway"])
        return answers

    def _ask(self, calls: list[Call]) -> list[Any]:
        return self.ask(calls) if calls else []


def pseudonym(kind: str, value: str) -> str:
    """The name under which somebody's values are kept of whom only an address is known."""
    return f"{kind}:{hashlib.sha256(value.strip().lower().encode()).hexdigest()[:32]}"


def _place(cursor: str | None) -> tuple[str, str, int] | None:
    if not cursor:
        return None
    match decode_cursor(cursor, 3):
        case [str(at), str(service), int(seq)] if service in SERVICES and not isinstance(seq, bool):
            return at, service, seq
    raise Invalid("this cursor does not belong to this list; start again without one", field="cursor")


def _before(service: str, place: tuple[str, str, int] | None) -> list[Any] | None:
    """From where a service goes on: at the instant of the last entry, later names are still to come."""
    if place is None:
        return None
    at, last, seq = place
    return [at, seq if service == last else _BEYOND if service > last else 0]


def _judged(service: str, answer: Document, before: Document | None) -> Document:
    kept = before is None or before["seq"] == 0 or answer["asked_hash"] == before["hash"]
    problem = ""
    if not answer["ok"]:
        problem = f"entry {answer['broken_at']} is not what was written"
    elif not kept and before is not None:
        problem = f"entry {before['seq']}, which ended the chain at the last check, is gone or was written anew"
    shown = {name: answer[name] for name in ("entries", "last_seq", "last_hash", "broken_at")}
    return {"service": service, **shown, "ok": not problem, "problem": problem}
