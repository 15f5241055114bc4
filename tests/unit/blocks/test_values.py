"""Evidence is bounded, whatever it is."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.blocks.values import LARGEST, bounded

_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@settings(max_examples=60)
@given(st.dictionaries(st.text(), _ANY))
def test_it_is_json_of_a_bounded_size(evidence: dict[str, Any]) -> None:
    made = bounded(evidence)
    packed = orjson.dumps(made)
    assert len(packed) <= LARGEST
    assert orjson.loads(packed) == made
    assert bounded(made) == made


def test_what_is_small_stays_as_it_is() -> None:
    evidence = {"score": 1.4, "signs": [{"sign": "spam", "seen": 12, "usual": 0}], "cut": None, "đêm": True}
    assert bounded(evidence) == evidence


def test_what_is_large_keeps_its_numbers() -> None:
    evidence = {"score": 1.4, "text": ["đ" * 500] * 60}
    assert bounded(evidence) == {"cut": True, "score": 1.4}


def test_a_tree_of_everything_costs_little() -> None:
    deep: Any = "x"
    for _ in range(10):
        deep = [deep] * 64
    assert len(orjson.dumps(bounded({"deep": deep}))) <= LARGEST
    assert bounded({"a": object(), 1: 10**400, "b": float("inf")})["b"] is None  # type: ignore[dict-item]
    assert bounded([]) == {}  # type: ignore[arg-type]
