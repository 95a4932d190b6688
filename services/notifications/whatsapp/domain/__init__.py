"""What WhatsApp says and allows. Pure: no I/O."""

from services.notifications.whatsapp.domain.faults import Fault, fault_of
from services.notifications.whatsapp.domain.notices import (
    Changed,
    Media,
    Notice,
    NumberChanged,
    Person,
    Reacted,
    Received,
    Reported,
    Webhook,
)
from services.notifications.whatsapp.domain.reading import Malformed, read
from services.notifications.whatsapp.domain.statuses import (
    FAILED,
    QUEUED,
    RECEIVED,
    SENDING,
    SENT,
    STATUSES,
    UNKNOWN,
    WINDOW,
    is_further,
    window_ends,
)
from services.notifications.whatsapp.domain.templates import (
    BRIEF_WORDS,
    filled,
    language_of,
    parameters_of,
    places,
    problem_of,
)

__all__ = [
    "BRIEF_WORDS",
    "FAILED",
    "QUEUED",
    "RECEIVED",
    "SENDING",
    "SENT",
    "STATUSES",
    "UNKNOWN",
    "WINDOW",
    "Changed",
    "Fault",
    "Malformed",
    "Media",
    "Notice",
    "NumberChanged",
    "Person",
    "Reacted",
    "Received",
    "Reported",
    "Webhook",
    "fault_of",
    "filled",
    "is_further",
    "language_of",
    "parameters_of",
    "places",
    "problem_of",
    "read",
    "window_ends",
]
