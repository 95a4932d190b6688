"""What is owed to us by how long it is overdue, and how long clients take to pay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from libs.common import segments
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.billing import fields
from services.billing.domain import PAID
from services.billing.models import invoices
from services.billing.queries.filters import business_today, matching

# The age of a bucket in days overdue, from and to; as accountants cut it.
BUCKETS: tuple[tuple[str, int | None, int | None], ...] = (
    ("not_due", None, 0),
    ("1-30", 1, 30),
    ("31-60", 31, 60),
    ("61-90", 61, 90),
    ("over_90", 91, None),
)
_NARROWED_BY = frozenset({"client_id", "currency", "segment_id"})
_CLIENTS, _LONGEST_DAYS = 200, 3660

_OWED = invoices.c.amount_minor - invoices.c.paid_minor
_NEWEST_NAME = func.min(invoices.c.company_name)


def receivables(session: Session, actor: Actor, filters: dict[str, Any]) -> dict[str, Any]:
    """What sent invoices still ask for today, by age and by client; amounts of two currencies are never added.

    ``{day, currencies: [{currency, buckets: [{bucket, filters, count, amount_minor}], total_minor, overdue_minor,
    count}], rows: [{client_id, company_name, currency, an amount a bucket, total_minor, oldest_days, count}],
    clients}``.
    ``filters`` of a bucket find its invoices in ``list_invoices``. rows: the 200 who owe most; clients: all of them.
    """
    today = business_today()
    wanted = _open(actor, filters, today)
    bucket = _bucket(today)
    sums = select(invoices.c.currency, bucket, func.count().label("count"), func.sum(_OWED).label("owed")).where(wanted)
    found = session.execute(sums.group_by(invoices.c.currency, bucket)).all()
    by_age = {(row.currency, row.bucket): row for row in found}
    names = sorted({row.currency for row in found})
    rows = session.execute(_by_client(wanted, today)).all()
    return {
        "day": today,
        "currencies": [_currency(name, by_age, today, segments.unresolved(filters)) for name in names],
        "rows": [_client(row) for row in rows],
        "clients": session.execute(_how_many(wanted)).scalar_one(),
    }


def payment_time(session: Session, actor: Actor, from_day: Any, to_day: Any, filters: dict[str, Any]) -> dict[str, Any]:
    """How many days passed from sending to payment, for invoices paid in a range of days.

    ``{from_day, to_day, months: [{month, …}], total: {…}, rows: [{client_id, company_name, …}]}``, each with
    ``invoices, mean_days, median_days, on_time, on_time_share``; means and medians are None where nothing was paid.
    rows: the 50 clients who take longest, with how many they paid ``late``.
    """
    begins, ends = _range(from_day, to_day)
    paid = {"status": PAID, "paid_from": begins.isoformat(), "paid_to": ends.isoformat()}
    wanted = matching(actor, _narrowed(filters) | paid, business_today())
    month = func.to_char(invoices.c.paid_date, "YYYY-MM").label("month")
    months = {row.month: _times(row) for row in session.execute(_time(month).where(wanted).group_by(month))}
    client = (invoices.c.client_id, _NEWEST_NAME.label("company_name"))
    slowest = _time(*client).where(wanted).group_by(invoices.c.client_id)
    rows = session.execute(slowest.order_by(_MEAN.desc(), invoices.c.client_id).limit(50))
    return {
        "from_day": begins,
        "to_day": ends,
        "months": [{"month": each} | months.get(each, _NO_TIMES) for each in _months(begins, ends)],
        "total": _times(session.execute(_time().where(wanted)).one()),
        "rows": [_slow(row) for row in rows],
    }


def _open(actor: Actor, filters: dict[str, Any], today: date) -> ColumnElement[bool]:
    return matching(actor, _narrowed(filters) | {"status": "open"}, today)


def _narrowed(filters: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(filters) - _NARROWED_BY)
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    return dict(filters)


def _bucket(today: date) -> ColumnElement[str]:
    """The name of an invoice's bucket. Days are written as due dates, so that the index by them is used."""
    choices = [
        (invoices.c.due_date >= today - timedelta(days=most), literal(name))
        for name, _least, most in BUCKETS
        if most is not None
    ]
    return case(*choices, else_=literal(BUCKETS[-1][0])).label("bucket")


def _currency(currency: str, found: dict[Any, Any], today: date, filters: dict[str, Any]) -> dict[str, Any]:
    buckets: list[dict[str, Any]] = []
    for name, least, most in BUCKETS:
        row = found.get((currency, name))
        days = {} if most is None else {"due_from": _ago(today, most)}
        days |= {} if least is None else {"due_to": _ago(today, least)}
        listed = filters | {"status": ["open"], "currency": currency} | days
        amount = int(row.owed) if row else 0
        buckets.append({"bucket": name, "filters": listed, "count": row.count if row else 0, "amount_minor": amount})
    total = sum(each["amount_minor"] for each in buckets)
    return {
        "currency": currency,
        "buckets": buckets,
        "count": sum(each["count"] for each in buckets),
        "total_minor": total,
        "overdue_minor": total - buckets[0]["amount_minor"],
    }


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _by_client(wanted: ColumnElement[bool], today: date) -> Select[Any]:
    bucket = _bucket(today)
    columns = [func.coalesce(func.sum(_OWED).filter(bucket == name), 0).label(name) for name, _, _ in BUCKETS]
    total, oldest = func.sum(_OWED).label("total_minor"), func.min(invoices.c.due_date)
    key = (invoices.c.client_id, invoices.c.currency)
    named = (_NEWEST_NAME.label("company_name"), func.greatest(0, literal(today) - oldest).label("oldest_days"))
    grouped = select(*key, *named, func.count().label("count"), total, *columns).where(wanted).group_by(*key)
    return grouped.order_by(total.desc(), *key).limit(_CLIENTS)


def _how_many(wanted: ColumnElement[bool]) -> Select[Any]:
    return select(func.count(invoices.c.client_id.distinct())).where(wanted)


def _client(row: Any) -> dict[str, Any]:
    amounts = {f"{name}_minor": int(row._mapping[name]) for name, _, _ in BUCKETS}
    shown = ("client_id", "company_name", "currency", "count", "oldest_days")
    return {name: row._mapping[name] for name in shown} | amounts | {"total_minor": int(row.total_minor)}


_DAYS = invoices.c.paid_date - func.coalesce(invoices.c.issued_on, invoices.c.dated_on)
_MEAN = func.avg(_DAYS)
_NO_TIMES: dict[str, Any] = {
    "invoices": 0,
    "mean_days": None,
    "median_days": None,
    "on_time": 0,
    "on_time_share": None,
}


def _time(*columns: ColumnElement[Any]) -> Select[Any]:
    on_time = func.count().filter(invoices.c.paid_date <= invoices.c.due_date)
    median = func.percentile_cont(0.5).within_group(_DAYS)
    figures = (func.count().label("invoices"), _MEAN.label("mean"), median.label("median"), on_time.label("on_time"))
    return select(*columns, *figures)


def _slow(row: Any) -> dict[str, Any]:
    of_client = {"client_id": row.client_id, "company_name": row.company_name}
    return of_client | _times(row) | {"late": row.invoices - row.on_time}


def _times(row: Any) -> dict[str, Any]:
    if not row.invoices:
        return dict(_NO_TIMES)
    return {
        "invoices": row.invoices,
        "mean_days": round(float(row.mean), 1),
        "median_days": round(float(row.median), 1),
        "on_time": row.on_time,
        "on_time_share": round(row.on_time / row.invoices, 4),
    }


def _range(from_day: Any, to_day: Any) -> tuple[date, date]:
    begins, ends = fields.day("from", from_day), fields.day("to", to_day)
    if begins is None or ends is None:
        raise Invalid("a report needs its first and its last day", field="from" if begins is None else "to")
    if begins > ends:
        raise Invalid("from is after to", field="from")
    if (ends - begins).days > _LONGEST_DAYS:
        raise Invalid(f"at most {_LONGEST_DAYS} days", field="to")
    return begins, ends


def _months(begins: date, ends: date) -> list[str]:
    """Every month of the range, those of which nothing is told among them."""
    first, last = begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, last + 1)]
