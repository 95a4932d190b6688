"""The morning these tests are about, and who has mail by then."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.notifications.harness import Notifications

# Monday, February 10, 2025, six in the morning in New York, and eight.
EARLY = datetime(2025, 2, 10, 11, 0, tzinfo=UTC)
EIGHT = datetime(2025, 2, 10, 13, 0, tzinfo=UTC)


def recipients(crm: Notifications) -> list[str]:
    return sorted(str(mail["To"]).partition(" ")[0] for mail in crm.server.mails)
