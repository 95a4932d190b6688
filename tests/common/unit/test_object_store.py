"""The object store: what was put is got, and a link opens one object for a while."""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import Path

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.object_store import LINK_SECONDS, ObjectStore, content_disposition, safe_filename
from libs.common.problems import NotFound, Unavailable
from libs.common.settings import ServiceSettings
from tests.conftest import settings_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder"


@pytest.fixture
def store(folder: Path) -> ObjectStore:
    return ObjectStore.open(settings_of(ServiceSettings, "clients", "postgresql://x", "amqp://x", folder))


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def test_bytes_and_streams_come_back(store: ObjectStore) -> None:
    content = bytes(range(256)) * 20_000
    for key, given_ in (("a/bytes.bin", content), ("a/stream.bin", io.BytesIO(content)), ("a/empty", b"")):
        stored = store.put(key, given_, "application/octet-stream")
        expected = b"" if key == "a/empty" else content
        assert (stored.key, stored.size) == (key, len(expected))
        assert stored.sha256 == hashlib.sha256(expected).hexdigest() and store.get(key) == expected


def test_the_same_key_again_replaces(store: ObjectStore) -> None:
    store.put("k", b"old", "text/plain")
    store.put("k", b"new", "text/plain")
    assert store.get("k") == b"new"


def test_what_is_not_there(store: ObjectStore) -> None:
    with pytest.raises(NotFound):
        store.get("nothing")


def test_what_is_taken_away(store: ObjectStore) -> None:
    store.put("a/k", b"x", "text/plain")
    store.delete("a/k")
    store.delete("a/k")
    with pytest.raises(NotFound):
        store.get("a/k")


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/../outside", "a/./../../../outside"])
def test_no_key_leads_out_of_the_store(store: ObjectStore, folder: Path, key: str) -> None:
    with contextlib.suppress(Unavailable, ValueError):
        store.put(key, b"x", "text/plain")
    inside = folder / "objects"
    assert all(inside in path.parents for path in folder.parent.rglob("*") if path.is_file())


def test_a_store_that_cannot_write_is_unavailable(store: ObjectStore, folder: Path) -> None:
    (folder / "objects" / "a").write_text("a file where a folder must be")
    with pytest.raises(Unavailable):
        store.put("a/b", b"x", "text/plain")


def test_a_link_names_its_object(store: ObjectStore) -> None:
    link = store.link("clients/1/ü.pdf", "Übersicht.pdf", "application/pdf")
    assert link.startswith("http://127.0.0.1:8000/files/")
    assert store.opened(token_of(link)) == ("clients/1/ü.pdf", "Übersicht.pdf", "application/pdf")


def test_a_link_ends(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now)
    token = token_of(store.link("k", "f", "text/plain"))
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + LINK_SECONDS)
    assert store.opened(token)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + LINK_SECONDS + 1)
    with pytest.raises(NotFound, match="not valid any more"):
        store.opened(token)


def test_a_link_that_was_changed_or_made_up_opens_nothing(store: ObjectStore, folder: Path) -> None:
    token = token_of(store.link("k", "f", "text/plain"))
    others = settings_of(ServiceSettings, "clients", "postgresql://x", "amqp://x", folder)
    stranger = ObjectStore.open(others.model_copy(update={"link_secret": "another secret"}))
    forged = token_of(stranger.link("k", "f", "text/plain"))
    body, rest = token.split(".", 1)
    for false in (forged, token[:-1], token + "x", "x" + token, f"{body}A.{rest}", "", ".", "..", "a.b.c"):
        with pytest.raises(NotFound):
            store.opened(false)


def test_s3_signs_its_own_links(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "id"), ("SECRET_ACCESS_KEY", "secret"), ("REGION", "eu-central-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    settings = settings_of(ServiceSettings, "clients", "postgresql://x", "amqp://x", folder)
    store = ObjectStore.open(settings.model_copy(update={"object_store_url": "s3://bucket/crm"}))
    link = store.link("invoices/2025/INV-2025-001.pdf", "INV-2025-001.pdf", "application/pdf")
    assert "bucket" in link and "crm/invoices/2025/INV-2025-001.pdf" in link
    assert f"X-Amz-Expires={LINK_SECONDS}" in link and "X-Amz-Signature=" in link and "secret" not in link


def test_an_address_of_another_kind_is_refused(folder: Path) -> None:
    settings = settings_of(ServiceSettings, "clients", "postgresql://x", "amqp://x", folder)
    with pytest.raises(ValueError, match="file:// or s3://"):
        ObjectStore.open(settings.model_copy(update={"object_store_url": "ftp://x"}))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("C:\\Users\\ann\\Übersicht.pdf", "Übersicht.pdf"),
        ("/", "file"),
        ("", "file"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("a\x00b\n\r.txt", "ab.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("  two   spaces .txt ", "two spaces .txt"),
        (f"{'x' * 300}.tar.gz", f"{'x' * 140}.gz"),
    ],
)
def test_file_names_lose_what_could_do_harm(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@given(st.text(max_size=400))
def test_a_file_name_is_a_name_for_the_store(name: str) -> None:
    safe = safe_filename(name)
    assert safe and len(safe) <= 150 and "/" not in safe and "\\" not in safe and safe.strip(". ") != ""
    assert not any(ord(sign) < 32 for sign in safe)
    header = content_disposition(safe)
    assert "\r" not in header and "\n" not in header and header.encode("ascii") and header.count('"') == 2


def test_the_local_store_makes_its_folder(folder: Path, store: ObjectStore) -> None:
    store.put("x", b"1", "text/plain")
    assert [str(each["path"]) for each in obstore.list(store._store).collect()] == ["x"]
    assert (folder / "objects" / "x").read_bytes() == b"1"
