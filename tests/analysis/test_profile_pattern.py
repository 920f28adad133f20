"""Patterns mean what they mean to `re`, and take linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.analysis.profile_pattern import NamePattern
from gctui.errors import GctuiError

ATOMS = ("a", "b", "·", ".", "[ab]", "[^a]", "[]a]", "[a-c.]", r"\w", r"\W", r"\.", r"\d", r"[\W_]")
PLACES = ("^", "$", r"\b", r"\B")
REPEATS = ("", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "??")


def _grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds("({}){}".format, parts, st.sampled_from(REPEATS))
    bare_groups = st.builds("(?:{}){}".format, parts, st.sampled_from(REPEATS))
    either = st.builds("{}|{}".format, parts, parts)
    return groups | bare_groups | either | st.builds("{}{}".format, parts, parts)


one = st.builds("{}{}".format, st.sampled_from(ATOMS), st.sampled_from(REPEATS))
patterns = st.recursive(one | st.sampled_from(PLACES) | st.just(""), _grown, max_leaves=6)
names = st.text(alphabet="abc.(_·1", max_size=8)


@given(patterns, st.lists(names, max_size=5))
def test_it_finds_what_re_finds(text: str, tried: list[str]) -> None:
    pattern = NamePattern(text)
    for name in tried:
        if not name and r"\B" in text:
            continue  # here Python before 3.14 and RE2 differ
        assert pattern.found_in(name) == bool(re.search(text, name, re.ASCII)), name


@given(st.text(max_size=30) | st.text(alphabet="ab\\[]()^$|*+?{1,}-&", max_size=12))
def test_whatever_is_asked_for_is_answered_or_refused(text: str) -> None:
    try:
        NamePattern(text).found_in("main.(*T).f[...]")
    except GctuiError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("text", ["(a*)*b", "(a|a)*b", "(a|aa)+$b", ".*a.*a.*a.*a.*b", "(.*)*x"])
def test_no_pattern_takes_long(text: str) -> None:
    start = time.monotonic()
    assert not NamePattern(text).found_in("a" * 5000)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a(", r"a \( without its \)"),
        ("a)", r"a \) without its \("),
        ("[a", r"a \[ without its \]"),
        ("[b-a]", "bad character range"),
        ("*", r"nothing to repeat before \*"),
        ("a**", "two repetitions"),
        ("a{3,2}", "count is out of range"),
        ("a{2000}", "count is out of range"),
        ("(?P<x>a)", r"only : is understood"),
        ("[[:alpha:]]", "not understood"),
        (r"\pL", "not understood"),
        ("a\\", "not understood"),
        ("((a{1000}){1000}){1000}", "too long"),
        ("((){1000}){1000}", "too long"),
        ("(" * 60 + ")" * 60, "too deep"),
        ("a" * 2000, "longer than"),
        ("\x1b[31m(", "without"),
    ],
)
def test_bad_patterns_say_why(text: str, why: str) -> None:
    with pytest.raises(GctuiError, match=why) as caught:
        NamePattern(text)
    assert "\x1b" not in str(caught.value)


def test_case_can_be_ignored() -> None:
    assert NamePattern("(?i)MAIN").found_in("main.main")
    assert not NamePattern("MAIN").found_in("main.main")
    assert NamePattern(r"\Amain\z").found_in("main")


def test_brackets_in_classes_are_plain() -> None:
    assert NamePattern("[[]go").found_in("f[go.shape.int]")
    assert NamePattern("x[&&~~||]").found_in("x|")
