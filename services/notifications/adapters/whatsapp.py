"""WhatsApp's Cloud API, spoken over requests: the few calls that we make, each with its time-outs."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from typing import IO, Any, cast
from urllib.parse import quote

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

from libs.common.integrations import CheckFailed
from services.notifications.whatsapp.domain import fault_of, problem_of
from services.notifications.whatsapp.ports import (
    Accepted,
    Fetched,
    NoAnswer,
    NotReached,
    Refused,
    Template,
    TooLarge,
)

_CONNECT_SECONDS, _CHECK_SECONDS = 5.0, 3.0
_PIECE, _IN_MEMORY = 256 * 1024, 2 * 1024 * 1024
_PAGES = 50
# The request never got there: nothing can have happened.
_NOT_CONNECTED = (NewConnectionError, ConnectTimeoutError, NameResolutionError)


class CloudApi:
    """One number of a WhatsApp business account. seconds: how long an answer may take."""

    def __init__(
        self, base: str, version: str, token: str, phone_number_id: str, account_id: str, seconds: float
    ) -> None:
        self._root = f"{base.rstrip('/')}/{version}"
        self._token, self._number, self._account, self._seconds = token, phone_number_id, account_id, seconds

    def send(self, to: Mapping[str, str], content: Mapping[str, Any], callback: str) -> Accepted:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", **to, **content}
        body["biz_opaque_callback_data"] = callback
        answer = self._json("POST", f"{self._root}/{self._number}/messages", json=body)
        message_id, wa_id = _first(answer, "messages", "id"), _first(answer, "contacts", "wa_id")
        if not message_id:
            raise NoAnswer("WhatsApp's answer names no message")
        return Accepted(message_id, "".join(char for char in wa_id if char.isdecimal()))

    def templates(self) -> list[Template]:
        url: str | None = f"{self._root}/{self._account}/message_templates"
        params: dict[str, str] | None = {"limit": "100"}
        found: list[Template] = []
        for _ in range(_PAGES):
            answer = self._json("GET", cast(str, url), params=params)
            found += [each for entry in _list(answer, "data") if (each := _template(entry)) is not None]
            paging = answer.get("paging")
            url, params = (paging.get("next") if isinstance(paging, dict) else None), None
            # A next page that lies elsewhere would be given our token.
            if not isinstance(url, str) or not url.startswith(f"{self._root}/"):
                break
        return found

    def fetch(self, media_id: str, limit: int) -> Fetched:
        about = self._json("GET", f"{self._root}/{quote(media_id, safe='')}", params={"phone_number_id": self._number})
        if isinstance(about.get("file_size"), int) and about["file_size"] > limit:
            raise TooLarge
        url = about.get("url")
        if not isinstance(url, str):
            raise NotReached("WhatsApp names no address of the file")
        with self._ask("GET", url, stream=True) as answer:
            return _held(answer, limit)

    def check(self) -> str:
        if not self._token or not self._number:
            raise CheckFailed("no token is set (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID)")
        try:
            params = {"fields": "display_phone_number,verified_name,quality_rating"}
            found = self._json("GET", f"{self._root}/{self._number}", seconds=_CHECK_SECONDS, params=params)
        except Refused as error:
            raise CheckFailed(f"{error.fault.reason}. {error.fault.advice}") from None
        except (NotReached, NoAnswer) as error:
            raise CheckFailed(str(error)) from None
        return f"the number {found.get('display_phone_number') or self._number} answered"

    def _json(self, method: str, url: str, seconds: float | None = None, **given: Any) -> dict[str, Any]:
        with self._ask(method, url, seconds, **given) as answer:
            try:
                found = answer.json()
            except (ValueError, requests.RequestException):
                raise NoAnswer("WhatsApp's answer cannot be read") from None
        if not isinstance(found, dict):
            raise NoAnswer("WhatsApp's answer cannot be read")
        return found

    def _ask(self, method: str, url: str, seconds: float | None = None, **given: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        patience = (_CONNECT_SECONDS, seconds or self._seconds)
        try:
            # A redirect would carry the token on.
            answer = requests.request(method, url, headers=headers, timeout=patience, allow_redirects=False, **given)
        except requests.RequestException as error:
            raise _unreached(error) from None
        if answer.ok and not answer.is_redirect:
            return answer
        with answer:
            raise _refusal(answer)


def _unreached(error: requests.RequestException) -> Exception:
    reason = error.args[0] if error.args else None
    reason = reason.reason if isinstance(reason, MaxRetryError) else reason
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, _NOT_CONNECTED):
        return NotReached("WhatsApp cannot be reached")
    if isinstance(error, requests.Timeout):
        return NoAnswer("WhatsApp does not answer in time")
    return NoAnswer(f"the connection to WhatsApp ended without an answer ({type(error).__name__})")


def _refusal(answer: requests.Response) -> Exception:
    """What an answer that is no success means. Without an error of WhatsApp's own, something before it has answered:
    a gateway that waited in vain (502, 504) or broke down may have passed our request on."""
    try:
        error = answer.json()["error"]
        code, data = error["code"], error.get("error_data")
    except (ValueError, KeyError, TypeError, AttributeError, requests.RequestException):
        said = f"WhatsApp answers with {answer.status_code}"
        return NoAnswer(said) if answer.status_code >= 500 else NotReached(said)
    details = data.get("details") if isinstance(data, dict) else None
    return Refused(fault_of(code, details or error.get("message"), error.get("error_subcode")))


def _held(answer: requests.Response, limit: int) -> Fetched:
    """The bytes, on disk where there are many."""
    held, digest, size = _spooled(), hashlib.sha256(), 0
    try:
        for piece in answer.iter_content(_PIECE):
            size += len(piece)
            if size > limit:
                raise TooLarge
            digest.update(piece)
            held.write(piece)
    except requests.RequestException:
        held.close()
        raise NotReached("the file did not come to its end") from None
    except TooLarge:
        held.close()
        raise
    held.seek(0)
    return Fetched(held, size, digest.digest())


def _spooled() -> IO[bytes]:
    return cast(IO[bytes], tempfile.SpooledTemporaryFile(_IN_MEMORY))


def _template(entry: dict[str, Any]) -> Template | None:
    body = next((each.get("text") for each in _list(entry, "components") if each.get("type") == "BODY"), "")
    name, language = entry.get("name"), entry.get("language")
    if not isinstance(name, str) or not isinstance(language, str):
        return None
    text = body.replace("\x00", "")[:5000] if isinstance(body, str) else ""
    state, category = str(entry.get("status", "")), str(entry.get("category", ""))
    return Template(name, language, state, category, text, problem_of(_list(entry, "components")))


def _list(found: Any, name: str) -> list[dict[str, Any]]:
    listed = found.get(name) if isinstance(found, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _first(answer: dict[str, Any], name: str, field: str) -> str:
    value = next((each.get(field) for each in _list(answer, name)), None)
    return value if isinstance(value, str) else ""
