"""What services say about meetings, for the catalogues; ``said.py`` puts it into the reader's language."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_MEETINGS = (
    N_("this is no time that anybody wrote at"),
    N_("this time was taken a moment ago; choose another"),
    N_("this time is over"),
    N_("this meeting is booked: move it, so that everybody is told"),
    N_("this is more than two years ahead"),
    N_("say who holds the meeting"),
    N_("there is no such meeting"),
    N_("there is no such meeting, or it is not yours to see"),
    N_("somebody changed this meeting since you loaded it"),
    N_("this meeting is over, or has begun"),
    N_("this meeting was called off"),
    N_("you may look at this client, and only its owner books meetings"),
    N_("you may look at this meeting, and only its host or the client's owner may change it"),
    N_("only the client's owner has their messages read"),
    N_("there is no such reading, or it is not yours to see"),
)
