"""What people upload, read without trusting it: text in any encoding, workbooks, archives of both."""

from libs.common.uploads.limits import Limits, Unreadable
from libs.common.uploads.naming import plain
from libs.common.uploads.opening import Table, tables

__all__ = ["Limits", "Table", "Unreadable", "plain", "tables"]
