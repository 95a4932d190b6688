"""A person at a browser, and a watch on everything that goes wrong in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    Response,
    WebError,
    expect,
)

from tests.support.waiting import eventually

WIDTHS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1400, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
# Chromium says each of these on the console too, but some only as a warning.
CSP_WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} at ${event.sourceFile}`));
"""


class Visit:
    """A browser of its own (cookies, cache) with one page. ``faults``: what went wrong and was not expected.

    width: a key of WIDTHS. expect_status and expect_host say what a test provokes or visits on purpose.
    """

    def __init__(self, browser: Browser, base_url: str, width: str = "desktop", **settings: Any) -> None:
        self.base_url, self.width = base_url, width
        self.faults: list[str] = []
        self.clicks = 0
        self._statuses: set[int] = set()
        self._hosts = {urlsplit(base_url).netloc}
        chosen = WIDTHS[width] | {"base_url": base_url, "locale": "en-US", "color_scheme": "light"}
        # Most tests look at pages, not at the fade between them.
        chosen |= {"reduced_motion": "reduce"} | settings
        self.context: BrowserContext = browser.new_context(**chosen)
        self.context.set_default_timeout(30_000)
        self.context.add_init_script(CSP_WATCH)
        self._watch()
        self.page: Page = self.context.new_page()

    @property
    def is_phone(self) -> bool:
        return self.width == "phone"

    def expect_status(self, *statuses: int) -> None:
        """From now on these answers are meant."""
        self._statuses |= set(statuses)

    def expect_host(self, url: str) -> None:
        """From now on this other host is visited on purpose."""
        self._hosts.add(urlsplit(url).netloc)

    def sign_in(self, account: dict[str, str]) -> None:
        """Sign in without the log-in page."""
        answer = self.context.request.post("/login", form=account, max_redirects=0)
        assert answer.status == 303, answer.text()

    def go(self, path: str) -> Page:
        """Open a page of ours and wait until its scripts run."""
        self.page.goto(path)
        return self.page

    def click(self, selector: Any) -> None:
        """Click, counted."""
        self.clicks += 1
        (self.page.locator(selector) if isinstance(selector, str) else selector).click()

    def tab(self, name: str) -> None:
        """The part of a record that a phone shows one at a time; wider screens show all of them."""
        if self.is_phone:
            self.page.get_by_role("tab", name=name).click()

    def toast(self, text: str) -> None:
        """Wait until a message says this."""
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def reload_until(self, found: Locator, seconds: float = 30) -> None:
        """Load the page again until it shows what was made elsewhere."""

        def shown() -> bool:
            try:
                expect(found.first).to_be_visible(timeout=1_000)
            except AssertionError:
                self.page.reload()
                raise
            return True

        eventually(shown, seconds)

    def scrolls_sideways(self) -> int:
        """By how many pixels the page is wider than the screen."""
        wide: int = self.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        return max(0, wide - WIDTHS[self.width]["viewport"]["width"])

    # -- the watch

    def _watch(self) -> None:
        self.context.on("console", self._on_console)
        self.context.on("weberror", self._on_error)
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("dialog", self._on_dialog)

    def _on_console(self, message: ConsoleMessage) -> None:
        # What the server refused is judged by its status, in _on_response; pages of others are not ours to judge.
        where = str(message.location.get("url", ""))
        # A frame of a mail runs no script, not even the one by which we watch.
        meant = any(each in message.text for each in ("Failed to load resource", "document's frame is sandboxed"))
        if message.type == "error" and not meant and self._is_ours(where):
            self.faults.append(f"console: {message.text} ({where})")

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url).netloc in ("", urlsplit(self.base_url).netloc)

    def _on_error(self, error: WebError) -> None:
        self.faults.append(f"page error: {error.error}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self._hosts:
            self.faults.append(f"request to another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._statuses:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog ({dialog.type}): {dialog.message}")
        dialog.dismiss()
