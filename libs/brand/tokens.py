"""Colours, type and space: the only place where they are chosen.

Pages get them as CSS variables (`css()`), mails and PDFs as values in their templates, charts as lists. Each text
colour keeps at least 4.5:1 on every ground it stands on, in both themes; a test measures it.
"""

from __future__ import annotations

NAME = "AMO CRM"
ACCENT = "#1f5f5b"

LIGHT: dict[str, str] = {
    "ground": "#f5f7f6",
    "surface": "#ffffff",
    "raised": "#eef2f1",
    "ink": "#16201e",
    "soft": "#4f5c59",
    "line": "#dce3e1",
    "edge": "#7d8b88",
    "accent": ACCENT,
    "accent-strong": "#174a47",
    "on-accent": "#ffffff",
    "accent-soft": "#e2efed",
    "good": "#17693f",
    "good-soft": "#e0f2e8",
    "warn": "#7d5200",
    "warn-soft": "#fbefd3",
    "bad": "#a5231c",
    "bad-soft": "#fbe6e4",
    "info": "#1f5797",
    "info-soft": "#e2ecf8",
    "violet": "#643a9a",
    "violet-soft": "#eee6f8",
    "quiet": "#4f5c59",
    "quiet-soft": "#e9edec",
}

DARK: dict[str, str] = {
    "ground": "#0e1312",
    "surface": "#161c1b",
    "raised": "#1e2625",
    "ink": "#e7eeec",
    "soft": "#a5b2af",
    "line": "#2a3432",
    "edge": "#73827f",
    "accent": "#7cc5be",
    "accent-strong": "#a3dbd5",
    "on-accent": "#0a1413",
    "accent-soft": "#1b3735",
    "good": "#6fd3a0",
    "good-soft": "#15322a",
    "warn": "#e9b95b",
    "warn-soft": "#362b14",
    "bad": "#f5938b",
    "bad-soft": "#3d1f1e",
    "info": "#8fbcf0",
    "info-soft": "#1a2c42",
    "violet": "#c4a6ee",
    "violet-soft": "#2d2340",
    "quiet": "#a5b2af",
    "quiet-soft": "#252e2c",
}

# A status has a colour and a word; which colour means what is decided here, once.
STATUS: dict[str, str] = {
    "lead": "quiet",
    "qualified": "info",
    "proposal": "violet",
    "negotiation": "warn",
    "won": "good",
    "lost": "bad",
    "prospect": "info",
    "active": "good",
    "inactive": "quiet",
    "churned": "bad",
    "draft": "quiet",
    "sent": "info",
    "partially_paid": "warn",
    "paid": "good",
    "overdue": "bad",
    "void": "quiet",
    "received": "good",
    "unmatched": "warn",
    "refunded": "quiet",
    "partially_refunded": "quiet",
}

# In this order for the series of a chart: told apart in black and white by their lightness.
SERIES = ("#1f5f5b", "#d9a441", "#5b7fb8", "#a65a6e", "#8aa39f", "#3d3d5c")

# The few colours that charts are drawn in, so that a page can put others in their place in the dark: one accent in
# five steps of lightness, which paper and eyes without colour tell apart.
CHART: dict[str, str] = {
    "ink": LIGHT["ink"],
    "soft": LIGHT["soft"],
    "line": LIGHT["line"],
    "surface": LIGHT["surface"],
    "step-1": "#cfe3e0",
    "step-2": "#a0c8c3",
    "step-3": "#6ea59f",
    "step-4": "#42827c",
    "step-5": ACCENT,
}
CHART_DARK: dict[str, str] = {
    "ink": DARK["ink"],
    "soft": DARK["soft"],
    "line": DARK["line"],
    "surface": DARK["surface"],
    "step-1": "#21403d",
    "step-2": "#2f5c58",
    "step-3": "#417d77",
    "step-4": "#5ba19a",
    "step-5": DARK["accent"],
}

SPACE = {"1": "0.25rem", "2": "0.5rem", "3": "0.75rem", "4": "1rem", "5": "1.5rem", "6": "2rem", "7": "3rem"}
TYPE = {"xs": "0.75rem", "sm": "0.8125rem", "md": "0.875rem", "lg": "1rem", "xl": "1.25rem", "2xl": "1.625rem"}
RADIUS = {"sm": "6px", "md": "9px", "lg": "14px"}
FONT = "'Inter Variable', 'Inter', system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"

# Our mark: the a of AMO, a ring and its stem, with the event that leaves it.
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="{name}">'
    '<rect width="64" height="64" rx="15" fill="{accent}"/>'
    '<circle cx="28" cy="35" r="12" fill="none" stroke="{on}" stroke-width="7"/>'
    '<path d="M43.5 22v26" stroke="{on}" stroke-width="7" stroke-linecap="round"/>'
    '<circle cx="43.5" cy="12.5" r="4.5" fill="{dot}"/></svg>'
)


def mark() -> str:
    """The mark as an SVG document."""
    return MARK.format(name=NAME, accent=ACCENT, on="#ffffff", dot="#e9b95b")


def pixels() -> dict[str, str]:
    """The sizes of text in pixels, for mail programs that know no rem."""
    return {name: f"{float(size.removesuffix('rem')) * 16:g}px" for name, size in TYPE.items()}


def css() -> str:
    """All tokens as CSS variables, light first, dark under ``data-bs-theme``; and the colours of charts in the dark."""
    common = {f"space-{name}": value for name, value in SPACE.items()}
    common |= {f"text-{name}": value for name, value in TYPE.items()}
    common |= {f"radius-{name}": value for name, value in RADIUS.items()}
    common |= {"font": FONT} | {f"series-{number}": colour for number, colour in enumerate(SERIES, 1)}
    statuses = "\n".join(
        f".is-{name} {{ --tone: var(--{tone}); --tone-soft: var(--{tone}-soft); }}" for name, tone in STATUS.items()
    )
    blocks = [_block(":root", common | LIGHT), _block("[data-bs-theme=dark]", DARK), statuses, _dark_charts(), ""]
    return "\n".join(blocks)


def _dark_charts() -> str:
    """Charts come with their colours on every mark; within ``.drawing`` the dark theme has others for them."""
    return "\n".join(
        f'[data-bs-theme=dark] .drawing [{mark}="{colour}"] {{ {mark}: {CHART_DARK[name]}; }}'
        for name, colour in CHART.items()
        for mark in ("fill", "stroke")
    )


def _block(selector: str, values: dict[str, str]) -> str:
    lines = "\n".join(f"  --{name}: {value};" for name, value in values.items())
    return f"{selector} {{\n{lines}\n}}"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours as ``#rrggbb``."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
