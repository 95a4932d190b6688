"""What a list of clients is filtered by, and on which rows each filter may look."""

from services.clients.queries.filtering.conditions import Condition, condition
from services.clients.queries.filtering.custom import called, named_field
from services.clients.queries.filtering.texts import (
    FULL_NAME,
    begins,
    by_letters,
    digits_of,
    has_digits,
    holds,
    holds_plain,
)
from services.clients.queries.filtering.tree import fields_in, read_tree
from services.clients.queries.filtering.wanted import Wanted, searched_for, wanted

__all__ = [
    "FULL_NAME",
    "Condition",
    "Wanted",
    "begins",
    "by_letters",
    "called",
    "condition",
    "digits_of",
    "fields_in",
    "has_digits",
    "holds",
    "holds_plain",
    "named_field",
    "read_tree",
    "searched_for",
    "wanted",
]
