"""One amount, everywhere the same: list, detail, PDF and mail, to the last minor unit."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from libs.common.money import display, to_minor
from stack.demo import pdf_text
from stack.driver import Crm, Person
from tests.e2e.conftest import FULL
from tests.e2e.deals_and_invoices import a_client, crm_contact
from tests.support.waiting import eventually

INVOICES = 1000 if FULL else 40
CURRENCIES = {"USD": 2, "EUR": 2, "JPY": 0, "BHD": 3, "GBP": 2, "KWD": 3}


def random_invoice(rng: random.Random, client_id: str) -> dict[str, Any]:
    currency = rng.choice(list(CURRENCIES))
    digits = CURRENCIES[currency]

    def price() -> int | float:
        minor = rng.randint(1, 90_000 * 10**digits)
        return minor if digits == 0 else float(Decimal(minor).scaleb(-digits))

    lines = [
        {"description": f"Work {n}", "quantity": rng.choice([1, 2, 3, 0.5, 1.25, 7.333]), "unit_price": price()}
        for n in range(rng.randint(1, 4))
    ]
    return {
        "client_id": client_id,
        "currency": currency,
        "lines": lines,
        "discount_percent": rng.choice([0, 0, 5, 12.5, 33.3333]),
        "tax_percent": rng.choice([0, 0, 19, 8.875, 7.7]),
    }


def test_amounts_agree(crm: Crm, people: dict[str, Any]) -> None:
    rep = people["sales"]
    client = a_client(rep)
    address = crm_contact(rep, client["id"])
    rng = random.Random(2025)
    bodies = [random_invoice(rng, client["id"]) for _ in range(INVOICES)]

    def make(body: dict[str, Any]) -> dict[str, Any]:
        made = rep.post("/invoices", body)
        rep.post(f"/invoices/{made['id']}/send")
        return made

    with ThreadPoolExecutor(4) as pool:
        invoices = list(pool.map(make, bodies))
    listed = {each["id"]: each for each in all_invoices(rep, client["id"])}
    assert len(listed) == INVOICES
    mails = eventually(lambda: all_mailed(crm, address), 60 + INVOICES)
    for invoice in invoices:
        detail = rep.get(f"/invoices/{invoice['id']}")
        amounts = {invoice["amount"], detail["amount"], listed[invoice["id"]]["amount"]}
        assert len(amounts) == 1, (invoice["invoice_number"], amounts)
        shown = display(to_minor(Decimal(str(detail["amount"])), detail["currency"]), detail["currency"])
        mail = mails[detail["invoice_number"]]
        assert shown in mail["text"] and shown in mail["html"], (detail["invoice_number"], shown)
        assert shown in pdf_text(crm.attachment(mail)).replace("\n", " "), (detail["invoice_number"], shown)


def all_invoices(rep: Person, client_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = rep.get("/invoices", client_id=client_id, limit=200, **cursor)
        items += page["items"]
        if page["next_cursor"] is None:
            assert page["total"] == len(items)
            return items
        cursor = {"cursor": page["next_cursor"]}


def all_mailed(crm: Crm, address: str) -> dict[str, Any]:
    found = {mail["subject"].split("#")[1].split(" ")[0]: mail for mail in crm.mails(address, "Invoice #")}
    assert len(found) == INVOICES, len(found)
    return found
