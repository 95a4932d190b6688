"""What of deals an erasure leaves: nothing. Briefs and deals lose the person where they name them."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan
from services.deals.audit import AUDIT

# A tag or a value that names a person is changed in the deal, and these follow it.
_FOLLOWING = frozenset((*(f"pipeline_{each}.tag" for each in ("sums", "cohorts", "scores")), "deal_custom_values.text"))
# By what deals of files are found again.
ERASURE = ErasurePlan("deals", AUDIT, removed=frozenset({"imported_deals"}), elsewhere=_FOLLOWING)
