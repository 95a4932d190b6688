"""A drafted mail, made safe: no markup, no link and no address that is not in our data. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from services.ai.email_drafts.context import MailContext

SUBJECT_LENGTH, BODY_LENGTH = 250, 15_000

_TAG = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|</?[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\s]*)[^)]*\)")
# With a scheme, with www, or a bare host with a path or a well-known ending.
_LINK = re.compile(
    r"\b(?:https?|ftp|javascript|data|file|mailto|tel):[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+"
    r"|(?<![@\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|io|ai|de|eu|co|uk|info|biz|app|dev|xyz|ru|cn|top|site"
    r"|online|link|click|shop|agency|example|test|me|ly|at|ch|fr|nl|us|tv|cc|ws|zip)(?::\d+)?(?:/[^\s<>\"')\]]*)?(?![\w@-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+%-]+(?:@|\s?\[at\]\s?|\s?\(at\)\s?)(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# Characters that show nothing, or turn text round: words may hide behind them.
_UNSEEN = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


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
    return _UNSEEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _known(context: MailContext) -> frozenset[str]:
    """Links and addresses of our own data and of the words of the person who asks, folded."""
    told = [*context.addresses, *(match[0] for match in _LINK.finditer(context.words))]
    told += [match[0] for match in _ADDRESS.finditer(context.words)]
    return frozenset(_folded(each) for each in told if each)


def _folded(link: str) -> str:
    return re.sub(r"^(?:https?://|mailto:)?(?:www\.)?", "", link.casefold()).rstrip("/.,;:!?")


def _without(line: str, known: frozenset[str], removed: list[str]) -> str:
    def keep_or_take(match: re.Match[str]) -> str:
        found = match[0].rstrip(".,;:!?")
        if _folded(found) in known:
            return match[0]
        removed.append(found)
        return match[0][len(found) :]

    def label(match: re.Match[str]) -> str:
        if _folded(match[2]) in known:
            return f"{match[1]} ({match[2]})"
        removed.append(match[2])
        return match[1]

    line = _MARKDOWN_LINK.sub(label, line)
    line = _ADDRESS.sub(keep_or_take, line)
    return re.sub(r"[ \t]{2,}", " ", _LINK.sub(keep_or_take, line)) if removed or _LINK.search(line) else line
