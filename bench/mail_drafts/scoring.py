"""How many planted falsehoods the checks flag, and what they flag that is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.mail_drafts.writing import Draft
from services.ai.email_drafts.checks import check


@dataclass
class Score:
    """flagged of planted; alarms of the claims that are true; drafts with an alarm of all drafts."""

    drafts: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    true_claims: int = 0
    alarms: int = 0
    drafts_with_alarm: int = 0
    missed_texts: list[tuple[str, str]] = field(default_factory=list)
    alarm_texts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def found(self) -> float:
        return self.flagged.total() / self.planted.total()

    @property
    def false_alarms(self) -> float:
        """Of true claims flagged, or of drafts that hold one: whichever is worse."""
        return max(self.alarms / self.true_claims, self.drafts_with_alarm / self.drafts)


def score(drafts: Iterable[Draft]) -> Score:
    """Check every draft as a person's would be."""
    result = Score()
    for draft in drafts:
        _add(result, draft)
    return result


def _add(result: Score, draft: Draft) -> None:
    checks = check(draft.subject, draft.body, draft.context)
    raised = [each for each in checks if each.status == "unsupported"]
    alarms = [each for each in raised if not any(_meets(each.text, lie) for _kind, lie in draft.planted)]
    result.drafts += 1
    result.drafts_with_alarm += bool(alarms)
    result.alarms += len(alarms)
    result.true_claims += len(alarms) + sum(each.status == "supported" for each in checks)
    result.alarm_texts += [(each.kind, each.text) for each in alarms]
    for kind, lie in draft.planted:
        result.planted[kind] += 1
        if any(each.kind == kind and _meets(each.text, lie) for each in raised):
            result.flagged[kind] += 1
        else:
            result.missed_texts.append((kind, lie))


def _meets(text: str, lie: str) -> bool:
    one, two = text.casefold(), lie.casefold()
    return one in two or two in one
