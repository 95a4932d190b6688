"""Who sent a message: the log-in that the broker vouches for, and what the table lets that log-in say.

Each service has a RabbitMQ user of its own, ``crm_<service>``. Every message names its sender in the ``user_id``
property, which the broker compares with the connection. The broker's permissions keep most of what is foreign out;
what it does not check (extra routing keys in the CC and BCC headers, dead-lettering from a queue of one's own, what
an envelope says beside its routing key) is checked here by the receiver.

With a broker whose one user all services share nothing of this can be known: a ``Guard`` then lets every message
pass, and only the signed actor of a call is checked.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from libs.common.bus_table import TABLE, may_call, teller_of
from libs.common.identity import GATEWAY, Actor, system_actor
from libs.common.logging import get_logger
from libs.common.telemetry import BUS_REFUSALS

log = get_logger(__name__)

USER_PREFIX = "crm_"


class Refused(Exception):
    """A message that its sender may not send. Its effect does not happen, now or when it comes again."""


def login_of(amqp_url: str) -> str:
    """The user that an AMQP URL logs in as."""
    return unquote(urlsplit(amqp_url).username or "guest")


def user_of(service: str) -> str:
    """The RabbitMQ user of a service."""
    return USER_PREFIX + service


def service_of(user: object) -> str | None:
    """The service whose user this is; None for every other user, and for none."""
    name = user.removeprefix(USER_PREFIX) if isinstance(user, str) and user.startswith(USER_PREFIX) else None
    return name if name in TABLE else None


class Guard:
    """Judges messages for the process that logs in with ``amqp_url``.

    service: whose log-in that is; None where all services share one user.
    """

    def __init__(self, amqp_url: str) -> None:
        self.service = service_of(login_of(amqp_url))

    @property
    def is_on(self) -> bool:
        """Whether each service has its own user, so that senders are known."""
        return self.service is not None

    def announce(self) -> None:
        """Write into the log which of the two holds."""
        if self.is_on:
            log.info("senders on the bus are checked", user=user_of(str(self.service)))
        else:
            log.warning("all services share one user of the broker: only the signed actors of calls are checked")

    def may_tell(self, event_type: str) -> bool:
        """Whether the table lets this process publish the event; the broker closes the channel over one it does not."""
        return self.service is None or event_type in TABLE[self.service].tells

    def may_call(self, service: str, method: str) -> bool:
        """Whether the table lets this process make the call."""
        return self.service is None or may_call(self.service, service, method)

    def check_event(self, user: object, event_type: str, publisher: str | None) -> None:
        """Refused unless the sender is the service that tells this event type. ``publisher`` is what the envelope says
        of it, None in an envelope without."""
        if not self.is_on:
            return
        sender, teller = service_of(user), teller_of(event_type)
        if sender is None or sender != teller:
            raise self._refused("event", f"{event_type} is told by {teller or 'nobody'}, not by {_name(user)}")
        if publisher not in (None, sender):
            raise self._refused("event", f"{event_type} says it is from {publisher}, and is from {sender}")

    def check_call(self, user: object, method: str) -> None:
        """Refused unless the sender may call this method of our service."""
        if self.service is None:
            return
        if not may_call(service_of(user) or "", self.service, method):
            raise self._refused("call", f"{_name(user)} does not call {self.service}.{method}")

    def check_actor(self, user: object, method: str, actor: Actor) -> None:
        """Refused unless the sender may carry the token of this actor: the gateway carries those of people, a service
        its own, and a person's only where the table says that it hands it on."""
        sender = service_of(user)
        if not self.is_on or actor == system_actor(sender or ""):
            return
        hands_on = sender == GATEWAY or (sender is not None and f"{self.service}.{method}" in TABLE[sender].hands_on)
        if actor.is_system or not hands_on:
            raise self._refused("actor", f"{_name(user)} does not speak for {actor.id} in {self.service}.{method}")

    def check_answer(self, user: object, service: str) -> None:
        """Refused unless an answer comes from the service that was asked."""
        if self.is_on and user != user_of(service):
            raise self._refused("answer", f"an answer of {service} came from {_name(user)}")

    def _refused(self, kind: str, reason: str) -> Refused:
        BUS_REFUSALS.labels(self.service, kind).inc()
        log.warning("a message was refused", kind=kind, reason=reason)
        return Refused(reason)


def _name(user: object) -> str:
    return str(user) if user else "an unnamed sender"
