"""Keeping the search whole: the words that people may mistype, and writing its table anew while work goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import system_actor
from libs.common.schedule import ScheduledJob

BATCH = 500
# A transaction may have begun this long before it was committed, and its rows say when it began.
_LONGEST_TRANSACTION = timedelta(hours=1)
_UNHURRIED = text("SET LOCAL statement_timeout = 0")

# A number is not mistyped for another, and what is longer is no word.
_LEARN = text("""
    INSERT INTO search_words
    SELECT DISTINCT word FROM search_documents, unnest(tsvector_to_array(words)) AS word
    WHERE written_at >= :since AND length(word) BETWEEN 4 AND 40 AND word !~ '^[0-9]+$'
    ORDER BY word
    ON CONFLICT DO NOTHING
""")
_FORGET = text("""
    DELETE FROM search_words AS known WHERE NOT EXISTS (
        SELECT FROM search_documents WHERE words @@ quote_literal(known.word)::tsquery)
""")

# What is written anew is held, so that nobody changes it meanwhile: in the order in which commands hold it.
_HOLD = [
    text("SELECT FROM clients WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR SHARE"),
    *(
        text(f"SELECT FROM {table} WHERE client_id = ANY(CAST(:ids AS uuid[])) FOR SHARE")
        for table in ("contacts", "activities", "client_deals", "documents")
    ),
]
_WRITE = text("""
    INSERT INTO search_documents (client_id, kind, source_id, content)
    SELECT client_id, kind, source_id, content FROM search_sources WHERE client_id = ANY(CAST(:ids AS uuid[]))
    ON CONFLICT (client_id, kind, source_id) DO UPDATE SET content = excluded.content, written_at = now()
""")
_CLEAR = text("""
    DELETE FROM search_documents AS found WHERE client_id = ANY(CAST(:ids AS uuid[])) AND NOT EXISTS (
        SELECT FROM search_sources AS there WHERE there.client_id = found.client_id AND there.kind = found.kind
            AND there.source_id = found.source_id)
""")
_NEXT = text("""
    SELECT DISTINCT client_id FROM (
        (SELECT id AS client_id FROM clients WHERE id > :after ORDER BY id LIMIT :batch)
        UNION ALL
        (SELECT DISTINCT client_id FROM search_documents WHERE client_id > :after ORDER BY client_id LIMIT :batch)
        UNION ALL
        (SELECT DISTINCT client_id FROM client_deals WHERE client_id > :after ORDER BY client_id LIMIT :batch)
    ) AS there ORDER BY client_id LIMIT :batch
""")
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"


def learn_words(uow: UnitOfWork, due_at: datetime) -> None:
    """Take in the words of what was written lately."""
    uow.session.execute(_UNHURRIED)
    uow.session.execute(_LEARN, {"since": due_at - _LONGEST_TRANSACTION})


def sweep_words(uow: UnitOfWork, _due_at: datetime) -> None:
    """Take in every word, and forget those that stand nowhere any more."""
    uow.session.execute(_UNHURRIED)
    uow.session.execute(_LEARN, {"since": datetime(1970, 1, 1, tzinfo=UTC)})
    uow.session.execute(_FORGET)


def rebuild(database: Database, batch: int = BATCH) -> int:
    """Write the search table anew from what stands in the others; how many clients it went through.

    A batch of clients is a transaction: people search and write meanwhile, and only the clients of one batch wait.
    Stopped halfway it leaves a table that is as right as it was; it is simply started again.
    """
    after, done = _BEFORE_ALL, 0
    while True:
        with database.unit_of_work(Context(actor=system_actor("clients"))) as uow:
            ids = [str(each) for each in uow.session.execute(_NEXT, {"after": after, "batch": batch}).scalars()]
            if not ids:
                return done
            for statement in (*_HOLD, _WRITE, _CLEAR):
                uow.session.execute(statement, {"ids": ids})
        after, done = ids[-1], done + len(ids)


LEARN_WORDS = ScheduledJob("learn words", "*/5 * * * *", learn_words)
SWEEP_WORDS = ScheduledJob("sweep words", "43 3 * * *", sweep_words)
