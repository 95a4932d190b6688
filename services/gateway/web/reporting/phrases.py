"""What services say about reports, deals with their history and schedules, to be put into the reader's language."""

from __future__ import annotations

from services.gateway.web.phrases import N_

REFUSALS = (
    N_("a deal does not begin in the future"),
    N_("a deal has this day as long as it is won or lost, and only then"),
    N_("a deal is closed on the day it was created or later"),
    N_("a deal is not closed in the future"),
    N_("only a deal that is won or lost has the day it was closed on"),
    N_("only an admin brings in deals that began earlier"),
    N_("from is after to"),
    N_("to_day is not before from_day"),
    N_("from_month is after to_month"),
    N_("the start is after the end"),
    N_("there is no such insight, or it is not yours to see"),
    N_("there is no such schedule, or it is not yours"),
    N_("this is more than a chart can show"),
    N_("a deal is closed on the day it came to its last stage or later"),
    N_("a deal's past is not in the future"),
    N_("each stage has its day, and none is before the one above"),
    N_("the first stage of a history is that of the day the deal was created"),
    N_("the last stage of a history is the one the deal is in"),
    N_("a period, or the days from and to: not both"),
    N_("end is not before start"),
    N_("so many of your files are being made already; wait for one of them"),
    N_("there is no such file, or it is not yours"),
    N_("this schedule was changed meanwhile; load it again and repeat your change"),
    N_("this link is not valid: open it as it stands in the mail"),
    N_("this link is of somebody who is not known here"),
    N_("this is nobody who can own deals"),
    N_("too many wait for the worker already; try again in a moment"),
)
