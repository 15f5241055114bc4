"""What libarchive says, as reasons; which library it is; what happens in its callbacks."""

from __future__ import annotations

import io
from contextlib import closing

import pytest

from gateway.archives import libarchive
from gateway.archives.budget import Budget, Meter
from gateway.archives.errors import ArchiveError, SpentError
from gateway.archives.limits import ArchiveLimits
from gateway.archives.reader import Reader, why
from gateway.archives.source import Source
from gateway.contents import Why
from tests.unit.archives.making import archive


@pytest.mark.parametrize(
    ("errno", "text", "reason"),
    [
        (12, "Can't allocate data for lz4 decompression", Why.TOO_LARGE),
        (0, "Lzma library error: Out of memory", Why.TOO_LARGE),
        (0, "Declared dictionary size is not supported.", Why.TOO_LARGE),
        (0, "The archive header is encrypted, but currently not supported", Why.ENCRYPTED),
        (0, "RAR encryption support unavailable.", Why.ENCRYPTED),
        (0, "RAR solid archive support unavailable.", Why.UNSUPPORTED),
        (0, "Unknown codec ID: 4F71101", Why.UNSUPPORTED),
        (0, "Multivolume cabinet file is unsupported", Why.UNSUPPORTED),
        (84, "Unrecognized archive format", Why.DAMAGED),
        (0, "", Why.DAMAGED),
    ],
)
def test_reasons(errno: int, text: str, reason: Why) -> None:
    assert why(errno, text) is reason


def test_the_library_is_new_enough_and_decompresses_by_itself() -> None:
    name, version, *built = libarchive.VERSION.split()
    assert name == "libarchive"
    assert tuple(map(int, version.split(".")[:2])) >= (3, 8)
    assert {"zlib", "liblzma", "liblz4", "libzstd"} <= {each.partition("/")[0] for each in built}


def test_what_a_callback_raises_comes_out_of_the_call() -> None:
    class OtherError(BaseException):
        """Not even an Exception."""

    def pull(_size: int) -> bytes:
        raise OtherError

    with pytest.raises(OtherError), closing(Reader(pull, "tar", 99)) as reader:
        reader.next()


def test_the_work_is_counted_where_libarchive_reads() -> None:
    data = archive("7zip", [("a", bytes(range(256)) * 4000)], options="compression=store")
    budget = Budget(ArchiveLimits(work=300_000))
    source = Source(io.BytesIO(data), Meter(budget, len(data)), 0, len(data))
    with closing(Reader(source, "7zip", 99)) as reader, pytest.raises(SpentError):
        assert reader.next() is not None
        while reader.read(65536):
            pass


def test_closing_twice_and_a_format_that_does_not_fit() -> None:
    data = b"not an archive" * 99
    with pytest.raises(ArchiveError) as caught:
        Reader(Source(io.BytesIO(data), Meter(Budget(), 1), 0, len(data)), "cab", 99).next()
    assert caught.value.reason is Why.DAMAGED
    reader = Reader(Source(io.BytesIO(data), Meter(Budget(), 1), 0, len(data)), "raw", 99)
    reader.close()
    reader.close()
