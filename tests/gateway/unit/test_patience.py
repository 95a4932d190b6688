"""A service that does not answer is not waited for on every page."""

from __future__ import annotations

from services.gateway.web.patience import REST_SECONDS, SECONDS, SUSPECT_SECONDS, Patience


def test_a_silent_service_rests_is_tried_briefly_and_trusted_again() -> None:
    now = 100.0
    patience = Patience(clock=lambda: now)
    assert patience.seconds("billing") == SECONDS
    patience.note("billing", answered=False)
    assert patience.seconds("billing") == 0 and patience.seconds("clients") == SECONDS
    now += REST_SECONDS
    assert patience.seconds("billing") == SUSPECT_SECONDS
    assert patience.seconds("billing") == 0, "one page tries, those beside it do not wait"
    patience.note("billing", answered=True)
    assert patience.seconds("billing") == SECONDS
