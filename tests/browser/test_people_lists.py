"""A company's people come in at a browser: looked at before, brought in, and one of them given an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from libs.common.ids import new_id
from stack.driver import Crm
from stack.scenery import mailed_token
from tests.browser.conftest import in_short_at
from tests.browser.test_accessibility import axe, grave
from tests.browser.visiting import Visit

__all__ = ["axe"]

Open = Callable[..., Visit]


def teams(mark: str) -> dict[str, Any]:
    lines = ["sales_agent,email,manager,regional_office", f"Moses {mark},,Dustin {mark},East", f"Anna {mark},at home,,"]
    return {"name": "sales_teams.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


@in_short_at("phone")
def test_a_list_is_looked_at_brought_in_and_one_of_it_joins(open_browser: Open, crm: Crm, axe: str, width: str) -> None:
    mark = new_id()[-8:]
    admin = open_browser("admin", width=width)
    page = admin.go("/settings/people")
    page.get_by_role("link", name="Bring in a list").click()
    page.get_by_label("Choose a file").set_input_files(teams(mark))
    admin.expect_status(422)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("status").filter(has_text="1 line has a fault")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=f"Anna {mark}")).to_contain_text("Line 3: This is not an e-mail")
    expect(page.get_by_role("row").filter(has_text=f"Moses {mark}")).to_contain_text("Comes in, cannot sign in yet")
    assert admin.scrolls_sideways() == 0 and grave(page, axe) == []
    page.get_by_role("button", name="Bring in the good lines alone").press("Enter")
    admin.toast("2 people came in. 1 line stayed out.")

    page.get_by_role("link", name=re.compile(f"Give an address and invite.*Moses {mark}")).click()
    email = f"moses-{mark}@amo-ai.example"
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the invitation").click()
    admin.toast(f"An invitation is on its way to {email}")
    expect(page.get_by_text(f"Invited at {email}, has not joined yet")).to_be_visible()
    assert admin.scrolls_sideways() == 0 and grave(page, axe) == []

    own = open_browser(width=width)
    page = own.go(f"/join/{mailed_token(crm, email, 'join')}")
    expect(page.get_by_label("Your name")).to_have_value(f"Moses {mark}")
    page.get_by_label("Password").fill("a password of my own")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(f"{own.base_url}/")
    (found,) = [each for each in crm.sign_in("admin").get("/users")["items"] if each["email"] == email]
    assert (found["team"], found["active"]) == ("East", True)
