"""Puts the pages into the application: their routes, their files, their language."""

from __future__ import annotations

import mimetypes
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, make_response, request, send_from_directory
from flask_babel import gettext as _

from libs.brand import tokens
from libs.common.problems import NotFound, Problem
from services.gateway.api import requests as r
from services.gateway.company import shown_name
from services.gateway.web import formats, invoice_forms, language, routing, shell, words
from services.gateway.web.reporting import asking, tables
from services.gateway.web.views import (
    account,
    api_keys,
    board,
    changes,
    client_filters,
    client_record,
    clients,
    contacts,
    conversations,
    deal_record,
    deals,
    duplicates,
    email_assistant,
    guide,
    home,
    import_previews,
    imports,
    invoice_editor,
    invoices,
    joining,
    meeting_notes,
    notifications,
    own_sessions,
    pay,
    payments,
    personal_data,
    public_forms,
    scheduling,
    search,
    second_factor,
    session,
    shadowing,
    sso,
    tasks,
    unsubscribing,
)
from services.gateway.web.views.reports import files as report_files
from services.gateway.web.views.reports import forecast, overview, report, schedules, summary
from services.gateway.web.views.settings import (
    ai,
    audit,
    company,
    fields,
    operations,
    people,
    people_lists,
    rates,
    scores,
    targets,
    teams,
)

VIEWS = (
    session,
    sso,
    joining,
    home,
    search,
    changes,
    duplicates,
    client_filters,
    clients,
    client_record,
    contacts,
    import_previews,
    imports,
    personal_data,
    deals,
    board,
    deal_record,
    email_assistant,
    meeting_notes,
    invoices,
    invoice_editor,
    payments,
    shadowing,
    tasks,
    scheduling,
    conversations,
    notifications,
    guide,
    account,
    second_factor,
    own_sessions,
    api_keys,
    overview,
    forecast,
    report,
    report_files,
    summary,
    schedules,
    company,
    people,
    people_lists,
    teams,
    targets,
    rates,
    fields,
    scores,
    ai,
    operations,
    audit,
    public_forms,
    pay,
    unsubscribing,
)
files = Blueprint("web_files", __name__)
_YEAR = 31_536_000
_PAGES = ("/api/", "/files/", "/health", "/ready", "/metrics", "/openapi.json")

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


def install(app: Flask) -> None:
    """Serve the pages."""
    language.install(app)
    formats.install(app)
    app.jinja_env.globals |= {"asset": shell.asset, "service_names": words.SERVICES, "mail_words": words.MAIL_STATUSES}
    app.jinja_env.filters |= {"lines_in_words": invoice_forms.words, "month": tables.month, "share": tables.share}
    app.jinja_env.filters["with_query"] = asking.with_query
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for view in VIEWS:
        app.register_blueprint(view.pages.blueprint)
    app.register_blueprint(files)


def wants_page() -> bool:
    """Whether a person's browser asked, and not a program."""
    if request.path.startswith(_PAGES):
        return False
    return routing.is_part() or request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def refused(problem: Problem) -> Response:
    """What a person sees of a refusal that no page of ours handled."""
    if "/assets/" not in request.path:
        routing.greet()
    return routing.refused(problem)


@files.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """A file of ours; with its version in the address it may be kept for good."""
    squeezed = shell.BUILT / "gz" / f"{name.replace('/', '__')}.gz"
    if ".." in name or name.startswith(("built/gz", "built/.")):
        raise NotFound(_("there is no such page"))
    if request.accept_encodings["gzip"] and squeezed.is_file():
        response = send_from_directory(squeezed.parent, squeezed.name, mimetype=mimetypes.guess_type(name)[0])
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(shell.STATIC, name)
    lasts = request.args.get("v") or name.endswith(".woff2")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if lasts else "public, max-age=3600"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@files.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone or a desktop needs to install the app."""
    sizes = (192, 512)
    icons: list[dict[str, Any]] = [
        {"src": shell.asset(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in sizes
    ]
    icons.append({"src": shell.asset("built/mark.svg"), "sizes": "any", "type": "image/svg+xml"})
    company = shown_name(r.gateway())
    response = make_response(
        jsonify(
            name=f"{company} CRM" if "crm" not in company.lower() else company,
            short_name="CRM",
            start_url="/",
            display="standalone",
            background_color=tokens.LIGHT["ground"],
            theme_color=tokens.ACCENT,
            icons=icons,
            shortcuts=[
                {"name": _("Clients"), "url": "/clients"},
                {"name": _("Deals"), "url": "/deals/board"},
                {"name": _("Invoices"), "url": "/invoices"},
            ],
        )
    )
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
