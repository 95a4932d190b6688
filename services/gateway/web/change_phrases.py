"""What services say about custom fields, changes of many and merging, for the catalogues; ``said.py`` puts it in."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_FIELDS = (
    N_("there is no such field"),
    N_("a choice needs its options"),
    N_("only a choice has options"),
    N_("this is a number, as in 12.5"),
    N_("this is an amount with its currency"),
    N_("somebody changed this field since you loaded it"),
    N_("this cannot be emptied; leave it out"),
)
