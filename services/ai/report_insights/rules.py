"""The built-in sentences, English and German: the same for the same figures, and none that the figures do not bear."""

from __future__ import annotations

from datetime import date

from libs.common.money import display
from services.ai.report_insights.figures import Asked, Figure, Insight, Sentence

VERSION = "insight-rules-1"

_STAGES = {
    "de": {"lead": "Lead", "qualified": "Qualifiziert", "proposal": "Angebot", "negotiation": "Verhandlung"},
}
_NEXT = {"lead": "qualified", "qualified": "proposal", "proposal": "negotiation", "negotiation": "won"}
_MONTHS_DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()


def write(asked: Asked) -> Insight:
    """What the figures come to."""
    lines = _FORECAST if asked.kind == "pipeline-forecast" else _SUMMARY
    said = [text for line in lines if (text := line(asked))]
    sentences = [Sentence(text) for text in said] or [Sentence(_nothing(asked))]
    named = risk(asked)
    return Insight((*sentences, named) if named else tuple(sentences))


def risk(asked: Asked) -> Sentence | None:
    """The deal that is most in danger, and why; None where none was named."""
    deal, company, reason = (asked.one(f"risk_{each}") for each in ("deal", "company", "reason"))
    if deal is None or reason is None:
        return None
    german = asked.language == "de"
    value, days = asked.one("risk_value"), asked.one("risk_idle_days")
    name = f"{company.value} – {deal.value}" if company else str(deal.value)
    shown = f"{name} ({_money(value)})" if value else name
    why = _why(str(reason.value), days, german)
    return Sentence(f"Größtes Risiko: {shown} – {why}." if german else f"Top risk: {shown} – {why}.", risk=True)


def _why(reason: str, days: Figure | None, german: bool) -> str:
    if reason == "overdue":
        return "der geplante Abschluss ist vorbei" if german else "its expected close date has passed"
    if reason == "long_in_stage":
        return "länger als üblich in seiner Stufe" if german else "longer in its stage than is usual"
    if days is None:
        return "lange keine Aktivität" if german else "no activity for a long time"
    if german:
        return f"seit {days.value} {'Tag' if days.value == 1 else 'Tagen'} keine Aktivität"
    return f"no activity in {days.value} {'day' if days.value == 1 else 'days'}"


def _target(asked: Asked) -> str:
    above, target, held = asked.one("above_target_percent"), asked.one("target"), asked.one("target_weighted")
    if above is None or target is None or held is None or not target.value:
        return ""
    total = asked.one("total_weighted")
    part = total is not None and total.value != held.value
    share = f"{abs(above.value):g}"
    german = asked.language == "de"
    share = share.replace(".", ",") if german else share
    if german:
        way = "über" if above.value >= 0 else "unter"
        pipeline = f"Ihre gewichtete Pipeline von {_money(held)}"
        aim = f"{share} % {way} dem Ziel von {_money(target)}."
        return f"Wo ein Ziel gesetzt ist, liegt {pipeline} {aim}" if part else f"{pipeline} liegt {aim}"
    way = "above" if above.value >= 0 else "below"
    said = f"our weighted pipeline of {_money(held)} is trending {share}% {way} the target of {_money(target)}."
    return f"Where a target is set, y{said}" if part else f"Y{said}"


def _weighted(asked: Asked) -> str:
    total, opened = asked.one("total_weighted"), asked.one("open_value")
    if asked.one("above_target_percent") is not None or total is None or opened is None or not opened.value:
        return ""
    if asked.language == "de":
        return f"Offene Geschäfte über {_money(opened)} ergeben gewichtet {_money(total)}."
    return f"Open deals of {_money(opened)} come to a weighted {_money(total)}."


def _won(asked: Asked) -> str:
    won = asked.one("won_value")
    if won is None or won.kind != "money" or not won.value:
        return ""
    return f"Davon sind {_money(won)} gewonnen." if asked.language == "de" else f"{_money(won)} of it is won already."


def _best(asked: Asked) -> str:
    month, value = asked.one("best_month"), asked.one("best_month_weighted")
    if month is None or value is None or not value.value:
        return ""
    day = date.fromisoformat(f"{month.value}-01")
    if asked.language == "de":
        return f"Der stärkste Monat ist {_MONTHS_DE[day.month - 1]} {day.year} mit {_money(value)}."
    return f"The strongest month is {day:%B %Y} with {_money(value)}."


def _slowest(asked: Asked) -> str:
    stage, deals, days = (asked.one(f"slowest_stage{each}") for each in ("", "_deals", "_median_days"))
    if stage is None or deals is None or days is None or not deals.value:
        return ""
    following = _NEXT.get(str(stage.value), "")
    if asked.language == "de":
        names = _STAGES["de"]
        held = f"stehen {deals.value} Geschäfte" if deals.value != 1 else f"steht {deals.value} Geschäft"
        them = "sie" if deals.value != 1 else "es"
        towards = (
            f", um {them} nach „{names[following]}“ zu bringen" if following in names else f", um {them} abzuschließen"
        )
        since = f"im Median seit {days.value} Tagen" if deals.value != 1 else f"seit {days.value} Tagen"
        said = f"Von allem Offenen {held} in „{names.get(str(stage.value), stage.value)}“ {since} still"
        return f"{said}: fassen Sie dort zuerst nach{towards}."
    many = deals.value != 1
    held, are, them = (f"{deals.value} deals", "are", "them") if many else (f"{deals.value} deal", "is", "it")
    since = f"for a median of {days.value} days" if many else f"for {days.value} days"
    towards = f"move {them} to {following}" if following in _NEXT else f"close {them}"
    return f"Of all that is open, {held} in {stage.value} {are} stagnant {since}: follow up there first to {towards}."


def _open(asked: Asked) -> str:
    count = asked.number("open_deals")
    if not count:
        return ""
    worth = _sums(asked, "open_value")
    if asked.language == "de":
        what = f"{count} offene Geschäfte" if count != 1 else "ein offenes Geschäft"
        return f"Sie haben {what}" + (f" im Wert von {worth}." if worth else ".")
    what = f"{count} open deals" if count != 1 else "one open deal"
    return f"You have {what}" + (f" worth {worth}." if worth else ".")


def _closing(asked: Asked) -> str:
    count = asked.number("closing_deals")
    if not count:
        return ""
    worth = _sums(asked, "closing_value")
    shown = f" ({worth})" if worth else ""
    if asked.language == "de":
        what = f"{count} davon sollen" if count != 1 else "Eines davon soll"
        return f"{what} binnen einer Woche abschließen{shown}."
    return f"{count} {'deals are' if count != 1 else 'deal is'} expected to close within a week{shown}."


def _overdue(asked: Asked) -> str:
    count = asked.number("overdue_invoices")
    if not count:
        return ""
    worth = _sums(asked, "overdue_value")
    if asked.language == "de":
        what = f"{count} Rechnungen sind" if count != 1 else "Eine Rechnung ist"
        return f"{what} überfällig (zusammen {worth}) – bitte nachfassen."
    what = f"{count} invoices are" if count != 1 else f"{count} invoice is"
    return f"{what} overdue (total {worth}) – follow up recommended."


def _waiting(asked: Asked) -> str:
    stagnant, unanswered, meetings = (asked.number(each) for each in ("stagnant_deals", "unanswered", "meetings_today"))
    german = asked.language == "de"
    parts = []
    if stagnant:
        many = stagnant != 1
        parts.append(
            (f"{stagnant} Geschäfte stehen still" if many else "ein Geschäft steht still")
            if german
            else f"{stagnant} {'deals stand' if many else 'deal stands'} still"
        )
    if unanswered:
        many = unanswered != 1
        parts.append(
            (f"{unanswered} Anfragen warten auf Antwort" if many else "eine Anfrage wartet auf Antwort")
            if german
            else f"{unanswered} {'inquiries wait' if many else 'inquiry waits'} for an answer"
        )
    if meetings:
        many = meetings != 1
        parts.append(
            (f"{meetings} Termine sind heute" if many else "ein Termin ist heute")
            if german
            else f"{meetings} {'meetings are' if many else 'meeting is'} today"
        )
    if not parts:
        return ""
    joined = ", ".join(parts)
    return joined[0].upper() + joined[1:] + "."


def _nothing(asked: Asked) -> str:
    if asked.kind == "daily-summary":
        return "Heute steht nichts an." if asked.language == "de" else "There is nothing that needs you today."
    if asked.language == "de":
        return "In diesem Zeitraum stehen keine Geschäfte."
    return "There are no deals in this period yet."


def _sums(asked: Asked, name: str) -> str:
    """Amounts of several currencies beside each other; they are never added."""
    word = " und " if asked.language == "de" else " and "
    return word.join(_money(each) for each in asked.all(name) if each.value)


def _money(figure: Figure) -> str:
    return display(figure.value, figure.currency or "")


_FORECAST = (_target, _weighted, _won, _best, _slowest)
_SUMMARY = (_open, _closing, _overdue, _waiting)
