"""What every report says, defined once for page, CSV, XLSX, PDF and mail: plain Python over the services' answers.

``tables``: the tables of a report. ``figures``: what it comes down to. ``shown``: a value in words for people.
``sheets``: tables as files. ``link``: the list of the CRM that a figure counts. ``forecast_facts``: what an insight may
speak of. ``compared_days``: those of a bridge.
"""

from libs.reporting.days import compared_days
from libs.reporting.headlines import Figure, figures
from libs.reporting.insights import forecast_facts
from libs.reporting.links import link
from libs.reporting.reports import KINDS, TITLES, tables
from libs.reporting.shown import shown, word
from libs.reporting.table import Column, Table, api_name

__all__ = [
    "KINDS",
    "TITLES",
    "Column",
    "Figure",
    "Table",
    "api_name",
    "compared_days",
    "figures",
    "forecast_facts",
    "link",
    "shown",
    "tables",
    "word",
]
