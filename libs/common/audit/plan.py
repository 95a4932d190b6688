"""What a service's audit log covers: which tables, whose personal values they hold, and what may stand there openly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The mechanism's own tables, and what alembic keeps: they say how work travels, not what was done.
MECHANISM = frozenset("outbox inbox commands jobs scheduled_runs dead_letters erasure_parts alembic_version".split())
# Copies of what another service owns and logs.
COPIES = frozenset({"row_access", "row_access_readers", "record_merges", "record_moves"})

# Columns that change with every change and say nothing of it.
_SILENT = frozenset({"updated_at", "version", "updated_by"})
_OPEN_ENDINGS = ("_id", "_at", "_on", "_date", "_minor", "_percent", "_version")
_SECRET_ENDINGS = ("_hash", "_token", "_secret", "_codes", "token", "secret")


@dataclass(frozen=True, slots=True)
class Watched:
    """One table of the log. A value is encrypted unless its column is named here, or is an id, a time or an amount.

    subject: columns that name whose values a row holds; the first that is filled counts.
    open: columns that hold no personal value. secret: columns of which only is said that they changed; those whose
    names end in hash, token or secret are. silent: columns whose change alone is no entry.
    key: the columns that name the row.
    """

    subject: tuple[str, ...] = ("id",)
    open: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    key: tuple[str, ...] = ("id",)

    def row_id(self, row: Mapping[str, Any]) -> str:
        """What names the row within its table."""
        return " ".join(str(row.get(name)) for name in self.key)

    def subject_of(self, row: Mapping[str, Any]) -> str:
        """Whose personal values the row holds; its own name where nobody is named."""
        return next((str(row[name]) for name in self.subject if row.get(name)), self.row_id(row))

    def is_open(self, column: str) -> bool:
        return column in self.open or column == "id" or column.endswith(_OPEN_ENDINGS)

    def is_secret(self, column: str) -> bool:
        return column in self.secret or column.endswith(_SECRET_ENDINGS)

    def is_silent(self, column: str) -> bool:
        return column in self.silent or column in _SILENT


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """The log of one service: the tables that are watched, and those that are not, each with the reason."""

    service: str
    watched: Mapping[str, Watched]
    unwatched: Mapping[str, str] = field(default_factory=dict)

    def uncovered(self, tables: set[str]) -> set[str]:
        """Tables of the database that the plan says nothing of."""
        return tables - set(self.watched) - set(self.unwatched) - MECHANISM - COPIES

    def of(self, table: str) -> Watched:
        """How a table is watched; of one that is no longer in the plan nothing is written openly."""
        return self.watched.get(table) or Watched()


def attach(*tables: str) -> str:
    """The SQL with which a migration has the database note every change of these tables."""
    return "".join(
        f"CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION audit.note_change();\n"
        f"CREATE TRIGGER audited_whole AFTER TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit.note_change();\n"
        for table in tables
    )


def attach_many(*tables: str) -> str:
    """The SQL that has the rows of ``attach`` noted a statement at a time: of tables with an ``id`` of which many rows
    are written at once, at a third of the work."""
    return "".join(
        f"DROP TRIGGER audited ON {table};\n"
        f"CREATE TRIGGER audited AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit.note_change();\n"
        f"CREATE TRIGGER audited_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit.note_changes();\n"
        f"CREATE TRIGGER audited_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS former NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit.note_changes();\n"
        for table in tables
    )


def detach_many(*tables: str) -> str:
    """The SQL that takes ``attach_many`` back."""
    return "".join(
        f"DROP TRIGGER audited_added ON {table};\nDROP TRIGGER audited_changed ON {table};\n"
        f"DROP TRIGGER audited ON {table};\n"
        f"CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION audit.note_change();\n"
        for table in tables
    )


def detach(*tables: str) -> str:
    """The SQL that takes ``attach`` back."""
    return "".join(f"DROP TRIGGER audited ON {table};\nDROP TRIGGER audited_whole ON {table};\n" for table in tables)
