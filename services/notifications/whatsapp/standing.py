"""How WhatsApp stands, for the page of the ways to the outside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from libs.common.integrations import Integration, Mode
from services.notifications.settings import NotificationsSettings
from services.notifications.whatsapp.models import numbers

_LAST = text("""
    SELECT (SELECT max(announced_at) FROM whatsapp_messages) AS sent_at,
           (SELECT max(received_at) FROM whatsapp_deliveries WHERE outcome = 'applied') AS received_at
""")
_FAULT = text("""
    SELECT updated_at AS at, error ->> 'reason' AS reason FROM whatsapp_messages
    WHERE status = 'failed' ORDER BY updated_at DESC LIMIT 1
""")
_COUNTS = text("""
    SELECT count(*) FILTER (WHERE status IN ('queued', 'sending')) AS waiting,
           count(*) FILTER (WHERE announced_at > now() - interval '24 hours') AS sent_24h,
           count(*) FILTER (WHERE status = 'failed' AND updated_at > now() - interval '24 hours') AS failed_24h,
           count(*) FILTER (WHERE direction = 'in' AND created_at > now() - interval '24 hours') AS received_24h
    FROM whatsapp_messages
    WHERE status IN ('queued', 'sending') OR updated_at > now() - interval '24 hours'
""")


def whatsapp_item(session: Session, configured: NotificationsSettings) -> dict[str, Any]:
    """How WhatsApp stands, by what came and left."""
    last, fault = session.execute(_LAST).one(), session.execute(_FAULT).first()
    number = numbers.c.phone_number_id == configured.whatsapp_phone_number_id
    blocked = session.execute(select(numbers.c.blocked_at, numbers.c.blocked_reason).where(number)).first()
    wrong = (fault.at, fault.reason) if fault else (None, None)
    if blocked is not None and blocked.blocked_at is not None:
        wrong = (blocked.blocked_at, f"nothing is sent: {blocked.blocked_reason}")
    well = max((each for each in (last.sent_at, last.received_at) if each is not None), default=None)
    mode = _mode(configured)
    return Integration(
        name="whatsapp",
        label="WhatsApp",
        configured=mode != "off",
        mode=mode,
        detail=_DETAILS[mode],
        last_success_at=well,
        last_success=None if well is None else "a message was sent" if well == last.sent_at else "a message came",
        last_error_at=wrong[0],
        last_error=wrong[1],
        counts=dict(session.execute(_COUNTS).mappings().one()),
    ).document()


_DETAILS = {
    "off": "no token is set (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID): nothing is sent",
    "sandbox": "a stand-in of this machine that shows messages and sends none on",
    "live": "messages leave by WhatsApp's Cloud API",
}


def _mode(configured: NotificationsSettings) -> Mode:
    if not configured.whatsapp_sends:
        return "off"
    return "sandbox" if configured.whatsapp_is_stand_in else "live"
