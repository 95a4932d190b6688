"""Browsers for tests: every page is watched, and what a failing test saw is kept in var/browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from stack.driver import Crm
from tests.browser.visiting import WIDTHS, Visit
from tests.e2e.conftest import FULL, crm, people, running_stack
from tests.support.servers import ROOT

__all__ = ["FULL", "crm", "people", "running_stack"]

KEPT = ROOT / "var" / "browser"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# As long as a visit waits for anything; a machine that is busy with other tests takes its time.
expect.set_options(timeout=30_000)
_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Beside the other tests of the whole stack: what comes before them runs without its processes."""
    own = [item for item in items if _folder(item) == "browser"]
    others = [item for item in items if _folder(item) != "browser"]
    at = next((number for number, item in enumerate(others) if _folder(item) == "e2e"), len(others))
    for item in own:
        item.add_marker("e2e")
    items[:] = [*others[:at], *own, *others[at:]]


def _folder(item: pytest.Item) -> str:
    return item.path.parent.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Let fixtures know how their test ended."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


# Not for the session: its event loop would stand in the way of tests that have their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """The session cookie of each person who signed in, to sign in once."""
    return {}


@pytest.fixture
def open_browser(
    browser: Browser, crm: Crm, cookies: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visit]]:
    """``open_browser("sales", width="phone")``: somebody's own browser; without a name, a visitor's."""
    made: list[Visit] = []

    def open_one(who: str | None = None, width: str = "desktop", **settings: Any) -> Visit:
        visit = Visit(browser, crm.info["base_url"], width, **settings)
        visit.expect_host(crm.info["live_url"])
        visit.context.tracing.start(snapshots=True)
        made.append(visit)
        if who in cookies:
            visit.context.add_cookies(cookies[who])
        elif who is not None:
            visit.sign_in(crm.info["users"][who])
            cookies[who] = visit.context.cookies()
        return visit

    yield open_one
    failed = request.node.stash.get(_FAILED, True)
    faults = [fault for visit in made for fault in visit.faults]
    for number, visit in enumerate(made):
        _close(visit, f"{request.node.name}-{number}" if failed or faults else "")
    assert not faults, "\n".join(faults)


def _close(visit: Visit, name: str) -> None:
    """Close a browser; under a name, keep what it saw."""
    if name:
        kept = KEPT / re.sub(r"[^\w.-]+", "_", name)
        visit.context.tracing.stop(path=kept.with_suffix(".zip"))
        visit.page.screenshot(path=kept.with_suffix(".png"))
    else:
        visit.context.tracing.stop()
    visit.context.close()


@pytest.fixture(scope="session", autouse=True)
def _nothing_kept_from_before() -> None:
    shutil.rmtree(KEPT, ignore_errors=True)
    Path(KEPT).mkdir(parents=True)


def in_short_at(width: str) -> pytest.MarkDecorator:
    """At this width in the short form, at every width in the long one."""
    return pytest.mark.parametrize("width", list(WIDTHS) if FULL else [width])


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)
