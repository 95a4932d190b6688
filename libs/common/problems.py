"""Errors that a caller may see: RFC 9457 problems, the same on the bus and over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """A refusal with a reason in plain words.

    detail: what happened and what to do, for a person.
    field: the input field at fault, as the API spells it (``budget.min``), if there is one.
    extra: further members of the problem document.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str = "", *, field: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.extra = extra

    def document(self) -> dict[str, Any]:
        """The problem document: ``type, title, status, code, detail`` and, where known, ``errors``."""
        body: dict[str, Any] = {
            "type": f"urn:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.field is not None:
            body["errors"] = [{"field": self.field, "message": self.detail}]
        return body | self.extra


class BadRequest(Problem):
    status, code, title = 400, "bad_request", "The request could not be read"


class Unauthorized(Problem):
    status, code, title = 401, "unauthorized", "Sign in first"


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "You may not do this"


class NotFound(Problem):
    status, code, title = 404, "not_found", "There is no such thing, or you may not see it"


class Conflict(Problem):
    status, code, title = 409, "conflict", "This does not fit what is there now"


class TooLarge(Problem):
    status, code, title = 413, "too_large", "This is larger than we take"


class Invalid(Problem):
    status, code, title = 422, "invalid", "A value is not valid"


class TooManyRequests(Problem):
    status, code, title = 429, "too_many_requests", "Too many requests"


class Unavailable(Problem):
    """A part of the system could not answer; sending the request again with its key is safe."""

    status, code, title = 503, "unavailable", "A part of the system is not answering"


class DeadlineExceeded(Unavailable):
    """The answer would have come too late, so the work was not begun."""

    code = "deadline_exceeded"


_BY_CODE: dict[str, type[Problem]] = {
    kind.code: kind
    for kind in (
        Problem, BadRequest, Unauthorized, Forbidden, NotFound, Conflict, TooLarge, Invalid,
        TooManyRequests, Unavailable, DeadlineExceeded,
    )
}  # fmt: skip


def from_document(document: dict[str, Any]) -> Problem:
    """The problem that another process answered with."""
    kind = _BY_CODE.get(str(document.get("code")), Problem)
    errors = document.get("errors") or []
    field = errors[0]["field"] if len(errors) == 1 else None
    known = {"type", "title", "status", "code", "detail"} | ({"errors"} if field else set())
    extra = {key: value for key, value in document.items() if key not in known}
    return kind(str(document.get("detail", "")), field=field, **extra)
