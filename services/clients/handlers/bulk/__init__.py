"""Changing many clients at once, those of a selection or all that match, and taking such a change back."""

from services.clients.handlers.bulk.asking import bulk_update
from services.clients.handlers.bulk.undoing import undo, undo_change_set
from services.clients.handlers.bulk.working import CHANGE_MANY, UNDO_MANY, change_job, work

__all__ = ["CHANGE_MANY", "UNDO_MANY", "bulk_update", "change_job", "undo", "undo_change_set", "work"]
