"""The shape a model has to answer in when it drafts a mail."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from services.ai.email_drafts.context import MailContext
from services.ai.email_drafts.draft import BODY_LENGTH, SUBJECT_LENGTH, MailDraft, cleaned
from services.ai.tasks import Unusable


class MailSchema(BaseModel):
    """A mail as the model writes it."""

    subject: str = Field(min_length=1, max_length=SUBJECT_LENGTH, description="one line, plain text")
    body: str = Field(min_length=1, max_length=BODY_LENGTH, description="plain text with line breaks, no markup")


def accept(parsed: MailSchema, asked: MailContext) -> MailDraft:
    """The mail without markup, foreign links and foreign addresses; Unusable when nothing is left of it."""
    draft = cleaned(parsed.subject, parsed.body, asked)
    if not draft.subject or len(draft.body) < 20:
        raise Unusable("the mail was empty once its links and markup were taken off")
    if not re.search(r"[^\W\d_]{2,}", draft.subject) or re.search(r"[{}\[\]]|\"\s*:", draft.subject):
        raise Unusable("its subject is no plain words")
    return draft
