"""What notifications answers: SQL to plain dicts, always as the actor."""

from services.notifications.queries.drawings import chart
from services.notifications.queries.files import client_name, get_report, list_reports, report_to_make
from services.notifications.queries.mails import (
    GUIDE_STEPS,
    company,
    email_document,
    email_to_send,
    get_email,
    get_guide,
    get_preferences,
    integration_status,
    list_emails,
    list_notifications,
    names,
    notification_document,
    person,
    unread_count,
    wants,
)
from services.notifications.queries.schedules import (
    list_schedules,
    receivers,
    rhythm,
    running_schedules,
    schedule,
    schedule_of,
)
from services.notifications.queries.summaries import (
    digest_reader,
    get_summary_settings,
    subscription,
    summary_readers,
)

__all__ = [
    "GUIDE_STEPS",
    "chart",
    "client_name",
    "company",
    "digest_reader",
    "email_document",
    "email_to_send",
    "get_email",
    "get_guide",
    "get_preferences",
    "get_report",
    "get_summary_settings",
    "integration_status",
    "list_emails",
    "list_notifications",
    "list_reports",
    "list_schedules",
    "names",
    "notification_document",
    "person",
    "receivers",
    "report_to_make",
    "rhythm",
    "running_schedules",
    "schedule",
    "schedule_of",
    "subscription",
    "summary_readers",
    "unread_count",
    "wants",
]
