"""Bytes that are too large for the bus: one API over a local folder and S3, with short-lived links.

Keys are decided by services; whoever holds a link may fetch that one object until it ends, so a service
authorises before it signs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote, urlsplit

import obstore
from itsdangerous import BadSignature, URLSafeTimedSerializer
from obstore.store import LocalStore, S3Store

from libs.common.problems import NotFound, Unavailable
from libs.common.settings import ServiceSettings

LINK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was stored: size in bytes and the SHA-256 of the content in hex."""

    key: str
    size: int
    sha256: str


class ObjectStore:
    """A private bucket."""

    def __init__(self, store: Any, link_secret: str, public_url: str, *, signs: bool) -> None:
        self._store = store
        self._links = URLSafeTimedSerializer(link_secret, salt="object-link")
        self._public_url = public_url.rstrip("/")
        self._signs = signs

    @classmethod
    def open(cls, settings: ServiceSettings) -> ObjectStore:
        """``file:///folder`` or ``s3://bucket[/prefix]``; S3's own settings come from the AWS_* environment."""
        address = urlsplit(settings.object_store_url)
        if address.scheme == "file":
            store: Any = LocalStore(prefix=Path(_local_path(settings.object_store_url)), mkdir=True)
        elif address.scheme == "s3":
            store = S3Store(address.netloc, prefix=address.path.lstrip("/") or None)
        else:
            raise ValueError("OBJECT_STORE_URL begins with file:// or s3://")
        return cls(store, settings.link_secret, settings.public_url, signs=address.scheme == "s3")

    def put(self, key: str, content: bytes | IO[bytes], content_type: str) -> StoredObject:
        """Store bytes or a stream under a key; the same key again replaces it."""
        measured = _Measured(content) if not isinstance(content, bytes) else None
        attributes = {"Content-Type": content_type} if self._signs else None
        try:
            obstore.put(self._store, key, measured if measured is not None else content, attributes=attributes)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the object store is not answering") from error
        if measured is not None:
            return StoredObject(key, measured.size, measured.digest.hexdigest())
        assert isinstance(content, bytes)
        return StoredObject(key, len(content), hashlib.sha256(content).hexdigest())

    def get(self, key: str) -> bytes:
        """The whole object; NotFound when there is none, Unavailable when the store does not answer."""
        return b"".join(self.stream(key))

    def delete(self, key: str) -> None:
        """Take the object away; one that is not there is no fault. Unavailable when the store does not answer."""
        try:
            obstore.delete(self._store, key)
        except (FileNotFoundError, obstore.exceptions.NotFoundError):
            return
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the object store is not answering") from error

    def stream(self, key: str) -> Iterator[bytes]:
        """The object in pieces."""
        try:
            result = obstore.get(self._store, key)
        except (FileNotFoundError, obstore.exceptions.NotFoundError):
            raise NotFound("this file is not in the object store") from None
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the object store is not answering") from error
        return (bytes(chunk) for chunk in result)

    def link(self, key: str, filename: str, content_type: str) -> str:
        """A link that fetches this one object for five minutes."""
        if self._signs:
            return str(obstore.sign(self._store, "GET", key, timedelta(seconds=LINK_SECONDS)))
        return f"{self._public_url}/files/{self._links.dumps([key, filename, content_type])}"

    def opened(self, token: str) -> tuple[str, str, str]:
        """``(key, filename, content_type)`` of a local link; NotFound when it is false or has ended."""
        try:
            key, filename, content_type = self._links.loads(token, max_age=LINK_SECONDS)
        except (BadSignature, ValueError, TypeError):
            raise NotFound("this link is not valid any more; open the document again") from None
        return key, filename, content_type


class _Measured:
    """A stream that counts and hashes what is read through it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.size = 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.size += len(data)
        self.digest.update(data)
        return data

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(1024 * 1024):
            yield chunk


def safe_filename(name: str) -> str:
    """A file name without folders, control or bidi characters, at most 150 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    # Spaces of every kind count as one, so that a name of nothing else is none.
    name = re.sub(r"\s+", " ", name).strip(". ")
    stem, dot, ending = name.rpartition(".")
    short = f"{stem[:140]}{dot}{ending[:9]}" if dot else name[:150]
    return short.strip(". ") or "file"


def content_disposition(filename: str) -> str:
    """The header value that offers a download under this name (RFC 6266, RFC 5987)."""
    plain = filename.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _local_path(url: str) -> str:
    return unquote(urlsplit(url).path)
