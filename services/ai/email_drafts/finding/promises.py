"""Words that bind us: guarantees, gifts, refunds, discounts, days by which we deliver."""

from __future__ import annotations

import re

from services.ai.email_drafts.finding.claims import Claim, apart

_PROMISES: dict[str, str] = {
    "guarantee": (
        r"(?<!no )guarant(?:ee|ees|eed|eeing)|\bwarrant(?:y|ies)\b|garantier\w*|\bgarantie\w*|\bgewährleist\w*"
        r"|\bzusicher\w*"
        r"|\bsichern?\s+(?:\w+\s+){0,3}(?:verbindlich\s+)?zu\b|\bzugesichert\w*|\bassure you\b|\bverbindlich\w*"
    ),
    "promise": (
        r"\b(?:we|I|you have our|you have my)(?:'ll| will| can| hereby)?\s+promis\w*|\bpromis(?:e|es|ed|ing) (?:you"
        r"|to|that)\b"
        r"|\b(?:my|our) (?:word|promise|commitment)\b|\bversprech\w*|\bverspr(?:icht|ochen)\b|\bcommit(?:ted)? to\b"
        r"|\bcount on (?:us|it|me)\b|\bunder all circumstances\b|\bauf jeden Fall\b|\bwithout fail\b"
        r"|\bverpflichten uns\b"
    ),
    "free": (
        r"\bfree of charge\b|\bfor free\b|\bfree (?:month|months|year|trial|support|upgrade|upgrades|maintenance"
        r"|training"
        r"|hosting|week|weeks|setup|onboarding|workshop|license|licence|consultation|hours?|extension|updates)\b"
        r"|\bat no (?:extra |additional |further )?(?:cost|charge)\b|\bno (?:extra |additional |further )?(?:cost"
        r"|charge|fee)s?\b"
        r"|\bwithout (?:extra |additional |further |any )?(?:cost|charge|fee)s?\b|\bon the house\b"
        r"|\bcomplimentary\b|\bon us\b"
        r"|\bkostenlos\w*|\bkostenfrei\w*|\bgratis\b|\bunentgeltlich\w*|\bohne (?:Aufpreis|Mehrkosten|Zusatzkosten"
        r"|weitere Kosten)\b"
        r"|\bauf unsere Kosten\b|\bgeschenkt\b|\bumsonst\b"
    ),
    "refund": (
        r"\brefund\w*|\bmoney[- ]back\b|\breimburs\w*|\b(?:pay|paid) (?:you )?back\b|\brückerstatt\w*"
        r"|\berstatt(?:en|ung)\b"
        r"|\bGeld zurück\b|\bGeld-zurück\w*|\bgutschr(?:ift|eiben)\b|\bcredit note\b"
    ),
    "discount": (
        r"\bdiscount\w*|\brebate\w*|\bprice reduction\b|\bhalf[- ]price\b|\b(?:reduce|cut|lower|drop) (?:the|our"
        r"|your) (?:price|fee|rate)\w*"
        r"|\bwaiv(?:e|ed|ing)\b|\b(?:%|percent) off\b|\bRabatt\w*|\bNachlass\w*|\bPreisnachl\w*|\bSkonto\b"
        r"|\bErmäßigung\w*|\bvergünstig\w*"
        r"|\berlassen\b|\bzum halben Preis\b|\bknock off\b|\bspecial price\b|\bSonderpreis\b"
    ),
    "delivery": (
        r"\b(?:we|I)(?:'ll|’ll| will| shall| are going to|'re going to) (?:\w+ )?(?:deliver|finish|complete|launch"
        r"|ship|go live|be done|be live|be ready"
        r"|have (?:it|everything|the \w+) (?:\w+ )?(?:done|ready|finished|delivered|live))\b"
        r"|\bwill be (?:delivered|finished|completed|ready|live|done|shipped|launched)\b"
        r"|\b(?:liefern|werden) wir\b[^.\n]{0,60}\b(?:liefern|fertig\w*|abschließen|übergeben|bereitstellen)\b"
        r"|\bwir (?:liefern|übergeben|werden\b[^.\n]{0,60}\b(?:liefern|fertigstellen|abschließen|übergeben"
        r"|bereitstellen))"
        r"|\b(?:wird|werden|ist|sind)\b[^.\n]{0,50}\b(?:fertig|geliefert|fertiggestellt|abgeschlossen|einsatzbereit"
        r"|live)(?:gestellt)?\b"
    ),
    "terms": (
        r"\bunlimited\b|\bunbegrenzt\w*|\blifetime (?:support|warranty|access)\b|\blebenslang\w*|\bexclusiv(?:e"
        r"|ity)\b(?= (?:rights|terms|deal|offer))"
        r"|\bcancel (?:at )?any ?time\b|\bjederzeit kündbar\b|\b24/7\b|\brund um die Uhr\b|\bprice lock\w*"
        r"|\bPreisgarantie\b|\bno obligations?\b|\bunverbindlich\b|\bpenalt(?:y|ies)\b|\bVertragsstrafe\w*"
        r"|\bextend(?:ing|ed)? (?:the|your) (?:payment )?(?:deadline|terms|due date)\b|\bpayment terms? of\b"
        r"|\bZahlungsziel\w*"
    ),
}
_PATTERNS = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _PROMISES.items()}
_DENIED = re.compile(
    r"\b(?:not|never|cannot|can't|won't|unable to|no|kein|keine|keinen|keinerlei|nicht|ohne)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


def find_promises(text: str) -> list[Claim]:
    """All of them; the value is what kind of promise it is."""
    found = [
        Claim("promise", match[0], match.start(), match.end(), key)
        for key, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
        if not _DENIED.search(text[: match.start()])
    ]
    return apart(found)
