"""Where a text sends its reader: links, hosts, addresses of mail, telephone numbers, and accounts to pay to.

Any letters make a host, whatever the ending: the list of endings grows every month. What looks like a host and is none
(``e.g.``, ``Node.js``, ``plan.pdf``, ``3.5``) is told by its last part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from services.ai.email_drafts.finding.claims import Claim, apart

# Characters that show nothing, or turn text round: words may hide behind them.
UNSEEN = re.compile(
    r"[\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufe00-\ufe0f\ufeff"
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\U000e0000-\U000e007f]"
)

_SIGNS = ".。．｡․﹒"
_DOT = rf"(?:[{_SIGNS}]|[ ]?[\[({{][ ]?(?:[{_SIGNS}]|dot|punkt)[ ]?[\])}}][ ]?)"
_AT = r"(?:[@＠﹫]|[ ]?[\[({][ ]?(?:@|at|ät)[ ]?[\])}][ ]?)"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_HOST = rf"(?:{_LABEL}{_DOT})+(?:xn--[a-z0-9-]+|[^\W\d_]{{2,}})(?![\w@＠])"
_IP = r"\d{1,3}(?:[.]\d{1,3}){3}(?![\w.]*\d)|\[[0-9a-f:.]*:[0-9a-f:.]+\]"
_REST = rf"(?:{_DOT}|[^\s<>\"')\]])"
_PATH = rf"(?::\d+)?(?:[/?#／]{_REST}*)?"
LINK = re.compile(
    rf"(?<!\w)(?:(?:[a-z][a-z0-9+-]{{1,20}}|h[t*x_]{{2}}ps?)[ ]?(?::|：|\[:\])[ ]?[/／]{{2}}"
    rf"|(?:javascript|data|file|mailto|tel|sms|skype|whatsapp|bitcoin|ethereum):(?=\S)"
    rf"|www{_DOT})(?:\[[0-9a-f:.]+\])?{_REST}+"
    rf"|(?<![\w@＠.-])(?P<host>{_HOST}|{_IP})(?P<path>{_PATH})",
    re.IGNORECASE,
)
MAIL = re.compile(rf"[\w.+%-]+{_AT}{_HOST}", re.IGNORECASE)
_ACCOUNTS = (
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    re.compile(r"\b[a-z]{2}\d{2}(?: ?\d{4}){3,7}(?: ?\d{1,3})?\b"),
    re.compile(r"\b(?:bc1[a-z0-9]{20,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})\b"),
)
_PHONE = re.compile(
    r"(?<![\w+/.,:#€$£-])(?:(?:\+|00)[1-9](?:[ ./()-]{0,3}\d){6,14}"
    r"|\(?0\d{1,5}\)?[ ]?[ /-][ ]?\d(?:[ /-]?\d){4,10}|01[5-7]\d{7,9}"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w%€$£])"
)
# Ends of the names of files that are no ends of hosts, and products that are called like one.
_FILES = frozenset(
    "pdf doc docx xls xlsx ppt pptx txt csv png jpg jpeg gif svg webp js jsx ts tsx css html htm json xml yaml yml odt"
    " ods odp ics vcf eml mp3 mp4 wav psd sql log".split()
)
_PRODUCTS = frozenset(("asp.net",))


def is_plain(found: re.Match[str]) -> bool:
    """Whether what looks like a host is the name of a file, or a product."""
    host = found["host"]
    if not host:
        return False
    last = re.split(rf"[{_SIGNS}]", host.casefold())[-1]
    return (last in _FILES and "xn--" not in host) or host.casefold() in _PRODUCTS


def is_sentence_end(found: re.Match[str]) -> bool:
    """Whether a space is all that is missing: "by Friday.We will"."""
    host = found["host"]
    parts = host.split(".") if host and not found["path"] else []
    return len(parts) == 2 and parts[1][:1].isupper() and not parts[1].isupper()


def find_contacts(text: str, taken: Iterable[Claim] = ()) -> list[Claim]:
    """All of them; a number that stands on one of the others, as a date, is none. The value is the contact folded."""
    text = UNSEEN.sub("", text)
    links = [found for found in LINK.finditer(text) if not is_plain(found) and not is_sentence_end(found)]
    accounts = [found for pattern in _ACCOUNTS for found in pattern.finditer(text)]
    certain = apart(_claim(found) for found in [*MAIL.finditer(text), *links, *accounts])
    numbers = apart((_claim(found) for found in _PHONE.finditer(text)), [*taken, *certain])
    return [*certain, *numbers]


def _claim(found: re.Match[str]) -> Claim:
    told = found[0].rstrip(".,;:!? ")
    return Claim("contact", told, found.start(), found.start() + len(told), folded(told))


def folded(told: str) -> str:
    """Two ways to write the same contact made one: digits of a number, a link without its scheme."""
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", told)).casefold().replace("。", ".").strip()
    plain = re.sub(r" ?[\[({] ?(?:\.|dot|punkt) ?[\])}] ?", ".", plain)
    plain = re.sub(r" ?[\[({] ?(?:@|at|ät) ?[\])}] ?", "@", plain)
    if re.fullmatch(r"[+\d ()./-]+", plain) and not re.fullmatch(_IP + r".*", plain):
        return re.sub(r"\D", "", plain.replace("(0)", "")).lstrip("0")
    bare = re.sub(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", "", plain).rstrip("/.,;:!?")
    return bare if "." in bare else bare.replace(" ", "")


def same(known: str, claimed: str) -> bool:
    """A number with and without its country is the same number."""
    if known == claimed:
        return True
    short, long = sorted((known, claimed), key=len)
    return short.isdigit() and long.isdigit() and len(short) >= 8 and long.endswith(short)
