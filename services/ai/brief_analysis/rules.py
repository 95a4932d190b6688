"""The built-in analysis: rules that anybody can read, the same answer every time, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from libs.common.money import to_major
from services.ai.brief_analysis.analysis import Analysis, Claim, Factor, summary
from services.ai.brief_analysis.brief import Brief, Field, Quote

VERSION = "rules-2"

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
# What all of our work is built with.
_FIRST, _LAST = "React", "Supabase"
_TEXTS: tuple[Field, ...] = ("vision_title", "vision_summary", "features", "audience", "design")
_OUR_FIELD = ("ai", "chat", "bot", "automation", "assistant", "recommend", "llm", "gpt", "agent", "machine learning")


def analyze(brief: Brief, base_currency: str) -> Analysis:
    """Judge a brief by its own words. Each claim says what in the brief it rests on."""
    named = [(feature, kind) for feature in brief.features for kind in _kinds_of(feature)]
    unknown = [feature for feature in brief.features if not _kinds_of(feature)]
    kinds = list(dict.fromkeys(kind for _feature, kind in named))
    hours = _BASE_HOURS + sum(kind.hours for kind in kinds) + _HOURS_PER_UNKNOWN_FEATURE * len(unknown)
    complexity = "low" if hours <= 150 else "medium" if hours <= 400 else "high"
    fit, fit_reason, fit_quote = _technical_fit(brief)
    return Analysis(
        complexity=Claim(complexity, _hardest(named, brief)),
        technical_fit=Claim(fit, fit_quote),
        recommended_stack=_stack(named, brief),
        estimated_hours=Claim(hours, _features(brief)),
        risk_factors=_risks(brief, named, unknown, hours),
        summary=summary(brief.vision_title, len(brief.features), hours, complexity, brief.timeline),
        factors=(
            _clarity(brief),
            _time(brief, hours),
            _money(brief, hours, base_currency),
            Factor("technical_fit", {"high": 25, "medium": 15, "low": 5}[fit], fit_reason, fit_quote),
        ),
    )


def _kinds_of(feature: str) -> list[_Kind]:
    text = feature.casefold()
    return [kind for kind in _KINDS if any(word in text for word in kind.words)]


def _cited(field: Field, text: str, longest: int = 160) -> Quote:
    """The beginning of an answer, ended where a word ends."""
    words = " ".join(text.split())
    if len(words) > longest:
        words = words[: longest + 1].rpartition(" ")[0] or words[:longest]
    return Quote(field, words)


def _ground(brief: Brief) -> Quote:
    """The first thing that was said at all; the time is always said."""
    for field in _TEXTS:
        for text in brief.answers(field):
            if brief.holds(quote := _cited(field, text)) and quote.words:
                return quote
    return Quote("timeline_weeks", brief.timeline)


def _feature(feature: str, brief: Brief) -> Quote:
    quote = _cited("features", feature)
    return quote if quote.words and brief.holds(quote) else _ground(brief)


def _features(brief: Brief) -> Quote:
    return _feature(brief.features[0], brief) if brief.features else Quote("features", "")


def _hardest(named: list[tuple[str, _Kind]], brief: Brief) -> Quote:
    """The feature with the most work in it."""
    if not named:
        return _features(brief)
    return _feature(max(named, key=lambda each: each[1].hours)[0], brief)


def _stack(named: list[tuple[str, _Kind]], brief: Brief) -> tuple[Claim[str], ...]:
    parts = {_FIRST: _ground(brief)}
    for feature, kind in named:
        for part in kind.stack:
            parts.setdefault(part, _feature(feature, brief))
    parts.setdefault(_LAST, _ground(brief))
    return tuple(Claim(part, quote) for part, quote in parts.items())


def _technical_fit(brief: Brief) -> tuple[str, str, Quote]:
    """How near it is to what we do, the reason, and the first word of the brief that says so."""
    found: dict[str, Quote] = {}
    for field in ("vision_title", "vision_summary", "features"):
        for text in brief.answers(field):
            for word in _OUR_FIELD:
                spelled = re.search(rf"\b{word}\w*" if len(word) > 3 else rf"\b{word}\b", text, re.IGNORECASE)
                if spelled and brief.holds(quote := Quote(field, spelled[0])):
                    found.setdefault(word, quote)
    if not found:
        return "low", "the brief names no AI or automation", _ground(brief)
    reason = f"the brief speaks of {', '.join(list(found)[:3])}"
    return "high" if len(found) >= 2 else "medium", reason, next(iter(found.values()))


def _clarity(brief: Brief) -> Factor:
    told: dict[Field, str] = {
        "vision_summary": brief.vision_summary,
        "audience": brief.audience,
        "design": brief.design,
    }
    missing = [field for field, text in told.items() if len(text.strip()) < 5]
    points = 25 - 5 * len(missing) - (10 if not brief.features else 0)
    names = {"vision_summary": "what it is for", "audience": "audience", "design": "design"}
    said = f"{len(brief.features)} features named"
    said += f"; nothing said of {', '.join(names[field] for field in missing)}" if missing else ""
    return Factor("clarity", points, said, _cited_or_missing(brief, missing))


def _cited_or_missing(brief: Brief, missing: list[Field]) -> Quote:
    empty = [quote for field in missing if brief.holds(quote := Quote(field, ""))]
    return empty[0] if empty else _cited_first(brief)


def _cited_first(brief: Brief) -> Quote:
    quote = _cited("vision_summary", brief.vision_summary)
    return quote if quote.words and brief.holds(quote) else _ground(brief)


def _time(brief: Brief, hours: int) -> Factor:
    room = brief.timeline_weeks * _HOURS_PER_WEEK / hours
    points = 25 if room >= 1.6 else 20 if room >= 1.2 else 12 if room >= 0.9 else 4
    reason = f"{brief.timeline} for about {hours} hours of work"
    return Factor("time", points, reason, Quote("timeline_weeks", brief.timeline))


def _money(brief: Brief, hours: int, base_currency: str) -> Factor:
    quote = Quote("budget", brief.budget)
    if brief.currency != base_currency:
        return Factor("budget", 12, f"not compared: hours are priced in {base_currency}", quote)
    per_hour = to_major((brief.budget_min_minor + brief.budget_max_minor) // 2, brief.currency) / hours
    points = 25 if per_hour >= 250 else 20 if per_hour >= 150 else 12 if per_hour >= 90 else 4
    return Factor("budget", points, f"a budget of {brief.budget} for about {hours} hours", quote)


def _risks(brief: Brief, named: list[tuple[str, _Kind]], unknown: list[str], hours: int) -> tuple[Claim[str], ...]:
    risks: dict[str, Quote] = {}
    for feature, kind in named:
        if kind.risk:
            risks.setdefault(kind.risk, _feature(feature, brief))
    if brief.timeline_weeks * _HOURS_PER_WEEK < hours:
        risks[f"{brief.timeline} are short for about {hours} hours of work"] = Quote("timeline_weeks", brief.timeline)
    for feature in unknown[:2]:
        risks.setdefault(f"To be clarified: {' '.join(feature.split())[:80]}", _feature(feature, brief))
    return tuple(Claim(risk, quote) for risk, quote in list(risks.items())[:6])
