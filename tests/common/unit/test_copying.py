"""Texts as COPY takes an array of them."""

from __future__ import annotations

import pytest

from libs.common.copying import text_array


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (None, None),
        ([], "{}"),
        ([""], '{""}'),
        (["a", "NULL", "b,c"], '{"a","NULL","b,c"}'),
        (['say "hi"', "C:\\new", "{x}", "two\nlines"], '{"say \\"hi\\"","C:\\\\new","{x}","two\nlines"}'),
    ],
)
def test_an_array_of_texts(values: list[str] | None, written: str | None) -> None:
    assert text_array(values) == written
