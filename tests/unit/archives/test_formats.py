"""Every format gives the names and bytes that were put in; heads and skipping; what is no file."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from gateway.archives.budget import Budget
from gateway.archives.entry import Entry, Problem
from gateway.archives.errors import ArchiveError
from gateway.archives.expand import can_expand, expand
from gateway.archives.kinds import Format, format_of
from gateway.contents import Why
from tests.unit.archives.looking import look
from tests.unit.archives.making import archive, cab, compressed, lha, rar4, rar5

FILES = [("một.txt", "xin chào ".encode() * 20_000), ("thư mục/hai.bin", bytes(range(256)) * 3)]
PLAIN = [("a.txt", b"hello " * 200), ("b.bin", bytes(range(256)))]


def a_tar() -> bytes:
    return archive("pax", FILES)


def python_zip() -> bytes:
    out = io.BytesIO()
    methods = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED)
    with zipfile.ZipFile(out, "w") as made:
        for method in methods:
            made.writestr(f"{method}.txt", FILES[0][1], compress_type=method)
    return out.getvalue()


LISTS: dict[str, Callable[[], bytes]] = {
    "7z": lambda: archive("7zip", FILES),
    "7z-stored": lambda: archive("7zip", FILES, options="compression=store"),
    "7z-ppmd": lambda: archive("7zip", FILES, options="compression=ppmd"),
    "iso": lambda: archive("iso9660", FILES),
    "cpio": lambda: archive("newc", FILES),
    "cpio-old": lambda: archive("odc", FILES),
    "tar": a_tar,
    "gnutar": lambda: archive("gnutar", FILES),
    "zip": lambda: archive("zip", FILES),
    "tar.gz": lambda: gzip.compress(a_tar()),
    "tar.bz2": lambda: bz2.compress(a_tar()),
    "tar.xz": lambda: lzma.compress(a_tar()),
    "tar.lzma": lambda: lzma.compress(a_tar(), lzma.FORMAT_ALONE),
    "tar.zst": lambda: compressed("zstd", a_tar()),
    "tar.lz4": lambda: compressed("lz4", a_tar()),
    "tar.lz": lambda: compressed("lzip", a_tar()),
    "tar.Z": lambda: compressed("compress", a_tar()),
}
BY_HAND: dict[str, Callable[[], bytes]] = {
    "rar4": lambda: rar4(PLAIN),
    "rar5": lambda: rar5(PLAIN),
    "cab": lambda: cab(PLAIN),
    "cab-mszip": lambda: cab(PLAIN, packed=True),
    "lha": lambda: lha(PLAIN),
    "ar": lambda: archive("arbsd", PLAIN),
}


@pytest.mark.parametrize("form", LISTS)
def test_what_was_put_in_comes_out(form: str) -> None:
    seen = look(LISTS[form]())
    assert sorted(seen.files) == sorted(FILES)
    assert seen.whys == set()


@pytest.mark.parametrize("form", BY_HAND)
def test_formats_made_by_hand(form: str) -> None:
    seen = look(BY_HAND[form]())
    assert (seen.files, seen.whys) == (PLAIN, set())


def test_the_methods_of_zip() -> None:
    seen = look(python_zip())
    assert seen.files == [(f"{method}.txt", FILES[0][1]) for method in (8, 12, 14, 0)]


@pytest.mark.parametrize("form", [*LISTS, *BY_HAND])
def test_content_tells_the_format(form: str) -> None:
    data = (LISTS | BY_HAND)[form]()
    assert can_expand("", "", data[: 34 * 1024])
    assert can_expand("application/pdf", "a.pdf", data[: 34 * 1024])


@pytest.mark.parametrize(
    ("kind", "name", "head", "answer"),
    [
        ("text/plain", "a.txt", b"hello", False),
        ("application/pdf", "a.pdf", b"%PDF-1.7", False),
        ("", "", b"", False),
        ("", "", bytes(1024), False),
        ("text/plain", "1fz9.2024", b"7zip is a program", False),
        ("application/octet-stream", "a.ZIP", b"junk before it", True),
        ("application/octet-stream", "a.7z.002", b"any bytes", True),
        ("application/x-dosexec", "a", b"MZ\x90", True),
        ("application/x-tar", "a", b"", True),
        ("application/octet-stream", "a.bin", b"1234567**ACE**", True),
        ("image/png", "a.rar", b"\x89PNG", True),
    ],
)
def test_what_can_be_expanded(kind: str, name: str, head: bytes, answer: bool) -> None:
    assert can_expand(kind, name, head) is answer


def test_an_image_is_known_by_its_descriptor_far_in() -> None:
    image = archive("iso9660", PLAIN)
    assert format_of("", "", image[: 34 * 1024]) is Format.ISO
    assert format_of("", "", image[: 32 * 1024]) is None


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.ace", b"1234567**ACE**"),
        ("a.arj", b"\x60\xea\x29\x00\x22\x0b"),
        ("a.wim", b"MSWIM\0\0\0"),
        ("a.vhd", b"conectix"),
    ],
)
def test_kinds_that_nobody_opens_are_named(name: str, head: bytes) -> None:
    assert look(head + bytes(600), name).raised is Why.UNSUPPORTED


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "lzma", "zst", "lz4", "Z", "lz"])
def test_one_compressed_file(ending: str) -> None:
    filters = {"gz": "gzip", "bz2": "", "zst": "zstd", "Z": "compress", "lz": "lzip"}
    data = FILES[0][1]
    packed = bz2.compress(data) if ending == "bz2" else compressed(filters.get(ending, ending), data)
    assert look(packed, f"Báo cáo.doc.{ending}").files == [("Báo cáo.doc", data)]
    assert look(packed, "noname").files == [("noname", data)]


@pytest.mark.parametrize(
    ("name", "inner"), [("a.tgz", "a.tar"), ("a.svgz", "a.svg"), ("a.gz", "a"), (".gz", ".gz"), ("", "")]
)
def test_the_name_inside(name: str, inner: str) -> None:
    assert look(gzip.compress(b"x"), name).names == [inner]


def test_the_name_that_gzip_tells_is_another() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("virus.exe", "wb", fileobj=out) as made:
        made.write(b"x")
    (entry,) = look(out.getvalue(), "a.txt.gz").entries
    assert (entry.name, entry.others) == ("a.txt", ("virus.exe",))


def test_folders_are_not_files_and_links_have_no_bytes() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for name, kind, target in (
            ("d", tarfile.DIRTYPE, ""),
            ("s", tarfile.SYMTYPE, "/etc/passwd"),
            ("h", tarfile.LNKTYPE, "a"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            made.addfile(info)
        made.addfile(tarfile.TarInfo("a"))
    seen = look(out.getvalue())
    assert [(entry.name, entry.link, entry.size) for entry in seen.entries] == [
        ("s", True, 0),
        ("h", True, 0),
        ("a", False, 0),
    ]


@pytest.mark.parametrize("form", [*LISTS, *BY_HAND])
def test_a_head_is_read_ahead_and_the_rest_is_skipped(form: str) -> None:
    data, budget, sizes = (LISTS | BY_HAND)[form](), Budget(), {}
    entry = None
    for entry in expand(io.BytesIO(data), "", "", budget):
        assert isinstance(entry, Entry)
        head = entry.head(10)
        assert head == entry.head(10)
        assert entry.read(4) + entry.read(6) == head
        entry.skip()
        assert entry.read() == b""
        sizes[entry.name] = entry.size
    wanted = {name: len(content) for name, content in (FILES if form in LISTS else PLAIN)}
    assert sizes == wanted
    assert budget.size == sum(wanted.values())


@pytest.mark.parametrize("form", ["7z", "zip", "tar", "tar.gz", "iso", "cab"])
def test_entries_that_nobody_reads_count_as_well(form: str) -> None:
    budget = Budget()
    entries = [
        found for found in expand(io.BytesIO((LISTS | BY_HAND)[form]()), "", "", budget) if isinstance(found, Entry)
    ]
    wanted = FILES if form in LISTS else PLAIN
    assert sorted(entry.size for entry in entries) == sorted(len(content) for _, content in wanted)
    assert budget.size == sum(len(content) for _, content in wanted)
    assert all(entry.read() == b"" for entry in entries)  # their time is over


def test_two_tars_in_one() -> None:
    both = archive("ustar", [("a", b"1")]) + archive("ustar", [("b", b"2")])
    assert look(both).files == [("a", b"1"), ("b", b"2")]
    assert look(gzip.compress(both)).files == [("a", b"1"), ("b", b"2")]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_junk_behind_a_tar_is_no_damage(pack: type[bytes]) -> None:
    seen = look(pack(archive("ustar", [("a", b"1")]) + b"junk" * 1000))
    assert (seen.files, seen.whys) == ([("a", b"1")], set())


def test_a_tar_that_breaks_off_in_the_middle_is_damaged() -> None:
    whole = archive("ustar", [("a", b"1"), ("b", b"2" * 3000)])
    seen = look(whole[:1024] + b"x" * 512 + whole[1536:])
    assert seen.names == ["a"]
    assert seen.raised is Why.DAMAGED


def test_a_sparse_file_has_its_holes() -> None:
    """GNU's old sparse format: one byte at 2 MiB of 4 MiB."""
    info = tarfile.TarInfo("holes")
    info.size = 512
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[156:157] = b"S"
    block[386:410] = b"%011o\0%011o\0" % (2 << 20, 512)
    block[483:495] = b"%011o\0" % (4 << 20)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    ((name, data),) = look(bytes(block) + b"x" * 512 + bytes(1024)).files
    assert (name, len(data)) == ("holes", 4 << 20)
    assert data[2 << 20 : (2 << 20) + 512] == b"x" * 512
    assert not any(data[: 2 << 20]) and not any(data[(2 << 20) + 512 :])


class TestPrograms:
    """Archives behind a program are found; a program without one is nothing to speak of."""

    STUB = b"MZ" + bytes(range(256)) * 64

    @pytest.mark.parametrize(
        "made",
        [
            lambda: archive("7zip", PLAIN),
            lambda: rar4(PLAIN),
            lambda: rar5(PLAIN),
            lambda: cab(PLAIN),
            lambda: archive("zip", PLAIN),
        ],
    )
    def test_self_extracting(self, made: Callable[[], bytes]) -> None:
        seen = look(self.STUB + made(), "setup.exe", "application/x-dosexec")
        assert (seen.files, seen.whys) == (PLAIN, set())

    def test_a_zip_made_for_its_place_behind_a_program(self) -> None:
        out = io.BytesIO(self.STUB)
        with zipfile.ZipFile(out, "a") as made:
            made.writestr("a", b"1")
        assert look(out.getvalue(), "setup.exe").files == [("a", b"1")]

    @pytest.mark.parametrize(
        "junk", [b"", b"7z\xbc\xaf\x27\x1c\0", b"Rar!\x1a\x07\0MSCF\0\0\0\0", b"PK\5\6" * 9, b"PK\3\4" * 99]
    )
    def test_none_is_no_problem(self, junk: bytes) -> None:
        seen = look(self.STUB + junk + self.STUB, "setup.exe", "application/x-dosexec")
        assert (seen.files, seen.whys) == ([], set())

    def test_behind_a_picture_with_an_archive_s_name(self) -> None:
        assert look(b"\xff\xd8\xff\xe0" + bytes(99) + rar5(PLAIN), "a.rar", "image/jpeg").files == PLAIN
        assert look(b"\xff\xd8\xff\xe0" + bytes(99), "a.rar", "image/jpeg").whys == set()

    def test_encrypted_behind_a_program(self) -> None:
        assert look(self.STUB + rar5([], encrypted=True), "a.exe").problems == [("", Why.ENCRYPTED)]


class TestDamage:
    @pytest.mark.parametrize("form", ["7z", "tar.gz", "tar.xz", "rar4", "rar5", "cab", "zip", "tar"])
    def test_what_stands_before_it_is_given(self, form: str) -> None:
        data = (LISTS | BY_HAND)[form]()
        for length in (len(data) // 2, len(data) * 9 // 10):
            assert Why.DAMAGED in look(data[:length], f"a.{form}").whys

    @pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "lzma"])
    def test_a_wrong_checksum_hides_nothing(self, ending: str) -> None:
        data = b"evil" * 500
        packers: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
        packed = bytearray(packers[ending](data) if ending in packers else lzma.compress(data, lzma.FORMAT_ALONE)[:-1])
        if ending != "lzma":
            packed[-6] ^= 0x55
        seen = look(bytes(packed), f"a.{ending}")
        assert seen.files[0][1] == data

    def test_a_wrong_checksum_of_an_entry_hides_nothing(self) -> None:
        for made in (rar4([("a", b"evil" * 500)]), rar5([("a", b"evil" * 500)])):
            assert b"evilEVIL" in look(made.replace(b"evilevil", b"evilEVIL", 1)).files[0][1]

    @pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
    def test_streams_one_after_another_and_junk(self, ending: str) -> None:
        packers: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
        pack = packers[ending]
        seen = look(pack(b"") + pack(b"a") + pack(b"b" * 99_999) + b"junk", f"a.{ending}")
        assert seen.files[0][1] == b"a" + b"b" * 99_999
        assert seen.whys == set()

    def test_xz_streams_may_be_padded(self) -> None:
        seen = look(lzma.compress(b"a") + bytes(8) + lzma.compress(b"evil") + bytes(4), "a.xz")
        assert (seen.files, seen.whys) == ([("a", b"aevil")], set())

    def test_damage_in_the_middle_of_a_long_stream(self) -> None:
        text = b"".join(b"line %d\n" % number for number in range(200_000))
        packed = bytearray(gzip.compress(text))
        packed[len(packed) // 2 :] = b"\xff" * 999
        seen = look(bytes(packed), "a.gz")
        assert seen.files[0][1].startswith(text[: len(text) * 9 // 20])
        assert seen.failed == [("a", Why.DAMAGED)]

    @pytest.mark.parametrize("filter_name", ["zstd", "lz4", "lzip", "compress"])
    def test_what_libarchive_cannot_begin_is_said(self, filter_name: str) -> None:
        packed = compressed(filter_name, b"evil" * 500)
        assert Why.DAMAGED in look(packed[: len(packed) // 2], f"a.{filter_name}").whys or filter_name == "compress"

    def test_an_empty_stream_before_another_is_not_passed_over_in_silence(self) -> None:
        assert look(compressed("lz4", b"") + compressed("lz4", b"evil"), "a.lz4").whys == {Why.DAMAGED}

    def test_a_name_alone_makes_no_archive(self) -> None:
        assert look(b"\x01\x02\x03" * 99, "a.zip", "application/octet-stream").raised is Why.DAMAGED
        assert look(b"hello", "a.zip", "text/plain").whys == set()
        assert look(b"\x01\x02\x03" * 99, "a.7z.002", "application/octet-stream").raised is Why.UNSUPPORTED

    def test_volumes(self) -> None:
        for data in (rar4(PLAIN, archive_flags=1), rar5(PLAIN, archive_flags=1), cab(PLAIN, flags=2)):
            assert look(data).problems == [("", Why.UNSUPPORTED)]
        assert look(archive("7zip", PLAIN)[:-20], "a.7z.001").problems == [("", Why.UNSUPPORTED)]
        assert look(archive("7zip", PLAIN)[:-20], "a.7z").raised is Why.DAMAGED
        assert look(rar4(PLAIN, archive_flags=8, file_flags=0x10)).raised is Why.UNSUPPORTED  # solid: libarchive cannot

    def test_an_image_with_udf_too_is_not_checked_to_its_end(self) -> None:
        image = bytearray(archive("iso9660", PLAIN))
        image[2048 * 19 : 2048 * 19 + 6] = b"\0NSR02"
        seen = look(bytes(image))
        assert seen.problems == [("", Why.UNSUPPORTED)]
        assert sorted(seen.files) == PLAIN
        assert look(bytes(32769) + b"BEA01" + bytes(3000)).raised is Why.UNSUPPORTED


def test_stopping_early_frees_everything() -> None:
    found = expand(io.BytesIO(archive("7zip", FILES)), "", "", Budget())
    assert isinstance(next(found), Entry)
    found.close()
    assert list(found) == []


def test_a_problem_is_a_value() -> None:
    assert Problem("a", Why.DAMAGED) == Problem("a", Why.DAMAGED)
    assert ArchiveError(Why.RATIO).reason is Why.RATIO


def test_an_honest_zip_is_read_as_python_reads_it() -> None:
    for data in (python_zip(), archive("zip", FILES)):
        with zipfile.ZipFile(io.BytesIO(data)) as other:
            wanted = [(info.filename, other.read(info)) for info in other.infolist() if not info.is_dir()]
        seen = look(data)
        assert (seen.files, seen.whys) == (wanted, set())
        assert all(not entry.others and not entry.reading for entry in seen.entries)
