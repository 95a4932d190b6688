"""The form that builds filters: from a tree to what is sent, and to a tree that means the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from libs.common.problems import Invalid
from services.gateway.web import language
from services.gateway.web.filtering import Builder, Field, Fields

D = Decimal
ID = "7c0d0c3a-4a0e-4c57-9d3b-0a7d0f3b9a11"
REGIONS = ("Süd", "أحمر", "North, East")
STAGES = ("lead", "won")


def field(name: str, kind: str, *options: str) -> Field:
    return Field(name, name, kind, tuple((each, each.title()) for each in options), "USD")


KNOWN = Fields(
    {
        each.name: each
        for each in (
            field("industry", "text"), field("city", "text"), field("tag", "tag"), field("created_at", "time"),
            field("deal_value", "money"), field("lifetime_value", "money"), field("open_deals", "number"),
            field("status", "status", "active", "churned"), field("deal_stage", "stage", *STAGES),
            field("owner_id", "person", "me", "none", ID), field("custom.region", "choice", *REGIONS),
            field("custom.fee", "money"), field("custom.size", "number"), field("custom.begun", "date"),
            field("custom.fair", "yes_no", "true", "false"), field("contact.custom.note", "text"),
        )
    }
)  # fmt: skip


@pytest.fixture(autouse=True, params=["en", "de"])
def _reader(request: Any) -> Iterator[None]:
    app = Flask("services.gateway.app")
    language.install(app)
    with app.test_request_context("/"):
        g.signed_in = SimpleNamespace(locale=request.param)
        yield


def through_inputs(row: Any) -> list[str]:
    """What a browser makes of a row's values: only what each kind of input takes."""
    of = KNOWN.named(row.field)
    if row.op in ("last_days", "not_last_days"):
        return list(row.values)
    if of.options:
        offered = [each for each in row.values if each in dict(of.options)]
        return offered if row.op in ("any_of", "none_of") else offered[:1] or [of.options[0][0]]
    if of.kind in ("time", "date"):
        return [each for each in row.values if re.fullmatch(r"\d{4}-\d\d-\d\d", each)]
    return [re.sub(r"[\r\n]", "", each) for each in row.values]


def sent(builder: Builder) -> dict[str, list[str]]:
    """What a browser sends of the form: a select what is chosen, a box what is ticked."""
    made = {"join": [builder.join]} if len(builder.groups) > 1 else {}
    for g_, group in enumerate(builder.groups):
        made[f"g{g_}.join"] = [group.join]
        for n, row in enumerate(group.rows):
            at = f"g{g_}.r{n}."
            named = {"kept": [row.kept]} if row.kept else {"field": [row.field], "op": [row.op]}
            values = {"value": through_inputs(row), "other": [row.other]} if not row.kept else {}
            made |= {at + name: value for name, value in (named | values).items()}
    return made


def applied(where: Any) -> Any:
    return Builder.of_form(sent(Builder.of_tree(where, KNOWN)), KNOWN).tree()


def meaning(node: Any) -> Any:
    """A tree without what makes no difference: groups of one, groups in others joined alike, letters of a choice."""
    for join in ("all", "any"):
        if isinstance(node, dict) and join in node:
            inside = [meaning(each) for each in node[join]]
            flat = [deep for each in inside for deep in (each.get(join, [each]) if isinstance(each, dict) else [each])]
            return flat[0] if len(flat) == 1 else {join: flat}
    value = node.get("value") if node["op"] not in ("empty", "not_empty") else None
    return {"field": node["field"], "op": node["op"], "value": KNOWN.named(node["field"]).meant(value)}


TEXTS = st.text(max_size=12) | st.sampled_from([" a ", "a, b", "a\nb", "x" * 600, "München", ""])
NUMBERS = st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=2)
AMOUNTS = st.fixed_dictionaries({"amount": NUMBERS}, optional={"currency": st.sampled_from(["USD", "EUR", "JPY"])})
DAYS = st.dates().map(str) | st.just("20250210")
VALUES = st.one_of(
    TEXTS, NUMBERS, AMOUNTS, DAYS, st.booleans(), st.none(), st.integers(0, 40_000),
    st.sampled_from([*REGIONS, "süd", *STAGES, "LEAD", "active", "me", "none", ID, "gone"]),
)  # fmt: skip
OPS = (
    "is is_not any_of none_of contains starts_with gt gte lt lte between empty not_empty last_days not_last_days like"
).split()
CONDITIONS = st.fixed_dictionaries(
    {"field": st.sampled_from([*KNOWN, "custom.gone", "phone"]), "op": st.sampled_from(OPS)},
    optional={"value": VALUES | st.lists(VALUES, max_size=4)},
)
TREES = st.recursive(
    CONDITIONS,
    lambda inside: st.one_of(
        *(st.fixed_dictionaries({j: st.lists(inside, min_size=1, max_size=4)}) for j in ("all", "any"))
    ),
    max_leaves=20,
)


@given(TREES)
def test_a_filter_applied_untouched_means_the_same(where: Any) -> None:
    assert meaning(applied(where)) == meaning(where)


def row(where: Any) -> Any:
    return Builder.of_tree(where, KNOWN).groups[0].rows[0]


@pytest.mark.parametrize(
    ("name", "op", "value"),
    [
        ("custom.fee", "not_empty", None),
        ("custom.fee", "gt", {"amount": D(700), "currency": "EUR"}),
        ("deal_value", "empty", None),
        ("deal_value", "is_not", D("1.5")),
        ("custom.size", "empty", None),
        ("custom.begun", "is_not", "2025-02-10"),
        ("custom.region", "any_of", ["Süd", "North, East"]),
        ("custom.region", "none_of", ["أحمر"]),
        ("status", "any_of", ["active", "churned"]),
        ("deal_stage", "not_empty", None),
        ("owner_id", "none_of", ["me", ID]),
        ("owner_id", "empty", None),
        ("tag", "any_of", ["a", "b"]),
        ("created_at", "between", ["2025-01-01", "2025-02-01"]),
        ("custom.fair", "is", False),
    ],
)
def test_what_can_be_asked_is_shown_as_a_row(name: str, op: str, value: Any) -> None:
    where = {"field": name, "op": op} | ({"value": value} if value is not None else {})
    assert not row(where).kept
    assert applied(where) == where


def test_what_the_form_cannot_show_is_kept_in_words() -> None:
    industry = {"field": "industry", "op": "is", "value": "Technology"}
    city, state = (
        {"field": "city", "op": "is", "value": "München"},
        {"field": "state", "op": "is", "value": "California"},
    )
    deep = {"all": [state, {"field": "tag", "op": "is", "value": "a"}]}
    builder = Builder.of_tree({"all": [industry, {"any": [city, deep]}]}, KNOWN)
    assert [[bool(each.kept) for each in group.rows] for group in builder.groups] == [[False], [False, True]]
    assert builder.keeps and "California" in builder.in_words(builder.groups[1].rows[1])
    builder.do("remove:1:1")
    assert Builder.of_form(sent(builder), KNOWN).tree() == {"all": [industry, city]}


@pytest.mark.parametrize(
    "typed",
    [
        {"field": "city", "op": "is"},
        {"field": "industry", "op": "contains", "value": " "},
        {"field": "tag", "op": "any_of", "value": " , "},
        {"field": "status", "op": "none_of"},
        {"field": "custom.size", "op": "between", "value": "5", "other": ""},
        {"field": "created_at", "op": "last_days", "value": ""},
    ],
)
def test_a_condition_without_its_value_is_refused_at_its_row(typed: dict[str, str]) -> None:
    form = {f"g0.r1.{name}": [value] for name, value in typed.items()}
    form |= {"g0.r0.field": ["phone"], "g0.r0.op": ["empty"]}
    builder = Builder.of_form(form, KNOWN)
    with pytest.raises(Invalid) as refused:
        builder.tree()
    builder.refuse(refused.value)
    assert builder.error_at == (0, 1) and builder.error
    assert Builder.of_form({name: value for name, value in form.items() if "r0" in name}, KNOWN).tree()
    with pytest.raises(Invalid):
        Builder.of_form({f"g0.r0.{name}": [value] for name, value in typed.items()}, KNOWN).tree()


def test_one_row_that_nobody_touched_filters_by_nothing() -> None:
    assert Builder.of_form(sent(Builder.of_tree(None, KNOWN)), KNOWN).tree() is None
    builder = Builder.of_tree(None, KNOWN)
    builder.do("add:0")
    with pytest.raises(Invalid):
        Builder.of_form(sent(builder), KNOWN).tree()


def test_amounts_say_their_currency() -> None:
    fee, value = KNOWN["custom.fee"], KNOWN["deal_value"]
    assert "700" in fee.says("gt", {"amount": 700}) and "$" in fee.says("gt", {"amount": 700})
    assert "€" in fee.says("gt", {"amount": D(700), "currency": "EUR"}) and "$" in value.says("gt", 700)
    assert "0" in value.says("is", D("0.001"))  # more decimals than there are
    assert row({"field": "custom.fee", "op": "gt", "value": {"amount": 700}}).value == "700 USD"
    euros = {"field": ["deal_value"], "op": ["gt"], "value": ["700 EUR"]}
    with pytest.raises(Invalid):
        Builder.of_form({f"g0.r0.{name}": each for name, each in euros.items()}, KNOWN).tree()


def test_what_is_kept_but_no_json_is_no_row() -> None:
    assert Builder.of_form({"g0.r0.kept": ["{"]}, KNOWN).groups[0].rows[0].kept == ""
