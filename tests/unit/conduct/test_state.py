"""A sender's state is packed and read back the same; what is no state is none; it stays small whatever comes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.conduct.judge import observe
from gateway.conduct.state import PACES, VERSION, Content, Network, Pace, State, Today, pack, unpack
from gateway.conduct.windows import COUNTS, MOST
from gateway.rates import Deed

TIMES = st.integers(0, 2**32 - 1)
COUNTED = st.lists(st.integers(0, MOST), min_size=COUNTS, max_size=COUNTS)
PEAKS = st.lists(st.floats(0, 1e9, width=32), min_size=PACES, max_size=PACES)
READ = st.lists(TIMES, min_size=PACES, max_size=PACES)
STATES = st.builds(
    State,
    last=TIMES,
    since=TIMES,
    told=st.integers(0, 2),
    told_at=TIMES,
    days=st.integers(0, 65535),
    profile=st.binary(min_size=48, max_size=48).map(bytearray),
    peaks=PEAKS,
    today=st.builds(Today, st.integers(0, 50_000), st.integers(0, 2**24 - 1), READ, st.floats(0, 9, width=32)),
    grace=READ,
    kind=st.integers(0, 2),
    tens=st.dictionaries(st.integers(0, MOST), COUNTED, max_size=7),
    hours=st.dictionaries(st.integers(0, MOST), COUNTED, max_size=25),
    week=st.dictionaries(st.integers(0, MOST), COUNTED, max_size=8),
    networks=st.dictionaries(
        st.binary(min_size=5, max_size=5),
        st.builds(Network, TIMES, TIMES, st.integers(0, 65535), TIMES),
        max_size=48,
    ),
    contents=st.dictionaries(
        st.binary(min_size=4, max_size=4), st.builds(Content, TIMES, st.integers(0, 65535), TIMES), max_size=32
    ),
)


@given(STATES)
def test_packed_and_read_back(state: State) -> None:
    assert unpack(pack(state)) == state


def test_the_largest_state_is_as_small_as_it_says() -> None:
    state = State()
    state.tens = {number: [1] * COUNTS for number in range(7)}
    state.hours = {number: [1] * COUNTS for number in range(25)}
    state.week = {number: [1] * COUNTS for number in range(8)}
    state.networks = {bytes([4, number, 0, 0, 0]): Network() for number in range(48)}
    state.contents = {bytes([number, 0, 0, 0]): Content() for number in range(32)}
    assert len(pack(state)) <= 4096
    assert f"at most {len(pack(state)):,} bytes" in (pack.__doc__ or "")
    state.networks[bytes(5)] = Network()
    assert unpack(pack(state)) is None  # more than anybody writes


@given(st.binary(max_size=4096))
def test_anything_else_is_no_state_and_does_no_harm(blob: bytes) -> None:
    unpack(blob)
    for start in (b"", bytes([VERSION])):
        after, _told = observe(start + blob, 1.8e9, [(Deed("a@x", 0, "1.2.3.4", 1, 1, likeness="x"), 0.0)])
        assert unpack(after) is not None


@given(STATES, st.data())
def test_a_changed_or_shortened_state_does_no_harm(state: State, data: st.DataObject) -> None:
    blob = bytearray(pack(state))
    assert unpack(bytes(blob[:-1])) is None
    assert unpack(bytes(blob) + b"\0") is None
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    observe(bytes(blob), data.draw(st.floats(0, 5e9)), [(Deed("a@x", 0, "::1", 3, 2, 1, likeness="x"), 0.0)])


def test_other_versions_and_no_numbers_are_no_state() -> None:
    blob = pack(State(peaks=[1.0] * PACES))
    assert unpack(bytes([VERSION + 1]) + blob[1:]) is None
    assert unpack(None) is None
    at = blob.index(struct.pack("<f", 1.0))
    assert unpack(blob[:at] + struct.pack("<f", float("nan")) + blob[at + 4 :]) is None


def test_counts_that_nobody_writes_are_no_state() -> None:
    assert unpack(pack(State(hours={5: [MOST] * COUNTS}))) is not None
    assert unpack(pack(State(hours={5: [MOST + 1] * COUNTS}))) is None


@pytest.mark.parametrize("pace", Pace)
def test_paces_stand_in_their_order(pace: Pace) -> None:
    assert list(Pace)[pace] is pace
