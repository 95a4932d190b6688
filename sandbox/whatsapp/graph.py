"""The Graph API's routes: messages, media, templates; bearer token checked on each."""

from __future__ import annotations

import hmac
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.behaviour import Behaviour
from sandbox.settings import Settings
from sandbox.whatsapp.errors import GraphError
from sandbox.whatsapp.payloads import DISPLAY_NUMBER
from sandbox.whatsapp.sending import Sending
from sandbox.whatsapp.store import Library, Media

MEDIA_LIMIT = 100 * 1024 * 1024
LINK_SECONDS = 300


def routes(settings: Settings, library: Library, sending: Sending, behaviour: Behaviour) -> Blueprint:
    """Everything below /v<NN>.0/ and the short-lived media links."""
    graph = Blueprint("graph", __name__)
    links = MediaLinks(settings.whatsapp_app_secret)

    @graph.before_request
    def authenticate() -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(token.encode(), settings.whatsapp_token.encode()):
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")

    @graph.post("/v<float:version>/<phone_number_id>/messages")
    def messages(version: float, phone_number_id: str) -> Response:
        _check_number(phone_number_id)
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise GraphError(100, "The body must be a JSON object.")
        time.sleep(behaviour.get("delay_ms") / 1000)
        return jsonify(sending.post(body))

    @graph.post("/v<float:version>/<phone_number_id>/media")
    def upload(version: float, phone_number_id: str) -> Response:
        _check_number(phone_number_id)
        file = request.files.get("file")
        if request.form.get("messaging_product") != "whatsapp" or file is None:
            raise GraphError(100, "messaging_product and file are required.")
        mime_type = request.form.get("type") or file.mimetype
        return jsonify(id=library.add_media(mime_type, file.filename or "", file.read()).id)

    @graph.get("/v<float:version>/<media_id>")
    def media(version: float, media_id: str) -> Response:
        if media_id == settings.whatsapp_phone_number_id:
            return jsonify(id=media_id, display_phone_number=f"+{DISPLAY_NUMBER}", verified_name="Sandbox")
        found = _media(library, media_id)
        return jsonify(
            messaging_product="whatsapp",
            url=f"{request.host_url.rstrip('/')}/media/{links.sign(found.id)}",
            mime_type=found.mime_type,
            sha256=found.sha256,
            file_size=len(found.content),
            id=found.id,
        )

    @graph.delete("/v<float:version>/<media_id>")
    def forget(version: float, media_id: str) -> Response:
        _media(library, media_id)
        return jsonify(success=library.delete_media(media_id))

    @graph.get("/media/<media_id>/<int:expires>/<signature>")
    def content(media_id: str, expires: int, signature: str) -> Response:
        if not links.valid(media_id, expires, signature):
            raise GraphError(100, "This link is not valid or has expired.")
        found = _media(library, media_id)
        return Response(found.content, content_type=found.mime_type, headers={"Content-Disposition": "attachment"})

    @graph.get("/v<float:version>/<business_account>/message_templates")
    def templates(version: float, business_account: str) -> Response:
        name = request.args.get("name", "")
        return jsonify(data=[entry for entry in library.templates() if name in entry["name"]], paging={})

    @graph.post("/v<float:version>/<business_account>/message_templates")
    def add_template(version: float, business_account: str) -> Response:
        body: Any = request.get_json(force=True, silent=True)
        if (
            not isinstance(body, dict)
            or not isinstance(body.get("name"), str)
            or not isinstance(body.get("language"), str)
        ):
            raise GraphError(100, "name and language are required.")
        kept = library.add_template(body)
        return jsonify(id=kept["id"], status=kept["status"], category=kept.get("category", "UTILITY"))

    @graph.errorhandler(GraphError)
    def refused(problem: GraphError) -> tuple[Response, int]:
        return jsonify(problem.body), problem.status

    def _check_number(phone_number_id: str) -> None:
        if phone_number_id != settings.whatsapp_phone_number_id:
            raise _no_such_object(phone_number_id)

    return graph


class MediaLinks:
    """Download links that work for five minutes."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, media_id: str) -> str:
        """The path's tail for a file: id, end, signature."""
        expires = int(time.time()) + LINK_SECONDS
        return f"{media_id}/{expires}/{self._signature(media_id, expires)}"

    def valid(self, media_id: str, expires: int, signature: str) -> bool:
        """Whether we made this link and its time is not over."""
        return expires >= time.time() and hmac.compare_digest(self._signature(media_id, expires), signature)

    def _signature(self, media_id: str, expires: int) -> str:
        return hmac.new(self._secret, f"{media_id}:{expires}".encode(), "sha256").hexdigest()


def _media(library: Library, media_id: str) -> Media:
    found = library.media(media_id)
    if found is None:
        raise _no_such_object(media_id)
    return found


def _no_such_object(id: str) -> GraphError:
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{id}' does not exist or cannot be loaded due to missing permissions.",
        type="GraphMethodException",
        subcode=33,
    )
