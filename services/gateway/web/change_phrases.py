"""What services say about custom fields, changes of many and merging, for the catalogues; ``said.py`` puts it in."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_FIELDS = (
    N_("there is no such field"),
    N_("a choice needs its options"),
    N_("only a choice has options"),
    N_("this is a number, as in 12.5"),
    N_("this is text"),
    N_("this is an amount with its currency"),
    N_("somebody changed this field since you loaded it"),
    N_("this cannot be emptied; leave it out"),
)
ABOUT_CHANGES = (
    N_("name clients by their ids, or a filter that they match"),
    N_("all that match are changed, in no order"),
    N_("deleting takes no value"),
    N_("this change is still under way; undo it when it is done"),
    N_("only its owner may change it"),
    N_("not yours to see"),
    N_("no longer yours to change"),
    N_("its tags were changed since"),
    N_("its status was changed since"),
    N_("its owner was changed since"),
    N_("it was brought back since"),
)
ABOUT_MERGING = (
    N_("a choice is this or other"),
    N_("other_id is the id of another client"),
    N_("the client that stayed was deleted or merged since; undo that first"),
    N_("another client was merged into this one since; undo that first"),
    N_("there is no such pair, or it is not yours to change"),
    N_("these clients are no longer yours to change"),
    N_("these two are one client already"),
)
