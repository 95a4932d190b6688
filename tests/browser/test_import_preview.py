"""Looking at what a file would do before it is brought in: who is known, and what would be overwritten."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from stack.driver import Crm
from tests.browser.conftest import in_short_at
from tests.browser.test_importing import Open
from tests.browser.use_cases import TechCorp
from tests.browser.visiting import Visit

HEAD = "Company,City,Industry,Website,Country,First Name,Email,Job Title\n"


def _upload(visit: Visit, name: str, lines: list[str]) -> Page:
    page = visit.go("/imports")
    content = (HEAD + "\n".join(lines)).encode()
    page.locator("#field-file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
    return page


@in_short_at("phone")
def test_it_is_seen_who_is_known_and_what_would_change(open_browser: Open, crm: Crm, width: str) -> None:
    mark, admin = TechCorp().mark, crm.sign_in("admin")
    admin.post("/clients", {"company_name": f"Known {mark}", "city": "Ulm", "industry": "Retail"})
    admin.post("/clients", {"company_name": f"Same {mark}", "city": "Kiel"})
    visit = open_browser("admin", width=width)
    page = _upload(
        visit,
        f"fair-{mark}.csv",
        [
            f"Newer {mark},Bonn,,,,Ann,ann-{mark}@one.example,CEO",
            f"Known {mark},Bonn,,,,,,",
            f"Same {mark},Kiel,,,,,,",
            f"Newer {mark},Ulm,,,,,,",
            f"Known {mark},Kiel,Shops,https://known.example,Germany,,,",
        ],
    )
    part = page.locator("#outcomes")
    part.scroll_into_view_if_needed()
    rows = part.locator("li.outcome")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text(re.compile(rf"New client:\s*Newer {mark}.*A new person", re.DOTALL))
    expect(rows.nth(1)).to_contain_text(re.compile(r"City:\s*Ulm\s*→\s*becomes\s*Bonn"))
    expect(rows.nth(2)).to_contain_text("Nothing new")
    expect(rows.nth(3)).to_contain_text("This replaces what line 2 says.")
    rows.nth(4).get_by_text("4 values would change").click()
    expect(rows.nth(4)).to_contain_text(re.compile(r"Industry:\s*Retail\s*→\s*becomes\s*Shops"))
    assert visit.scrolls_sideways() == 0
    rows.nth(1).get_by_role("link", name=f"Known {mark}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Known {mark}")
    assert admin.get("/clients", q=f"Newer {mark}")["total"] == 0
