"""What people upload, read without trusting it: text in any encoding, workbooks, archives of both."""

from services.clients.importing.files.limits import Limits, Unreadable
from services.clients.importing.files.opening import Table, tables

__all__ = ["Limits", "Table", "Unreadable", "tables"]
