"""A drafted mail, made safe: no markup, no link and no address that is not in our data. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from services.ai.email_drafts.context import MailContext
from services.ai.email_drafts.finding.contacts import LINK, MAIL, UNSEEN, folded, is_plain, is_sentence_end
from services.ai.email_drafts.sources import sources

SUBJECT_LENGTH, BODY_LENGTH = 250, 15_000

_TAG = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|</?[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\s]*)[^)]*\)")


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A subject of one line and a body of plain text. ``removed``: links and addresses that were taken out."""

    subject: str
    body: str
    removed: tuple[str, ...] = ()


def cleaned(subject: str, body: str, context: MailContext) -> MailDraft:
    """What a model wrote, without what must not get out by it."""
    known = _known(context)
    removed: list[str] = []
    lines = [_without(line, known, removed) for line in _plain(body).splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
    head = " ".join(_without(_plain(subject), known, removed).split())
    return MailDraft(head, text, tuple(dict.fromkeys(removed)))


def _plain(text: str) -> str:
    """Markup is taken off until none is left: what is escaped may hold more of it."""
    for _ in range(4):
        bare = _TAG.sub("", html.unescape(text))
        if bare == text:
            break
        text = bare
    return UNSEEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _known(context: MailContext) -> frozenset[str]:
    """Links and addresses of our own data and of the words of the person who asks, folded."""
    return frozenset(each for source in sources(context) for each in source.contacts)


def _without(line: str, known: frozenset[str], removed: list[str]) -> str:
    def keep_or_take(match: re.Match[str]) -> str:
        found = match[0].rstrip(".,;:!?")
        if folded(found) in known:
            return match[0]
        removed.append(found)
        return match[0][len(found) :]

    def link(match: re.Match[str]) -> str:
        if is_plain(match):
            return match[0]
        if is_sentence_end(match) and folded(match[0]) not in known:
            return match[0].replace(".", ". ")
        return keep_or_take(match)

    def label(match: re.Match[str]) -> str:
        if folded(match[2]) in known:
            return f"{match[1]} ({match[2]})"
        removed.append(match[2])
        return match[1]

    before = len(removed)
    line = LINK.sub(link, MAIL.sub(keep_or_take, _MARKDOWN_LINK.sub(label, line)))
    return re.sub(r"[ \t]{2,}", " ", line) if len(removed) > before else line
