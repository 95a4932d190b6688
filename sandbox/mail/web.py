"""The inbox over HTTP: `/messages` for programs, `/` for people."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from flask import Flask, Response, abort, jsonify, render_template, request

from sandbox import pages
from sandbox.behaviour import Behaviour, control
from sandbox.mail.store import Mail, Mailbox, as_json
from sandbox.settings import Settings

LIST_LENGTH = 200

# A mail's HTML is a stranger's: no script, no form, no request to anywhere, and an origin of its own.
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
FILE_POLICY = "default-src 'none'; sandbox"


def create_app(settings: Settings, mailbox: Mailbox, behaviour: Behaviour) -> Flask:
    """The app of the mail port."""
    app = Flask(__name__, static_folder=None)
    pages.install(app, settings, "mail")
    app.register_blueprint(control(behaviour))
    _add_data(app, mailbox)
    _add_pages(app, mailbox)
    return app


def _add_data(app: Flask, mailbox: Mailbox) -> None:
    @app.get("/messages")
    def messages() -> Response:
        found = mailbox.newest(
            to=request.args.get("to", "").strip(),
            subject=request.args.get("subject", ""),
            limit=request.args.get("limit", type=int),
        )
        return jsonify([as_json(mail, _root()) for mail in found])

    @app.get("/messages/<int:mail_id>")
    def message(mail_id: int) -> Response:
        return jsonify(as_json(_mail(mailbox, mail_id), _root()))

    @app.delete("/messages")
    def clear() -> Response:
        return jsonify(deleted=mailbox.clear())

    @app.get("/messages/<int:mail_id>/raw")
    def raw(mail_id: int) -> Response:
        return _file(mailbox.raw(mail_id) or abort(404), "text/plain; charset=utf-8", "")

    @app.get("/messages/<int:mail_id>/attachments/<int:number>")
    def attachment(mail_id: int, number: int) -> Response:
        found = mailbox.attachment(mail_id, number) or abort(404)
        return _file(found[1], found[0].content_type, found[0].filename)


def _add_pages(app: Flask, mailbox: Mailbox) -> None:
    @app.get("/")
    def inbox() -> str:
        return _page(mailbox, None)

    @app.get("/mail/<int:mail_id>")
    def read(mail_id: int) -> str:
        return _page(mailbox, _mail(mailbox, mail_id))

    @app.get("/mail/<int:mail_id>/html")
    def html(mail_id: int) -> Response:
        body = _with_pictures(mailbox, _mail(mailbox, mail_id))
        response = Response(_with_links_outside(body), mimetype="text/html")
        response.headers["Content-Security-Policy"] = MAIL_POLICY
        return response


def _page(mailbox: Mailbox, mail: Mail | None) -> str:
    q = request.args.get("q", "").strip()
    found, total = mailbox.search(q, LIST_LENGTH)
    views = [("text", "Text"), ("headers", "Headers")]
    if mail and mail.html:
        views.insert(0, ("html", "Message"))
    wanted = request.args.get("view", "")
    view = wanted if wanted in dict(views) else views[0][0]
    return render_template("inbox.html", mails=found, total=total, mail=mail, q=q, views=views, view=view)


def _mail(mailbox: Mailbox, mail_id: int) -> Mail:
    return mailbox.get(mail_id) or abort(404)


def _root() -> str:
    return request.host_url.rstrip("/")


def _with_pictures(mailbox: Mailbox, mail: Mail) -> str:
    """The HTML with its `cid:` pictures inside, so that it needs no request of its own."""
    pictures = {info.content_id: info for info in mail.attachments if info.content_id}

    def inline(match: re.Match[str]) -> str:
        info = pictures.get(match.group(1))
        found = mailbox.attachment(mail.id, info.number) if info else None
        if info is None or found is None or not info.content_type.startswith("image/"):
            return match.group(0)
        return f"data:{info.content_type};base64,{base64.b64encode(found[1]).decode()}"

    return re.sub(r"cid:([^\"'\s>)]+)", inline, mail.html)


def _with_links_outside(html: str) -> str:
    """Links open in a tab of their own: inside the frame they could do nothing. The doctype stays first."""
    place = re.search(r"<head[^>]*>|<!doctype[^>]*>", html, re.IGNORECASE)
    at = place.end() if place else 0
    return f'{html[:at]}<base target="_blank">{html[at:]}'


def _file(content: bytes, content_type: str, filename: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    if filename:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return response
