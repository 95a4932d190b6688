"""The pages of reports, for every role: figures of the deals and invoices that the role may see, and of no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from libs.common import rights
from services.gateway.web.reporting.catalogue import CHARTS, PAGES
from tests.rights.scene import RELATIONS, ROLES, Scene, covers
from tests.rights.test_page_matrix import browser

EMPTY = "No deal closes in this time"


def text_of(scene: Scene, role: str, path: str) -> str:
    session, _token = browser(scene, role)
    answer = session.get(scene.crm.info["base_url"] + path, timeout=30)
    assert answer.status_code == 200, (role, path, answer.status_code)
    return answer.text


@pytest.mark.parametrize("role", ROLES)
def test_every_report_opens_for_everybody(scene: Scene, role: str) -> None:
    for name in PAGES:
        text_of(scene, role, f"/reports/{name}")
        text_of(scene, role, f"/reports/{name}/headline")
    for name in CHARTS:
        text_of(scene, role, f"/reports/charts/{name}")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", RELATIONS)
def test_a_forecast_counts_what_the_role_may_see(scene: Scene, role: str, relation: str) -> None:
    row, today = scene.row(relation), datetime.now(UTC).date()
    days = f"from={today - timedelta(days=30)}&to={today + timedelta(days=120)}"
    shown = text_of(scene, role, f"/reports/forecast?client_id={row['client']}&{days}")
    assert (EMPTY not in shown) is covers(rights.right("deals", "deals.read"), role, relation)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", RELATIONS)
def test_receivables_name_whom_the_role_may_see(scene: Scene, role: str, relation: str) -> None:
    row = scene.row(relation)
    shown = text_of(scene, role, f"/reports/receivables?client_id={row['client']}")
    assert (row.name in shown) is covers(rights.right("billing", "invoices.read"), role, relation)


def test_targets_are_for_admins(scene: Scene) -> None:
    for role in set(ROLES) - {"admin"}:
        session, _token = browser(scene, role)
        assert session.get(scene.crm.info["base_url"] + "/settings/targets", timeout=30).status_code == 403
