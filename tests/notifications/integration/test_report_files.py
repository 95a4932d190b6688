"""Reports as files: ordered, made by a worker with one's own eyes, one's own, kept for a month."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from libs.common.context import Context
from libs.common.problems import Invalid, NotFound, TooManyRequests, Unavailable
from services.notifications import handlers
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system
from tests.support.report_answers import FORECAST
from tests.support.waiting import eventually

pytestmark = pytest.mark.infrastructure

QUARTER = {"from": "2025-01-01", "to": "2025-03-31"}


def content(crm: Notifications, file: dict[str, Any]) -> bytes:
    return crm.runtime.object_store.get(file["key"])


def words(made: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def test_a_pdf_is_ordered_made_and_fetched(crm: Notifications) -> None:
    ordered = crm.as_(FINANCE).order_report(kind="pipeline-forecast", params=QUARTER)
    assert ordered["status"] == "waiting" and ordered["format"] == "pdf" and ordered["key"] is None
    crm.send()
    file = crm.as_(FINANCE).get_report(report_id=ordered["id"])
    assert file["status"] == "ready" and file["content_type"] == "application/pdf"
    assert file["filename"] == "pipeline-forecast-2025-01-01-2025-03-31.pdf"
    year = datetime.now(UTC).year
    assert file["key"] == f"reports/{year}/{file['id']}/pipeline-forecast-2025-01-01-2025-03-31.pdf"
    made = content(crm, file)
    assert len(made) == file["size"] and "$814,000" in words(made) and "Fiona Figures" in words(made)
    assert crm.answers.asked[0][0] == FINANCE.id and crm.answers.asked[0][1]["from_day"] == "2025-01-01"
    assert not crm.emails()


@pytest.mark.parametrize(("format", "begins"), [("csv", b"month,stage,count"), ("xlsx", b"PK\x03\x04")])
def test_files_of_cells(crm: Notifications, format: str, begins: bytes) -> None:
    ordered = crm.as_(ADMIN).order_report(kind="pipeline-forecast", params={}, format=format)
    crm.send()
    file = crm.as_(ADMIN).get_report(report_id=ordered["id"])
    assert file["filename"].endswith(f".{format}") and content(crm, file).startswith(begins)
    # Cells hold figures alone: nobody is asked what they come to.
    assert not crm.answers.figures


def test_the_words_speak_of_the_reports_own_figures(crm: Notifications) -> None:
    crm.as_(ADMIN).order_report(kind="pipeline-forecast", params=QUARTER)
    crm.send()
    told = {each["name"]: each["value"] for each in crm.answers.figures}
    assert told["total_weighted"] == FORECAST["total_weighted_minor"] and told["risk_idle_days"] == 34
    assert told["slowest_stage"] == "proposal" and told["win_rate_percent"] == 57.1


def test_of_a_day_that_is_past_only_its_figures_are_spoken_of(crm: Notifications) -> None:
    crm.as_(ADMIN).order_report(kind="pipeline-forecast", params=QUARTER | {"as_of": "2025-01-15"})
    crm.send()
    told = {each["name"] for each in crm.answers.figures}
    assert "win_rate_percent" in told and not {"risk_deal", "slowest_stage"} & told


def test_one_who_waits_gets_it_as_soon_as_it_is_there(crm: Notifications) -> None:
    with crm.working():
        ordered = crm.as_(ADMIN).order_report(kind="reps", params={})

        def ready() -> bool:
            return bool(crm.as_(ADMIN).get_report(report_id=ordered["id"], wait=5)["status"] == "ready")

        eventually(ready, seconds=60)


def test_one_who_waits_in_vain_is_told_so(crm: Notifications) -> None:
    ordered = crm.as_(ADMIN).order_report(kind="reps", params={})
    assert crm.as_(ADMIN).get_report(report_id=ordered["id"], wait=0.1)["status"] == "waiting"
    for wait in (-1, 7, True, "2"):
        with pytest.raises(Invalid) as refused:
            crm.as_(ADMIN).get_report(report_id=ordered["id"], wait=wait)
        assert refused.value.field == "wait"


def test_files_are_ones_own(crm: Notifications) -> None:
    johns = crm.as_(JOHN).order_report(kind="funnel", params={})
    for other in (ADMIN, FINANCE, MANAGER):
        with pytest.raises(NotFound):
            crm.as_(other).get_report(report_id=johns["id"])
        assert crm.as_(other).list_reports() == {"items": [], "next_cursor": None, "total": 0}
    first = crm.as_(JOHN).order_report(kind="funnel", params={"tag": "vip"})
    page = crm.as_(JOHN).list_reports(limit=1)
    assert [each["id"] for each in page["items"]] == [first["id"]] and page["total"] == 2
    rest = crm.as_(JOHN).list_reports(limit=1, cursor=page["next_cursor"])
    assert [each["id"] for each in rest["items"]] == [johns["id"]] and rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("kind", "params", "format", "field"),
    [
        ("pie", {}, "pdf", "kind"),
        ("funnel", {"period": "x"}, "pdf", "period"),
        ("funnel", {}, "docx", "format"),
        ("funnel", "x", "pdf", "params"),
    ],
)
def test_what_cannot_be_made_is_refused(crm: Notifications, kind: str, params: Any, format: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        crm.as_(ADMIN).order_report(kind=kind, params=params, format=format)
    assert refused.value.field == field and not crm.sql("SELECT 1 FROM reports")


def test_what_the_service_refuses_is_the_files_problem(crm: Notifications) -> None:
    crm.answers.reports["pipeline-forecast"] = Invalid("there is no such tag", field="tag")
    ordered = crm.as_(ADMIN).order_report(kind="pipeline-forecast", params={"tag": "vip"})
    crm.send()
    file = crm.as_(ADMIN).get_report(report_id=ordered["id"])
    assert (file["status"], file["problem"]) == ("failed", "there is no such tag")


def test_of_a_day_to_come_none_is_ordered(crm: Notifications) -> None:
    with pytest.raises(Invalid) as refused:
        crm.as_(ADMIN).order_report(kind="pipeline-forecast", params={"as_of": "2199-01-01"})
    assert refused.value.field == "as_of" and not crm.sql("SELECT 1 FROM reports")


def test_a_service_that_is_down_is_waited_for(crm: Notifications) -> None:
    answer, crm.answers.reports["reps"] = crm.answers.reports["reps"], Unavailable("deals is not running")
    ordered = crm.as_(ADMIN).order_report(kind="reps", params={})
    crm.send()
    assert crm.as_(ADMIN).get_report(report_id=ordered["id"])["status"] == "waiting"
    crm.answers.reports["reps"] = answer
    crm.send_again()
    assert crm.as_(ADMIN).get_report(report_id=ordered["id"])["status"] == "ready"


def test_without_ai_it_is_made_and_says_so(crm: Notifications) -> None:
    crm.answers.words = Unavailable("ai is not running")
    crm.answers.beside["trend"] = Unavailable("too late")
    ordered = crm.as_(ADMIN).order_report(kind="pipeline-forecast", params=QUARTER)
    crm.send()
    text = words(content(crm, crm.as_(ADMIN).get_report(report_id=ordered["id"])))
    assert "The insight could not be written" in text and "months before could not be collected" in text


def test_for_who_left_meanwhile_it_is_not_made(crm: Notifications) -> None:
    ordered = crm.as_(JOHN).order_report(kind="funnel", params={})
    state = {"user_id": JOHN.id, "email": "john@amo-ai.example", "name": JOHN.name, "role": "sales", "locale": "en"}
    crm.tell("user.deactivated", state | {"active": False, "version": 2})
    crm.send()
    assert crm.as_(JOHN).get_report(report_id=ordered["id"])["status"] == "failed" and not crm.answers.asked


def test_so_many_at_once_are_enough(crm: Notifications) -> None:
    for _ in range(20):
        crm.as_(JOHN).order_report(kind="funnel", params={})
    with pytest.raises(TooManyRequests):
        crm.as_(JOHN).order_report(kind="funnel", params={})
    assert crm.as_(ADMIN).order_report(kind="funnel", params={})


def test_the_same_order_twice_is_one(crm: Notifications) -> None:
    one, other = (crm.as_(JOHN, "key-1").order_report(kind="funnel", params={}) for _ in range(2))
    assert one == other and len(crm.sql("SELECT 1 FROM reports")) == 1


def test_files_are_forgotten_after_a_month(crm: Notifications) -> None:
    ordered = crm.as_(ADMIN).order_report(kind="funnel", params={}, format="csv")
    crm.send()
    file = crm.as_(ADMIN).get_report(report_id=ordered["id"])
    for later, there in ((timedelta(days=29), True), (timedelta(days=31), False)):
        with crm.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
            handlers.forget_reports(uow, datetime.now(UTC) + later)
        crm.send()
        assert (crm.as_(ADMIN).list_reports()["total"] == 1) is there
    with pytest.raises(NotFound):
        content(crm, file)
