"""Every page, light and dark: nothing serious that axe finds, one heading, a title, and it fits a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page as BrowserPage

from services.gateway.web import site
from stack.driver import Crm
from stack.pages import HALFWAY, PAGES, PARTS, VISITOR, Page
from stack.scenery import halfway, scene
from tests.browser.conftest import FULL
from tests.browser.visiting import Visit
from tests.support.servers import ROOT

Open = Callable[..., Visit]
AXE = ROOT / "var" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN = """
options => axe.run(document, {resultTypes: ["violations"], ...options}).then(found => found.violations.map(each => ({
  rule: each.id, impact: each.impact, nodes: each.nodes.map(node => node.html.slice(0, 160) + " | " +
    node.any.concat(node.all, node.none).map(check => check.message).join("; ").slice(0, 300))})))
"""


@pytest.fixture(scope="session")
def known(running_stack: Any) -> dict[str, str]:
    """What addresses of pages are filled with."""
    return scene(Crm(running_stack.info))


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (python -m services.gateway.web.build)")
    return AXE.read_text()


def grave(page: BrowserPage, axe: str, **options: Any) -> list[str]:
    """What axe finds serious or critical."""
    if page.evaluate("typeof axe") == "undefined":
        # Not as a script of the page, which its policy rightly refuses.
        page.evaluate(axe)
    found = page.evaluate(RUN, options)
    return [f"{each['rule']}: {node}" for each in found if each["impact"] in GRAVE for node in each["nodes"][:5]]


def visit_of(open_browser: Open, crm: Crm, who: str, width: str = "desktop") -> Visit:
    """A browser of whoever opens a page of the table."""
    visit = open_browser(None if who in (VISITOR, HALFWAY) else who, width=width)
    if who == HALFWAY:
        visit.context.add_cookies([halfway(crm.info["base_url"])])  # type: ignore[list-item]  # a cookie is a dict
    return visit


@pytest.mark.parametrize("who", sorted({page.who for page in PAGES}))
def test_pages_are_accessible_in_both_themes_and_fit_a_phone(
    open_browser: Open, crm: Crm, known: dict[str, str], axe: str, who: str
) -> None:
    visit, faults = visit_of(open_browser, crm, who), []
    visit.expect_status(403, 404)
    for each in PAGES:
        if each.who == who:
            faults += [f"{each.name}: {fault}" for fault in _faults(visit, each, known, axe)]
    assert not faults, "\n".join(faults)


def _faults(visit: Visit, each: Page, known: dict[str, str], axe: str) -> list[str]:
    page = visit.page
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(each.path.format(**known))
    faults = [] if answer and answer.status == each.status else [f"status {answer and answer.status}"]
    faults += _outline(page)
    faults += [f"light: {fault}" for fault in grave(page, axe)]
    page.emulate_media(color_scheme="dark")
    if FULL:
        faults += [f"dark: {fault}" for fault in grave(page, axe)]
    page.set_viewport_size({"width": 390, "height": 844})
    if wide := max(0, page.evaluate("document.documentElement.scrollWidth") - 390):
        faults.append(f"{wide} px wider than a phone: {_widest(page)}")
    return faults + [f"dark, phone: {fault}" for fault in grave(page, axe)]


def _outline(page: BrowserPage) -> list[str]:
    """One heading of the first level, a title, a language."""
    headings = page.locator("h1").count()
    faults = [] if headings == 1 else [f"{headings} h1"]
    faults += [] if page.title().strip(" ·") else ["no title"]
    return faults + ([] if page.locator("html").get_attribute("lang") in ("en", "de") else ["no language"])


def _widest(page: BrowserPage) -> str:
    found: str = page.evaluate("""() => [...document.querySelectorAll("body *")]
        .filter(each => each.getBoundingClientRect().right > 391 && !each.closest(".table-wrap, .board, .stages, .pot"))
        .map(each => each.outerHTML.slice(0, 120)).slice(0, 3).join(" … ")""")
    return found


def test_every_page_of_the_app_is_in_the_table(known: dict[str, str]) -> None:
    app = Flask(__name__, static_folder=None)
    for view in site.VIEWS:
        app.register_blueprint(view.pages.blueprint)
    app.register_blueprint(site.files)
    app.add_url_rule("/docs", "docs", lambda: "")
    adapter = app.url_map.bind("here")
    shown = set()
    for each in PAGES:
        path = each.path.format(**known).split("?")[0]
        if each.path != "/nowhere":
            rule, _values = adapter.match(path, method="GET", return_rule=True)
            shown.add(rule.rule)
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert rules - shown == PARTS
    assert UUID(known["client"])
    assert len({each.name for each in PAGES}) == len(PAGES)
