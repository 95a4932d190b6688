"""Small words of pages: whom a template greets."""

from __future__ import annotations

import pytest

from services.gateway.web.formats import greets


@pytest.mark.parametrize(
    ("body", "greeted"),
    [
        ("Hi {{1}}, thanks!", True),
        ("Guten Tag {{1}}!", True),
        ("Hello, {{1}}", True),
        ("Your order {{1}} is on its way", False),
        ("Delhi {{1}}", False),
        ("{{1}}, hi!", False),
        ("Hi there", False),
    ],
)
def test_the_first_place_is_a_name_where_it_is_greeted(body: str, greeted: bool) -> None:
    assert greets(body) is greeted
