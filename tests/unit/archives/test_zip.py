"""zip: every reading that some program makes, entries that share bytes, names, and ends in odd places."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from gateway.contents import Why
from tests.unit.archives.looking import look
from tests.unit.archives.making import archive, central, deflated, ended, local, stored_zip


class Pipe(io.BytesIO):
    """Cannot go back, so a writer of zips leaves the sizes to descriptors."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def readings(data: bytes, name: str = "a.zip") -> list[tuple[str, bytes, str]]:
    """Name, bytes and which reading shows it; nothing may be wrong."""
    seen = look(data, name)
    assert seen.whys == set()
    return [(entry.name, content, entry.reading) for entry, (_, content) in zip(seen.entries, seen.files, strict=True)]


class TestReadings:
    """Where the directory and the local headers disagree, both are given."""

    def test_an_entry_only_in_local_headers(self) -> None:
        hidden = local(b"evil.exe", b"evil")
        at = len(hidden)
        data = ended(hidden + local(b"a.txt", b"good"), [central(b"a.txt", 4, at)])
        assert readings(data) == [("a.txt", b"good", ""), ("evil.exe", b"evil", "local-header")]

    def test_an_entry_only_in_local_headers_whose_end_must_be_found(self) -> None:
        packed = deflated(b"evil" * 99)
        hidden = local(b"evil", packed, method=8, flags=8, packed=0) + b"PK\7\10" + bytes(12)
        data = ended(hidden + local(b"a", b"good"), [central(b"a", 4, len(hidden))])
        assert readings(data) == [("a", b"good", ""), ("evil", b"evil" * 99, "local-header")]

    def test_behind_an_entry_whose_end_was_found_it_goes_on(self) -> None:
        """And not behind its header: what looks like headers in it is its content."""
        content = local(b"no entry", b"1")
        block = b"\x01" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content
        hidden = local(b"evil", block, method=8, flags=8, packed=0)
        data = ended(hidden + local(b"a", b"good"), [central(b"a", 4, len(hidden))])
        assert readings(data) == [("a", b"good", ""), ("evil", content, "local-header")]

    def test_other_sizes(self) -> None:
        data = ended(local(b"a", b"good and evil"), [central(b"a", 4, 0)])
        assert readings(data) == [("a", b"good", ""), ("a", b"good and evil", "local-header")]

    def test_a_directory_that_swallows_other_entries(self) -> None:
        inner = local(b"evil", b"evil")
        data = ended(local(b"a", b"good") + inner, [central(b"a", 4 + len(inner), 0)])
        assert readings(data) == [
            ("a", b"good" + inner, ""),
            ("a", b"good", "local-header"),
            ("evil", b"evil", "local-header"),
        ]

    def test_other_methods(self) -> None:
        packed = deflated(b"evil" * 9)
        data = ended(local(b"a", packed, method=8), [central(b"a", len(packed), 0, method=0)])
        assert readings(data) == [("a", packed, ""), ("a", b"evil" * 9, "local-header")]

    def test_only_one_of_them_says_that_it_is_encrypted(self) -> None:
        for here, there in ((1, 0), (0, 1)):
            data = ended(local(b"a", b"evil", flags=there), [central(b"a", 4, 0, flags=here)])
            seen = look(data)
            assert ("a", b"evil") in seen.files
            assert seen.failed == [("a", Why.ENCRYPTED)]

    def test_other_names_are_told_together(self) -> None:
        data = ended(local(b"evil.exe", b"1"), [central(b"a.txt", 1, 0)])
        (entry,) = look(data).entries
        assert (entry.name, entry.others, entry.reading) == ("a.txt", ("evil.exe",), "")

    def test_the_same_name_is_told_once(self) -> None:
        (entry,) = look(ended(local(b"a", b"1"), [central(b"a", 1, 0)])).entries
        assert entry.others == ()

    def test_sizes_in_a_descriptor_are_no_disagreement(self) -> None:
        with zipfile.ZipFile(pipe := Pipe(), "w", zipfile.ZIP_DEFLATED) as made:
            for name in ("a", "b"):
                made.writestr(name, b"x" * 1000)
        assert b"PK\7\10" in pipe.getvalue()
        assert readings(pipe.getvalue()) == [("a", b"x" * 1000, ""), ("b", b"x" * 1000, "")]

    def test_without_a_directory(self) -> None:
        data = stored_zip([(b"a", b"1"), (b"b", b"2")])
        seen = look(data[: data.index(b"PK\1\2")])
        assert seen.files == [("a", b"1"), ("b", b"2")]
        assert seen.problems == [("", Why.DAMAGED)]

    def test_an_entry_that_stands_nowhere(self) -> None:
        data = ended(local(b"a", b"1"), [central(b"a", 1, 0), central(b"gone", 1, 9999)])
        seen = look(data)
        assert (seen.names, seen.problems) == (["a"], [("gone", Why.DAMAGED)])

    def test_a_damaged_local_entry_does_not_hide_those_behind(self) -> None:
        bad = local(b"bad", b"\xff\xff\xff", method=8, packed=60)
        data = bad + local(b"evil", b"evil") + bytes(60)
        assert ("evil", b"evil") in look(data, "a.zip").files


class TestSeveral:
    """One file, several zips or ends."""

    def test_one_after_another(self) -> None:
        data = stored_zip([(b"a", b"1")]) + stored_zip([(b"b", b"2")])
        assert readings(data) == [("b", b"2", ""), ("a", b"1", "other-directory")]

    def test_the_first_one_is_still_found_by_its_own_names(self) -> None:
        first = ended(local(b"a.txt", b"1"), [central(b"evil.exe", 1, 0)])
        seen = look(first + stored_zip([(b"b", b"2")]))
        assert {name for entry in seen.entries for name in (entry.name, *entry.others)} == {"b", "evil.exe", "a.txt"}

    def test_one_in_the_comment_of_another(self) -> None:
        inner = stored_zip([(b"evil", b"2")])
        outer = local(b"a", b"1")
        data = ended(outer, [central(b"a", 1, 0)], comment=inner)
        assert {name for name, _, _ in readings(data)} == {"a", "evil"}

    def test_two_directories_of_one_end(self) -> None:
        """The end's offset points to one, the other stands right before the end."""
        start = local(b"a", b"1") + local(b"evil", b"2")
        said, before = central(b"a.exe", 1, 0), central(b"evil.exe", 1, len(local(b"a", b"1")))
        tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(before), len(start), 0)
        seen = look(start + said + before + tail)
        assert set(seen.names) == {"a.exe", "evil.exe"}

    def test_zips_stored_in_a_zip_are_only_entries(self) -> None:
        inner = stored_zip([(b"deep", b"1")])
        data = stored_zip([(b"%d.zip" % number, inner) for number in range(100)])
        assert readings(data) == [(f"{number}.zip", inner, "") for number in range(100)]

    @pytest.mark.parametrize("before", [b"", b"junk" * 1000, b"PK\3\4 is not a header" * 9])
    @pytest.mark.parametrize("behind", [b"", b"junk" * 40_000, b"PK\5\6" * 99])
    def test_junk_around(self, before: bytes, behind: bytes) -> None:
        data = before + stored_zip([(b"a", b"1"), (b"b", b"2")]) + behind
        assert readings(data) == [("a", b"1", ""), ("b", b"2", "")]

    def test_junk_that_the_offsets_count(self) -> None:
        out = io.BytesIO(b"junk" * 9)
        with zipfile.ZipFile(out, "a") as made:
            made.writestr("a", b"1")
        assert readings(out.getvalue()) == [("a", b"1", "")]

    def test_an_empty_one(self) -> None:
        assert readings(ended(b"", [])) == []

    def test_a_part_of_several_files(self) -> None:
        data = bytearray(stored_zip([(b"a", b"1")]))
        struct.pack_into("<HH", data, len(data) - 18, 1, 0)
        seen = look(bytes(data))
        assert (seen.files, seen.problems) == ([("a", b"1")], [("", Why.UNSUPPORTED)])

    def test_many_ends_are_said(self) -> None:
        assert ("", Why.TOO_MANY) in look(b"PK\3\4" + b"PK\5\6" * 5000).problems

    def test_zip64(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made, made.open("a", "w", force_zip64=True) as entry:
            entry.write(b"1" * 1000)
        assert readings(out.getvalue()) == [("a", b"1" * 1000, "")]

    def test_a_zip64_end(self) -> None:
        start, header = local(b"a", b"1"), central(b"a", 1, 0)
        wide = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(header), len(start))
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(start) + len(header), 1)
        tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
        for junk in (b"", b"junk"):
            assert readings(junk + start + header + wide + locator + tail) == [("a", b"1", "")]


class TestOverlap:
    """Entries that share bytes are named, and not read."""

    def test_quoting_local_headers(self) -> None:
        """D. Fifield: each entry's stored deflate block quotes the next local header, down to one kernel."""
        kernel = deflated(bytes(100_000))
        data, directory = local(b"9", kernel, method=8, size=100_000), []
        starts = [(b"9", len(data), len(kernel))]
        for number in range(8, -1, -1):
            name = b"%d" % number
            quoted = 31  # the next local header and its name
            block = b"\x00" + struct.pack("<HH", quoted, quoted ^ 0xFFFF)
            packed = len(block) + len(data)
            data = local(name, block, method=8, packed=packed) + data
            starts.append((name, len(data), packed))
        for name, distance, packed in reversed(starts):
            directory.append(central(name, packed, len(data) - distance, method=8))
        seen = look(ended(data, directory))
        assert seen.files == []
        assert seen.problems == [(f"{number}", Why.OVERLAP) for number in range(10)]

    def test_many_names_for_one_local_header(self) -> None:
        data = ended(local(b"a", b"1"), [central(b"%d" % number, 1, 0) for number in range(50)])
        assert look(data).whys == {Why.OVERLAP}

    def test_others_are_read(self) -> None:
        start = local(b"a", b"1")
        data = ended(
            start + local(b"b", b"2"), [central(b"a", 1, 0), central(b"x", 1, 0), central(b"b", 1, len(start))]
        )
        seen = look(data)
        assert seen.files == [("b", b"2")]
        assert set(seen.problems) == {("a", Why.OVERLAP), ("x", Why.OVERLAP)}

    def test_one_far_before_that_reaches_over_many(self) -> None:
        parts = [local(b"%d" % number, b"1") for number in range(5)]
        whole = b"".join(parts)
        directory = [central(b"%d" % n, 1 if n else len(whole), sum(map(len, parts[:n]))) for n in range(5)]
        assert len(look(ended(whole, directory)).problems) == 5

    def test_the_same_entry_twice_in_a_directory_is_no_bomb(self) -> None:
        header = central(b"a", 1, 0)
        assert readings(ended(local(b"a", b"1"), [header, header])) == [("a", b"1", "")]


class TestMethods:
    @pytest.mark.parametrize("method", [1, 6, 9, 10, 97])
    def test_what_nobody_here_can_unpack(self, method: int) -> None:
        seen = look(ended(local(b"a", b"12345", method=method), [central(b"a", 5, 0, method=method)]))
        assert seen.failed == [("a", Why.UNSUPPORTED)]

    def test_an_lzma_dictionary_beyond_the_limit(self) -> None:
        packed = b"\x09\x14\x05\x00\x5d" + struct.pack("<L", 1 << 30) + bytes(20)
        seen = look(ended(local(b"a", packed, method=14), [central(b"a", len(packed), 0, method=14)]))
        assert seen.failed == [("a", Why.TOO_LARGE)]

    def test_the_size_that_is_said_is_not_believed(self) -> None:
        packed = deflated(b"x" * 5000)
        data = ended(local(b"a", packed, method=8, size=10), [central(b"a", len(packed), 0, method=8, size=10)])
        assert readings(data) == [("a", b"x" * 5000, "")]

    def test_a_stream_longer_than_one_read(self) -> None:
        assert look(archive("zip", [("a", bytes(300_000))])).files == [("a", bytes(300_000))]

    @pytest.mark.parametrize("size", range(262_144, 262_400, 16))
    def test_what_zlib_holds_back(self, size: int) -> None:
        """With all the packed bytes taken, a well-packed end is still inside the decompressor."""
        assert look(archive("zip", [("a", bytes(size))])).files == [("a", bytes(size))]

    def test_zstd_in_zip(self) -> None:
        packed = archive("raw", [("x", b"hello" * 999)], "zstd")
        data = ended(local(b"a", packed, method=93, size=4995), [central(b"a", len(packed), 0, method=93, size=4995)])
        assert readings(data) == [("a", b"hello" * 999, "")]

    def test_more_bytes_than_there_are(self) -> None:
        seen = look(ended(local(b"a", b"evil", packed=9999), [central(b"a", 9999, 0)]))
        assert seen.failed == [("a", Why.DAMAGED)]
        assert seen.files[0][1].startswith(b"evil")

    @pytest.mark.parametrize("cut", [1, 3])
    def test_bytes_that_are_missing(self, cut: int) -> None:
        packed = deflated(bytes(range(256)) * 4)
        directory = [central(b"a", len(packed), 0, method=8)]
        seen = look(ended(local(b"a", packed[:-cut], method=8, packed=len(packed)), directory))
        assert seen.failed[0] == ("a", Why.DAMAGED)


class TestNames:
    @pytest.mark.parametrize(
        ("raw", "flags", "shown"),
        [
            ("Báo cáo.docx".encode(), 0, "Báo cáo.docx"),
            ("Báo cáo.docx".encode(), 1 << 11, "Báo cáo.docx"),
            ("表だよ.txt".encode("cp932"), 0, "表だよ.txt"),
            ("résumé.txt".encode("cp437"), 0, "résumé.txt"),
            (
                "B\xb8o c\xb8o.doc".encode("latin-1"),
                0,
                "B¸o c¸o.doc",
            ),  # TCVN3 octets, as its fonts' users see them elsewhere
            (b"\xff\xfe.txt", 1 << 11, "\ufffd\ufffd.txt"),
            (b"../../etc/passwd", 0, "../../etc/passwd"),
            (b"C:\\Windows\\a.exe", 0, "C:\\Windows\\a.exe"),
            (b"a\r\nb\x1b[2J.txt", 0, "a\ufffd\ufffdb\ufffd[2J.txt"),
            (b"", 0, ""),
        ],
    )
    def test_shown(self, raw: bytes, flags: int, shown: str) -> None:
        assert look(stored_zip([(raw, b"1")], flags)).names == [shown]

    def test_a_name_up_to_its_nul_is_another(self) -> None:
        (entry,) = look(stored_zip([(b"evil.exe\0.txt", b"1")])).entries
        assert (entry.name, entry.others) == ("evil.exe\ufffd.txt", ("evil.exe",))

    def test_a_long_name_keeps_its_end(self) -> None:
        (name,) = look(stored_zip([(b"a" * 60_000 + b".exe", b"1")])).names
        assert len(name) <= 1025
        assert name.endswith(".exe")

    def test_info_zip_s_unicode_name_is_first_where_it_belongs_to_the_name(self) -> None:
        def extra(crc: int) -> bytes:
            path = "tệp.txt".encode()
            return struct.pack("<HHBL", 0x7075, 5 + len(path), 1, crc) + path

        good = ended(local(b"tep.txt", b"1"), [central(b"tep.txt", 1, 0, extra=extra(zlib.crc32(b"tep.txt")))])
        other = ended(local(b"tep.txt", b"1"), [central(b"tep.txt", 1, 0, extra=extra(1))])
        assert [(entry.name, entry.others) for entry in look(good).entries] == [("tệp.txt", ("tep.txt",))]
        assert [(entry.name, entry.others) for entry in look(other).entries] == [("tep.txt", ("tệp.txt",))]
