"""What of deals an erasure leaves: nothing. Briefs and deals lose the person where they name them."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan
from services.deals.audit import AUDIT

# A tag that names a person is changed in the deal, and the sums follow it.
_SUMS = frozenset(f"pipeline_{each}.tag" for each in ("sums", "cohorts", "scores"))
# By what deals of files are found again.
ERASURE = ErasurePlan("deals", AUDIT, removed=frozenset({"imported_deals"}), elsewhere=_SUMS)
