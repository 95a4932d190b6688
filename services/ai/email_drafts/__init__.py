"""E-mails that AI drafts: what is known, what a draft claims, and where each claim comes from."""

from services.ai.email_drafts.checks import Check, check
from services.ai.email_drafts.context import Attachment, MailContext, Person
from services.ai.email_drafts.difference import difference
from services.ai.email_drafts.draft import MailDraft
from services.ai.email_drafts.task import task

__all__ = ["Attachment", "Check", "MailContext", "MailDraft", "Person", "check", "difference", "task"]
