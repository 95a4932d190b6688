"""The app of the WhatsApp port, put together, with its control endpoints and its page for people."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict
from typing import Any

import requests
from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import pages
from sandbox.behaviour import Behaviour, control
from sandbox.deliveries import Deliveries
from sandbox.settings import Settings
from sandbox.storage import Storage
from sandbox.whatsapp import graph
from sandbox.whatsapp.inbound import Inbound, InboundError
from sandbox.whatsapp.payloads import signer
from sandbox.whatsapp.sending import BEHAVIOUR, Sending
from sandbox.whatsapp.store import SCHEMA, Conversations, Library, Message


class WhatsAppSandbox:
    """The stand-in for the Cloud API: its app, its outgoing webhooks and its database."""

    def __init__(self, settings: Settings) -> None:
        self.storage = Storage(settings.directory / "whatsapp.sqlite", SCHEMA)
        behaviour = Behaviour(BEHAVIOUR)
        sign = signer(settings.whatsapp_app_secret)
        self.deliveries = Deliveries(self.storage, behaviour, settings.whatsapp_webhook_url, sign)
        number = settings.whatsapp_phone_number_id
        conversations, library = Conversations(self.storage), Library(self.storage)
        sending = Sending(number, conversations, library, behaviour, self.deliveries)
        inbound = Inbound(number, conversations, self.deliveries)
        self.app = Flask(__name__, static_folder=None)
        pages.install(self.app, settings, "whatsapp")
        self.app.register_blueprint(control(behaviour))
        self.app.register_blueprint(_control(settings, conversations, inbound, self.deliveries))
        self.app.register_blueprint(_web(conversations, inbound))
        self.app.register_blueprint(graph.routes(settings, library, sending, behaviour))


def _control(settings: Settings, conversations: Conversations, inbound: Inbound, outgoing: Deliveries) -> Blueprint:
    routes = Blueprint("whatsapp_control", __name__)

    @routes.get("/_sandbox/messages")
    def messages() -> Response:
        return jsonify(conversations.sent())

    @routes.delete("/_sandbox/messages")
    def forget() -> Response:
        return jsonify(deleted=conversations.clear())

    @routes.get("/_sandbox/log")
    def log() -> Response:
        return jsonify([asdict(message) for message in conversations.all()])

    @routes.post("/_sandbox/inbound")
    def receive() -> tuple[Response, int] | Response:
        body = request.get_json(force=True, silent=True)
        try:
            return jsonify(inbound.receive(body if isinstance(body, dict) else {}))
        except InboundError as problem:
            return jsonify(error=str(problem)), 400

    @routes.post("/_sandbox/verify")
    def verify() -> Response:
        body = request.get_json(force=True, silent=True) or {}
        return jsonify(handshake(settings.whatsapp_webhook_url, body.get("token", settings.whatsapp_verify_token)))

    @routes.get("/_sandbox/webhooks")
    def webhooks() -> Response:
        return jsonify(outgoing.overview())

    @routes.post("/_sandbox/webhooks/flush")
    def flush() -> Response:
        attempts = outgoing.flush()
        delivered = sum(attempt.delivered for attempt in attempts)
        return jsonify(delivered=delivered, attempts=[asdict(attempt) for attempt in attempts])

    return routes


def handshake(url: str, token: str) -> dict[str, Any]:
    """Meta's check of a webhook address: it must answer 200 and nothing but the challenge."""
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
    try:
        answer = requests.get(url, params=query, timeout=10, allow_redirects=False)
    except requests.RequestException as problem:
        return {"ok": False, "status": None, "body": type(problem).__name__, "challenge": challenge}
    same = hmac.compare_digest(answer.content, challenge.encode())
    return {
        "ok": answer.status_code == 200 and same,
        "status": answer.status_code,
        "body": answer.text,
        "challenge": challenge,
    }


def _web(conversations: Conversations, inbound: Inbound) -> Blueprint:
    routes = Blueprint("whatsapp_web", __name__)

    @routes.get("/")
    def overview() -> str:
        people: dict[str, list[Message]] = {}
        for message in conversations.all():
            people.setdefault(message.wa_id, []).append(message)
        newest_first = sorted(people.items(), key=lambda entry: -entry[1][-1].at)
        return render_template("chats.html", people=newest_first, text_of=text_of)

    @routes.post("/say")
    def say() -> AnyResponse:
        form = request.form
        try:
            inbound.receive({"from": form.get("from", ""), "name": form.get("name", ""), "text": form.get("text", "")})
        except InboundError as problem:
            return Response(str(problem), 400, mimetype="text/plain")
        return redirect("/", 303)

    return routes


def text_of(message: Message) -> str:
    """A message in words: its text, its template with the values, or what kind it is."""
    kind = str(message.body.get("type", "text"))
    content = message.body.get(kind) or {}
    if kind == "text":
        return str(content.get("body", ""))
    if kind == "template":
        parts = [part for component in content.get("components") or [] for part in component.get("parameters") or []]
        values = [str(part.get("text", part.get("type"))) for part in parts]
        return f"Template {content.get('name')}" + (f": {' · '.join(values)}" if values else "")
    return f"({kind})"
