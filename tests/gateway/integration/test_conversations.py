"""What the gateway itself decides about conversations: how large a delivery is, and whose a meeting's is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import NotFound
from tests.gateway.conftest import problem

pytestmark = pytest.mark.infrastructure
CLIENT = new_id()
NOW = datetime.now(UTC).isoformat()
MEETING = {
    "id": new_id(), "client_id": CLIENT, "contact_id": None, "subject": "Call", "description": "", "host_id": new_id(),
    "host_name": "John", "begins_at": NOW, "ends_at": NOW, "zone": "UTC", "conversation_id": None,
    "cancelled_at": None, "version": 1,
}  # fmt: skip


@pytest.mark.parametrize(("size", "status"), [(3 * 1024 * 1024, 200), (3 * 1024 * 1024 + 1, 413)])
def test_a_delivery_has_up_to_three_megabytes(http: Any, rpc: Any, size: int, status: int) -> None:
    rpc.answers["notifications.whatsapp_webhook"] = {"received": True}
    body = b"x" * size
    assert http.post("/api/v1/webhooks/whatsapp", data=body).status_code == status


@pytest.mark.parametrize("whose", ["nobody's", "another's", "nowhere", "theirs"])
def test_a_meeting_is_confirmed_in_no_other_clients_conversation(http: Any, bearer: Any, rpc: Any, whose: str) -> None:
    owners = {"nobody's": None, "another's": new_id(), "theirs": CLIENT}
    found = NotFound("there is no such conversation") if whose == "nowhere" else {"client_id": owners[whose]}
    rpc.answers |= {"notifications.get_conversation": found, "clients.book_meeting": MEETING}
    begins = datetime.now(UTC) + timedelta(days=2)
    body = {"begins_at": begins.isoformat(), "conversation_id": new_id()}
    answer = http.post(f"/api/v1/clients/{CLIENT}/meetings", json=body, headers=bearer("sales"))
    booked = [each for each in rpc.asked if each.method == "clients.book_meeting"]
    if whose == "theirs":
        assert answer.status_code == 201 and booked
    else:
        problem(answer, 422, "conversation_id")
        assert not booked
