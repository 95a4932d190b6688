"""Words that bind us: guarantees, gifts, refunds, discounts, days by which we deliver."""

from __future__ import annotations

import re

from services.ai.email_drafts.finding.claims import Claim, apart

# "Two thirds", "ein Viertel", "a fifth", "10 per cent", "half".
_PART = (
    r"(?:(?:an?|one|two|three|four|ein|zwei|drei|vier)[ -](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|twentieth|drittel|viertel|fünftel|sechstel|achtel|zehntel|zwanzigstel)s?|half|die\s+Hälfte|\d+\s?%"
    r"|[\w-]+\s(?:percent|per\s+cent|prozent))"
)
_COIN = r"(?:cent|penny|dime|dollar|euro|pound|rappen|pfennig|thing)"
_PROMISES: dict[str, str] = {
    "guarantee": (
        r"(?<!no )guarant(?:ee|ees|eed|eeing)|\bwarrant(?:y|ies)\b|garantier\w*|\bgarantie\w*|\bgewährleist\w*"
        r"|\bzusicher\w*"
        r"|\bsichern?\s+(?:\w+\s+){0,3}(?:verbindlich\s+)?zu\b|\bzugesichert\w*|\bassure you\b|\bverbindlich\w*"
    ),
    "promise": (
        r"\b(?:we|I|you have our|you have my)(?:'ll| will| can| hereby)?\s+promis\w*|\bpromis(?:e|es|ed|ing) (?:you"
        r"|to|that)\b"
        r"|\b(?:my|our) (?:(?:personal|own|solemn|full|firm|absolute|sincere) )?(?:word|promise|commitment)\b"
        r"|\b(?:mein|unser) (?:persönliches |volles )?(?:Wort|Ehrenwort|Versprechen)\b|\byou can rely on\b"
        r"|\bversprech\w*|\bverspr(?:icht|ochen)\b|\bcommit(?:ted)? to\b"
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
        rf"|\b(?:not|n['’]t|never)\s+(?:a|one|any)\s+(?:single\s+)?{_COIN}\b|\bkeinen\s+(?:einzigen\s+)?{_COIN}\b"
        r"|\byou\b[^.\n]{0,25}(?:\bnot|n['’]t|\bnever)\s[^.\n]{0,15}\bpay\b(?=\s+(?:an?|any\w*|for|one|more|extra|again)\b"
        r"|\s*[.!])|\b(?:pays?|costs?|owes?)\s+(?:you\s+|us\s+)?nothing\b|\bwithout (?:you )?paying\b"
        r"|\b(?:zahlen|kostet|kosten|bezahlen)\s+(?:Sie\s+|Ihnen\s+|dich\s+|dafür\s+)*nichts\b"
        r"|\bauf unsere Kosten\b|\bgeschenkt\b|\bumsonst\b"
    ),
    "refund": (
        r"\brefund\w*|\bmoney[- ]back\b|\breimburs\w*|\b(?:pay|paid) (?:you )?back\b|\brückerstatt\w*"
        r"|\berstatt(?:en|ung)\b"
        rf"|\b(?:every|each|any|all|jede[nr]?)\s+(?:single\s+|last\s+|einzelnen?\s+)?{_COIN}s?\s+(?:\w+\s+){{0,3}}(?:back|zurück)\b"
        r"|\b(?:money|payment|deposit|fee|cash|invoice|sum)\s+(?:right\s+|straight\s+)?back\b"
        r"|\b(?:return|give back|send back|pay back|repay)\w*\s+(?:you\s+)?(?:your|the|all|every|any)\s+(?:\w+\s+)?"
        r"(?:money|payment|deposit|fee|cent|cash)\b"
        r"|\b(?:Geld|Betrag|Zahlung|Anzahlung|Honorar)\b[^.\n]{0,30}\bzurück\b|\bzurück(?:zu)?zahl\w*"
        r"|\bGeld zurück\b|\bGeld-zurück\w*|\bgutschr(?:ift|eiben)\b|\bcredit note\b"
    ),
    "discount": (
        r"\bdiscount\w*|\brebate\w*|\bprice reduction\b|\bhalf[- ]price\b|\b(?:reduce|cut|lower|drop|slash|trim|shave)"
        r" (?:the|our"
        r"|your) (?:price|fee|rate|bill|cost|total)\w*"
        r"|\bwaiv(?:e|ed|ing)\b|\b(?:%|percent) off\b|\bRabatt\w*|\bNachlass\w*|\bPreisnachl\w*|\bSkonto\b"
        r"|\bErmäßigung\w*|\bvergünstig\w*"
        rf"|\b{_PART}\s+(?:\w+\s+){{0,2}}?(?:off|less|cheaper|reduction|weniger|günstiger|billiger)\b"
        r"(?!\s+(?:time|work|effort|today|Zeit|Aufwand))"
        rf"|\b(?:shave|take|cut|slash|trim|lower|reduce)\w*\s+(?:\w+\s+){{0,4}}?(?:by\s+)?{_PART}\b[^.\n]{{0,20}}"
        r"\b(?:off|price|fee|rate|bill|cost|invoice)s?\b"
        r"|\berlassen\b|\bzum halben Preis\b|\bknock off\b|\bspecial price\b|\bSonderpreis\b"
    ),
    "delivery": (
        r"\b(?:we|I)(?:'ll|’ll| will| shall| are going to|'re going to) (?:\w+ )?(?:deliver|finish|complete|launch"
        r"|ship|go live|be done|be live|be ready"
        r"|have (?:it|everything|the \w+) (?:\w+ )?(?:done|ready|finished|delivered|live))\b"
        r"|\b(?:we|I)(?:'ll|’ll| will| shall| can)? (?:hand (?:\w+ ){0,3}?over"
        r"|turn (?:\w+ ){0,3}?over|roll (?:\w+ ){0,3}?out"
        r"|wrap (?:\w+ ){0,3}?up|have you (?:live|up and running))\b"
        r"|\bwill be (?:handed over|rolled out|delivered|finished|completed|ready|live|done|shipped|launched)\b"
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
