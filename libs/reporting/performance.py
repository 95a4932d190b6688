"""Tables of who and what wins: win rate, sources, reps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting.pipeline import MONTH, STAGE, WEIGHTED, WIN_RATE
from libs.reporting.table import N_, Column, Table, named

Answer = Mapping[str, Any]

SOURCE = Column("source", N_("Source"), "source")
OWNER = Column("owner_id", N_("Owner"), "owner")
CREATED = Column("created", N_("Created"), "count")
OPEN = Column("open", N_("Open"), "count")
WON = Column("won", N_("Won"), "count")
LOST = Column("lost", N_("Lost"), "count")
WON_VALUE = Column("won_value", N_("Won value"), "money")
LOST_VALUE = Column("lost_value", N_("Lost value"), "money")

_GROUPS = {"month": MONTH, "source": SOURCE, "owner": OWNER, "stage": STAGE}


def win_rate(answer: Answer) -> list[Table]:
    """Won and lost of the deals that closed, by month, source, owner, or stage they were ever in."""
    key = _GROUPS[answer["group_by"]]
    rows = [{key.key: each["key"], **named(each)} for each in answer["rows"]]
    columns = [key, WON, LOST, WIN_RATE, WON_VALUE, LOST_VALUE]
    # A deal was in several stages: by stage the rows add up to more than there is.
    total = named(answer["total"])
    return [Table("rows", N_("Win rate"), columns, rows, total, answer["currency"])]


def sources(answer: Answer) -> list[Table]:
    """What became of the deals of each source."""
    average = Column("average_won", N_("Average won"), "money")
    columns = [SOURCE, CREATED, OPEN, WON, LOST, WIN_RATE, WON_VALUE, average]
    rows = [named(each) for each in answer["rows"]]
    return [Table("sources", N_("Deals by source"), columns, rows, named(answer["total"]), answer["currency"])]


def reps(answer: Answer) -> list[Table]:
    """What each person has open, won and lost, against the target where there is one."""
    columns = [
        OWNER,
        CREATED,
        OPEN,
        Column("open_value", N_("Open value"), "money"),
        WEIGHTED,
        WON,
        LOST,
        WIN_RATE,
        WON_VALUE,
    ]
    targeted = any(each.get("target_minor") is not None for each in [*answer["rows"], answer["total"]])
    if targeted:
        columns += [
            Column("target", N_("Target"), "money"),
            Column("attained_value", N_("Won towards it"), "money"),
            Column("attainment", N_("Attainment"), "percent"),
        ]
    rows = [named(each) for each in answer["rows"]]
    return [Table("reps", N_("Deals by owner"), columns, rows, named(answer["total"]), answer["currency"])]
