"""What is typed into a search box, and how what was found is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clients.queries.searching import marking
from services.clients.queries.searching.marking import Needle, fold, marked, part_marked
from services.clients.queries.searching.typed import MOST_TERMS, Term, read_search

T = Term


@pytest.mark.parametrize(
    ("typed", "groups"),
    [
        ("e-commerce OR chatbot", [([T("e-commerce")], []), ([T("chatbot", prefix=True)], [])]),
        ('"web shop" tech', [([T("web shop", quoted=True), T("tech", prefix=True)], [])]),
        ("shop -old", [([T("shop")], [T("old")])]),
        ('shop -"very old', [([T("shop")], [T("very old", quoted=True)])]),
        ("tech* food", [([T("tech*", prefix=True), T("food", prefix=True)], [])]),
        ("tech to", [([T("tech"), T("to")], [])]),
        ("tech.co", [([T("tech.co", prefix=True)], [])]),
        ("or tech or or shop or", [([T("tech")], []), ([T("shop")], [])]),
        ("-or", [([], [T("or")])]),
        ("- & !! *", []),
        ("", []),
        ('""', []),
        ("a|b & c:* !d", [([T("a|b"), T("c:*", prefix=True), T("!d")], [])]),
    ],
)
def test_what_was_meant(typed: str, groups: list[tuple[list[Term], list[Term]]]) -> None:
    assert [(list(each.wanted), list(each.unwanted)) for each in read_search(typed).groups] == groups


def test_a_search_has_its_bounds() -> None:
    assert len(read_search("word " * 500).wanted) == MOST_TERMS


@pytest.mark.parametrize(
    ("typed", "word"), [("chcorp", "chcorp"), ("OR", "OR"), ("a b", None), ('"a"', None), ("-a", None)]
)
def test_a_word_alone(typed: str, word: str | None) -> None:
    assert read_search(typed).single_word == word


def said(text: str, *needles: Needle) -> str | None:
    pieces = marked(text, needles)
    return pieces and "".join(f"[{each['text']}]" if each["found"] else each["text"] for each in pieces)


def test_words_are_marked_as_they_stand_there() -> None:
    assert said("The Müller e-commerce shop", (("muller",), False)) == "The [Müller] e-commerce shop"
    assert said("An E-Commerce shop", (("e", "commerce"), False)) == "An [E-Commerce] shop"
    assert said("Techniker AG", (("tech",), True)) == "[Techniker] AG"
    assert said("Techniker AG", (("tech",), False)) is None
    assert said("a b a", (("a",), False), (("a", "b"), False)) == "[a b] [a]"
    assert said("<b>bold</b> & more", (("bold",), False)) == "<b>[bold]</b> & more"
    assert said("Straße\n  5", (("strasse",), False)) == "[Straße] 5"
    assert fold("ÅNGSTRÖM") == "angstrom" and fold("Łódź") == "lodz"


WORDS = st.sampled_from(["a", "b", "ab", "aba", "x1", "muller"])


@given(
    words=st.lists(st.tuples(st.sampled_from(["A", "b", "Ab", "aba", "X1"]), st.sampled_from([" ", "-", "_", ". "]))),
    needles=st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.booleans()), max_size=3),
)
def test_plain_letters_are_marked_as_all_others(words: list[tuple[str, str]], needles: list[Needle]) -> None:
    text = "".join(word + sign for word, sign in words)
    expected = marking._together(marking._places_of_folded(text, needles))
    assert marking._together(marking._places(text, needles)) == expected


def test_of_a_long_text_the_stretch_around_is_shown() -> None:
    long = "before " * 100 + "chatbot " + "after " * 100
    shown = said(long, (("chatbot",), False)) or ""
    assert shown.startswith("… before") and shown.endswith("after …") and "[chatbot]" in shown and len(shown) < 210
    assert said("x" * 5000 + " chatbot", (("chatbot",), False)) == "… [chatbot]"


def test_letters_in_the_middle_of_a_name() -> None:
    assert part_marked("TechCorp", "CHCO") == [
        {"text": "Te", "found": False}, {"text": "chCo", "found": True}, {"text": "rp", "found": False},
    ]  # fmt: skip
    assert part_marked("TechCorp", "x") is None
