"""The project brief in six stages: what each asks, when it is complete, and how the answers become one brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Invalid, Problem
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import forms

LONGEST = 20_000
_FEATURE = 500


@dataclass(frozen=True)
class Stage:
    """title: its heading. fields: what it asks; needed: without which nobody goes on."""

    title: Any
    question: Any
    fields: tuple[str, ...]
    needed: tuple[str, ...] = ()


STAGES = (
    Stage(_l("Vision"), _l("What do you want to build?"), ("title", "summary"), ("title",)),
    Stage(_l("Audience"), _l("Who is it for?"), ("audience",), ("audience",)),
    Stage(_l("Features"), _l("What should it do?"), ("features",), ("features",)),
    Stage(_l("Design"), _l("How should it look and feel?"), ("design",)),
    Stage(_l("Timeline and budget"), _l("By when, and for how much?"),
          ("timeline_weeks", "budget_min", "budget_max", "currency"), ("timeline_weeks", "budget_min", "budget_max")),
    Stage(_l("You"), _l("Whom do we write to?"),
          ("first_name", "last_name", "email", "phone", "company_name", "job_title", "industry", "website"),
          ("first_name", "email")),
)  # fmt: skip
_PERSON = ("first_name", "last_name", "email", "phone", "company_name", "job_title", "industry")
_LABELS = {
    "title": _l("Project"),
    "summary": _l("In short"),
    "audience": _l("Audience"),
    "features": _l("Features"),
    "design": _l("Design"),
    "timeline_weeks": _l("Weeks"),
    "budget_min": _l("Budget from"),
    "budget_max": _l("Up to"),
    "currency": _l("Currency"),
}


def check(stage: Stage, typed: Mapping[str, str]) -> None:
    """Invalid naming each field of a stage that is missing or does not fit."""
    faults = [
        {"field": name, "message": _("This is needed.")} for name in stage.needed if not typed.get(name, "").strip()
    ]
    for name, reader in (("timeline_weeks", forms.whole), ("budget_min", forms.amount), ("budget_max", forms.amount)):
        if name in stage.fields and typed.get(name, "").strip():
            faults += _fault(name, lambda reader=reader, name=name: reader(name, typed[name].strip()))
    if "email" in stage.fields and typed.get("email", "").strip():
        faults += _fault("email", lambda: validate_email(typed["email"].strip(), check_deliverability=False))
    wishes = typed.get("features", "").splitlines() if "features" in stage.fields else []
    if any(len(wish.strip(" -•*")) > _FEATURE for wish in wishes):
        message = _("At most %(most)s characters a line.", most=_FEATURE)
        faults.append({"field": "features", "message": message})
    if not faults and "budget_min" in stage.fields:
        low, high = (forms.amount(name, typed[name].strip()) for name in ("budget_min", "budget_max"))
        if low > high:
            faults.append({"field": "budget_max", "message": _("The upper end is below the lower end.")})
        if not 1 <= int(typed["timeline_weeks"]) <= 520:
            faults.append({"field": "timeline_weeks", "message": _("Between 1 and 520 weeks.")})
    if faults:
        problem = Invalid(_("A field is missing or does not fit."))
        problem.extra = {"errors": faults}
        raise problem


def reached(typed: Mapping[str, str]) -> int:
    """The first stage that is not complete yet."""
    for number, stage in enumerate(STAGES, 1):
        try:
            check(stage, typed)
        except Invalid:
            return number
    return len(STAGES)


def brief(typed: Mapping[str, str]) -> s.BriefForm:
    """The brief as the API takes it."""
    for stage in STAGES:
        check(stage, typed)
    given = {name: value.strip() for name, value in typed.items() if value.strip()}
    body = {
        "contact": {name: given[name] for name in _PERSON if name in given},
        "vision": {"title": given["title"], "summary": given.get("summary", "")},
        "audience": given.get("audience", ""),
        "features": [line.strip(" -•*") for line in given["features"].splitlines() if line.strip(" -•*")],
        "design": given.get("design", ""),
        "timeline_weeks": int(given["timeline_weeks"]),
        "budget": {
            "min": forms.amount("budget_min", given["budget_min"]),
            "max": forms.amount("budget_max", given["budget_max"]),
            "currency": given.get("currency", "USD"),
        },
    }
    made: s.BriefForm = checked(s.BriefForm, body | ({"website": given["website"]} if "website" in given else {}))
    return made


def renamed(problem: Problem) -> Problem:
    """The same problem with the fields named as the wizard names them."""
    faults = problem.extra.get("errors") or (
        [{"field": problem.field, "message": problem.detail}] if problem.field else []
    )
    made = Invalid(problem.detail)
    made.extra = {"errors": [fault | {"field": _field(fault["field"])} for fault in faults]} if faults else {}
    return made


def stage_of(problem: Problem, otherwise: int) -> int:
    """The stage whose field a problem is about."""
    names = {fault["field"] for fault in renamed(problem).extra.get("errors", [])}
    return next((at for at, stage in enumerate(STAGES, 1) if names & set(stage.fields)), otherwise)


def summary(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was answered so far, to look over before it is sent."""
    return [(str(label), typed[name]) for name, label in _LABELS.items() if typed.get(name, "").strip()]


def _fault(name: str, read: Any) -> list[dict[str, str]]:
    try:
        read()
    except Invalid as problem:
        return [{"field": name, "message": problem.detail}]
    except EmailNotValidError:
        return [{"field": name, "message": _("This is not an e-mail address.")}]
    return []


def _field(name: str) -> str:
    parts = name.split(".")
    if parts[0] == "budget" and len(parts) > 1:
        return "currency" if parts[1] == "currency" else f"budget_{parts[1]}"
    return parts[1] if parts[0] in ("contact", "vision") and len(parts) > 1 else parts[0]
