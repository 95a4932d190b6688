"""Collects the pages' texts into the catalogues: ``make texts``.

New texts come in untranslated, those no page has any more go. Nothing of it depends on the machine or the day, so that
a catalogue changes only where texts do.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent
# What reports are called, and their columns: the same words stand in PDFs and mails.
REPORTING = WEB.parents[2] / "libs" / "reporting"
TRANSLATIONS = WEB / "translations"
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None}
COMMENTS = ("Translators:",)
_WIDTH = 118


def collected() -> Catalog:
    """Every text of the pages, as their source has it."""
    with (WEB / "babel.cfg").open() as rules:
        methods, options = parse_mapping_cfg(rules)  # type: ignore[no-untyped-call]  # babel has no types there
    catalog = Catalog(fuzzy=False)
    for folder in (WEB, REPORTING):
        for _file, _line, text, comments, context in extract_from_dir(
            str(folder), methods, options, KEYWORDS, COMMENTS, strip_comment_tags=True
        ):
            catalog.add(text, auto_comments=comments, context=context)
    return catalog


def catalogue(language: str) -> Catalog:
    """The translations as they stand."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        found: Catalog = read_po(source, locale=language)
    return found


def update(language: str) -> None:
    """Bring one catalogue up to date."""
    catalog = catalogue(language)
    catalog.update(collected(), no_fuzzy_matching=True)
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("wb") as target:
        write(target, catalog)


def write(target: IO[bytes], catalog: Catalog) -> None:
    """A catalogue as it is kept: sorted, without places in the source and without dates."""
    head = {
        "Language": catalog.locale_identifier,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": catalog.plural_forms,
    }
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in head.items())
    target.write(f'msgid ""\nmsgstr ""\n{lines}\n'.encode())
    write_po(target, catalog, width=_WIDTH, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)


def main() -> None:
    """Update every language there is."""
    for folder in sorted(TRANSLATIONS.glob("*/LC_MESSAGES")):
        update(folder.parent.name)


if __name__ == "__main__":
    main()
