"""A reply that strangers helped to write: numbers and names come out of it, or nothing; never an exception."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Spam
from gateway.spam.reply import MOST_SYMBOLS, printable, read_reply


def body(**changes: Any) -> bytes:
    said = {"score": 7.254, "required_score": 15.0, "action": "add header", "symbols": {}, **changes}
    return json.dumps({key: value for key, value in said.items() if value != "left out"}).encode()


def symbol(points: object) -> dict[str, object]:
    return {"name": "elsewhere", "score": points, "options": ["x"]}


def test_points_action_and_symbols() -> None:
    symbols = {"A": symbol(1), "B": symbol(-3.14159), "C": symbol(5.0), "D": symbol(0.0)}
    heaviest = (("C", 5.0), ("B", -3.14), ("A", 1.0), ("D", 0.0))
    assert read_reply(body(symbols=symbols)) == Spam(7.25, 15.0, "add header", heaviest)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"pong\r\n",
        b"null",
        b"[]",
        b"7",
        b'"x"',
        b"{}",
        b"<html>",
        b"[" * 100_000,
        b'{"score":' + b"9" * 10_000 + b',"action":"no action"}',
        body(score="left out"),
        body(score=None),
        body(score="7"),
        body(score=True),
        body(score=math.nan),
        body(score=math.inf),
        body(score=-1e9),
        body(score=[]),
        body(action="left out"),
        body(action=None),
        body(action=7),
        body()[:-1],
    ],
)
def test_what_is_no_answer(wrong: bytes) -> None:
    assert read_reply(wrong) is None


@pytest.mark.parametrize("required", [None, "left out", math.nan, math.inf, "15", {}])
def test_without_a_threshold_of_its_own(required: object) -> None:
    made = read_reply(body(required_score=required))
    assert made is not None
    assert made.required == 0.0


@pytest.mark.parametrize(
    "symbols",
    [None, [], "A", 7, {"A": None}, {"A": 7}, {"A": {"score": None}}, {"A": symbol(math.nan)}, {"A": symbol(True)}],
)
def test_symbols_that_are_none(symbols: object) -> None:
    made = read_reply(body(symbols=symbols))
    assert made is not None
    assert made.symbols == ()


def test_symbols_are_bounded_and_printable() -> None:
    many = {f"S{n:05}": symbol(n) for n in range(5000)}
    made = read_reply(body(symbols=many))
    assert made is not None
    assert len(made.symbols) == MOST_SYMBOLS
    made = read_reply(body(symbols={"a\r\nb ư\x1b" + "c" * 1000: symbol(1)}, action="ad\x00d  header\n" * 99))
    assert made is not None
    assert made.symbols == (("a??b???" + "c" * 57, 1.0),)
    assert made.action == printable(made.action)
    assert len(made.action) <= 64


def test_octets_that_are_no_text_hide_nothing() -> None:
    made = read_reply(body(score=9).replace(b'"symbols": {}', b'"message-id": "\xff\xfe\\ud800", "symbols": {}'))
    assert made is not None
    assert made.score == 9.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("score", "required_score", "action", "symbols"), JSON)))
def test_any_json(said: dict[str, Any]) -> None:
    _is_sound(read_reply(json.dumps(said).encode("utf-8", "surrogatepass")))


@given(st.binary(max_size=200), st.integers(0, 100))
def test_any_octets(noise: bytes, at: int) -> None:
    whole = body(symbols={"A": symbol(2)})
    for content in (noise, whole[:at] + noise + whole[at:]):
        _is_sound(read_reply(content))


def _is_sound(made: Spam | None) -> None:
    if made is not None:
        numbers = (made.score, made.required, *(points for _, points in made.symbols))
        assert all(isinstance(number, float) and math.isfinite(number) for number in numbers)
        assert json.loads(json.dumps([made.action, made.symbols], allow_nan=False))
        assert all(32 <= ord(c) < 127 for text in (made.action, *(name for name, _ in made.symbols)) for c in text)
