"""Archives, looked at before anything of them is unpacked: what they claim, and then what really comes out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.common.uploads.limits import Limits, Unreadable

_PIECE = 1 << 20


@contextmanager
def checked(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, if its directory is harmless and what it holds is no larger than it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            _directory(archive, path.stat().st_size, limits)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("this file is damaged or protected; open it, save it anew and try again") from None


def extracted(archive: zipfile.ZipFile, name: str, into: Path, limits: Limits) -> Path:
    """One file of the archive, as a file of its own."""
    written = 0
    with archive.open(name) as source, into.open("wb") as target:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > limits.unpacked:
                raise Unreadable("this file is larger inside than it says")
            target.write(piece)
    return into


def measured(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack everything to nowhere, so that whoever reads it next meets no more than the limits."""
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as source:
            while piece := source.read(_PIECE):
                total += len(piece)
                if total > limits.unpacked:
                    raise Unreadable("this file is larger inside than it says")


def _directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise Unreadable(f"this file holds {len(entries):,} parts; at most {limits.entries:,} are taken")
    claimed = sum(entry.file_size for entry in entries)
    if claimed > limits.unpacked:
        raise Unreadable(
            f"this file unpacks to {claimed / 1e6:,.0f} MB; at most {limits.unpacked / 1e6:,.0f} MB are taken"
        )
    if claimed > max(size, 1) * limits.ratio and claimed > 10_000_000:
        raise Unreadable("this file unpacks to far more than it is; that is no sheet anybody made")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("this file is protected by a password")
