"""What a page can be told of, and whose right to see it decides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from libs.common.rights import RIGHTS, Rows

# What each event changes on pages. An event of two topics is two hints.
TOPICS: dict[str, tuple[str, ...]] = {
    "deal.created": ("deals",),
    "deal.changed": ("deals",),
    "deal.stage_changed": ("deals",),
    "deal.won": ("deals",),
    "deal.lost": ("deals",),
    "deal.reopened": ("deals",),
    "deal.removed": ("deals",),
    "activity.logged": ("activity",),
    "activity.changed": ("activity",),
    "client.created": ("clients",),
    "client.access_changed": ("clients",),
    "clients.access_changed": ("clients",),
    "people.notified": ("notification",),
    "whatsapp.received": ("message",),
    "whatsapp.sent": ("message",),
    "whatsapp.failed": ("message",),
    "whatsapp.status_changed": ("message",),
}
# The service and the right that each topic's rows are read with.
_READ_WITH = {
    "deals": ("deals", "deals.read"),
    "activity": ("clients", "clients.read"),
    "task": ("clients", "clients.read"),
    "clients": ("clients", "clients.read"),
    "message": ("notifications", "whatsapp.read"),
    "notification": ("notifications", "notifications.own"),
}
# Messages of a conversation that belongs to no client yet are for those who sort them.
_UNKNOWN_MESSAGE = ("notifications", "whatsapp.triage")


@cache
def _rows(named: tuple[str, str], role: str) -> Rows:
    return next((right.of(role) for right in RIGHTS if (right.service, right.name) == named), Rows.NO)


@dataclass(frozen=True, slots=True)
class Change:
    """One hint: that something is another now, never what. won: whether it is of a won deal, or was until now.

    user_ids: the people it is for where it is not for all who see the client.
    """

    id: int
    topic: str
    client_id: str | None = None
    deal_id: str | None = None
    conversation_id: str | None = None
    subject_id: str | None = None
    won: bool = False
    user_ids: frozenset[str] = frozenset()

    def rows_of(self, role: str) -> Rows:
        """The rows that the right to see this holds for, in a role; NO where there is no such right."""
        named = _READ_WITH[self.topic]
        if self.topic == "message" and self.client_id is None:
            named = _UNKNOWN_MESSAGE
        return _rows(named, role)

    def is_for(self, user_id: str, role: str, sees_client: bool) -> bool:
        """Whether somebody may be told. sees_client: whether they own its client, read it for now, or find it open."""
        match self.rows_of(role):
            case Rows.ALL | Rows.COMMON:
                return True
            case Rows.SEEN | Rows.OWN:
                return sees_client or user_id in self.user_ids
            case Rows.WON:
                return self.won
            case Rows.SELF:
                return user_id in self.user_ids
            case _:
                return False
