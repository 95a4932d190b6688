"""``make screenshots``: every page of `stack.pages`, light and dark, at a desk and on a phone, into var/screenshots.

A few of them go into docs/screenshots, small enough for a README.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from stack.application import Options, Stack, StackError
from stack.driver import Crm
from stack.pages import HALFWAY, PAGES, VISITOR, Page
from stack.paths import ROOT
from stack.scenery import halfway, scene

SHOTS = ROOT / "var" / "screenshots"
CHOSEN = ROOT / "docs" / "screenshots"
BROWSER = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDTHS: dict[int, dict[str, Any]] = {
    1400: {"viewport": {"width": 1400, "height": 900}},
    390: {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
THEMES = ("light", "dark")
# In docs/screenshots: its name, and the shot it is; the phones stand side by side.
README = {
    "home": "home-light-1400",
    "client": "client-light-1400",
    "board": "board-light-1400",
    "deal": "deal-light-1400",
    "invoice": "invoice-draft-light-1400",
    "forecast": "report-forecast-light-1400",
    "reps": "report-reps-light-1400",
    "summary": "report-summary-light-1400",
}
PHONES = ("home-dark-390", "board-dark-390", "client-dark-390")
LARGEST = 200_000


def main() -> None:
    """Bring a stack up (or use the one that runs), give it some life, and take the pictures."""
    stack = Stack(options=Options(say=print))
    try:
        stack.up()
    except StackError as error:
        sys.exit(str(error))
    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is missing: apt-get install chromium")
    crm = Crm(stack.info)
    known = scene(crm)
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER)
        for width in WIDTHS:
            for who in sorted({page.who for page in PAGES}):
                take(browser, crm, who, width, known)
        browser.close()
    choose()
    print(f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS}, six of them in {CHOSEN}")


def take(browser: Browser, crm: Crm, who: str, width: int, known: dict[str, str]) -> None:
    """All pages of one person at one width."""
    context = open_for(browser, crm, who, width)
    page = context.new_page()
    for each in PAGES:
        if each.who != who:
            continue
        page.goto(each.path.format(**known), wait_until="networkidle")
        for theme in THEMES:
            page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            page.screenshot(path=SHOTS / f"{each.name}-{theme}-{width}.png", full_page=is_long(each))
    context.close()


def is_long(page: Page) -> bool:
    """Boards scroll within themselves; all other pages are shown whole."""
    return page.name != "board"


def open_for(browser: Browser, crm: Crm, who: str, width: int) -> BrowserContext:
    """A browser in which this person is signed in."""
    base = crm.info["base_url"]
    context = browser.new_context(base_url=base, locale="en-US", reduced_motion="reduce", **WIDTHS[width])
    if who == HALFWAY:
        context.add_cookies([halfway(base)])  # type: ignore[list-item]  # a cookie is a dict with these keys
    elif who != VISITOR:
        context.request.post("/login", form=crm.info["users"][who], max_redirects=0)
    return context


def choose() -> None:
    """The ones for the README, in few colours."""
    CHOSEN.mkdir(parents=True, exist_ok=True)
    for name, shot in README.items():
        with Image.open(SHOTS / f"{shot}.png") as picture:
            save(picture.crop((0, 0, 1400, min(picture.height, 900))), CHOSEN / f"{name}.png")
    save(side_by_side([SHOTS / f"{shot}.png" for shot in PHONES]), CHOSEN / "board-phone.png")


def side_by_side(shots: list[Path]) -> Image.Image:
    """Phones in a row, 1400 pixels wide."""
    row = Image.new("RGB", (1400, 924), "#dce3e1")
    for number, shot in enumerate(shots):
        with Image.open(shot) as picture:
            row.paste(picture.crop((0, 0, 390, 844)), (57 + number * 448, 40))
    return row


def save(picture: Image.Image, path: Path) -> None:
    """As a palette PNG, with fewer colours until it is small."""
    for colours in (256, 128, 64, 32):
        few = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size < LARGEST:
            return


if __name__ == "__main__":
    main()
