"""Searching the texts of clients: every field, by what was typed, for each person what they may read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from libs.common import migrate
from libs.common.context import Context
from services.clients import handlers, wiring
from services.clients.events import DealChanged
from services.clients.handlers import reactions
from services.clients.handlers.searching import learn_words, sweep_words
from tests.clients.integration.test_scope import MATRIX, PEOPLE
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import envelope

Find = Callable[..., str]


@pytest.fixture
def companies(clients: Any, new_client: Any, hear: Any) -> dict[str, str]:
    made = {
        "Alpine Foods": {"notes": "Wants an e-commerce shop, maybe a café finder", "email": "hi@alpine.example"},
        "Bright TechCorp": {"city": "Ulm", "phone": "+1 555 010-1234"},
        "Müller & Söhne": {"notes": "old catalogue"},
    }
    ids = {name: new_client(JOHN.id, company_name=name, **data)["id"] for name, data in made.items()}
    hear(
        "deal.created",
        client_id=ids["Bright TechCorp"],
        deal_name="Support desk",
        description="A chatbot for e commerce",
    )
    person = {"first_name": "Zoë", "last_name": "Quirke", "job_title": "Buyer"}
    clients.as_(JOHN).create_contact(client_id=ids["Alpine Foods"], data=person)
    call = {"type": "call", "subject": "First call", "description": "They asked about warehouse robots"}
    clients.as_(JOHN).log_activity(client_id=ids["Müller & Söhne"], data=call)
    document = clients.as_(JOHN).prepare_document(
        client_id=ids["Müller & Söhne"], filename="price_list-2025.pdf", content_type="application/pdf"
    )
    clients.as_(JOHN).complete_document(document_id=document["document_id"], size=1, sha256="0" * 64)
    return ids


@pytest.fixture
def find(clients: Any) -> Find:
    """``find("chatbot")``: the first letters of what is found, and in which field."""

    def ask(q: str, who: Any = JOHN, **filters: Any) -> str:
        found = clients.as_(who).list_clients(filters={"q": q} | filters, sort="company_name")
        assert found["total"] == len(found["items"])
        return " ".join(
            f"{row['company_name'][0]}:{'+'.join(hit['field'] for hit in row['hits'])}" for row in found["items"]
        )

    return ask


def test_every_field_is_searched_and_named(companies: dict[str, str], find: Find) -> None:
    expected = {
        "e-commerce": "A:notes B:deal",
        "e-commerce OR chatbot": "A:notes B:deal",
        '"chatbot for e commerce"': "B:deal",
        "support": "B:deal",
        "quirke": "A:contact",
        "zoe": "A:contact",
        "warehouse robots": "M:activity",
        "price list": "M:activity+document",
        "price_list": "M:activity+document",
        "2025": "M:activity+document",
        "muller": "M:company_name",
        "MÜLL": "M:company_name",
        "cafe": "A:notes",
        "alpine.ex": "A:details",
        "hi@alpine": "A:details",
        "0101234": "",
        "010-1234": "B:details",
        "ulm": "B:details",
        "chcorp": "B:company_name",
    }
    assert {q: find(q) for q in expected} == expected


def test_words_of_one_client_may_stand_in_several_texts(companies: dict[str, str], find: Find) -> None:
    assert find("bright chatbot") == "B:company_name+deal"
    assert find("quirke e-commerce") == "A:contact+notes"
    assert find("bright warehouse") == ""
    assert find("commerce -chatbot") == "A:notes"
    assert find("commerce -chatbot -cafe") == ""
    assert find('-commerce -"old catalogue"') == ""
    assert find("-commerce") == "M:"
    assert find("chatbot -quirke OR robots") == "B:deal M:activity"
    assert find('"commerce e"') == find('"shop maybe a finder"') == ""
    for nothing in ("&&&", "'", "\\", "%%%", "!!! ()", "a" * 200, ":* | &", "<->", "\"'\\"):
        assert find(nothing) == ""


def test_the_snippet_marks_what_was_found(clients: Any, companies: dict[str, str]) -> None:
    clients.as_(JOHN).update_client(client_id=companies["Alpine Foods"], changes={"notes": "<b>café</b> & more"})
    (row,) = clients.as_(JOHN).list_clients(filters={"q": "cafe"})["items"]
    (hit,) = row["hits"]
    assert hit == {
        "field": "notes",
        "source_id": row["id"],
        "snippet": [
            {"text": "<b>", "found": False},
            {"text": "café", "found": True},
            {"text": "</b> & more", "found": False},
        ],
    }
    assert "hits" not in clients.as_(JOHN).list_clients(filters={})["items"][0]


def test_a_slip_is_forgiven_only_where_nothing_has_the_word(
    clients: Any, companies: dict[str, str], runtime: Any, find: Find
) -> None:
    # Words of the newest clients are known at once, those of others when the worker has taken them in.
    assert find("chatbto") == "B:deal"
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE clients SET created_at = created_at - interval '11 minutes'"))
    assert find("chatbto") == ""
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        learn_words(uow, datetime.now(UTC))

    def fuzzy(q: str, **filters: Any) -> bool:
        return bool(clients.as_(JOHN).list_clients(filters={"q": q} | filters)["fuzzy"])

    assert find("chatbto") == "B:deal" and fuzzy("chatbto") and not fuzzy("chatbot")
    assert find("mulelr") == "M:company_name" and find("warehose robots") == "M:activity"
    assert find("alpin fods") == "A:company_name+details" and find("e-comerce") == "A:notes B:deal"
    assert find('"chatbto"') == find("zzzzzz") == find("chatbto", industry="Food") == "" and not fuzzy("zzzzzz")
    # What is done to all that the list shows is done to the same clients.
    assert find("chatbto", fuzzy=True) == "B:deal"
    assert [find("chatbto", who=who) for who in (JESSICA, ADMIN)] == ["", "B:deal"]


def test_words_that_stand_nowhere_any_more_are_forgotten(
    clients: Any, companies: dict[str, str], runtime: Any, find: Find
) -> None:
    words = text("SELECT word FROM search_words")
    for notes, known in (("kangaroo", True), ("nothing", False)):
        clients.as_(JOHN).update_client(client_id=companies["Alpine Foods"], changes={"notes": notes})
        with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
            sweep_words(uow, datetime.now(UTC))
            assert ("kangaroo" in set(uow.session.execute(words).scalars())) is known


@pytest.mark.parametrize("who", MATRIX)
def test_a_search_looks_through_what_a_person_may_read(clients: Any, world: dict[str, str], who: str) -> None:
    names = {client_id: name for name, client_id in world.items()}
    full = {name for name, access in MATRIX[who].items() if access != "card"}

    def ids(q: str, **filters: Any) -> set[str]:
        found = clients.as_(PEOPLE[who]).list_clients(filters={"q": q} | filters)
        assert found["total"] == len(found["items"])
        for row in found["items"]:
            if row["access"] == "card":
                assert {hit["field"] for hit in row["hits"]} <= {"company_name"}
        return {names[row["id"]] for row in found["items"]}

    assert ids("company") == ids("compan") == ids("ompan") == set(MATRIX[who])
    for hidden in ("secret", "zoe", "zoe@secret", "company secret", '"secret johns"'):
        assert ids(hidden) <= full, hidden
    assert ids("secret") == ids("company secret") == full
    # What a card hides does not keep it out either.
    assert ids("company -secret") == set(MATRIX[who]) - full


def test_the_search_follows_every_change(clients: Any, companies: dict[str, str], hear: Any, find: Find) -> None:
    alpine, muller = companies["Alpine Foods"], companies["Müller & Söhne"]
    clients.as_(JOHN).update_client(client_id=alpine, changes={"company_name": "Zebra", "notes": None})
    assert find("alpine foods") == "" and find("cafe") == "" and find("zebra") == "Z:company_name"
    contact = clients.as_(JOHN).list_contacts(client_id=alpine)["items"][0]
    clients.as_(JOHN).update_contact(contact_id=contact["id"], changes={"last_name": "Newname"})
    assert find("quirke") == "" and find("newname") == "Z:contact"
    clients.as_(JOHN).delete_contact(contact_id=contact["id"])
    assert find("newname") == ""
    document = clients.as_(JOHN).list_documents(client_id=muller)["items"][0]
    clients.as_(JOHN).delete_document(document_id=document["id"])
    # The history still tells that it was added and removed.
    assert find("price") == "M:activity+activity"
    deal = {"deal_id": "01940003-7a00-7000-8000-000000000001", "client_id": muller}
    hear("deal.changed", **deal, deal_name="Crane", description="lifts things", version=3)
    hear("deal.changed", **deal, deal_name="Old crane", description="late news", version=2)
    assert find("lifts") == "M:deal" and find("late news") == ""
    clients.as_(ADMIN).delete_client(client_id=alpine)
    assert find("zebra") == ""


def _rows(runtime: Any) -> list[Any]:
    with runtime.database.read() as session:
        statement = text(
            "SELECT client_id, kind, source_id, content, words::text FROM search_documents ORDER BY 1, 2, 3"
        )
        return [tuple(row) for row in session.execute(statement)]


def test_the_table_is_written_anew_as_it_was(companies: dict[str, str], runtime: Any) -> None:
    before = _rows(runtime)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM search_documents WHERE kind = 'notes'"))
        connection.execute(text("UPDATE search_documents SET content = 'damaged' WHERE kind = 'deal'"))
        stray = "(client_id, kind, source_id, content) VALUES (gen_random_uuid(), 'notes', gen_random_uuid(), 'stray')"
        connection.execute(text(f"INSERT INTO search_documents {stray}"))
    assert handlers.rebuild(runtime.database, batch=2) == 4
    assert _rows(runtime) == before


def test_it_is_written_anew_while_people_write(clients: Any, companies: dict[str, str], runtime: Any) -> None:
    stop, alpine = threading.Event(), companies["Alpine Foods"]

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            clients.as_(JOHN).update_client(client_id=alpine, changes={"notes": f"note {number}"})
            clients.as_(JOHN).create_contact(client_id=alpine, data={"first_name": f"Person{number}"})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            handlers.rebuild(runtime.database, batch=1)
    finally:
        stop.set()
        writer.join()
    with runtime.database.read() as session:
        sources = text("SELECT client_id, kind, source_id, content FROM search_sources ORDER BY 1, 2, 3")
        assert [row[:4] for row in _rows(runtime)] == [tuple(row) for row in session.execute(sources)]


def test_the_company_s_own_fields_are_searched(
    clients: Any, companies: dict[str, str], runtime: Any, find: Find
) -> None:
    for entity, label in (("client", "Tier"), ("contact", "Hobby")):
        clients.as_(ADMIN).create_custom_field(entity=entity, data={"label": label, "kind": "text"})
    alpine = companies["Alpine Foods"]
    clients.as_(JOHN).update_client(client_id=alpine, changes={"custom": {"tier": "Platinum"}})
    contact = clients.as_(JOHN).list_contacts(client_id=alpine)["items"][0]
    clients.as_(JOHN).update_contact(contact_id=contact["id"], changes={"custom": {"hobby": "Sailing"}})
    assert find("platinum sailing") == "A:custom+custom"
    before = _rows(runtime)
    handlers.rebuild(runtime.database)
    assert _rows(runtime) == before
    clients.as_(JOHN).update_client(client_id=alpine, changes={"custom": {"tier": None}})
    assert find("platinum") == "" and find("sailing") == "A:custom"


def test_the_own_fields_of_deals_are_searched(
    clients: Any, companies: dict[str, str], runtime: Any, hear: Any, find: Find
) -> None:
    alpine, deal_id = companies["Alpine Foods"], "01940003-7a00-7000-8000-0000000000aa"

    def tell(kind: str, version: int, custom_text: str | None) -> None:
        hear(kind, client_id=alpine, deal_id=deal_id, deal_name="Ovens", custom_text=custom_text, version=version)

    tell("deal.created", 1, None)
    assert find("glacier") == "" and find("ovens") == "A:deal"
    tell("deal.changed", 2, "2027-03-04, Glacier Blue")
    assert find("glacier blue") == find("2027-03-04") == "A:custom" and find("ovens glacier") == "A:deal+custom"
    assert find("glacier", who=JESSICA) == ""
    (row,) = clients.as_(JOHN).list_clients(filters={"q": "glacier"})["items"]
    assert row["hits"][0]["source_id"] == deal_id
    before = _rows(runtime)
    handlers.rebuild(runtime.database)
    assert _rows(runtime) == before
    tell("deal.changed", 1, "Late News")
    assert find("late news") == ""
    tell("deal.stage_changed", 3, "Desert Red")
    assert find("glacier") == "" and find("desert") == "A:custom"
    tell("deal.removed", 4, "Desert Red")
    assert find("desert") == find("ovens") == find("recommendations") == ""


def test_a_message_from_before_deals_told_them_is_taken(companies: dict[str, str], runtime: Any, find: Find) -> None:
    told = envelope("deal.changed", client_id=companies["Alpine Foods"], deal_name="Ovens", version=5)
    del told.data["custom_text"]
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        reactions.on_deal_state(uow, told.read(DealChanged), told)
    assert find("ovens") == "A:deal" and find("rhineland") == ""


def test_the_sources_are_as_before_without_them(databases: Any) -> None:
    url = databases.empty("clients_own_fields").replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    views = []
    for revision in ("0014", "0015"):
        migrate.upgrade("clients", url, revision)
        with engine.connect() as connection:
            views.append(connection.execute(text("SELECT pg_get_viewdef('search_sources'::regclass)")).scalar_one())
    migrate.downgrade("clients", url, "0014")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT pg_get_viewdef('search_sources'::regclass)")).scalar_one()
    migrate.upgrade("clients", url)
    engine.dispose()
    assert left == views[0] != views[1] and "custom_text" in views[1]


def test_the_own_fields_of_deals_go_with_a_merge(
    clients: Any, companies: dict[str, str], hear: Any, find: Find
) -> None:
    muller, alpine = companies["Müller & Söhne"], companies["Alpine Foods"]
    hear("deal.created", client_id=alpine, deal_id=alpine, deal_name="Ovens", custom_text="Glacier Blue")
    made = clients.as_(JOHN).merge_clients(client_id=muller, other_id=alpine)
    assert find("glacier") == "M:custom"
    clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert find("glacier") == "A:custom"


def test_how_late_the_search_is(companies: dict[str, str], runtime: Any) -> None:
    with runtime.database.read() as session:
        late = session.execute(text(wiring.FIGURES["search_lag_seconds"])).scalar_one()
    assert late > 0  # the sample's event is from last year
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET handled_at = handled_at - interval '6 minutes'"))
    with runtime.database.read() as session:
        assert session.execute(text(wiring.FIGURES["search_lag_seconds"])).scalar_one() == 0


def test_a_client_seconds_old_is_found_by_a_slip(clients: Any, new_client: Any) -> None:
    for number in range(60):
        new_client(JOHN.id, company_name=f"Filler {number}")
    new_client(JOHN.id, company_name="Quokka Logistics", contact={"first_name": "Wilhelmina"})
    for typed in ("qoukka", "logistcs", "wilhelmnia"):
        found = clients.as_(JOHN).list_clients(filters={"q": typed})
        assert [row["company_name"] for row in found["items"]] == ["Quokka Logistics"] and found["fuzzy"] is True
        (hit,) = found["items"][0]["hits"]
        assert any(piece["found"] for piece in hit["snippet"])
