"""Which stages are asked for."""

from __future__ import annotations

from typing import Any

from libs.common.problems import Invalid
from services.deals.domain import OPEN_STAGES, STAGES


def asked_stages(name: str, value: Any) -> list[str]:
    """One stage or several; ``open`` is the four that are neither won nor lost. Invalid for anything else."""
    wanted = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in wanted) or not set(wanted) <= {*STAGES, "open"}:
        raise Invalid(f"{name} is one of {', '.join(STAGES)}, or open", field=name)
    named = set(wanted) | (set(OPEN_STAGES) if "open" in wanted else set())
    return [stage for stage in STAGES if stage in named]
