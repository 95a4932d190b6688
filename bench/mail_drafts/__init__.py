"""Drafts with planted falsehoods, by which the checks of e-mails are measured.

``practised`` was looked at while the checks were written; ``held_out`` was written apart and is what counts.
"""

from bench.mail_drafts.scoring import Score, score
from bench.mail_drafts.writing import Draft, drafts

__all__ = ["Draft", "Score", "drafts", "score"]
