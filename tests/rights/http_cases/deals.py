"""The operations of deals."""

from __future__ import annotations

from tests.rights.cases import CHANGE, COMMON, LIST, READ, Case, counted
from tests.rights.http_cases.given import deal_of, filter_of_client, words_of

DEALS = (
    Case("GET /deals", LIST, "deals.read", words_of),
    Case("GET /deals/board", LIST, "deals.read", words_of),
    Case("GET /deals/totals", LIST, "deals.read", filter_of_client, shows=counted),
    Case(
        "POST /deals",
        CHANGE,
        "deals.write",
        lambda _s, r: {"json": {"client_id": r["client"], "deal_name": f"{r.name} next"}},
    ),
    Case("GET /deals/{deal_id}", READ, "deals.read", deal_of),
    Case(
        "PATCH /deals/{deal_id}",
        CHANGE,
        "deals.write",
        lambda s, r: deal_of(s, r) | {"json": {"description": "Text"}},
        seen="deals.read",
    ),
    Case(
        "POST /deals/{deal_id}/stage",
        CHANGE,
        "deals.write",
        lambda s, r: {"deal_id": s.deal(r), "json": {"stage": "negotiation"}},
        seen="deals.read",
    ),
    Case("GET /deals/{deal_id}/history", READ, "deals.read", deal_of),
    Case("POST /deals/{deal_id}/analyze", CHANGE, "deals.write", deal_of, seen="deals.read"),
    Case(
        "GET /deals/{deal_id}/win-probability",
        READ,
        "deals.read",
        deal_of,
        shows=lambda answer, row: bool(answer["deal_id"] == row["deal"]),
    ),
    Case("GET /settings/stage-weights", COMMON, "deals.read"),
    *(Case(f"GET /ai/{each}", COMMON, "usage.read") for each in ("usage", "budget")),
    Case("PATCH /ai/budget", COMMON, "budget.write", lambda _s, _r: {"json": {"daily": 10}}),
    Case("PATCH /settings/stage-weights", COMMON, "weights.write", lambda _s, _r: {"json": {"lead": 10}}),
)
