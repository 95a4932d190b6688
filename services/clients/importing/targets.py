"""What a column of an imported file may mean."""

from __future__ import annotations

from dataclasses import dataclass

from libs.common.fields import TEXT_LENGTH
from services.clients.domain import ACTIVITY_TYPES, STATUSES

ENTITIES = ("client", "contact", "deal", "activity")
OUTCOMES = ("open", "won", "lost")
STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost")
CUSTOM = "custom."
# The one amount of ours; the company's own fields may be others.
MONEY = "deal.deal_value"


@dataclass(frozen=True, slots=True)
class Target:
    """One field of one entity.

    kind: how its cells are read. longest: characters it holds. choices: what a choice may be.
    admin: only an admin brings it in, since it says when or by whom something was done.
    """

    entity: str
    field: str
    kind: str = "text"
    longest: int = 200
    choices: tuple[str, ...] = ()
    admin: bool = False

    @property
    def name(self) -> str:
        return f"{self.entity}.{self.field}"


def _texts(entity: str, longest: int, names: str, kind: str = "text") -> list[Target]:
    return [Target(entity, name, kind, longest) for name in names.split()]


_ALL = [
    *_texts("client", 200, "company_name industry city state country"),
    *_texts("client", 500, "website address"),
    *_texts("client", 254, "email", "email"),
    *_texts("client", 60, "phone", "phone"),
    *_texts("client", TEXT_LENGTH, "notes"),
    *_texts("client", 60, "source"),
    Target("client", "status", "choice", choices=STATUSES),
    Target("client", "tags", "tags"),
    Target("client", "owner", "owner"),
    Target("client", "external_id", "id"),
    Target("client", "created_at", "instant", admin=True),
    Target("client", "waiting_since", "instant", admin=True),
    *_texts("contact", 200, "first_name last_name job_title"),
    *_texts("contact", 400, "name"),
    *_texts("contact", 254, "email", "email"),
    *_texts("contact", 60, "phone", "phone"),
    Target("contact", "is_primary", "flag"),
    Target("contact", "external_id", "id"),
    Target("contact", "created_at", "instant", admin=True),
    *_texts("deal", 300, "deal_name"),
    Target("deal", "deal_value", "money"),
    Target("deal", "currency", "currency"),
    Target("deal", "stage", "choice", choices=STAGES),
    Target("deal", "deal_status", "choice", choices=OUTCOMES),
    *_texts("deal", 60, "source"),
    *_texts("deal", 500, "lost_reason"),
    *_texts("deal", TEXT_LENGTH, "description"),
    *(Target("deal", name, "date") for name in ("expected_close_date", "close_date")),
    *(Target("deal", name, "date", admin=True) for name in ("actual_close_date", "won_on", "lost_on", "created_on")),
    Target("deal", "history", "history", admin=True),
    Target("deal", "tags", "tags"),
    Target("deal", "owner", "owner"),
    Target("deal", "external_id", "id"),
    Target("activity", "type", "choice", choices=ACTIVITY_TYPES),
    *_texts("activity", 300, "subject"),
    *_texts("activity", TEXT_LENGTH, "description"),
    *(Target("activity", name, "instant") for name in ("occurred_at", "due_at", "done_at")),
    Target("activity", "done", "flag"),
    Target("activity", "assignee", "owner"),
    *_texts("activity", 200, "actor_name"),
    Target("activity", "external_id", "id"),
    Target("activity", "created_at", "instant", admin=True),
]
TARGETS: dict[str, Target] = {target.name: target for target in _ALL}


def target_of(name: str) -> Target | None:
    """The target of this name; None where there is none."""
    return TARGETS.get(name)
