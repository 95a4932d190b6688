"""The built-in analysis: rules that anybody can read, the same answer every time, no network."""

from __future__ import annotations

from dataclasses import dataclass

from libs.common.money import to_major
from services.ai.domain import Analysis, Brief, Factor

VERSION = "rules-1"

_BASE_HOURS = 40
_HOURS_PER_UNKNOWN_FEATURE = 60
# Two people who work on it, thirty productive hours a week each.
_HOURS_PER_WEEK = 60


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of work we know: words that name it, the hours it takes, what we build it with, what may go wrong."""

    words: tuple[str, ...]
    hours: int
    stack: tuple[str, ...] = ()
    risk: str = ""


_KINDS = (
    _Kind(("chat", "assistant", "bot"), 80, ("OpenAI GPT-4",), ""),
    _Kind(("recommend", "personal"), 90, ("OpenAI GPT-4",), "Recommendations need enough purchase data to learn from"),
    _Kind(("order", "tracking", "shop", "checkout", "cart"), 70, (), "Integration with existing e-commerce platform"),
    _Kind(("payment", "billing", "invoice"), 70, ("Stripe",), "Payments bring audits and rules with them"),
    _Kind(("crm", "erp", "salesforce", "hubspot", "sap"), 90, (), "Integration with systems of other makers"),
    _Kind(("voice", "phone", "call"), 120, ("Twilio",), "Voice answers have to come within a second"),
    _Kind(("image", "photo", "video", "vision"), 120, ("PyTorch",), "Pictures need examples that are labelled"),
    _Kind(("search", "document", "knowledge", "rag"), 80, ("pgvector",), "Answers are as good as the documents"),
    _Kind(("mobile", "ios", "android", "app"), 140, ("React Native",), "App stores review every release"),
    _Kind(("report", "dashboard", "analytics"), 50, ("Metabase",), ""),
    _Kind(("login", "account", "user"), 40, (), ""),
    _Kind(("language", "multilingual", "translation"), 50, (), "Each language is tested by people who speak it"),
    _Kind(("medical", "health", "patient", "bank", "insurance"), 60, (), "Regulated data: reviewed before launch"),
)
_OUR_FIELD = ("ai", "chat", "bot", "automation", "assistant", "recommend", "llm", "gpt", "agent", "machine learning")


def analyze(brief: Brief, base_currency: str) -> Analysis:
    """Judge a brief by its own words. Each factor of the score says what in the brief it rests on."""
    named = [(feature, kind) for feature in brief.features for kind in _kinds_of(feature)]
    unknown = [feature for feature in brief.features if not _kinds_of(feature)]
    kinds = list(dict.fromkeys(kind for _feature, kind in named))
    hours = _BASE_HOURS + sum(kind.hours for kind in kinds) + _HOURS_PER_UNKNOWN_FEATURE * len(unknown)
    complexity = "low" if hours <= 150 else "medium" if hours <= 400 else "high"
    fit, fit_words = _technical_fit(brief)
    factors = (
        _clarity(brief),
        _time(brief, hours),
        _money(brief, hours, base_currency),
        Factor("technical fit", {"high": 25, "medium": 15, "low": 5}[fit], fit_words),
    )
    return Analysis(
        complexity=complexity,
        technical_fit=fit,
        recommended_stack=tuple(dict.fromkeys(("React", *(part for kind in kinds for part in kind.stack), "Supabase"))),
        estimated_hours=hours,
        risk_factors=_risks(brief, kinds, unknown, hours),
        summary=_summary(brief, hours, complexity),
        factors=factors,
    )


def _kinds_of(feature: str) -> list[_Kind]:
    text = feature.casefold()
    return [kind for kind in _KINDS if any(word in text for word in kind.words)]


def _technical_fit(brief: Brief) -> tuple[str, str]:
    text = " ".join((brief.vision_title, brief.vision_summary, *brief.features)).casefold()
    found = [word for word in _OUR_FIELD if word in text.split() or (len(word) > 3 and word in text)]
    if len(found) >= 2:
        return "high", f"the brief speaks of {', '.join(found[:3])}"
    return ("medium", f"the brief speaks of {found[0]}") if found else ("low", "the brief names no AI or automation")


def _clarity(brief: Brief) -> Factor:
    told = {"vision": brief.vision_summary, "audience": brief.audience, "design": brief.design}
    missing = [name for name, text in told.items() if len(text.strip()) < 5]
    points = 25 - 5 * len(missing) - (10 if not brief.features else 0)
    said = f"{len(brief.features)} features named" + (f"; nothing said of {', '.join(missing)}" if missing else "")
    return Factor("clarity of the brief", points, said)


def _time(brief: Brief, hours: int) -> Factor:
    room = brief.timeline_weeks * _HOURS_PER_WEEK / hours
    points = 25 if room >= 1.6 else 20 if room >= 1.2 else 12 if room >= 0.9 else 4
    return Factor("time", points, f"{brief.timeline_weeks} weeks for about {hours} hours of work")


def _money(brief: Brief, hours: int, base_currency: str) -> Factor:
    budget = f"a budget of {brief.currency} {to_major(brief.budget_min_minor, brief.currency):,f}"
    budget += f" to {to_major(brief.budget_max_minor, brief.currency):,f}"
    if brief.currency != base_currency:
        return Factor("budget", 12, f"{budget}, not compared: hours are priced in {base_currency}")
    per_hour = to_major((brief.budget_min_minor + brief.budget_max_minor) // 2, brief.currency) / hours
    points = 25 if per_hour >= 250 else 20 if per_hour >= 150 else 12 if per_hour >= 90 else 4
    return Factor("budget", points, f"{budget} for about {hours} hours")


def _risks(brief: Brief, kinds: list[_Kind], unknown: list[str], hours: int) -> tuple[str, ...]:
    risks = [kind.risk for kind in kinds if kind.risk]
    if brief.timeline_weeks * _HOURS_PER_WEEK < hours:
        risks.append(f"{brief.timeline_weeks} weeks are short for about {hours} hours of work")
    risks += [f"To be clarified: {feature[:80]}" for feature in unknown[:2]]
    return tuple(dict.fromkeys(risks[:6]))


def _summary(brief: Brief, hours: int, complexity: str) -> str:
    count = len(brief.features)
    what = f"{count} feature{'' if count == 1 else 's'}"
    return f"{brief.vision_title}: {what}, about {hours} hours, {complexity} complexity, {brief.timeline_weeks} weeks."
