"""The list of the CRM that a figure counts."""

from __future__ import annotations

import pytest

from libs.reporting import link


@pytest.mark.parametrize(
    ("area", "filters", "address"),
    [
        ("deals", {"stage": ["open"], "owner_id": "x"}, "/deals?stage=open&owner_id=x"),
        ("deals", {"stage": ["lead", "won"]}, "/deals?stage=lead&stage=won"),
        ("invoices", {"overdue": True}, "/invoices?overdue=true"),
        ("tasks", {"done": False, "due_to": "2025-02-10"}, "/tasks?done=false&due_to=2025-02-10"),
        ("clients", {"unanswered": True, "owner_id": None}, "/clients?unanswered=true"),
        ("clients", {}, "/clients"),
        ("deals", {"tag": "a&b=c d#é"}, "/deals?tag=a%26b%3Dc+d%23%C3%A9"),
    ],
)
def test_filters_become_the_address_of_a_list(area: str, filters: dict[str, object], address: str) -> None:
    assert link(area, filters) == address


def test_an_area_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        link("//evil.example", {})
