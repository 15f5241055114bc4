"""Kinds by content: as libmagic says them of the whole beginning, for less."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.inspection.content import HEAD
from gateway.inspection.kinds import kind_of
from gateway.inspection.samples import samples
from tests.unit.inspection.support import ROOT, SNIFF

UNKNOWN = "application/octet-stream"
NOISE = bytes([0, 1, 2, 3, 200, 201]) * 9


class Counted:
    """libmagic, and how many bytes it was given each time."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, head: bytes) -> str:
        self.asked.append(len(head))
        return SNIFF(head)


def in_full(head: bytes) -> str:
    """The kind as it is told by everything that is there."""
    kind = SNIFF(head[:4096])
    return SNIFF(head) if kind in (UNKNOWN, "") else kind


def test_unknown_bytes_are_asked_about_once() -> None:
    sniff = Counted()
    assert kind_of(sniff, NOISE * 600) == UNKNOWN
    assert sniff.asked == [4096]


@pytest.mark.parametrize("mark", [b"CD001", b"BEA01", b"NSR02", b"NSR03"])
def test_a_disc_is_told_by_what_stands_far_behind(mark: bytes) -> None:
    assert kind_of(SNIFF, bytes(32769) + mark + bytes(2000)) == "application/x-iso9660-image"
    assert kind_of(SNIFF, NOISE + bytes(32769) + mark + bytes(2000)) == UNKNOWN


@pytest.mark.parametrize("name", list(samples()))
def test_samples(name: str) -> None:
    data = samples()[name]
    assert kind_of(SNIFF, data) == in_full(data)


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "corpus").rglob("*.eml"))[::7], ids=lambda path: path.name)
def test_files_and_what_is_left_of_them_without_their_beginning(path: Path) -> None:
    data = path.read_bytes()
    for at in (0, 100, 5000):
        head = data[at : at + HEAD]
        assert kind_of(SNIFF, head) == in_full(head)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from(
                [bytes(4096), b"text\r\n" * 900, b"PK\x03\x04", b"<html>", b"MZ", b"class x {", b"\xd0\xcf\x11\xe0"]
            ),
        ),
        max_size=8,
    )
)
def test_nothing_dangerous_is_told_by_later_bytes_alone(pieces: list[bytes]) -> None:
    head = b"\x00\x01\x02" + b"".join(pieces)[:HEAD]
    kind, full = kind_of(SNIFF, head), in_full(head)
    assert kind == full or full.startswith(("text/", "image/")) or full == "application/x-hdf5"
