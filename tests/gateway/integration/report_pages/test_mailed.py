"""The pages of what is mailed: the daily summary, its end by one click, and schedules."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Invalid, NotFound
from tests.gateway.page_answers import ANSWERS, ID
from tests.gateway.report_answers import SCHEDULE

PART = {"HX-Request": "true"}
NOBODY = "0192f0c0-0000-7000-8000-00000000dead"
Q1 = "from=2025-01-01&to=2025-03-31"


# -- the daily summary


def test_the_preview_is_the_mail_in_a_frame_of_its_own(admin: FlaskClient) -> None:
    shown = admin.get("/reports/summary").text
    assert 'src="/reports/summary/mail"' in shown
    mail = admin.get("/reports/summary/mail")
    assert "12 open deals" in mail.text and '<base target="_top">' in mail.text
    rules = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules and "script" not in rules and "sandbox" in rules


def test_settings_of_the_summary(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    typed = {"enabled": "on", "time": "07:30", "time_zone": "Europe/Berlin"}
    assert admin.post("/reports/summary", data=typed | token).status_code == 303
    wanted = {"enabled": True, "hour": 7, "minute": 30, "time_zone": "Europe/Berlin"}
    assert rpc.last("notifications.set_summary_settings").arguments == {"settings": wanted}
    admin.post("/reports/summary", data={"time": "08:00", "time_zone": ""} | token)
    off = {"enabled": False, "hour": 8, "minute": 0, "time_zone": None}
    assert rpc.last("notifications.set_summary_settings").arguments == {"settings": off}
    wrong = admin.post("/reports/summary", data=typed | {"time_zone": "Mars/Base"} | token)
    assert wrong.status_code == 422 and "as in Europe/Berlin" in wrong.text and 'value="Mars/Base"' in wrong.text


def test_send_me_now(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    answer = admin.post("/reports/summary/send", data=token)
    assert answer.status_code == 303 and rpc.last("notifications.send_daily_summary").arguments == {}


def test_opening_the_link_of_a_mail_ends_nothing(http: FlaskClient, rpc: Any) -> None:
    rpc.answers |= ANSWERS
    asked = http.get("/unsubscribe/abc.def")
    assert asked.status_code == 200 and "No more of these mails?" in asked.text
    assert not [each for each in rpc.asked if each.method == "notifications.unsubscribe"]
    pressed = http.post("/unsubscribe/abc.def")
    assert pressed.status_code == 200 and "You get no more of them" in pressed.text
    assert rpc.last("notifications.unsubscribe").arguments == {"token": "abc.def"}
    rpc.answers["notifications.subscription"] = NotFound("this link is not valid: open it as it stands in the mail")
    assert http.get("/unsubscribe/none").status_code == 404


@pytest.mark.parametrize("path", ["/unsubscribe/abc", "/api/v1/unsubscribe/abc"])
def test_one_click_of_a_mail_program(http: FlaskClient, rpc: Any, path: str) -> None:
    rpc.answers |= ANSWERS
    answer = http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and rpc.last("notifications.unsubscribe").context.actor.role == "system"
    if "api" in path:
        assert answer.json["on"] is False
        assert http.post(path, data={"other": "x"}).status_code == 400


# -- schedules


def test_a_schedule_is_made_as_it_was_typed(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    rpc.answers["notifications.create_schedule"] = {"id": ID}
    typed = {
        "kind": "pipeline-forecast", "period": "next_quarter", "format": "pdf", "cadence": "weekly", "weekday": "0",
        "monthday": "1", "hour": "7", "recipients": [ID, NOBODY], "owner_id": "",
        "source": "website", "tag": "", "currency": "",
    }  # fmt: skip
    assert admin.post("/reports/schedules/new", data=typed | token).status_code == 303
    assert rpc.last("notifications.create_schedule").arguments["data"] == {
        "kind": "pipeline-forecast", "format": "pdf", "cadence": "weekly", "weekday": 0, "hour": 7,
        "recipients": [ID, NOBODY],
        "params": {"period": "next_quarter", "source": "website"},
    }  # fmt: skip
    wrong = admin.post("/reports/schedules/new", data=typed | {"hour": "25"} | token)
    assert wrong.status_code == 422 and 'id="error-hour"' in wrong.text
    rpc.answers["notifications.create_schedule"] = Invalid(f"{NOBODY} is nobody who works here", field="recipients")
    assert 'id="error-recipients"' in admin.post("/reports/schedules/new", data=typed | token).text


def test_a_schedule_takes_over_what_the_report_was_asked_with(
    admin: FlaskClient, rpc: Any, token: dict[str, str]
) -> None:
    report = admin.get("/reports/forecast?from=2025-01-01&to=2025-02-28&stage=lead&stage=won&group_by=stage").text
    address = html.unescape(re.findall(r'href="(/reports/schedules/new[^"]*)"', report)[0])
    form = admin.get(address).text
    carried = dict(re.findall(r'type="checkbox" name="(\w+)" value="([^"]*)" checked', form))
    assert carried == {"from": "2025-01-01", "to": "2025-02-28", "stage": "lead,won", "group_by": "stage"}
    rpc.answers["notifications.create_schedule"] = {"id": ID}
    typed = {"kind": "pipeline-forecast", "format": "pdf", "cadence": "daily", "hour": "7", "period": ""}
    assert admin.post("/reports/schedules/new", data=typed | carried | token).status_code == 303
    assert rpc.last("notifications.create_schedule").arguments["data"]["params"] == {
        "from": "2025-01-01", "to": "2025-02-28", "stage": ["lead", "won"], "group_by": "stage",
    }  # fmt: skip
    wrong = admin.post("/reports/schedules/new", data=typed | {"from": "soon", "months": "0"} | token)
    assert wrong.status_code == 422 and 'id="error-from"' in wrong.text and 'id="error-months"' in wrong.text
    moving = html.unescape(re.findall(r'href="(/reports/schedules/new[^"]*)"', admin.get("/reports/forecast").text)[0])
    assert "period=this_quarter" in moving and "from=" not in moving


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/reports/forecast?from=soon&to=2025-01-01", "from"),
        ("/reports/forecast?as_of=2999-01-01", "as_of"),
        ("/reports/forecast?from=2025-02-01&to=2025-01-01", "from"),
        ("/reports/funnel?to=2025-02-30", "to"),
        ("/reports/bridge?end=never", "end"),
    ],
)
def test_a_bad_day_stands_at_its_field(admin: FlaskClient, rpc: Any, address: str, field: str) -> None:
    rpc.answers |= ANSWERS
    page = admin.get(address)
    assert page.status_code == 422 and f'id="error-{field}"' in page.text
    assert re.search(rf'name="{field}" value="\d{{4}}-\d\d-\d\d"[^>]*aria-invalid="true"', page.text)
    assert ('value="custom" selected' in page.text) is (field in ("from", "to"))


def test_another_parameter_that_does_not_fit_is_said_above(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers |= ANSWERS
    page = admin.get("/reports/trend?months=0")
    assert page.status_code == 422 and 'role="alert"><p>months: ' in page.text


def test_a_schedule_is_changed_sent_and_deleted(admin: FlaskClient, rpc: Any, token: dict[str, str]) -> None:
    shown = admin.get(f"/reports/schedules/{ID}").text
    boss = re.findall(r'name="recipients" value="([0-9a-f-]+)" checked', shown)
    assert len(boss) == 1 and 'name="version" value="1"' in shown
    assert (
        "Admin" in admin.get("/reports/schedules").text and "gone@amoai.example" in admin.get("/reports/schedules").text
    )
    rpc.answers |= {f"notifications.{name}": {} for name in ("update_schedule", "send_schedule_now", "delete_schedule")}
    typed = {"kind": "reps", "cadence": "daily", "hour": "6", "weekday": "3", "version": "1", "recipients": boss}
    assert admin.post(f"/reports/schedules/{ID}", data=typed | token).status_code == 303
    asked = rpc.last("notifications.update_schedule").arguments
    assert asked["version"] == 1 and asked["changes"] == {
        "cadence": "daily", "hour": 6, "recipients": boss, "params": {},
    }  # fmt: skip
    former = {"from": "2025-01-01", "to": "2025-03-31", "group_by": ["month", "stage"], "tag": "vip", "period": None}
    rpc.answers["notifications.list_schedules"] = {"items": [SCHEDULE | {"params": former}], "total": 1}
    page = admin.get(f"/reports/schedules/{ID}").text
    carried = dict(re.findall(r'type="checkbox" name="(from|to|group_by)" value="([^"]*)" checked', page))
    assert carried == {"from": "2025-01-01", "to": "2025-03-31", "group_by": "month,stage"}
    for period, days in (("", {"from": "2025-01-01", "to": "2025-03-31"}), ("this_month", {"period": "this_month"})):
        sent = typed | carried | {"period": period} | token
        assert admin.post(f"/reports/schedules/{ID}", data=sent).status_code == 303
        changes = rpc.last("notifications.update_schedule").arguments["changes"]
        assert changes["params"] == days | {"group_by": "month,stage"}, "what was set over the API stays"
    assert "Bridge" in admin.get("/reports/schedules/new?kind=forecast-bridge").text
    assert admin.post(f"/reports/schedules/{ID}/send", data=token).status_code == 303
    assert admin.post(f"/reports/schedules/{ID}/delete", data=token).status_code == 303
    assert rpc.last("notifications.delete_schedule").arguments == {"schedule_id": ID}
    assert admin.get(f"/reports/schedules/{NOBODY}").status_code == 404
