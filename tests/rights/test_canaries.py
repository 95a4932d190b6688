"""Secret words in Jessica's rows, and John looking for them everywhere he can think of."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from collections.abc import Iterator
from typing import Any

import psycopg
import pypdf
import pytest
import requests

from libs.reporting.sheets import XLSX_TYPE
from stack.application import Stack
from stack.databases import service_url
from stack.driver import Crm
from tests.rights.scene import Scene
from tests.support.waiting import eventually

PDF_TYPE = "application/pdf"
SORTS = ("created_at", "-created_at", "company_name", "-deal_value", "-amount", "due_date", "-last_activity")
PAGES = (
    "/", "/clients", "/clients?q={word}", "/clients/options?q={word}", "/clients/similar?company_name={word}",
    "/clients/values?field=city&value={word}",
    "/clients/{client_id}", "/clients/{client_id}/timeline", "/clients/{client_id}/edit", "/deals", "/deals?q={word}",
    "/deals/board", "/deals/board?q={word}", "/deals/{deal_id}", "/deals/{deal_id}/insights",
    "/deals/{deal_id}/invoices", "/deals/new?client_id={client_id}", "/invoices", "/invoices?q={word}",
    "/invoices/{invoice_id}", "/invoices/{invoice_id}/edit", "/invoices/{invoice_id}/state",
    "/invoices/{invoice_id}/preview", "/invoices/{invoice_id}/preview.pdf", "/documents/{document_id}", "/payments",
    "/search?q={word}", "/tasks", "/tasks?whose=all", "/notifications", "/contacts/{contact_id}/edit",
)  # fmt: skip


class Secret:
    """A client of Jessica's whose every text holds a word that stands nowhere else."""

    def __init__(self, scene: Scene, status: str = "inactive") -> None:
        self.word = f"canary{secrets.token_hex(6)}"
        jessica = scene.crm.sign_in("sales2")
        # Of an active client the name is everybody's to see.
        name = self.word if status != "active" else f"Aviary {secrets.token_hex(6)}"
        contact = {"first_name": self.word, "last_name": self.word, "email": f"{self.word}@nest.example"}
        body = {
            "company_name": name,
            "status": status,
            "notes": self.word,
            "tags": [self.word],
            "city": self.word,
            "contact": contact,
        }
        client = jessica.post("/clients", body)["id"]
        self.ids = {"client_id": client}
        self.ids["contact_id"] = jessica.get(f"/clients/{client}/contacts")["items"][0]["id"]
        deal = {"client_id": client, "deal_name": self.word, "description": self.word, "deal_value": 7_654_321}
        self.ids["deal_id"] = jessica.post("/deals", deal)["id"]
        for kind in ("note", "task"):
            told = {"type": kind, "subject": self.word, "description": self.word, "deal_id": self.ids["deal_id"]}
            self.ids["activity_id"] = jessica.post(f"/clients/{client}/activities", told)["id"]
        line = {"description": self.word, "quantity": 1, "unit_price": 1000}
        bill = {"client_id": client, "deal_id": self.ids["deal_id"], "lines": [line], "notes": self.word}
        self.ids["invoice_id"] = jessica.post("/invoices", bill)["id"]
        jessica.post(f"/invoices/{self.ids['invoice_id']}/send")
        paid = {"amount": 10, "reference": self.word}
        scene.admin.post(f"/invoices/{self.ids['invoice_id']}/payments", paid)
        files = {"file": (f"{self.word}.txt", self.word.encode(), "text/plain")}
        url = f"{scene.crm.base_url}/clients/{client}/documents"
        answer = jessica.session.post(url, files=files, timeout=30)
        self.ids["document_id"] = answer.json()["id"]
        self.ids["reference"] = answer.headers["X-Correlation-Id"]
        eventually(lambda: scene.admin.get("/emails", client_id=client)["items"], 60)


@pytest.fixture(scope="module")
def secret(scene: Scene) -> Secret:
    return Secret(scene)


def found_by(crm: Crm, who: str, secret: Secret, below: str = "") -> list[str]:
    """The addresses whose answers hold the word; below: only those that begin so."""
    return [*_over_the_api(crm, who, secret, f"/api/v1{below}"), *_on_pages(crm, who, secret, below)]


def _over_the_api(crm: Crm, who: str, secret: Secret, below: str) -> Iterator[str]:
    session = crm.sign_in(who).session
    paths = requests.get(f"{crm.info['base_url']}/openapi.json", timeout=30).json()["paths"]
    for path, verbs in paths.items():
        if "get" not in verbs or not path.startswith(below):
            continue
        url = crm.info["base_url"] + re.sub(r"\{(\w+)\}", lambda found: secret.ids.get(found[1], secret.word), path)
        names = {each["name"] for each in verbs["get"].get("parameters", []) if each["in"] == "query"}
        # A PDF takes seconds to be made: its report is asked in every way, itself in one.
        for query in [{}] if path.endswith(".pdf") else _queries(names, secret):
            yield from _pages_with(session, url, query, secret.word)


def _queries(names: set[str], secret: Secret) -> Iterator[dict[str, Any]]:
    """Every way to ask that a route knows, one at a time."""
    most = {"limit": 200} if "limit" in names else {}
    yield most
    for name in sorted(names - {"limit", "cursor"}):
        if name == "sort":
            yield from (most | {"sort": sort} for sort in SORTS)
        elif name in secret.ids:
            yield {name: secret.ids[name]}
        elif name not in ("from", "to"):
            yield {name: secret.word}


def _pages_with(session: requests.Session, url: str, query: dict[str, Any], word: str) -> Iterator[str]:
    """This address, if the word stands on it or on one of the pages after it."""
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        answer = session.get(url, params=query | more, timeout=30, allow_redirects=True)
        assert answer.status_code < 500, f"{url} {query}: {answer.status_code}"
        if word in _without_echo(answer, query):
            yield f"{url} {query}"
            return
        cursor = answer.json().get("next_cursor") if answer.ok and _is_list(answer) else None
        if not cursor:
            return


def _is_list(answer: requests.Response) -> bool:
    return "json" in answer.headers.get("Content-Type", "") and isinstance(answer.json(), dict)


def _without_echo(answer: requests.Response, query: dict[str, Any]) -> str:
    """The answer; a problem may name what was asked."""
    return "" if answer.status_code in (400, 401, 403, 404, 422) and query else _legible(answer)


def _legible(answer: requests.Response) -> str:
    """What stands in an answer; a packed file is opened, since no word stands legibly in its bytes."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith(PDF_TYPE):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    if kind.startswith(XLSX_TYPE):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist())
    return answer.text


def _on_pages(crm: Crm, who: str, secret: Secret, below: str) -> Iterator[str]:
    session = requests.Session()
    account = crm.info["users"][who]
    session.post(f"{crm.info['base_url']}/login", data=account, timeout=30).raise_for_status()
    for page in (each for each in PAGES if each.startswith(below)):
        said = _said(session, crm, page, secret.word, secret.ids)
        # Where the word is asked for, a page repeats it; one that nobody has is repeated as often.
        if said > ("{word}" in page and _said(session, crm, page, f"canary{secrets.token_hex(6)}", secret.ids)):
            yield page


def _said(session: requests.Session, crm: Crm, page: str, word: str, ids: dict[str, str]) -> int:
    """How often a page says a word."""
    headers = {"HX-Request": "true"} if page.startswith("/search") else {}
    answer = session.get(crm.info["base_url"] + page.format(word=word, **ids), headers=headers, timeout=30)
    assert answer.status_code < 500, f"{page}: {answer.status_code}"
    return answer.text.count(word) if answer.ok else 0


def test_john_finds_nothing(scene: Scene, secret: Secret) -> None:
    assert found_by(scene.crm, "sales", secret) == []


def test_of_an_active_client_john_finds_the_card_alone(scene: Scene) -> None:
    assert found_by(scene.crm, "sales", Secret(scene, "active")) == []


def test_the_search_finds_what_may_be_seen(scene: Scene, secret: Secret) -> None:
    """So that finding nothing says something: who may see it all finds it in every corner."""
    found = " ".join(found_by(scene.crm, "admin", secret))
    corners = ("/clients ", "/contacts", "/timeline", "/documents", "/tasks", "/deals ", "/board", "/invoices ")
    corners += (
        "/payments",
        "/emails",
        "/clients/duplicates",
        "/clients/tags",
        "/search",
        "/deals/board",
        "/clients/options",
    )
    assert [corner for corner in corners if corner not in found] == []


def test_a_broken_rule_is_found(scene: Scene, secret: Secret, running_stack: Stack) -> None:
    """One wrong row in one service's copy of who may see what."""
    url = service_url(running_stack.infrastructure.urls.postgres, "deals", running_stack.credentials)
    john = scene.actor("sales").id
    reader = (secret.ids["client_id"], john)
    with psycopg.connect(url, autocommit=True) as deals:
        deals.execute("INSERT INTO row_access_readers (record_id, user_id) VALUES (%s, %s)", reader)
        try:
            found = " ".join(found_by(scene.crm, "sales", secret, below="/deals"))
        finally:
            deals.execute("DELETE FROM row_access_readers WHERE record_id = %s AND user_id = %s", reader)
    assert "/deals" in found and "/board" in found
