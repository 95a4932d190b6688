"""Why a file that somebody brings in cannot be read, as the reader of tables says it."""

from __future__ import annotations

from services.gateway.web.phrases import N_

UPLOAD_SHAPES = (
    (r"line (?P<line>\d+) has more than (?P<most>[\d,]+) columns; no more are taken",
     N_("Line %(line)s has more than %(most)s columns; no more are taken")),
    (r"line (?P<line>\d+) has more than (?P<most>[\d,]+) characters; that is no row",
     N_("Line %(line)s has more than %(most)s characters; that is no row")),
    (r"line (?P<line>\d+) names the columns, and a quotation mark in it is not closed",
     N_("A quotation mark in line %(line)s, which names the columns, is not closed")),
    (r"a quotation mark is opened in line (?P<line>\d+) and not closed, as in many lines before it",
     N_("A quotation mark is opened in line %(line)s and not closed, as in many lines before it")),
    (r"line (?P<line>\d+) of this file is damaged: .*",
     N_("Line %(line)s of this file is damaged: an open quotation mark, bytes that are no text, or far too much")),
    (r"this file has more than (?P<most>[\d,]+) rows",
     N_("This file has too many rows: at most %(most)s are taken")),
    (r"this file has more than (?P<most>[\d,]+) MB", N_("This file is too large: at most %(most)s MB are taken")),
    (r"this file holds (?P<number>[\d,]+) parts; at most (?P<most>[\d,]+) are taken",
     N_("This file holds %(number)s parts; at most %(most)s are taken")),
    (r"this file unpacks to (?P<number>[\d,]+) MB; at most (?P<most>[\d,]+) MB are taken",
     N_("This file unpacks to %(number)s MB; at most %(most)s MB are taken")),
)  # fmt: skip
