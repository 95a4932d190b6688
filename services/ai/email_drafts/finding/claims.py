"""A claim: one thing a text says that can be true or false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["date", "amount", "person", "attachment", "promise", "contact"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands at ``start`` to ``end`` of a text; ``value`` is what it means, in the shape its finder says."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Any

    def meets(self, other: Claim) -> bool:
        return self.start < other.end and other.start < self.end


def apart(claims: Iterable[Claim], taken: Iterable[Claim] = ()) -> list[Claim]:
    """Those that lie on none of the others; of two that meet, the one that begins first, then the longer."""
    kept: list[Claim] = list(taken)
    before = len(kept)
    for claim in sorted(claims, key=lambda each: (each.start, -each.end)):
        if not any(claim.meets(other) for other in kept):
            kept.append(claim)
    return kept[before:]
