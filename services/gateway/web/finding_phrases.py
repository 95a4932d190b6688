"""What services say about filters and segments, for the catalogues; ``said.py`` puts it into the reader's language."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_SEGMENTS = (
    N_("there is no such segment, or it is not yours to see"),
    N_("only who made this segment changes it"),
    N_("somebody changed this segment since you loaded it"),
    N_("this segment is not shared, so that others could not be sent its reports"),
    N_("a whole number is needed"),
)
