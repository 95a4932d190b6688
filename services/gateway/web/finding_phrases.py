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

ABOUT_OWN_FIELDS = (
    N_("only numbers, amounts and dates have a from and an until"),
    N_("only text is looked through for a part of it"),
    N_("both amounts are in one currency"),
    N_("the lower bound is above the upper one"),
)
