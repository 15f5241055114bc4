"""Bombs are answered within the limits, each by its reason; what honest archives need is far from them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from typing import Protocol

import pytest

from gateway.archives.budget import Budget, Meter
from gateway.archives.entry import Entry
from gateway.archives.errors import ArchiveError, SpentError, StopError
from gateway.archives.expand import expand
from gateway.archives.limits import ArchiveLimits
from gateway.contents import Why
from tests.unit.archives.looking import deep, look
from tests.unit.archives.making import archive, compressed, deflated, local, stored_zip

MIB = 1024 * 1024
SMALL = ArchiveLimits(size=4 * MIB, ratio_over=MIB, work=16 * MIB)


class Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def zeros(pack: str, size: int) -> bytes:
    """That many zeros, packed piece by piece."""
    makers: dict[str, Callable[[], Packer]] = {
        "gz": lambda: zlib.compressobj(9, zlib.DEFLATED, 31),
        "deflate": lambda: zlib.compressobj(9, zlib.DEFLATED, -15),
        "bz2": bz2.BZ2Compressor,
        "xz": lzma.LZMACompressor,
    }
    packer = makers[pack]()
    return b"".join([packer.compress(bytes(MIB)) for _ in range(size // MIB)]) + packer.flush()


class TestBombs:
    @pytest.mark.parametrize("pack", ["gz", "bz2", "xz"])
    def test_a_small_file_of_many_zeros(self, pack: str) -> None:
        seen = look(zeros(pack, 64 * MIB), f"a.{pack}", limits=ArchiveLimits(ratio_over=MIB))
        assert seen.failed == [("a", Why.RATIO)]
        assert seen.raised is Why.RATIO
        assert len(seen.files[0][1]) < 64 * MIB

    @pytest.mark.parametrize("filter_name", ["zstd", "lz4", "lzip"])
    def test_by_libarchive(self, filter_name: str) -> None:
        seen = look(compressed(filter_name, bytes(8 * MIB)), "a", limits=ArchiveLimits(ratio=20, ratio_over=MIB))
        assert seen.whys == {Why.RATIO}

    def test_gigabytes_in_a_zip(self) -> None:
        """As its header says; only what the limit allows is ever made."""
        packed = zeros("deflate", 64 * MIB)
        data = local(b"a", packed, method=8, size=(1 << 32) - 1)
        seen = look(data, "a.zip", limits=SMALL)
        assert Why.TOO_LARGE in seen.whys or Why.RATIO in seen.whys
        assert len(seen.files[0][1]) <= SMALL.size

    def test_skipping_counts_what_the_header_says(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("a", bytes(8 * MIB))
        with pytest.raises(SpentError):
            list(expand(io.BytesIO(out.getvalue()), "", "", Budget(ArchiveLimits(size=MIB))))

    def test_a_sparse_tar_of_eight_exabytes(self) -> None:
        info = tarfile.TarInfo("holes")
        block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        block[156:157] = b"S"
        block[483:495] = (1 << 62).to_bytes(12, "big")
        block[483] |= 0x80
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        assert look(bytes(block) + bytes(1024), limits=SMALL).whys & {Why.TOO_LARGE, Why.RATIO, Why.DAMAGED}

    def test_a_layer_that_expands_to_nothing(self) -> None:
        """Behind a tar's end, where no entry would count it."""
        tar = archive("ustar", [("a", b"1")])
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = packer.compress(tar) + b"".join([packer.compress(bytes(MIB)) for _ in range(64)]) + packer.flush()
        seen = look(data, "a.tar.gz", limits=SMALL)
        assert seen.files == [("a", b"1")]
        assert seen.raised in (Why.TOO_LARGE, Why.RATIO)

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
    def test_streams_without_content(self, pack: Callable[[bytes], bytes]) -> None:
        seen = look(pack(b"") * 100_000, "a", limits=SMALL)
        assert seen.raised is Why.TOO_LARGE  # the work, not the size

    def test_local_headers_that_share_one_stream(self) -> None:
        """A thousand entries whose bytes each run to the file's end: the work is bounded, not only what comes out."""
        block = b"\x00" + b"\x00\x00\xff\xff"
        data = (local(b"a", b"", method=8, flags=8) + block) * 20_000
        budget = Budget(SMALL)
        with pytest.raises(SpentError) as caught:
            for found in expand(io.BytesIO(data), "", "a.zip", budget):
                if isinstance(found, Entry):
                    with pytest.raises(ArchiveError):
                        while found.read():
                            pass
        assert caught.value.reason in (Why.TOO_LARGE, Why.TOO_MANY)

    def test_nested(self) -> None:
        """Like 42.zip: each layer holds several of the next."""
        data = stored_zip([(b"zeros", bytes(1000))])
        for _ in range(8):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
                for number in range(16):
                    made.writestr(f"lib {number}.zip", data)
            data = out.getvalue()
        budget = Budget()
        whys = {why for _, _, why in deep(data, "42.zip", budget)}
        assert whys - {None} <= {Why.TOO_DEEP, Why.TOO_MANY, Why.TOO_LARGE, Why.RATIO}
        assert budget.entries <= budget.limits.entries + 20

    def test_a_zip_in_a_zip_without_end(self) -> None:
        """Neither size nor ratio tells anything here (nor for a zip that holds itself): the depth ends it."""
        data = b""
        for _ in range(40):
            data = stored_zip([(b"r.zip", data)])
        found = list(deep(data, "r.zip", Budget(ArchiveLimits(depth=5))))
        assert [(depth, why) for depth, _, why in found] == [*((depth, None) for depth in range(5)), (5, Why.TOO_DEEP)]

    @pytest.mark.parametrize("form", ["zip", "7zip", "newc", "ustar"])
    def test_too_many_entries(self, form: str) -> None:
        files = [(f"{number}", b"") for number in range(60)]
        seen = look(archive(form, files), limits=ArchiveLimits(entries=50))
        assert (len(seen.files), seen.raised) == (50, Why.TOO_MANY)

    def test_folders_count_too(self) -> None:
        data = stored_zip([(b"%d/" % number, b"") for number in range(60)])
        seen = look(data, limits=ArchiveLimits(entries=50))
        assert (seen.files, seen.raised) == ([], Why.TOO_MANY)


class TestBudget:
    def test_what_is_spent_stays_spent(self) -> None:
        budget = Budget(ArchiveLimits(entries=1, size=10))
        budget.entry()
        for _ in range(2):
            with pytest.raises(SpentError) as caught:
                budget.entry()
            assert caught.value.reason is Why.TOO_MANY
        with pytest.raises(SpentError):
            budget.expand(1)
        with pytest.raises(SpentError):
            next(expand(io.BytesIO(archive("7zip", [("a", b"")])), "", "", budget))

    def test_exactly_the_limit_is_allowed(self) -> None:
        budget = Budget(ArchiveLimits(size=10))
        budget.expand(10)
        assert budget.room == 0
        with pytest.raises(SpentError) as caught:
            budget.expand(1)
        assert caught.value.reason is Why.TOO_LARGE

    def test_the_ratio_ends_one_archive_only(self) -> None:
        budget = Budget(ArchiveLimits(ratio=2, ratio_over=100))
        meter = Meter(budget, 100)
        meter.expand(200)
        with pytest.raises(StopError) as caught:
            meter.expand(1)
        assert not isinstance(caught.value, SpentError)
        Meter(budget, 100).expand(200)

    def test_nested_archives_share_it(self) -> None:
        inner = stored_zip([(b"a", bytes(600))])
        budget = Budget(ArchiveLimits(size=1500))
        found = list(deep(stored_zip([(b"x.zip", inner), (b"y.zip", inner)]), "a.zip", budget))
        assert found[-1][2] is Why.TOO_LARGE
        assert budget.entries == 3

    def test_an_archive_ends_after_its_entry_said_so(self) -> None:
        data = archive("7zip", [("a", bytes(3 * MIB)), ("b", b"1")])
        seen = look(data, limits=ArchiveLimits(ratio=10, ratio_over=MIB))
        assert (seen.names, seen.failed, seen.raised) == (["a"], [("a", Why.RATIO)], Why.RATIO)


class TestMemory:
    def test_nothing_is_held_whole(self) -> None:
        text = random.Random(3).randbytes(100_000) * 60
        for data, name in (
            (gzip.compress(text), "a.gz"),
            (archive("7zip", [("a", text)]), "a.7z"),
            (deflated_zip(text), "a.zip"),
        ):
            file = io.BytesIO(data)
            tracemalloc.start()
            for found in expand(file, "", name, Budget()):
                assert isinstance(found, Entry)
                while found.read():
                    pass
                assert found.size == len(text)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 2 * MIB, name

    def test_a_directory_of_endless_names(self) -> None:
        data = stored_zip([(b"n" * 65_535, b"") for _ in range(100)])
        file = io.BytesIO(data)
        tracemalloc.start()
        list(expand(file, "", "", Budget()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * MIB


def deflated_zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", data)
    return out.getvalue()


def test_honest_files_that_pack_well_pass() -> None:
    """A blank page as a bitmap, a log of one line: over 200 : 1 and harmless."""
    for text in (bytes(8 * MIB), b"2024-01-01 00:00:00 OK\n" * 300_000):
        assert look(deflated_zip(text)).whys == set()
        assert len(deflated(text)) * 200 < len(text)
