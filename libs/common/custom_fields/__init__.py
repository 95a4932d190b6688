"""Fields that a company defines for its own records: what they may hold, how they are defined, and how rows keep them.

A row keeps its values in a column ``custom``, an object by the keys of the fields.
"""

from libs.common.custom_fields.commands import CustomFields, definition_of
from libs.common.custom_fields.definitions import (
    DROP_V2,
    SCHEMA_V1,
    SCHEMA_V2,
    definitions,
    drop_side_tables,
    fill_side_table,
    held,
    side_tables,
    table_of_values,
    taken,
)
from libs.common.custom_fields.kinds import KINDS, TEXT_LENGTH, Definition, key_of, merged, read, searchable, shown

__all__ = [
    "DROP_V2",
    "KINDS",
    "SCHEMA_V1",
    "SCHEMA_V2",
    "TEXT_LENGTH",
    "CustomFields",
    "Definition",
    "definition_of",
    "definitions",
    "drop_side_tables",
    "fill_side_table",
    "held",
    "key_of",
    "merged",
    "read",
    "searchable",
    "shown",
    "side_tables",
    "table_of_values",
    "taken",
]
