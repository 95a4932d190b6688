"""Tables of what clients owe and how soon they pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting.pipeline import MEAN, MEDIAN, MONTH
from libs.reporting.table import N_, Column, Table, named

Answer = Mapping[str, Any]

BUCKETS = (
    Column("not_due", N_("Not due yet"), "money"),
    Column("1-30", N_("1-30 days"), "money"),
    Column("31-60", N_("31-60 days"), "money"),
    Column("61-90", N_("61-90 days"), "money"),
    Column("over_90", N_("Over 90 days"), "money"),
)
CURRENCY = Column("currency", N_("Currency"))
CLIENT = Column("company_name", N_("Client"), "client")
INVOICES = Column("invoices", N_("Invoices"), "count")
ON_TIME = (Column("on_time", N_("On time"), "count"), Column("on_time_share", N_("Share on time"), "percent"))


def receivables(answer: Answer) -> list[Table]:
    """What is owed by how long it has been due: by client, and over all in each currency."""
    total = Column("total", N_("Total"), "money")
    oldest = Column("oldest_days", N_("Oldest, days overdue"), "days")
    clients = [named(each) for each in answer["rows"]]
    overdue = Column("overdue", N_("Overdue"), "money")
    return [
        Table("clients", N_("Owed by client"), [CLIENT, *BUCKETS, total, oldest], clients),
        Table("currencies", N_("Owed over all"), [CURRENCY, *BUCKETS, total, overdue], _over_all(answer)),
    ]


def _over_all(answer: Answer) -> list[dict[str, Any]]:
    return [
        named({name: value for name, value in each.items() if name != "buckets"})
        | {bucket["bucket"]: bucket["amount_minor"] for bucket in each["buckets"]}
        for each in answer["currencies"]
    ]


def payment_time(answer: Answer) -> list[Table]:
    """Days from issue to payment, by month of payment and for the slowest clients."""
    late = Column("late", N_("Late"), "count")
    months = [MONTH, INVOICES, MEAN, MEDIAN, *ON_TIME]
    return [
        Table("months", N_("Days until payment"), months, answer["months"], answer["total"]),
        Table("clients", N_("The slowest to pay"), [CLIENT, INVOICES, MEAN, MEDIAN, late], answer["rows"]),
    ]
