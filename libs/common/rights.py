"""The rights: who may do what with which rows. The one table that services, tests and the settings page are made from.

A right without a role's rows is refused (403). Rows a person may not see are not there (404, absent from lists, counts
and sums); rows that may be seen and not changed are refused (403). How each kind of rows is found in SQL stands in the
``access.py`` of the service that owns them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PEOPLE = ("admin", "sales", "finance", "manager")


class Rows(StrEnum):
    """The rows a right holds for."""

    NO = "no"
    """The right is not given."""
    NOTHING = "nothing"
    """Asking is no offence, and finds nothing."""
    ALL = "all"
    OWN = "own"
    """Those of clients one owns."""
    SEEN = "seen"
    """Those of clients one owns, shadows for now, or finds without an owner as a prospect."""
    WON = "won"
    """Those that a won deal made a project of."""
    SELF = "self"
    """What was written to this person."""
    COMMON = "common"
    """Not of any client: the same for everybody."""


@dataclass(frozen=True, slots=True)
class Right:
    """One right of a service; ``system`` tells whether services hold it for their own work."""

    service: str
    name: str
    admin: Rows
    sales: Rows
    finance: Rows
    manager: Rows
    system: bool = True

    def of(self, role: str) -> Rows:
        """The rows of a role; services hold all or nothing."""
        if role == "system":
            return Rows.ALL if self.system else Rows.NO
        return Rows(getattr(self, role))

    @property
    def holders(self) -> frozenset[str]:
        """The roles that may ask."""
        return frozenset(role for role in (*PEOPLE, "system") if self.of(role) is not Rows.NO)


RIGHTS: tuple[Right, ...] = (
    #     service, right              admin        sales        finance      manager
    Right("clients", "clients.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.WON),
    Right("clients", "clients.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO),
    Right("clients", "clients.assign", Rows.ALL, Rows.NO, Rows.NO, Rows.NO),
    Right("clients", "clients.grant", Rows.ALL, Rows.NO, Rows.NO, Rows.NO),
    Right("clients", "clients.access", Rows.NO, Rows.NO, Rows.NO, Rows.NO),
    Right("clients", "activities.log", Rows.ALL, Rows.OWN, Rows.NOTHING, Rows.NOTHING),
    Right("clients", "meetings.book", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO, system=False),
    Right("clients", "documents.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.WON),
    Right("clients", "documents.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO),
    Right("clients", "imports.own", Rows.ALL, Rows.SELF, Rows.NO, Rows.NO, system=False),
    Right("clients", "rates.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("clients", "rates.write", Rows.COMMON, Rows.NO, Rows.COMMON, Rows.NO),
    Right("clients", "fields.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("clients", "fields.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO, system=False),
    Right("clients", "segments.own", Rows.SELF, Rows.SELF, Rows.SELF, Rows.SELF, system=False),
    Right("clients", "intake", Rows.NO, Rows.NO, Rows.NO, Rows.NO),
    Right("deals", "deals.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.WON),
    Right("deals", "deals.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO),
    Right("deals", "deals.bring", Rows.NO, Rows.NO, Rows.NO, Rows.NO),
    Right("deals", "fields.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("deals", "fields.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO, system=False),
    Right("deals", "weights.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO, system=False),
    Right("deals", "targets.read", Rows.ALL, Rows.SELF, Rows.ALL, Rows.NOTHING),
    Right("deals", "targets.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO, system=False),
    Right("deals", "intake", Rows.NO, Rows.NO, Rows.NO, Rows.NO),
    Right("billing", "invoices.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.NOTHING),
    Right("billing", "invoices.write", Rows.ALL, Rows.OWN, Rows.ALL, Rows.NO),
    Right("billing", "payments.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.NOTHING),
    Right("billing", "payments.write", Rows.ALL, Rows.NO, Rows.ALL, Rows.NO),
    Right("notifications", "notifications.own", Rows.SELF, Rows.SELF, Rows.SELF, Rows.SELF, system=False),
    Right("notifications", "reports.own", Rows.SELF, Rows.SELF, Rows.SELF, Rows.SELF, system=False),
    Right("notifications", "emails.read", Rows.ALL, Rows.SEEN, Rows.ALL, Rows.SELF),
    Right("notifications", "emails.test", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("notifications", "whatsapp.read", Rows.ALL, Rows.SEEN, Rows.NOTHING, Rows.NOTHING),
    Right("notifications", "whatsapp.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO),
    Right("notifications", "whatsapp.triage", Rows.COMMON, Rows.COMMON, Rows.NO, Rows.NO),
    Right("notifications", "whatsapp.templates", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("ai", "generations.read", Rows.ALL, Rows.SEEN, Rows.NOTHING, Rows.NOTHING),
    Right("ai", "drafts.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO, system=False),
    Right("ai", "notes.write", Rows.ALL, Rows.OWN, Rows.NO, Rows.NO, system=False),
    Right("ai", "insights.write", Rows.SELF, Rows.SELF, Rows.SELF, Rows.SELF),
    Right("ai", "scores.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("ai", "scores.manage", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("ai", "usage.read", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("ai", "budget.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO, system=False),
    Right("gateway", "account.own", Rows.SELF, Rows.SELF, Rows.SELF, Rows.SELF, system=False),
    Right("gateway", "directory.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("gateway", "people.manage", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("gateway", "company.read", Rows.COMMON, Rows.COMMON, Rows.COMMON, Rows.COMMON),
    Right("gateway", "company.write", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO),
    Right("gateway", "forms.follow", Rows.COMMON, Rows.COMMON, Rows.NO, Rows.NO),
    *(
        Right(service, "personal_data", Rows.ALL, Rows.NO, Rows.NO, Rows.NO, system=False)
        for service in ("clients", "deals", "billing", "notifications", "ai", "gateway")
    ),
    *(
        Right(service, "operate", Rows.COMMON, Rows.NO, Rows.NO, Rows.NO)
        for service in ("clients", "deals", "billing", "notifications", "ai", "gateway")
    ),
)


def permissions(service: str) -> dict[str, frozenset[str]]:
    """The rights of a service and the roles that hold each."""
    return {right.name: right.holders for right in RIGHTS if right.service == service}


def right(service: str, name: str) -> Right:
    """One right; KeyError when there is none of this name."""
    return {(each.service, each.name): each for each in RIGHTS}[service, name]
