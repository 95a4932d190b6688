"""What services answer about reports, with names in it that a page must not take for markup."""

from __future__ import annotations

from typing import Any

from tests.support.report_answers import ANSWERS as REPORTS
from tests.support.report_answers import RISKS

ID = "0192f0c0-0000-7000-8000-000000000001"
WHEN = "2026-11-20T10:00:00Z"
HOSTILE = "<script>alert(1)</script> \u202eevil {{7*7}}"
_NAMES = frozenset({"deal_name", "company_name", "source"})

METHODS = {
    "pipeline-forecast": "deals.forecast",
    "forecast-bridge": "deals.forecast_bridge",
    "win-rate": "deals.win_rate",
    "funnel": "deals.funnel",
    "velocity": "deals.velocity",
    "trend": "deals.trend",
    "stagnation": "deals.stagnation",
    "sources": "deals.sources",
    "reps": "deals.reps",
    "receivables": "billing.receivables",
    "payment-time": "billing.payment_time",
}
RISK: dict[str, Any] = {
    "deal_id": ID, "deal_name": HOSTILE, "company_name": HOSTILE, "stage": "proposal", "value_minor": 6250000,
    "currency": "USD", "weighted_minor": 3125000, "idle_days": 34, "days_in_stage": 43, "usual_days": 21.5,
    "because": ["idle"],
}  # fmt: skip
INSIGHT: dict[str, Any] = {
    "id": ID, "status": "ready", "provider": "built-in", "model": "rules-1", "dropped": 0, "because": HOSTILE,
    "sentences": [{"text": "The pipeline is trending 15 % above target.", "risk": False},
                  {"text": f"Top risk: {HOSTILE}.", "risk": True}],
}  # fmt: skip
CHART: dict[str, Any] = {
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320"><rect width="9" height="9"/></svg>',
    "width": 640, "height": 320, "alt": f"Weighted by month: {HOSTILE}", "milliseconds": 12,
}  # fmt: skip
FILE: dict[str, Any] = {
    "id": ID, "kind": "pipeline-forecast", "format": "pdf", "status": "ready", "filename": "forecast.pdf",
    "key": "reports/2026/x/forecast.pdf", "content_type": "application/pdf", "size": 5, "problem": None,
    "created_at": WHEN,
}  # fmt: skip
SCHEDULE: dict[str, Any] = {
    "id": ID, "kind": "pipeline-forecast", "params": {"period": "this_quarter", "source": HOSTILE}, "format": "pdf",
    "cadence": "weekly", "weekday": 0, "monthday": None, "hour": 8,
    "recipients": ["admin@amoai.example", "gone@amoai.example"], "next_at": WHEN, "last_at": None,
    "created_at": WHEN, "version": 1, "zone": "America/New_York",
}  # fmt: skip
SETTINGS: dict[str, Any] = {"enabled": True, "hour": 8, "minute": 0, "time_zone": None, "zone": "America/New_York"}
SUMMARY: dict[str, Any] = {
    "day": "2026-11-20", "heading": "Friday, Nov 20", "greeting": "Good morning", "headline": "12 open deals",
    "insight": [{"risk": False, "parts": [{"text": "12", "path": "/deals"}, {"text": HOSTILE, "path": None}]}],
    "insight_by": "written by built-in rules", "links": [{"label": "Board", "path": "/deals/board"}],
    "top_deals": [{"title": HOSTILE, "detail": "Lead", "minor": 100, "currency": "USD", "path": f"/deals/{ID}"}],
    "text": f"You have 12 open deals. {HOSTILE}", "subject": HOSTILE, "nothing": False,
    "metrics": [{"name": "open", "label": "Open deals", "count": 12, "path": "/deals?stage=open",
                 "amounts": [{"minor": 68000050, "currency": "USD"}]}],
    "actions": [{"name": "overdue", "title": "Overdue invoices", "count": 2, "path": "/invoices?overdue=true",
                 "items": [{"title": HOSTILE, "detail": "x", "minor": None, "currency": "USD", "path": "/invoices"}]}],
    "charts": [{"name": "summary_pipeline", "title": "Open deals by stage", "path": "/deals?stage=open",
                "data": {"stages": []}}],
    "missing": [], "html": "<html><head></head><body><p>You have 12 open deals.</p></body></html>",
}  # fmt: skip
TARGETS: dict[str, Any] = {
    "items": [{"month": "2026-11", "owner_id": None, "amount_minor": 20000000, "currency": "USD"},
              {"month": "2026-11", "owner_id": ID, "amount_minor": 5000050, "currency": "USD"}],
}  # fmt: skip


def hostile(answer: Any) -> Any:
    """An answer whose names are what somebody may have typed to do harm."""
    if isinstance(answer, list):
        return [hostile(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: HOSTILE if name in _NAMES and value else hostile(value) for name, value in answer.items()}


ANSWERS: dict[str, Any] = {
    **{method: hostile(REPORTS[kind]) for kind, method in METHODS.items()},
    "deals.risks": {"items": [RISK], "stages": RISKS["stages"]},
    "deals.list_targets": TARGETS,
    "ai.report_insight": INSIGHT,
    "ai.get_insight": INSIGHT,
    "notifications.draw_chart": CHART,
    "notifications.order_report": FILE | {"status": "waiting"},
    "notifications.get_report": FILE,
    "notifications.list_reports": {"items": [FILE, FILE | {"status": "failed", "problem": HOSTILE}],
                                   "next_cursor": None, "total": 2},
    "notifications.list_schedules": {"items": [SCHEDULE], "next_cursor": None, "total": 1},
    "notifications.daily_summary": SUMMARY,
    "notifications.send_daily_summary": {"status": "ordered"},
    "notifications.get_summary_settings": SETTINGS,
    "notifications.set_summary_settings": SETTINGS,
    "notifications.subscription": {"kind": "daily_summary", "label": "The daily summary", "on": True},
    "notifications.unsubscribe": {"kind": "daily_summary", "label": "The daily summary", "on": False},
}  # fmt: skip
