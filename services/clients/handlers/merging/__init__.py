"""Two clients that turn out to be one, and that they are two after all."""

from services.clients.handlers.merging.automatic import merge_certain
from services.clients.handlers.merging.pairs import EVERY_MINUTE, check_duplicates, dismiss_duplicate
from services.clients.handlers.merging.pairs import JOB as CHECK_DUPLICATES
from services.clients.handlers.merging.together import SWEEP, merge_clients
from services.clients.handlers.merging.undoing import undo_merge

__all__ = [
    "CHECK_DUPLICATES",
    "EVERY_MINUTE",
    "SWEEP",
    "check_duplicates",
    "dismiss_duplicate",
    "merge_certain",
    "merge_clients",
    "undo_merge",
]
