"""An archive's bytes: searching over the borders of what is read at once, ranges, and what it counts."""

from __future__ import annotations

import io

import pytest

from gateway.archives.budget import Budget, Meter
from gateway.archives.errors import SpentError
from gateway.archives.limits import ArchiveLimits
from gateway.archives.source import CHUNK, Source

MARK = b"PK\5\6"


def source(data: bytes, work: int = 1 << 30) -> Source:
    return Source(io.BytesIO(data), Meter(Budget(ArchiveLimits(work=work)), len(data)), 0, len(data))


@pytest.mark.parametrize("border", [64, 64 - 3 + 512, CHUNK])
@pytest.mark.parametrize("shift", range(-5, 2))
def test_a_mark_on_a_border_is_found(border: int, shift: int) -> None:
    at = border + shift
    data = bytes(at) + MARK + bytes(CHUNK)
    assert source(data).find(MARK, 0, len(data)) == at
    assert list(source(data).finds(MARK)) == [at]


def test_marks_side_by_side_and_at_both_ends() -> None:
    data = MARK * 3 + bytes(100) + MARK
    assert list(source(data).finds(MARK)) == [0, 4, 8, 112]
    assert source(data).find(MARK, 1, len(data)) == 4
    assert source(data).find(MARK, 9, len(data)) == 112
    assert source(data).find(MARK, 9, len(data) - 1) == -1
    assert list(source(b"").finds(MARK)) == []


def test_ranges() -> None:
    whole = source(b"0123456789")
    part = whole.part(2, 8)
    assert (part.size, part.at(0, 99), part.at(4, 9), part.at(6, 1), part.at(-1, 1)) == (6, b"234567", b"67", b"", b"")
    assert part.part(1, 99).at(0, 99) == b"34567"


def test_what_is_read_is_counted() -> None:
    data = bytes(5 * CHUNK)
    with pytest.raises(SpentError):
        list(source(data, work=4 * CHUNK).finds(MARK))
    assert list(source(data, work=6 * CHUNK).finds(MARK)) == []


def test_searching_near_reads_little() -> None:
    data = MARK * 1000 + bytes(CHUNK)
    found = source(data, work=200_000)  # 256 KiB each would be too much
    for number in range(1000):
        assert found.find(MARK, number * 4, len(data)) == number * 4
