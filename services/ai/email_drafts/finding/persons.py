"""Names in a text: people, and companies, that are not what is known here.

A name is told by what stands around it (a greeting, a title, a legal form), by a given name, and, where only names are
written with a capital (English, within a sentence), by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.ai.email_drafts.finding.claims import Claim, apart
from services.ai.email_drafts.finding.given_names import GIVEN_NAMES
from services.ai.email_drafts.finding.numbers import SIMPLE
from services.ai.email_drafts.finding.plain_words import CAPITALS, FIELDS, GERMAN_STARTERS, NOUN_ENDINGS, STARTERS

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

# What stands before the name of a thing or a place: an article, "in", what is used, what one is the head of.
_THING = re.compile(
    r"\b(?:in|at|via|near|around|outside|the|an?|uses?|used|using|such as"
    r"|(?:built|runs?|running|based|hosted|relies|rely) (?:on|with|in)|integrat\w+ with"
    r"|(?:moved?|moving|migrat\w+|switch\w*|connect\w*|export\w*|sync\w*) (?:\w+ )?(?:to|with|from)"
    r"|(?:head|director|lead|manager|president|vp|team|department) of"
    r"|(?:team|offices?|people|colleagues|customers|users|flight|flying|trip|away|delivered|shipped|based|back) from)"
    r"[ \t]+$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:,|and|or|und|oder|,\s*and|with|on|for)\s*$")

# How an adjective, or a noun made of a verb, begins a German sentence: "Kurze Rückfrage", "Schöne Feiertage".
_INFLECTED = re.compile(r"(?:e|er|es|en|em|ung|ig|s)$")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the records, folded. known: of our own texts, where they name no person; their capital tells nothing.
    people: of the names of persons. mentioned: of others' texts; one of them alone tells nothing, two may be a name."""

    known: frozenset[str]
    people: frozenset[str]
    mentioned: frozenset[str] = frozenset()


def find_persons(text: str, words: Words, taken: Iterable[Claim] = (), *, german: bool = False) -> list[Claim]:
    """All of them, off the places of others. german: whether every noun has a capital. The value tells whether the name
    is one that is greeted."""
    known = words.known
    greeted = [_claim(match, greeted=True) for match in _GREETING.finditer(text) if not _plain(match["name"])]
    certain = [_claim(match) for pattern in (_TITLED, _CUED, _COMPANY) for match in pattern.finditer(text)]
    likely = [_claim(match) for match in _CAMEL.finditer(text) if match["name"].casefold() not in known]
    certain = [claim for claim in certain if not _plain(claim.text)]
    return apart([*greeted, *certain, *likely, *_runs(text, words, german=german)], taken)


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a run of words with a capital stands. starts: at the start of a sentence, a line or a bracket. title: in a
    line most of whose words have a capital. german: where every noun has one. acts: before what a person does. thing:
    after what names a thing or a place."""

    starts: bool
    title: bool
    german: bool
    acts: bool
    thing: bool


def _runs(text: str, words: Words, *, german: bool) -> Iterator[Claim]:
    """Runs of words with a capital, as far as they are a name."""
    titles, listed = _title_lines(text), -1
    for match in _RUN.finditer(text):
        thing = bool(_THING.search(text[max(0, match.start() - 40) : match.start()])) or bool(
            listed >= 0 and _LISTED.match(text, listed, match.start())
        )
        listed = match.end() if thing else -1
        place = _Place(
            starts=bool(_START.search(text[max(0, match.start() - 12) : match.start()])) or match.start() == 0,
            title=any(first <= match.start() < last for first, last in titles),
            german=german,
            acts=bool(_ACTS.match(text, match.end())) and not thing,
            thing=thing,
        )
        yield from _names_of(match, words, place)


def _names_of(run: re.Match[str], known: Words, place: _Place) -> Iterator[Claim]:
    words = list(re.finditer(_WORD, run[0]))
    given = known.people | GIVEN_NAMES
    may_name = [_may_name(word[0], known.known - given) for word in words]
    begin = 0
    while begin < len(words):
        end = begin
        while end < len(words) and may_name[end]:
            end += 1
        part = words[begin:end]
        whole = place.acts and len(part) == len(words)
        if part and (name := _name_in(part, given, known.mentioned, place, at_start=begin == 0, acts=whole)):
            yield _claim_of(run, name)
        begin = end + 1


def _name_in(
    part: list[re.Match[str]],
    given: frozenset[str],
    mentioned: frozenset[str],
    place: _Place,
    *,
    at_start: bool,
    acts: bool,
) -> list[re.Match[str]]:
    """The words of a part that are a name; none where nothing tells that they are."""
    for index, word in enumerate(part):
        if _bare(word[0]) in given:
            return part[index:]
    first, count, starts = part[0][0], len(part), at_start and place.starts
    if count == 1 and _bare(first) in mentioned:
        return []
    if place.thing:
        return []
    if acts and not first.endswith("ing"):
        return part
    if place.german:
        return part if count == 2 and not (starts and _INFLECTED.search(first)) else []
    if place.title:
        return part if count == 2 and not starts else []
    return part if count == 2 or not starts else []


def _claim_of(run: re.Match[str], name: list[re.Match[str]]) -> Claim:
    last = name[-1]
    start, stop = name[0].start(), last.end() - (2 if re.search(r"['’]s$", last[0]) else 0)
    return Claim("person", run[0][start:stop], run.start() + start, run.start() + stop, False)


def _may_name(word: str, known: frozenset[str]) -> bool:
    bare = _bare(word)
    if len(bare) < 2 or word.isupper() or any(sign.isdigit() for sign in word):
        return False
    parts = bare.split("-")
    if any(bare in plain for plain in (CAPITALS, STARTERS, GERMAN_STARTERS, FIELDS, SIMPLE)):
        return False
    if bare.endswith(NOUN_ENDINGS) and len(bare) > 7:
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
