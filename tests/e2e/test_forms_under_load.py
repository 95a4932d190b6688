"""Many forms at once, some of them twice: none lost, none doubled, no 5xx."""

from __future__ import annotations

import random
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import requests

from stack.driver import Crm
from tests.e2e.conftest import FULL
from tests.support.waiting import eventually

FORMS, RESENDS, AT_ONCE = (800, 200, 20) if FULL else (160, 40, 20)


def test_every_form_is_in_once(crm: Crm, people: dict[str, Any]) -> None:
    mark = secrets.token_hex(3)
    forms = [
        {
            "company_name": f"Load {mark} Company {number // 2}",
            "first_name": f"Person{number}",
            "last_name": "Load",
            "email": f"p{number}@load-{mark}-{number // 2}.example",
        }
        for number in range(FORMS)
    ]
    sent = forms + random.Random(7).sample(forms, RESENDS)
    random.Random(8).shuffle(sent)

    def send(form: dict[str, Any]) -> tuple[int, str]:
        answer = requests.post(f"{crm.base_url}/intake/contact", json=form, timeout=30)
        return answer.status_code, answer.json().get("reference", "")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, sent))
    assert {status for status, _reference in answers} <= {201, 202}
    assert len({reference for _status, reference in answers}) == FORMS

    with psycopg.connect(crm.info["databases"]["clients"]) as database:

        def counted() -> bool:
            like = {"m": f"Load {mark}%"}
            clients = "SELECT count(*) FROM clients WHERE company_name LIKE %(m)s"
            hanging = "SELECT count(*) FROM {} JOIN clients c ON c.id = client_id WHERE c.company_name LIKE %(m)s"
            counts = [
                database.execute(query, like).fetchone()[0]
                for query in (clients, hanging.format("contacts"), hanging.format("activities"))
            ]
            database.rollback()
            assert counts == [FORMS // 2, FORMS, FORMS], counts
            return True

        eventually(counted, 60)
