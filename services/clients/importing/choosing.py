"""How a person says that a file is to be read: each of its tables by its encoding, its separator, the line of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.common import fields
from libs.common.problems import Invalid
from libs.common.uploads import ENCODINGS, SEPARATORS

_LAST_LINE = 2**31 - 1


def _either(read: fields.Reader) -> fields.Reader:
    """A value, or None to have it guessed again."""
    return lambda name, value: None if value is None else read(name, value)


READERS: dict[str, fields.Reader] = {
    "encoding": _either(fields.one_of(*ENCODINGS)),
    "separator": _either(fields.one_of(*SEPARATORS)),
    "header_line": _either(fields.whole(0, _LAST_LINE)),
}


def merged(before: Mapping[str, Any], sheet: Mapping[str, Any], said: Mapping[str, Any], at: str) -> dict[str, Any]:
    """How a table is to be read, with what was said of it. sheet: as it was read; at: where it was said.

    Invalid names what does not fit: a sheet of a workbook is no text, and only a line among the first names columns.
    """
    given = {name: said[name] for name in READERS if name in said}
    for name in ("encoding", "separator"):
        if given.get(name) is not None and sheet.get("encoding", "") is None:
            raise Invalid("a sheet of a workbook has neither an encoding nor a separator", field=f"{at}.{name}")
    line = given.get("header_line")
    if line and line not in [each["line"] for each in sheet.get("first_lines", [])]:
        raise Invalid("none of the first lines of this file has this number", field=f"{at}.header_line")
    if given and said.get("mapping"):
        raise Invalid(
            "the columns are known once the file was read anew; say then what they mean", field=f"{at}.mapping"
        )
    return dict(before) | given
