"""Why a file that somebody brings in cannot be read, as the reader of tables says it."""

from __future__ import annotations

from services.gateway.web.phrases import N_

UPLOAD_SHAPES = (
    (r"line (?P<line>\d+) has (?P<number>[\d,]+) columns; at most (?P<most>\d+) are taken",
     N_("Line %(line)s has %(number)s columns; at most %(most)s are taken")),
    (r"line (?P<line>\d+) holds a cell of more than (?P<most>[\d,]+) characters",
     N_("Line %(line)s holds a cell of more than %(most)s characters")),
    (r"line (?P<line>\d+) holds a cell that does not end; is a quotation mark missing",
     N_("Line %(line)s holds a cell that does not end: a quotation mark may be missing")),
    (r"this file has more than (?P<most>[\d,]+) rows",
     N_("This file has too many rows: at most %(most)s are taken")),
    (r"this file has more than (?P<most>[\d,]+) MB", N_("This file is too large: at most %(most)s MB are taken")),
    (r"the sheet has (?P<number>[\d,]+) columns; at most (?P<most>\d+) are taken",
     N_("The sheet has %(number)s columns; at most %(most)s are taken")),
    (r"this file holds (?P<number>[\d,]+) parts; at most (?P<most>[\d,]+) are taken",
     N_("This file holds %(number)s parts; at most %(most)s are taken")),
    (r"this file unpacks to (?P<number>[\d,]+) MB; at most (?P<most>[\d,]+) MB are taken",
     N_("This file unpacks to %(number)s MB; at most %(most)s MB are taken")),
)  # fmt: skip
