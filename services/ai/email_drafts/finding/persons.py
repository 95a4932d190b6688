"""Names in a text: people, and companies, that are not what is known here.

A name is told by what stands around it (a greeting, a title, a legal form), by a given name, and, where only names are
written with a capital (English, within a sentence), by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from services.ai.email_drafts.finding.claims import Claim, apart
from services.ai.email_drafts.finding.given_names import GIVEN_NAMES
from services.ai.email_drafts.finding.numbers import SIMPLE
from services.ai.email_drafts.finding.plain_words import CAPITALS, GERMAN_STARTERS, STARTERS

_WORD = r"[A-ZÀ-ÖØ-Þ][\wÀ-ÿ]*(?:['’-][A-ZÀ-ÖØ-Þ]?[\wÀ-ÿ]+)*"
_NAME = rf"(?:(?:von|van|de|der|del|la)\s+)*{_WORD}(?:[ \t]+(?:(?:von|van|de|der|del|la|zu)[ \t]+)*{_WORD})*"
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Sir|Madam)\.?"
_GREETING = re.compile(
    rf"^[ \t]*(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings|hallo|liebe[rs]?|guten (?:tag"
    rf"|morgen|abend)"
    rf"|moin|servus|grüß (?:gott|dich)|sehr geehrte[rs]?)[ \t]+(?:{_TITLE}[ \t]+)*(?P<name>{_NAME})",
    re.MULTILINE,
)
_TITLED = re.compile(rf"\b(?:{_TITLE})[ \t]+(?:(?:Dr|Prof)\.?[ \t]+)*(?P<name>{_NAME})")
_CUED = re.compile(
    rf"\b(?i:colleague|manager|lead|engineer|developer|designer|director|founder|boss|assistant|partner|specialist"
    rf"|expert|consultant"
    rf"|kollege|kollegin|kollegen|leiter(?:in)?|projektleiter(?:in)?|entwickler(?:in)?|designer(?:in)?|chef(?:in)?|"
    rf"geschäftsführer(?:in)?|ansprechpartner(?:in)?|mitarbeiter(?:in)?|berater(?:in)?"
    rf"|teamleiter(?:in)?),?[ \t]+(?P<name>{_WORD}(?:[ \t]+{_WORD})?)"
)
_COMPANY = re.compile(
    rf"(?P<name>{_WORD}(?:[ \t]+(?:&[ \t]+)?{_WORD}){{0,3}}[ \t]+(?:GmbH(?: & Co\. KG)?|AG|KG|UG|SE|Inc|LLC|Ltd"
    rf"|Corp|Corporation|PLC|plc|BV|SARL|Holdings?|Industries|Enterprises)\b)"
)
_CAMEL = re.compile(r"\b(?P<name>[A-Z][a-zà-ÿ]+[A-Z][a-zà-ÿ]+\w*)\b")
_RUN = re.compile(rf"{_WORD}(?:[ \t]+{_WORD})*")
_START = re.compile(
    r"(?:^|[.!?:;…]['\"”)]?\s+|\n[ \t]*(?:[-•*–>]|\d+[.)])?[ \t]*|^[ \t]*(?:[-•*–>]|\d+[.)])[ \t]*|[(\"“„][ \t]*)$"
)
# Who acts like a person, right after a word that may be a name at the start of a sentence.
_ACTS = re.compile(
    r"[ \t]+(?:from|and I|will (?:call|join|contact|reach|be in touch|take|handle|follow|lead|send|meet|get|run"
    r"|present)|said|told|asked|mentioned|confirmed"
    r"|suggested|joined|joins|agreed|wants|is (?:happy|our|joining|leading|going|your|on)|has (?:asked|agreed"
    r"|confirmed|told|already)|can (?:join|help|call)"
    r"|aus (?:unserem|eurem|dem|Ihrem)|wird (?:Sie|Ihnen|sich|euch|dich|an|das|die)|hat (?:mir|uns|gesagt|bestätigt"
    r"|zugesagt)|meinte|sagte|kümmert|übernimmt|leitet|meldet)\b"
)


# How an adjective, or a noun made of a verb, begins a German sentence: "Kurze Rückfrage", "Schöne Feiertage".
_INFLECTED = re.compile(r"(?:e|er|es|en|em|ung|ig|s)$")


def find_persons(
    text: str, known: frozenset[str], people: frozenset[str], taken: Iterable[Claim] = (), *, german: bool = False
) -> list[Claim]:
    """All of them, off the places of others.

    known: words (folded) that stand in the records and name no person: their capital tells nothing. people: words of
    the names of persons in the records. german: whether every noun has a capital. The value tells whether the name is
    one that is greeted.
    """
    greeted = [_claim(match, greeted=True) for match in _GREETING.finditer(text) if not _plain(match["name"])]
    certain = [_claim(match) for pattern in (_TITLED, _CUED, _COMPANY) for match in pattern.finditer(text)]
    likely = [_claim(match) for match in _CAMEL.finditer(text) if match["name"].casefold() not in known]
    certain = [claim for claim in certain if not _plain(claim.text)]
    return apart([*greeted, *certain, *likely, *_runs(text, known, people | GIVEN_NAMES, german=german)], taken)


def _claim(match: re.Match[str], *, greeted: bool = False) -> Claim:
    name = _trimmed(match["name"])
    return Claim("person", name, match.start("name"), match.start("name") + len(name), greeted)


def _trimmed(name: str) -> str:
    """Without plain words that follow: "Sarah Thank you" on one line."""
    words = name.split(" ")
    while len(words) > 1 and _plain(words[-1]):
        words.pop()
    return " ".join(words)


def _plain(word: str) -> bool:
    return all(_bare(each) in CAPITALS for each in word.split())


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.casefold().strip("'’-"))


def _runs(text: str, known: frozenset[str], given: frozenset[str], *, german: bool) -> Iterator[Claim]:
    """Runs of words with a capital, as far as they are a name."""
    titles = _title_lines(text)
    for match in _RUN.finditer(text):
        starts = bool(_START.search(text[max(0, match.start() - 12) : match.start()])) or match.start() == 0
        heading = german or any(first <= match.start() < last for first, last in titles)
        acts = bool(_ACTS.match(text, match.end()))
        yield from _names_of(match, known - given, given, starts=starts, heading=heading, acts=acts)


def _names_of(
    match: re.Match[str],
    known: frozenset[str],
    names: frozenset[str],
    *,
    starts: bool,
    heading: bool,
    acts: bool,
) -> Iterator[Claim]:
    words = list(re.finditer(_WORD, match[0]))
    begin = 0
    while begin < len(words):
        if not _may_name(words[begin][0], known):
            begin += 1
            continue
        end = begin
        while end < len(words) and _may_name(words[end][0], known):
            end += 1
        first, last = words[begin], words[end - 1]
        at_start = starts and begin == 0
        whole_run = begin == 0 and end == len(words)
        given = [index for index in range(begin, end) if _bare(words[index][0]) in names]
        if given:
            first = words[given[0]]
        count = end - (given[0] if given else begin)
        if _is_name(
            given=bool(given),
            count=count,
            at_start=at_start,
            heading=heading,
            acts=acts and whole_run and not first[0].endswith("ing"),
            inflected=bool(_INFLECTED.search(first[0])),
        ):
            stop = last.end() - (2 if re.search(r"['’]s$", last[0]) else 0)
            yield Claim(
                "person", match[0][first.start() : stop], match.start() + first.start(), match.start() + stop, False
            )
        begin = end


def _is_name(*, given: bool, count: int, at_start: bool, heading: bool, acts: bool, inflected: bool) -> bool:
    if given or acts:
        return True
    if heading:
        return count == 2 and not (at_start and inflected)
    return not at_start or count == 2


def _may_name(word: str, known: frozenset[str]) -> bool:
    bare = _bare(word)
    if len(bare) < 2 or word.isupper() or any(sign.isdigit() for sign in word):
        return False
    parts = bare.split("-")
    if bare in CAPITALS or bare in STARTERS or bare in GERMAN_STARTERS or bare in SIMPLE:
        return False
    return bare not in known and not all(part in known or part in CAPITALS for part in parts)


def _title_lines(text: str) -> list[tuple[int, int]]:
    """Lines, and parts of lines in brackets or after a bullet, most of whose words have a capital: headings."""
    found = []
    for match in re.finditer(r"[^\n()]+", text):
        words = re.findall(r"[^\W\d_][\w'’-]*", match[0])
        capitals = [word for word in words if word[0].isupper()]
        if len(words) >= 2 and len(capitals) * 2 > len(words) and not re.search(r"[.!?]\s*$|,", match[0]):
            found.append(match.span())
    return found
