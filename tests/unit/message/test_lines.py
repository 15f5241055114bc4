"""Line facts against the obvious way, with lines of every length near those that switch the method."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.lines import LEGAL, LineFacts
from tests.unit.message.mail import cut

_LENGTHS = st.lists(
    st.one_of(st.integers(0, 5), st.integers(990, 1010), st.sampled_from([76, 998, 999, 1000, 40_000])), max_size=40
)
_PLACES = st.lists(st.integers(0, 1 << 20), max_size=5)


@given(lengths=_LENGTHS, first=st.sampled_from(["a", ".", "\u00e9"]), places=_PLACES)
@settings(max_examples=150, deadline=None)
def test_lines(lengths: list[int], first: str, places: list[int]) -> None:
    lines = [(first + "x" * 40_000).encode("latin-1")[:length] for length in lengths]
    data = b"".join(line + b"\r\n" for line in lines)
    facts = LineFacts()
    for piece in cut(data, places):
        facts.feed(piece, 0, len(piece))
    facts.finish()
    assert facts.longest == max((length for length in lengths if length > LEGAL), default=0)
    assert facts.dots == sum(line.startswith(b".") for line in lines)
    assert facts.eightbit == (not data.isascii())


def test_hopping_misses_no_line() -> None:
    data = b"".join(b"x" * length + b"\r\n" for length in (1300, 1300, 1300, 1301, 1300, 5, 1301, 1400, 2, 1399))
    facts = LineFacts()
    facts.feed(b"x" * 250 + b"\r\n", 0, 252)
    assert facts.longest == 0
    facts.feed(data, 0, len(data))
    assert facts.longest == 1400


def test_a_part_of_the_data() -> None:
    facts = LineFacts()
    data = b".no\r\n.yes\r\nno" + b"\r\n." * 2
    facts.feed(data, 5, 11)
    assert (facts.dots, facts.longest) == (1, 0)


@given(
    pieces=st.lists(st.sampled_from([b"\r\n.", b"x.y", b"\r\n", b"z" * 9]), max_size=30).map(b"".join), data=st.data()
)
@settings(max_examples=150, deadline=None)
def test_what_was_searched_is_not_counted_again(pieces: bytes, data: st.DataObject) -> None:
    """Whoever says where there is none changes nothing, whatever else stands around it."""
    whole = b"y" + pieces
    ends = [at for at in range(len(whole)) if whole.startswith(b"\n.", at)]
    clear = data.draw(st.sampled_from(list(pairwise([0, *(at + 1 for at in ends), len(whole)]))))
    facts = LineFacts()
    facts.undotted(*clear)
    facts.undotted(0, 1)
    facts.feed(whole, 0, len(whole))
    assert facts.dots == len(ends)
    facts.feed(b".\r\n.", 0, 4)
    assert facts.dots == len(ends) + 1 + whole.endswith(b"\n")
