"""What people upload, read without trusting it: text in any encoding, workbooks, archives of both."""

from libs.common.uploads.encodings import ENCODINGS
from libs.common.uploads.limits import Limits, Unreadable
from libs.common.uploads.naming import plain
from libs.common.uploads.opening import How, Table, tables
from libs.common.uploads.rows import BROKEN, Fault, Figure, Row
from libs.common.uploads.texts import SEPARATORS

__all__ = [
    "BROKEN",
    "ENCODINGS",
    "SEPARATORS",
    "Fault",
    "Figure",
    "How",
    "Limits",
    "Row",
    "Table",
    "Unreadable",
    "plain",
    "tables",
]
