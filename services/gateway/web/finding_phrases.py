"""What services say about filters and segments, for the catalogues; ``said.py`` puts it into the reader's language."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_SEGMENTS = (
    N_("there is no such segment, or it is not yours to see"),
    N_("only who made this segment changes it"),
    N_("somebody changed this segment since you loaded it"),
    N_("this segment is not shared, so that others could not be sent its reports"),
    N_("a whole number is needed"),
    N_("within is an object of filters"),
)

ABOUT_OWN_FIELDS = (
    N_("only numbers, amounts and dates have a from and an until"),
    N_("only text is looked through for a part of it"),
    N_("both amounts are in one currency"),
    N_("the lower bound is above the upper one"),
)

# The place of a condition, as in where.all[1].value, and what is told of it.
_AT = r"(?P<field>where(?:\.\w+|\[\d+\])*)"
SHAPES = (
    (rf"{_AT}: there is no custom field \S+", N_("There is no such field.")),
    (r"there is no filter \S+ here", N_("There is no such filter.")),
    (r"\w+ is nested too deep", N_("These conditions are nested too deep.")),
    (rf"{_AT} is not for .+|where\S* is for text|where\S* is is or is_not for yes and no",
     N_("This field cannot be filtered in this way.")),
    (rf"{_AT} is (?:text|a choice)", N_("Text is needed.")),
    (rf"{_AT} is a number", N_("Write a number.")),
    (rf"{_AT} is a whole number", N_("Write a whole number.")),
    (rf"{_AT} is a number of days, from (?P<low>\S+) to (?P<high>\S+)",
     N_("A whole number from %(low)s to %(high)s.")),
    (rf"{_AT} is an amount: .+", N_("An amount with its currency, as in 500 EUR.")),
    (rf"{_AT} is a currency", N_("Three letters of a currency, as in USD.")),
    (rf"{_AT} is yes or no: .+", N_("Yes or no is needed.")),
    (rf"{_AT} is an id, me, or none", N_("This cannot be chosen.")),
    (rf"{_AT} is a list of two values, from and to", N_("Two values are needed, from and until.")),
    (rf"{_AT}: the values are of one kind", N_("The values are of one kind.")),
    (r"where\S* holds at most (?P<number>\d+) conditions", N_("At most %(number)s conditions.")),
    (r"where\S*: groups stand at most (?P<number>\d+) deep in each other",
     N_("Groups stand at most %(number)s deep in each other.")),
    (r"where\S* is (?:JSON|not known here|an object: .+|a list of conditions and stands alone"
     r"|a text, a number, yes or no, or an amount)|filters is (?:JSON|an object)", N_("This filter cannot be read.")),
)  # fmt: skip
