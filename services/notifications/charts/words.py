"""What charts say, in the languages the pages have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MONTHS_DE = "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez".split()


def say(text: str, language: str, **given: Any) -> str:
    """A sentence or word in a language; its English where there is no other. ``given`` fills its places."""
    found = _GERMAN.get(text, text) if language == "de" else text
    return found.format(**given) if given else found


_GERMAN: Mapping[str, str] = {
    "Nothing to show yet": "Noch nichts zu zeigen",
    "Nothing to show yet.": "Noch nichts zu zeigen.",
    "Lead": "Lead",
    "Qualified": "Qualifiziert",
    "Proposal": "Angebot",
    "Negotiation": "Verhandlung",
    "Won": "Gewonnen",
    "Lost": "Verloren",
    "Target": "Ziel",
    "Weighted": "Gewichtet",
    "Open value": "Offener Wert",
    "Nobody yet": "Noch niemand",
    "No date": "Ohne Datum",
    "No source": "Ohne Quelle",
    "At the start": "Am Anfang",
    "At the end": "Am Ende",
    "Came in": "Neu dazugekommen",
    "Reopened": "Wieder geöffnet",
    "Moved into the period": "In den Zeitraum gerückt",
    "Moved out of the period": "Aus dem Zeitraum gerückt",
    "Left the selection": "Aus der Auswahl",
    "Joined the selection": "In die Auswahl",
    "Value changed": "Wert geändert",
    "Exchange rates": "Wechselkurse",
    "Stage changed": "Phase geändert",
    "Weights changed": "Gewichte geändert",
    "Not due yet": "Noch nicht fällig",
    "1-30 days": "1-30 Tage",
    "31-60 days": "31-60 Tage",
    "61-90 days": "61-90 Tage",
    "Over 90 days": "Über 90 Tage",
    "{n} deal": "{n} Deal",
    "{n} deals": "{n} Deals",
    "{n} day": "{n} Tag",
    "{n} days": "{n} Tage",
    "{n} stays": "{n} Aufenthalte",
    "{n} invoice": "{n} Rechnung",
    "{n} invoices": "{n} Rechnungen",
    "{won} of {all}": "{won} von {all}",
    "{value} of {target}": "{value} von {target}",
    "Targets are of some of these months: see the table.": "Ziele gelten für einige dieser Monate: siehe Tabelle.",
    "{median}, usual {usual}": "{median}, üblich {usual}",
    "Full: weighted. Light: all of the value.": "Voll: gewichtet. Hell: der ganze Wert.",
    "Full: more. Hollow: less.": "Voll: mehr. Hohl: weniger.",
    "Bar: median. Mark: three of four stays are shorter.": "Balken: Median. Strich: drei von vier sind kürzer.",
    "Mark: target.": "Strich: Ziel.",
    "Of the stage before": "Von der Phase davor",
    "Without activity (median)": "Ohne Aktivität (Median)",
    "Win rate": "Gewinnquote",
    "Won of closed": "Gewonnen von beendeten",
    "Percent of closed deals that were won": "Gewonnene von beendeten Deals in Prozent",
    "Median days from issue to payment": "Tage von der Rechnung bis zur Zahlung (Median)",
    "nothing changed": "nichts hat sich geändert",
    "(target {target})": "(Ziel {target})",
    "{stage} {value}, weighted {weighted}, {deals}": "{stage} {value}, gewichtet {weighted}, {deals}",
    "{stage}: median {median}, usual {usual}": "{stage}: Median {median}, üblich {usual}",
    "{who} {value} (win rate {rate})": "{who} {value} (Gewinnquote {rate})",
    "{who} {value} (win rate {rate}, target {target})": "{who} {value} (Gewinnquote {rate}, Ziel {target})",
    "Weighted value by month: {months}. Together {total}.": (
        "Gewichteter Wert nach Monat: {months}. Zusammen {total}."
    ),
    "By stage: {stages}.": "Nach Phase: {stages}.",
    "Open deals by stage: {said}.": "Offene Deals nach Phase: {said}.",
    "From {start} at the start to {end} at the end: {said}.": "Von {start} am Anfang zu {end} am Ende: {said}.",
    "Open pipeline from {first} to {last}: from {start} to {end}, weighted from {low} to {high}.": (
        "Offene Pipeline von {first} bis {last}: von {start} auf {end}, gewichtet von {low} auf {high}."
    ),
    "How far deals got: {said}.": "So weit kamen die Deals: {said}.",
    "Days in a stage: {said}.": "Tage in einer Phase: {said}.",
    "Deals that stand still by stage: {said}.": "Deals ohne Bewegung nach Phase: {said}.",
    "Win rate over all {rate}, {won} won and {lost} lost: {said}.": (
        "Gewinnquote insgesamt {rate}, {won} gewonnen und {lost} verloren: {said}."
    ),
    "Won value: {said}.": "Gewonnener Wert: {said}.",
    "What is owed: {said}.": "Offene Forderungen: {said}.",
    "Median days until payment by month: {said}.": "Tage bis zur Zahlung (Median) nach Monat: {said}.",
    "Closing within a week: {said}.": "Abschluss binnen einer Woche: {said}.",
}
