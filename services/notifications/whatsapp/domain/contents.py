"""The content of a message as words that a person reads."""

from __future__ import annotations

from typing import Any

from services.notifications.whatsapp.domain.notices import Media

TEXT_LENGTH = 20_000
MEDIA = ("image", "audio", "video", "document", "sticker")
_PLACEHOLDERS = {"image": "[Photo]", "video": "[Video]", "sticker": "[Sticker]", "document": "[Document]"}


def text_at(value: Any, *path: str, limit: int = TEXT_LENGTH) -> str:
    """The text at a path of objects, "" where there is none; without what no database keeps."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:limit]


def entries(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list; nothing else that stands there."""
    found = value.get(name) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def media_of(kind: str, message: dict[str, Any]) -> Media | None:
    """The file that comes with a message, None where there is none or its id is missing."""
    content = message.get(kind)
    media_id = text_at(content, "id", limit=200)
    if kind not in MEDIA or not media_id:
        return None
    mime_type = text_at(content, "mime_type", limit=200).partition(";")[0].strip() or "application/octet-stream"
    return Media(media_id, mime_type, text_at(content, "sha256", limit=100), text_at(content, "filename", limit=300))


def words_of(kind: str, message: dict[str, Any]) -> str:
    """What a message says. What is unknown has a placeholder: the person wrote, and somebody should look."""
    content = message.get(kind)
    if kind == "text":
        return text_at(content, "body") or "[Empty message]"
    if kind in MEDIA:
        return _media(kind, content)
    if kind == "button":
        return text_at(content, "text") or text_at(content, "payload") or "[Button]"
    describe = {"location": _location, "order": _order, "interactive": _interactive}.get(kind)
    if describe is not None:
        return describe(content if isinstance(content, dict) else {})
    if kind == "contacts":
        return _contacts(entries(message, "contacts"))
    if kind == "unsupported":
        return _unsupported(message)
    return f"[Message of type {kind or 'unknown'}]"


def _media(kind: str, content: Any) -> str:
    spoken = isinstance(content, dict) and content.get("voice") is True
    shown = "[Voice message]" if spoken else _PLACEHOLDERS.get(kind, "[Audio]")
    said = text_at(content, "caption") or (text_at(content, "filename") if kind == "document" else "")
    return f"{shown} {said}".strip()


def _location(content: dict[str, Any]) -> str:
    named = [text_at(content, "name"), text_at(content, "address")]
    place = [str(content[each]) for each in ("latitude", "longitude") if isinstance(content.get(each), int | float)]
    return " ".join(["[Location]", *filter(None, named), f"({', '.join(place)})" if place else ""]).strip()


def _contacts(people: list[dict[str, Any]]) -> str:
    shown = []
    for each in people[:20]:
        numbers = [text_at(phone, "phone", limit=60) for phone in entries(each, "phones")]
        name = text_at(each, "name", "formatted_name", limit=200) or "no name"
        shown.append(", ".join([name, *filter(None, numbers)]))
    return f"[Contact] {'; '.join(shown)}".strip()


def _order(content: dict[str, Any]) -> str:
    items = entries(content, "product_items")
    said = text_at(content, "text")
    return f"[Order of {len(items)} product{'' if len(items) == 1 else 's'}] {said}".strip()


def _interactive(content: dict[str, Any]) -> str:
    """A button or a row of a list that was chosen, or a form that was filled in."""
    for reply in ("button_reply", "list_reply"):
        if title := text_at(content, reply, "title"):
            described = text_at(content, reply, "description")
            return f"{title}: {described}" if described else title
    if "nfm_reply" in content:
        said = text_at(content, "nfm_reply", "body") or text_at(content, "nfm_reply", "name")
        filled_in = text_at(content, "nfm_reply", "response_json")
        return f"[Form] {said} {filled_in}".strip()
    return "[A choice that WhatsApp did not tell]"


def _unsupported(message: dict[str, Any]) -> str:
    reasons = [text_at(each, "error_data", "details") or text_at(each, "title") for each in entries(message, "errors")]
    said = next(filter(None, reasons), "")
    return f"[A message that WhatsApp does not pass on{f': {said}' if said else ''}]"
