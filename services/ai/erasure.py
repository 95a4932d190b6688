"""What of ai an erasure leaves: nothing. Prompts and answers lose the person where they name them."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan
from services.ai.audit import AUDIT

ERASURE = ErasurePlan("ai", AUDIT)
