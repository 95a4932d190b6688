"""Plots and small amounts, as pages draw and write them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from services.gateway.web import language
from services.gateway.web.formats import dollars
from services.gateway.web.plotting import HEIGHT, WIDTH, bars


def test_the_tallest_bar_fills_the_plot_and_parts_stand_on_the_ground() -> None:
    first, second, third = bars([(4, 1), (0, 0), (2, 2)])
    assert (first.y, first.height, first.part_height, first.part_y) == (0, HEIGHT, HEIGHT / 4, HEIGHT * 3 / 4)
    assert (second.height, second.y) == (0, HEIGHT)
    assert (third.y, third.height) == (third.part_y, third.part_height) == (HEIGHT / 2, HEIGHT / 2)
    assert first.x > 0 and third.x + third.width < WIDTH


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars([(0, 0)] * 7) == bars([]) == []


@pytest.mark.parametrize(
    ("micro", "english", "german"),
    [
        (None, "–", "–"),
        (0, "$0.00", "0,00\u00a0$"),
        (1_500_000, "$1.50", "1,50\u00a0$"),
        (1_234, "$0.0012", "0,0012\u00a0$"),
        (7, "< $0.0001", "< 0,0001\u00a0$"),
        (12_345_678_900, "$12,345.6789", "12.345,6789\u00a0$"),
    ],
)
def test_millionths_of_a_dollar(micro: int | None, english: str, german: str, monkeypatch: Any) -> None:
    app = Flask("services.gateway.app")
    language.install(app)
    with app.test_request_context("/"):
        for locale, shown in (("en", english), ("de", german)):
            monkeypatch.setattr("services.gateway.web.formats.current", lambda locale=locale: locale)
            assert dollars(micro) == shown
