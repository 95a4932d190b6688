"""Sealed secrets open under their key and for their purpose, and in no other way."""

from __future__ import annotations

import pytest

from libs.common.sealing import SealBroken, Sealer

KEY, OTHER = "0f" * 32, "f0" * 32


def test_what_is_sealed_opens_again_and_never_looks_the_same() -> None:
    sealer = Sealer(KEY)
    first, second = sealer.seal("a secret: ü", "row 1"), sealer.seal("a secret: ü", "row 1")
    assert first != second and "secret" not in first
    assert sealer.open(first, "row 1") == Sealer(KEY).open(second, "row 1") == "a secret: ü"


def test_another_key_another_row_or_a_changed_letter_opens_nothing() -> None:
    sealed = Sealer(KEY).seal("a secret", "row 1")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for key, about, text in ((OTHER, "row 1", sealed), (KEY, "row 2", sealed), (KEY, "row 1", changed)):
        with pytest.raises(SealBroken):
            Sealer(key).open(text, about)
    for nonsense in ("", "x", "not base64!", "ü"):
        with pytest.raises(SealBroken):
            Sealer(KEY).open(nonsense, "row 1")


@pytest.mark.parametrize("key", ["", "0f", "0f" * 31, "zz" * 32, "0f" * 33])
def test_a_key_is_64_hexadecimal_digits(key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Sealer(key)
