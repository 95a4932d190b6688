"""Stripe's lists: newest first, paged with `starting_after` and `ending_before`."""

from __future__ import annotations

from sandbox.stripe.call import Call
from sandbox.stripe.errors import invalid, not_found
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json

MOST = 100


def listed(call: Call, kind: str, params: Params, url: str, *filters: str) -> Json:
    """One page of a type; each filter is a field compared with the parameter of its name."""
    params.only("limit", "starting_after", "ending_before", "created", *filters)
    wanted = {name: params.text(name) for name in filters if name in params}
    found = [thing for thing in call.objects.all(kind) if all(thing.get(name) == wanted[name] for name in wanted)]
    return page(_in_time(found, params), params, url, kind)


def page(things: list[Json], params: Params, url: str, kind: str) -> Json:
    """A part of `things` as Stripe's list object."""
    limit = params.positive("limit") or 10
    if limit > MOST:
        raise invalid("limit", f"This value must be less than or equal to {MOST}.", "parameter_invalid_integer")
    before = params.text("ending_before")
    if before:
        things = things[: _place(things, before, "ending_before", kind)]
        chosen, more = things[-limit:], len(things) > limit
    else:
        after = params.text("starting_after")
        things = things[_place(things, after, "starting_after", kind) + 1 :] if after else things
        chosen, more = things[:limit], len(things) > limit
    return {"object": "list", "data": chosen, "has_more": more, "url": url}


def _place(things: list[Json], id: str, param: str, kind: str) -> int:
    for number, thing in enumerate(things):
        if thing["id"] == id:
            return number
    raise not_found(kind, id, param, status=400)


def _in_time(things: list[Json], params: Params) -> list[Json]:
    if isinstance(params.raw.get("created"), str):
        return [thing for thing in things if thing["created"] == params.whole("created")]
    limits = params.inner("created")
    limits.only("gt", "gte", "lt", "lte")
    tests = {
        "gt": lambda created, limit: created > limit,
        "gte": lambda created, limit: created >= limit,
        "lt": lambda created, limit: created < limit,
        "lte": lambda created, limit: created <= limit,
    }
    wanted = {name: limit for name in tests if (limit := limits.whole(name)) is not None}
    return [thing for thing in things if all(tests[name](thing["created"], wanted[name]) for name in wanted)]
