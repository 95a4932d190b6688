"""What is asked when a mail is drafted."""

from __future__ import annotations

from services.ai.domain import EMAIL_DRAFT
from services.ai.email_drafts import prompt, rules
from services.ai.email_drafts.context import MailContext
from services.ai.email_drafts.draft import MailDraft
from services.ai.email_drafts.schema import MailSchema, accept
from services.ai.tasks import Task


def task() -> Task[MailContext, MailDraft]:
    """A mail about a deal."""
    return Task(
        kind=EMAIL_DRAFT,
        prompt_version=prompt.VERSION,
        system=prompt.SYSTEM,
        prompt=prompt.prompt,
        schema=MailSchema,
        accept=accept,
        rules=rules.draft,
        rules_version=rules.VERSION,
        temperature=0.4,
    )
