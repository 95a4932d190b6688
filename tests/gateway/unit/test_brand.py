"""The tokens: colours that can be read in both themes, and a tone for every status."""

from __future__ import annotations

import re
from itertools import product

import pytest

from libs.brand import tokens
from services.gateway.web import words

THEMES = {"light": tokens.LIGHT, "dark": tokens.DARK}
TEXTS = ("ink", "soft", "accent", "accent-strong", "good", "warn", "bad", "info", "violet", "quiet")
GROUNDS = ("ground", "surface", "raised")
TONES = ("good", "warn", "bad", "info", "violet", "quiet")
# What stands on what; a tone's word stands on its own soft ground.
PAIRS = [
    *product(TEXTS, GROUNDS),
    *((tone, f"{tone}-soft") for tone in (*TONES, "accent")),
    ("ink", "accent-soft"),
    ("soft", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]
STATUSES = (words.STAGES, words.CLIENT_STATUSES, words.INVOICE_STATUSES, words.PAYMENT_STATUSES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    colours = THEMES[theme]
    assert tokens.contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["surface", "ground"])
def test_the_edge_of_an_input_can_be_seen(theme: str, ground: str) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1."""
    colours = THEMES[theme]
    assert tokens.contrast(colours["edge"], colours[ground]) >= 3


def test_contrast_is_measured_as_wcag_says() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_themes_have_the_same_colours() -> None:
    assert list(tokens.LIGHT) == list(tokens.DARK)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for theme in THEMES.values() for colour in theme.values())


def test_the_stylesheet_has_every_token() -> None:
    light, dark = tokens.css().split("[data-bs-theme=dark]", 1)
    for name, value in tokens.LIGHT.items():
        assert f"--{name}: {value};" in light
    for name, value in tokens.DARK.items():
        assert f"--{name}: {value};" in dark
    scales = {"space": tokens.SPACE, "text": tokens.TYPE, "radius": tokens.RADIUS}
    for scale, steps in scales.items():
        assert all(f"--{scale}-{step}: {value};" in light for step, value in steps.items())
    assert f"--font: {tokens.FONT};" in light
    assert all(f"--series-{number}: {colour};" in light for number, colour in enumerate(tokens.SERIES, 1))


def test_every_status_has_a_tone() -> None:
    named = {status for kind in STATUSES for status in kind} | {"overdue"}
    assert named <= set(tokens.STATUS)
    assert set(tokens.STATUS.values()) <= set(TONES)
    css = tokens.css()
    assert all(f".is-{status} {{ --tone: var(--{tone})" in css for status, tone in tokens.STATUS.items())


def test_the_series_of_a_chart_are_told_apart() -> None:
    assert len(set(tokens.SERIES)) == len(tokens.SERIES)
    assert tokens.SERIES[0] == tokens.ACCENT
