"""RabbitMQ users, one per service, each with the least rights that work: made from the table of the bus.

Patterns are regular expressions that RabbitMQ looks for anywhere in a name, so all are anchored. In a topic exchange
a pattern is held against the routing key of a message, and of a binding, whose wildcards are plain characters then.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from libs.common.bus_identity import user_of
from libs.common.bus_table import TABLE, Voice, callers_of
from libs.common.events import EXCHANGE as EVENTS
from libs.common.rpc.wire import EXCHANGE as CALLS
from libs.common.rpc.wire import reply_prefix
from stack.credentials import Credentials

ADMIN = "crm"
VHOST = "crm"
_ID = "[0-9a-f-]{36}"
_NOTHING = "^$"


def definitions(credentials: Credentials) -> str:
    """The administrator and every service's user with their rights, and the exchanges they share: what RabbitMQ takes
    by `load_definitions` and `rabbitmqctl import_definitions`, as JSON text. The same for the same secrets."""
    document = {"vhosts": [{"name": VHOST}], **users(credentials, VHOST)}
    document["users"].append(_user(ADMIN, credentials.amqp_password, ["administrator"]))
    document["permissions"].append({"user": ADMIN, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"})
    return json.dumps(document, indent=1)


def users(credentials: Credentials, vhost: str) -> dict[str, Any]:
    """The services' part of the definitions, for any broker's virtual host."""
    topics = [
        {"user": user_of(name), "vhost": vhost, "exchange": exchange, **rights}
        for name in TABLE
        for exchange, rights in topic_permissions(name).items()
    ]
    return {
        "users": [_user(user_of(name), credentials.bus_passwords[name], []) for name in TABLE],
        "permissions": [{"user": user_of(name), "vhost": vhost, **permissions(name)} for name in TABLE],
        "topic_permissions": topics,
        "exchanges": [_exchange(name, vhost) for name in (EVENTS, CALLS)],
    }


def permissions(service: str) -> dict[str, str]:
    """What a service may configure, write and read: its own queues and exchange, and both shared exchanges, which it
    cannot make, change or delete. The default exchange is not among them: it reaches every queue."""
    voice = TABLE[service]
    own = [rf"{service}\.(events|dead|queues|retry\.[0-9]+s)\.v[0-9]+", _reply(service)]
    own += [f"rpc-{service}"] if voice.answers else []
    return {
        "configure": _any(own),
        "write": _any([*own, re.escape(EVENTS), re.escape(CALLS)]),
        "read": _any([*own, *([re.escape(EVENTS)] if voice.hears else []), re.escape(CALLS)]),
    }


def topic_permissions(service: str) -> dict[str, dict[str, str]]:
    """Per exchange the routing keys that a service may publish with (`write`) and bind a queue to (`read`)."""
    voice = TABLE[service]
    answers = [_reply(caller) for caller in callers_of(service)] if voice.answers else []
    inbound = [rf"{service}\.\*"] if voice.answers else []
    return {
        EVENTS: {"write": _any(map(re.escape, voice.tells)), "read": _any(map(re.escape, voice.hears))},
        CALLS: {"write": _any([*_calls(service, voice), *answers]), "read": _any([*inbound, _reply(service)])},
    }


def service_url(amqp_url: str, service: str, credentials: Credentials) -> str:
    """A broker's URL with the log-in of a service."""
    parts = urlsplit(amqp_url)
    host = parts.netloc.rpartition("@")[2]
    login = f"{user_of(service)}:{quote(credentials.bus_passwords[service])}"
    return urlunsplit((parts.scheme, f"{login}@{host}", parts.path, parts.query, ""))


def _calls(service: str, voice: Voice) -> Iterable[str]:
    by_service: dict[str, list[str]] = {service: ["ping"]} if voice.answers else {}
    for call in sorted(voice.asks):
        asked, _, method = call.partition(".")
        by_service.setdefault(asked, []).append(method)
    return [rf"{asked}\.({'|'.join(methods)})" for asked, methods in by_service.items()]


def _reply(service: str) -> str:
    return re.escape(reply_prefix(service)) + _ID


def _any(patterns: Iterable[str]) -> str:
    together = sorted(patterns)
    return f"^({'|'.join(together)})$" if together else _NOTHING


def _user(name: str, password: str, tags: list[str]) -> Mapping[str, Any]:
    """A user as definitions hold one. The salt comes from the password, which is random: the same text every time, so
    that nothing is started anew without need."""
    salt = hashlib.sha256(f"{name} {password}".encode()).digest()[:4]
    digest = base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
    return {"name": name, "password_hash": digest, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": tags}


def _exchange(name: str, vhost: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }
