"""Evidence as sentences: every sign has its words, in both languages; JSON that is not evidence is left out."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gateway.conduct.score import Sign
from gateway.conduct.words import sentences
from tests.unit.conduct.support import Sender, deed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def test_every_sign_has_words() -> None:
    for sign in Sign:
        row = {"sign": sign.value, "points": 0.5, "seen": 4711, "usual": 12, "window": "day"}
        ((vi, en),) = sentences({"signs": [row]})
        assert "4711" in vi
        assert "4711" in en
        assert "{" not in vi + en


def test_a_block_reads_well() -> None:
    sender = Sender()
    sender.work(20)
    sender.blocked_after(500, 1, deed(new=1, client="185.9.4.4", likeness="b"))
    lines = sentences(json.loads(json.dumps(sender.told[-1].evidence)))
    text = "\n".join(vi for vi, _en in lines)
    assert "185.9.0.0/16" in text
    assert "người nhận mà hộp thư này chưa từng viết cho" in text
    assert "20 ngày" in text


@given(st.dictionaries(st.sampled_from(["signs", "networks", "days_known", "x"]), JSON))
def test_any_json_is_safe(evidence: dict[str, object]) -> None:
    for vi, en in sentences(evidence):
        assert vi
        assert en


def test_it_is_bounded() -> None:
    row = {"sign": "spam", "points": 0.5, "seen": 1, "usual": 1, "window": "day"}
    assert len(sentences({"signs": [row] * 500, "networks": ["n" * 500] * 500, "days_known": 3})) == 18
    assert max(len(vi) for vi, _en in sentences({"networks": ["n" * 500] * 500})) < 600
