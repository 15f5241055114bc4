"""A zip with several directories as several files; nothing but ArchiveError whatever the bytes are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.archives.budget import Budget
from gateway.archives.errors import ArchiveError
from gateway.archives.zip_views import views
from tests.unit.archives.making import central, ended, local, stored_zip

_A, _B = stored_zip([(b"a", b"first")]), stored_zip([(b"b", b"second"), (b"c/", b"")])


def shown(data: bytes) -> list[dict[str, bytes]]:
    """What Python's reader lists of each view, and the bytes there; nothing is packed, and checksums are left out."""
    found = []
    for view in views(io.BytesIO(data), len(data), Budget()):
        with zipfile.ZipFile(view) as archive:
            found.append({each.filename: _stored(view, each) for each in archive.infolist()})
    return found


def _stored(view: BinaryIO, each: zipfile.ZipInfo) -> bytes:
    view.seek(each.header_offset + 30 + len(each.filename))
    return view.read(each.compress_size)


def test_one_in_the_comment_of_another() -> None:
    data = _A[:-2] + len(_B).to_bytes(2, "little") + _B
    assert shown(data) == [{"b": b"second", "c/": b""}, {"a": b"first"}]


def test_offsets_from_two_places() -> None:
    """The directory right before the end, and the one that stands where the end says."""
    decoy = local(b"a", b"first")
    hidden = decoy + central(b"a", 5, 0)
    start = len(hidden)
    data = hidden + local(b"b", b"second")
    data = ended(data, [central(b"b", 6, start)], base=len(data) - len(decoy))
    assert sorted(map(sorted, shown(data))) == [["a"], ["b"]]


def test_an_ordinary_one_has_no_views() -> None:
    for data in (_A, _B, b"", b"PK\5\6", b"x" * 70_000, stored_zip([]), ended(_A[:-22], [], b"a comment")):
        assert shown(data) == []


def test_one_that_stands_in_it_as_it_is_is_no_other_reading() -> None:
    assert shown(stored_zip([(b"in.zip", _A), (b"b", b"second")])) == []


def _joined(pieces: Sequence[bytes]) -> bytes:
    return b"".join(pieces)


@given(
    data=st.lists(
        st.sampled_from([_A, _B, _A[:20], _A[-22:], _A[-24:-2], b"PK\5\6", b"PK\1\2", b"\xff" * 8, bytes(22)]),
        max_size=9,
    ).map(_joined),
    cut=st.integers(0, 60),
)
@settings(max_examples=150, deadline=None)
@example(data=_A + _B, cut=0)
def test_nothing_else_is_raised(data: bytes, cut: int) -> None:
    data = data[: max(0, len(data) - cut)]
    try:
        for view in views(io.BytesIO(data), len(data), Budget()):
            size = view.seek(0, 2)
            assert size > len(data)
            view.seek(0)
            assert len(view.read()) == size
    except ArchiveError:
        pass
