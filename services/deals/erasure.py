"""What of deals an erasure leaves: nothing. Briefs and deals lose the person where they name them."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan
from services.deals.audit import AUDIT

ERASURE = ErasurePlan("deals", AUDIT)
