"""What the live process reads: the hints after a number, who may see them, and whose streams may go on.

Every method is one call into the database, made on a thread of the process's few.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from libs.common import row_access
from libs.common.database import Database
from libs.common.identity import Actor
from libs.common.problems import NotFound, Problem
from libs.common.runtime import Runtime
from services.gateway.accounts import sessions
from services.gateway.accounts.sessions import SignedIn
from services.gateway.live.topics import Change
from services.gateway.models import live_changes
from services.gateway.settings import GatewaySettings

# More than so many at once are not told one by one: pages look anew instead.
MANY = 200

_BOUNDS = text("SELECT COALESCE(min(id), 0), COALESCE(max(id), 0) FROM live_changes")
_LIVE = text("""
    SELECT s.id::text AS session_id, u.role FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id::text = ANY (:ids) AND s.kind = 'web' AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
""").bindparams(bindparam("ids", type_=ARRAY(TEXT)))


class Undecided(Exception):
    """Who may see a client could not be found out now."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a stream that comes back has missed; ``whole`` is False where that cannot be said."""

    changes: list[Change]
    whole: bool


class Reading:
    """Reads for the streams of one process."""

    def __init__(self, runtime: Runtime[GatewaySettings], database: Database) -> None:
        self._runtime = runtime
        self._database = database

    def signed_in(self, cookie: str) -> SignedIn:
        """The person of a browser's session, as pages find it; Unauthorized when it has ended."""
        return sessions.of_cookie(self._database, self._runtime.settings, cookie)

    def still_live(self, session_ids: Collection[str]) -> dict[str, str]:
        """Those of the sessions that go on, each with the role its person has now."""
        with self._database.read() as session:
            rows = session.execute(_LIVE, {"ids": list(session_ids)})
            return {row.session_id: row.role for row in rows}

    def bounds(self) -> tuple[int, int]:
        """The numbers of the oldest and the newest hint, 0 when there are none."""
        with self._database.read() as session:
            oldest, newest = session.execute(_BOUNDS).one()
        return oldest, newest

    def after(self, number: int, limit: int = MANY + 1) -> list[Change]:
        """The hints after a number, in order."""
        row = live_changes.c
        with self._database.read() as session:
            found = session.execute(select(live_changes).where(row.id > number).order_by(row.id).limit(limit))
            return [_change(each) for each in found]

    def missed(self, actor: Actor, number: int) -> Missed:
        """What somebody may be told of after a number; not whole where older hints are gone, or it is too much."""
        oldest, newest = self.bounds()
        if number < oldest - 1 or number > newest:
            return Missed([], whole=False)
        found = self.after(number) if number < newest else []
        if len(found) > MANY:
            return Missed([], whole=False)
        me = (actor.id, actor.role)
        seen = self.seeing(found, {me})
        return Missed([each for each in found if each.is_for(*me, (each.client_id, actor.id) in seen)], whole=True)

    def seeing(self, changes: Collection[Change], people: Collection[tuple[str, str]]) -> set[tuple[str | None, str]]:
        """Pairs of a client and one of the people (each an id and a role) who sees it, of those it depends on.

        A client that the copy here has not is asked for once; Undecided when it cannot be had.
        """
        roles = {role for _id, role in people}
        asked = {role: [each for each in changes if each.client_id and _depends(each, role)] for role in roles}
        clients = {str(each.client_id) for found in asked.values() for each in found}
        users = [user_id for user_id, role in people if asked[role]]
        if not clients or not users:
            return set()
        with self._database.read() as session:
            missing = row_access.unknown(session, clients)
        for client_id in missing:
            self._learn(client_id)
        with self._database.read() as session:
            return set(row_access.seeing(session, clients, users))

    def _learn(self, client_id: str) -> None:
        own = self._runtime.own_context()
        try:
            answer: dict[str, Any] = self._runtime.rpc.call(
                own, "clients", "client_access", seconds=5.0, client_id=client_id
            )
        except NotFound:
            return
        except Problem as problem:
            raise Undecided(problem.detail or problem.title) from problem
        with self._database.unit_of_work(own) as uow:
            row_access.apply(uow.session, row_access.AccessChanged.model_validate(answer))


def _depends(change: Change, role: str) -> bool:
    return change.is_for("", role, sees_client=True) and not change.is_for("", role, sees_client=False)


def _change(row: Any) -> Change:
    return Change(
        id=row.id,
        topic=row.topic,
        client_id=row.client_id,
        deal_id=row.deal_id,
        conversation_id=row.conversation_id,
        subject_id=row.subject_id,
        won=row.won,
        user_ids=frozenset(row.user_ids),
    )
