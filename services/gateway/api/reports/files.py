"""Reports that notifications makes into files: ordered, waited for, and fetched from the object store."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Any, Literal

from flask import Response, g, stream_with_context

from libs.common.object_store import content_disposition
from libs.common.problems import Conflict
from libs.reporting import sheets
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.answers import answer
from services.gateway.api.reports import parameters as p
from services.gateway.api.reports.declared import Report
from services.gateway.api.routing import Routes

routes = Routes("report files")

PDF_TYPE = "application/pdf"
ABOUT_PDF = (
    "As a PDF with cover, charts, tables and insight.\n\n"
    "Waits until it is made; 202 when that takes longer: fetch it at its `url` (`/reports/files/{id}`)."
)
WAIT_SECONDS = 25.0
_LOOK_SECONDS = 5.0
# A file is waited for in a thread that answers others meanwhile; those who wait may not take all of them.
AT_ONCE = 3
_seats = threading.BoundedSemaphore(AT_ONCE)
_FIELDS = ("id", "kind", "format", "status", "filename", "size", "problem")


class ReportFile(d.Document):
    """A report as a file. ``url`` is there once it is ready, ``problem`` where it could not be made."""

    id: str
    kind: str
    format: Literal["pdf", "xlsx", "csv"]
    status: Literal["waiting", "ready", "failed"]
    filename: str | None
    size: int | None
    problem: str | None
    url: str | None


class ReportFileLine(ReportFile):
    created_at: datetime


def printed(report: Report, query: p.Parameters) -> Response:
    """A report's PDF: ordered, waited for, and sent; 202 with where to find it when it takes longer."""
    file = order(report, query)
    if _seats.acquire(blocking=False):
        try:
            file = _waited_for(file)
        finally:
            _seats.release()
    return given(file)


def order(report: Report, query: p.Parameters, kind: str = "pdf") -> dict[str, Any]:
    """Order a report as a file, without waiting for it: ``{id, status}``."""
    return r.ask("notifications", "order_report", kind=report.kind, params=parameters(query), format=kind)


def parameters(query: p.Parameters) -> dict[str, Any]:
    """What was asked, under the names of the API, with the days it comes to."""
    arguments = query.arguments()
    days = {"from": arguments.pop("from_day"), "to": arguments.pop("to_day")} if "from_day" in arguments else {}
    filters: dict[str, Any] = arguments.pop("filters")
    return days | filters | arguments


def look(file_id: str, wait: float = 0) -> dict[str, Any]:
    """How far a file is; ``wait``: seconds it may take to be ready."""
    return r.ask("notifications", "get_report", report_id=file_id, wait=wait)


def given(file: dict[str, Any]) -> Response:
    """The file itself; where it is not ready yet, how far it is. Conflict when it could not be made."""
    if file["status"] == "failed":
        raise Conflict(f"this file could not be made: {file['problem'] or 'the reason was not kept'}")
    if file["status"] != "ready":
        return answer(shown(file), 202)
    store = r.gateway().object_store
    response = Response(stream_with_context(store.stream(file["key"])), content_type=file["content_type"])
    response.headers["Content-Disposition"] = content_disposition(file["filename"])
    return response


def shown(file: dict[str, Any]) -> dict[str, Any]:
    """A file as the API tells of it."""
    url = f"{r.gateway().settings.public_url}/api/v1/reports/files/{file['id']}"
    return {name: file.get(name) for name in _FIELDS} | {"url": url}


@routes.route("GET", "/reports/files", query=s.Page, answers=d.ListOf[ReportFileLine])
def list_report_files(query: s.Page) -> dict[str, Any]:
    """Your files, newest first; they are kept for 30 days."""
    page = r.ask("notifications", "list_reports", **query.given())
    return page | {"items": [shown(each) | {"created_at": each["created_at"]} for each in page["items"]]}


@routes.route(
    "GET",
    "/reports/files/<uuid:file_id>",
    answers={200: None, 202: ReportFile},
    refusals=(409,),
    content_type=(PDF_TYPE, sheets.XLSX_TYPE, "text/csv"),
)
def get_report_file(file_id: Any) -> Response:
    """The file; 202 while it is being made, 409 when it could not be."""
    return given(look(str(file_id)))


def _waited_for(file: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + WAIT_SECONDS
    file = look(file["id"], _LOOK_SECONDS)
    while file["status"] == "waiting" and time.monotonic() < until:
        file = look(file["id"], _LOOK_SECONDS)
    g.status = 202 if file["status"] == "waiting" else 200
    return file
