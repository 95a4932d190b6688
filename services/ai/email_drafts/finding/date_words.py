"""The words of dates, English and German, and the patterns they make."""

from __future__ import annotations

from services.ai.email_drafts.finding.numbers import WORDS

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january januar jan jänner",
            "february februar feb",
            "march märz mar mrz",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sept sep",
            "october oktober oct okt",
            "november nov",
            "december dezember dec dez",
        ),
        1,
    )
    for name in names.split()
}
WHOLE = "may mai june juni july juli märz".split()
WEEKDAYS = {
    name: day
    for day, names in enumerate(
        (
            "monday montag mon mo",
            "tuesday dienstag tues tue di",
            "wednesday mittwoch wed mi",
            "thursday donnerstag thurs thur thu do",
            "friday freitag fri fr",
            "saturday samstag sonnabend sat sa",
            "sunday sonntag sun so",
        )
    )
    for name in names.split()
}
MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?(?![\w])"
# Alone, a month is written out and with a capital: "may" is mostly a verb and Jan a person.
LONG_MONTH = rf"(?P<month>{'|'.join(name.capitalize() for name in MONTHS if len(name) > 4 or name in WHOLE)})(?!\w)"
LONG_WEEKDAYS = [name for name in WEEKDAYS if len(name) > 5]
WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(LONG_WEEKDAYS, key=len, reverse=True))})"
ANY_WEEKDAY = (
    rf"(?:(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\.?,?\s+(?:(?:the|den|dem|der)\s+)?)"
)
DAY = r"(?P<day>[0-3]?\d)(?!\d)"
YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
WEEK_OF = (
    r"(?P<week>(?:the\s+)?week\s+(?:of|starting|commencing|beginning)\s+(?:the\s+)?"
    r"|(?:in\s+der\s+)?Woche\s+(?:vom|ab(?:\s+dem)?|um\s+den)\s+)"
)
QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4}
UNITS = {
    "hour": r"hours?|hrs?|Stunden?|Std\.?",
    "work day": r"(?:business|working|work)[ -]days?|Werktage?n?|Arbeitstage?n?",
    "day": r"days?|Tage?n?",
    "week": r"weeks?|wks?|Wochen?",
    "fortnight": r"fortnights?",
    "month": r"months?|Monate?n?",
    "quarter": r"quarters?|Quartale?n?",
    "year": r"years?|yrs?|Jahre?n?",
}
COUNT = rf"(?:\d+(?:[.,]\d+)?|{WORDS}(?=[\s-]))"
WHICH = (
    r"(?P<which>next|this|last|coming|past|this\s+coming|kommende[nrms]?|nächste[nrms]?|diese[nrms]?"
    r"|letzte[nrms]?|vergangene[nrms]?|vorige[nrms]?)"
)
RELATIVE_DAYS = {
    "day before yesterday": -2, "vorgestern": -2, "yesterday": -1, "gestern": -1, "gestrig": -1, "today": 0,
    "tonight": 0, "heute": 0, "heutig": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "last night": -1, "day after tomorrow": 2, "übermorgen": 2, "tomorrow": 1, "morgen": 1, "morgig": 1,
}  # fmt: skip
