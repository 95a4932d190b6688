"""A year of business before today, so that reports have something to tell: closed deals, old open ones, targets.

The same for every new system, whatever the day: all dates are counted back from today.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stack.driver import Crm, Person

_STAGES = ("lead", "qualified", "proposal", "negotiation")
# Days a deal usually stays in each of them.
_STAYS = {"lead": 8, "qualified": 14, "proposal": 19, "negotiation": 11}
_PROJECTS = (
    "Support copilot", "Document search", "Churn signals", "Price assistant", "Voice agent", "Lead scoring",
    "Returns triage", "Content studio", "Onboarding guide", "Data cleanup", "Demand forecast", "Quality checks",
)  # fmt: skip
_SOURCES = ("referral", "website", "brief_wizard", "event", "outbound")
# How often each wins: a report by source has something to show.
_LUCK = {"referral": 0.72, "website": 0.52, "brief_wizard": 0.6, "event": 0.45, "outbound": 0.3}
_REASONS = ("Price", "Chose to build it themselves", "No budget this year", "Went with somebody else")
_CLOSED, _MONTHLY_TARGET = 60, 110_000
# Open deals that have stood still: what they are, their value, and how many days ago they came to each stage.
_STUCK = (
    ("Enterprise knowledge base", 118_000, {"lead": 96, "qualified": 80, "proposal": 58}),
    ("Claims assistant", 36_000, {"lead": 63, "qualified": 47}),
)


def add(crm: Crm, clients: list[dict[str, Any]]) -> None:
    """Deals of the last year at clients ``{id, owner}``, and targets from half a year ago to half a year ahead."""
    admin = crm.sign_in("admin")
    people = {who: crm.sign_in(who).user["id"] for who in ("sales", "sales2")}
    today = datetime.now(UTC).date() - timedelta(days=1)  # nowhere in the future, whatever the business time zone
    dice = random.Random(2025)  # noqa: S311  (the same business each time)
    for number in range(_CLOSED):
        client = clients[dice.randrange(len(clients))]
        admin.post("/deals", _closed(dice, number, client, people, today), f"demo-past-{number}")
    for number, (name, value, days) in enumerate(_STUCK):
        admin.post("/deals", _stuck(name, value, days, clients[number], people, today), f"demo-stuck-{number}")
    _targets(admin, people, today)


def _stuck(
    name: str, value: int, days: dict[str, int], client: dict[str, Any], people: dict[str, str], today: date
) -> dict[str, Any]:
    return {
        "deal_name": name,
        "client_id": client["id"],
        "owner_id": people[client["owner"]],
        "deal_value": value,
        "source": "referral",
        "history": [{"stage": stage, "on": (today - timedelta(days=ago)).isoformat()} for stage, ago in days.items()],
        "expected_close_date": (today + timedelta(days=17)).isoformat(),
    }


def _closed(
    dice: random.Random, number: int, client: dict[str, Any], people: dict[str, str], today: date
) -> dict[str, Any]:
    source = dice.choice(_SOURCES)
    won = dice.random() < _LUCK[source]
    reached = len(_STAGES) if won else dice.choices((1, 2, 3, 4), (2, 3, 4, 2))[0]
    closed = today - timedelta(days=round(360 * (number + 0.5) / _CLOSED))
    days = list(_days_back(dice, closed, reached))
    value = round(dice.lognormvariate(3.4, 0.5)) * 1000
    body = {
        "deal_name": f"{dice.choice(_PROJECTS)} {closed:%b %Y}",
        "client_id": client["id"],
        "owner_id": people[client["owner"]],
        "deal_value": value,
        "source": source,
        "history": [{"stage": stage, "on": day.isoformat()} for stage, day in zip(_STAGES, days, strict=False)],
        "expected_close_date": (closed + timedelta(days=dice.randint(-12, 6))).isoformat(),
        "actual_close_date": closed.isoformat(),
        "stage": "won" if won else "lost",
    }
    return body if won else body | {"lost_reason": dice.choice(_REASONS)}


def _days_back(dice: random.Random, closed: date, reached: int) -> Iterator[date]:
    """The day each stage was entered, the first one first."""
    stays = [max(1, round(dice.gauss(_STAYS[stage], _STAYS[stage] / 3))) for stage in _STAGES[:reached]]
    for place in range(reached):
        yield closed - timedelta(days=sum(stays[place:]))


def _targets(admin: Person, people: dict[str, str], today: date) -> None:
    """What the company and each of its reps want to win in a month."""
    first = today.year * 12 + today.month - 1
    months = [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first - 12, first + 7)]
    whose: dict[str | None, int] = {None: _MONTHLY_TARGET, people["sales"]: 60_000, people["sales2"]: 50_000}
    targets = [
        {"month": month, "owner_id": owner, "amount": amount} for month in months for owner, amount in whose.items()
    ]
    admin.put("/targets", {"targets": targets})
