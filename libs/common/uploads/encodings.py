"""How the text of a file is written down: what there is to choose from, and what it looks like."""

from __future__ import annotations

import codecs
from pathlib import Path

from libs.common.uploads.limits import Unreadable
from libs.common.uploads.rows import MARK

# The names that the web gives them, and what reads them. The first mark of a file is no text in any of them.
ENCODINGS = {
    "utf-8": "utf-8-sig", "windows-1252": "cp1252", "macintosh": "mac_roman", "iso-8859-15": "iso8859_15",
    "windows-1250": "cp1250", "iso-8859-2": "iso8859_2", "windows-1251": "cp1251", "ibm437": "cp437",
    "ibm850": "cp850", "shift_jis": "cp932", "gb18030": "gb18030", "big5": "big5", "euc-kr": "cp949",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32": "utf-32",
}  # fmt: skip
MARKED = "mark broken bytes"
SAMPLE = 256 * 1024
_NAMES = {codec: name for name, codec in ENCODINGS.items()}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NO_TEXT = "this is not a text file; save the sheet as CSV or XLSX"
# Bytes from which words can be told, and by how much less sense (in percent) the usual one may make.
_TELLING = 400
_CHAOS = 3.0
# What spreadsheets on old machines write; told apart by the letters that make words.
_OLD = ["cp1252", "cp1250", "iso8859_2", "iso8859_15", "cp1251", "mac_roman", "cp437", "cp850"]
# The letters that most Western texts have beside A to Z, and how large a share of such signs they are, where they are.
_WESTERN = frozenset("äöüÄÖÜßéèêçñáóíÉ")
_MOST, _FEW = 0.8, 0.5
_KANA = 0.1


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error(MARKED, _marked)


def encoding_of(path: Path) -> str:
    """The name of how the text of a file is written down. Unreadable for what is no text."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample:
        return _wide(sample)
    if _is_utf8(path):
        return "utf-8"
    if sum(byte < 9 or 13 < byte < 32 for byte in sample) > len(sample) // 200:
        raise Unreadable(NO_TEXT)
    return _japanese(sample) or _old_machines(sample) or _NAMES[_old(sample)]


def _wide(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 6 and even < odd // 4:
        return "utf-16le"
    if even > len(sample) // 6 and odd < even // 4:
        return "utf-16be"
    raise Unreadable(NO_TEXT)


def _is_utf8(path: Path) -> bool:
    """Whether most of what is not ASCII is valid: in no other encoding that happens by chance, and a few broken bytes
    are not to spoil the rest."""
    decoder = codecs.getincrementaldecoder("utf-8")(MARKED)
    signs = broken = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            text = decoder.decode(piece)
            signs += len(text) - len(text.encode("ascii", errors="ignore"))
            broken += text.count(MARK)
    broken += decoder.decode(b"", final=True).count(MARK)
    return signs - broken >= broken


def _japanese(sample: bytes) -> str | None:
    """Shift JIS: nothing else has so many of the signs that every Japanese text has."""
    try:
        text = codecs.getincrementaldecoder("cp932")().decode(sample)
    except UnicodeDecodeError:
        return None
    signs = [char for char in text if char > "\x7f"]
    kana = sum("\u3041" <= char <= "\u30ff" for char in signs)
    return "shift_jis" if kana > len(signs) * _KANA else None


def _old_machines(sample: bytes) -> str | None:
    """A Macintosh or DOS, where its letters are the usual ones and those of Windows would not be."""
    shares = {codec: _share(sample, codec) for codec in ("cp1252", "mac_roman", "cp850")}
    best = max(("mac_roman", "cp850"), key=lambda codec: shares[codec])
    return _NAMES[best] if shares[best] > _MOST and shares["cp1252"] < _FEW else None


def _share(sample: bytes, codec: str) -> float:
    """How much of what is not ASCII is letters of Western words; a capital does not follow a small letter there."""
    text = sample.decode(codec, errors="replace")
    signs = [place for place, char in enumerate(text) if char > "\x7f"]
    usual = sum(
        text[place] in _WESTERN and not (text[place].isupper() and text[place - 1 : place].islower()) for place in signs
    )
    return usual / max(len(signs), 1)


def _old(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    found = list(from_bytes(sample[: 64 * 1024], cp_isolation=_OLD))
    usual = next((each for each in found if "cp1252" in (each.encoding, *each.could_be_from_charset)), None)
    # Without many words to go by, what most offices wrote.
    if not found or len(sample) < _TELLING or (usual and usual.percent_chaos <= found[0].percent_chaos + _CHAOS):
        return "cp1252"
    return found[0].encoding
