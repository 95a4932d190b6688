"""The way of one mail, and who it is still to reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain import Addressee, Answer, Email, InOtherHands, Outcome, Settled

NOW = datetime(2025, 2, 10, 20, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=2)
ANN, BOB, EVE = (Addressee(f"{name}@example.com", name) for name in ("ann", "bob", "eve"))
OK, LATER, NEVER = Answer(250, "ok"), Answer(450, "busy"), Answer(550, "no such user")


def a_mail() -> Email:
    return Email(
        "1", "invoice", "Invoice", "<1@example.com>", {}, created_at=NOW, updated_at=NOW, address="ann@example.com"
    )


def attempt(mail: Email, number: int, answers: dict[Addressee, Answer], *, silent: bool = False) -> None:
    to = list(answers)
    if silent or any(answer.accepted for answer in answers.values()):
        mail.hand_over(number, to, "text", NOW, timedelta(0))
    outcome = Outcome({each.address: answer for each, answer in answers.items()}, silent)
    mail.answered(number, to, "text", Outcome.of(outcome.document()), NOW)


def test_all_accepted() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: OK, BOB: OK})
    assert mail.status == "sent" and mail.addresses() == ["ann@example.com", "bob@example.com"]
    assert mail.last_error is None and mail.settled_at == NOW and mail.text == "text"


def test_some_refused_for_good() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: OK, BOB: NEVER})
    assert mail.status == "sent" and mail.addresses() == ["ann@example.com"]
    assert mail.last_error == "refused: bob@example.com: 550 no such user"


def test_only_those_told_to_wait_are_tried_again() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: OK, BOB: LATER, EVE: NEVER})
    assert mail.status == "queued" and "450 busy" in (mail.last_error or "")
    assert mail.left_to_try([Addressee("newest@example.com")]) == [BOB]
    attempt(mail, 2, {BOB: OK})
    assert mail.status == "sent" and mail.addresses() == ["ann@example.com", "bob@example.com"]
    assert [each["status"] for each in mail.recipients] == ["accepted", "accepted", "refused"]


def test_while_it_reached_nobody_the_newest_address_counts() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: LATER})
    assert mail.left_to_try([BOB]) == [BOB]
    attempt(mail, 2, {BOB: OK})
    assert mail.addresses() == ["bob@example.com"]


def test_all_refused_for_good() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: NEVER, BOB: NEVER})
    assert mail.status == "failed" and mail.settled


def test_silence() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: OK}, silent=True)
    assert mail.status == "unknown" and mail.settled
    with pytest.raises(Settled):
        mail.hand_over(2, [ANN], "text", NOW, PATIENCE)


def test_a_mail_is_in_one_attempts_hands_at_a_time() -> None:
    mail = a_mail()
    mail.hand_over(1, [ANN], "text", NOW, PATIENCE)
    with pytest.raises(InOtherHands) as refused:
        mail.hand_over(2, [ANN], "text", NOW + timedelta(seconds=30), PATIENCE)
    assert refused.value.seconds == 90
    with pytest.raises(InOtherHands):
        mail.recover(NOW + timedelta(seconds=30), PATIENCE)
    mail.answered(2, [ANN], "text", Outcome({ANN.address: NEVER}), NOW)
    assert mail.status == "sending"
    mail.answered(1, [ANN], "text", Outcome({ANN.address: OK}), NOW)
    assert mail.status == "sent"


def test_what_a_dead_attempt_left_is_not_sent_again() -> None:
    mail = a_mail()
    mail.hand_over(1, [ANN], "text", NOW, PATIENCE)
    mail.recover(NOW + PATIENCE, PATIENCE)
    assert mail.status == "unknown" and "may have arrived" in (mail.last_error or "")


@pytest.mark.parametrize(("answer", "status"), [(OK, "sent"), (NEVER, "failed"), (LATER, "queued")])
def test_an_answer_that_a_dead_attempt_kept_counts(answer: Answer, status: str) -> None:
    mail = a_mail()
    mail.hand_over(1, [ANN], "text", NOW, PATIENCE)
    mail.answer = Outcome({ANN.address: answer}).document()
    mail.recover(NOW, PATIENCE)
    assert mail.status == status


def test_an_answer_counts_once() -> None:
    mail = a_mail()
    attempt(mail, 1, {ANN: OK})
    version = mail.version
    mail.answered(1, [ANN], "text", Outcome({ANN.address: NEVER}), NOW)
    mail.recover(NOW, PATIENCE)
    mail.waited(2, "x", NOW)
    mail.give_up("x", NOW)
    mail.skip("x", NOW)
    assert (mail.status, mail.version) == ("sent", version)


def test_what_is_given_up() -> None:
    queued, sending, partly = a_mail(), a_mail(), a_mail()
    queued.give_up("too long", NOW)
    assert (queued.status, queued.last_error) == ("failed", "too long")
    sending.hand_over(1, [ANN], "text", NOW, PATIENCE)
    sending.give_up("too long", NOW)
    assert sending.status == "unknown"
    attempt(partly, 1, {ANN: OK, BOB: LATER})
    partly.give_up("too long", NOW)
    assert (partly.status, partly.addresses()) == ("sent", ["ann@example.com"])


def test_waiting_shows_why() -> None:
    mail = a_mail()
    mail.waited(3, "the mail server cannot be used", NOW)
    assert (mail.status, mail.attempts, mail.last_error) == ("queued", 3, "the mail server cannot be used")
