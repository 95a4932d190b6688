"""Names of columns, as people of many systems write them."""

from __future__ import annotations

import re
import unicodedata


def plain(name: str) -> str:
    """A column's name as names are compared: no case, accents, signs or doubled spaces."""
    text = unicodedata.normalize("NFKD", name).casefold().replace("ß", "ss")
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", text).split())
