"""Archives with a few octets changed, cut or moved: run as a program, since a crash would end the process.

    python -m tests.unit.archives.fuzzing CASES

The invariant: whatever the bytes, `expand` gives entries and problems, or raises ArchiveError, within the limits.
"""

from __future__ import annotations

import faulthandler
import gzip
import io
import lzma
import resource
import sys
import zlib

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.archives.budget import Budget
from gateway.archives.entry import Entry
from gateway.archives.errors import ArchiveError
from gateway.archives.expand import can_expand, expand
from gateway.archives.limits import ArchiveLimits
from tests.unit.archives import samples
from tests.unit.archives.making import attached, attribute, cab, compressed, property_list, rar4, rar5, stored_zip, tnef
from tests.unit.archives.test_formats import BY_HAND, LISTS, python_zip
from tests.unit.archives.test_tnef import BINARY, HELLO

MIB = 1024 * 1024
LIMITS = ArchiveLimits(entries=200, size=8 * MIB, ratio_over=MIB, work=64 * MIB, memory=32 * MIB)
TEXT = b"a line of text, and another\n" * 20
SEEDS = {
    **{name: made() for name, made in {**LISTS, **BY_HAND}.items()},
    "zip-methods": python_zip(),
    "zip-stored": stored_zip([(b"a", TEXT), (b"b/", b""), ("tệp".encode(), b"2")]),
    "zip-two": stored_zip([(b"a", b"1")]) + stored_zip([(b"b", b"2")]),
    "zip-crypto": samples.ZIP_CRYPTO,
    "zip-aes": samples.ZIP_AES,
    "7z-encrypted": samples.SEVEN_ZIP,
    "7z-headers": samples.SEVEN_ZIP_HEADERS,
    "rar5-encrypted": rar5([], encrypted=True),
    "rar4-volume": rar4([("a", TEXT)], archive_flags=1),
    "exe": b"MZ" + bytes(999) + cab([("a", TEXT)], packed=True) + rar5([("b", TEXT)]) + stored_zip([(b"c", b"1")]),
    "gz": gzip.compress(TEXT),
    "zst": compressed("zstd", TEXT),
    "lz4": compressed("lz4", TEXT),
    "tnef": tnef(
        attribute(1, 0x0002800C, b"plain\x00"),
        attribute(1, 0x00069003, property_list((0x1009, BINARY, HELLO), (0x1013, BINARY, b"<p>"))),
        attached(b"a.txt", TEXT, (0x3701, 0x0D, bytes(16) + tnef(attached(b"b", b"1")))),
    ),
}
ODD = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"PK\3\4",
    b"PK\1\2",
    b"PK\5\6",
    b"\x80\x80\x80\x80\x01",
    b"7z\xbc\xaf\x27\x1c",
)


@st.composite
def changed(draw: st.DrawFn, seed: bytes) -> bytes:
    """A few changes. Most near the ends, where archives keep what they say of themselves."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        place = (
            st.integers(0, len(data))
            | st.integers(0, min(200, len(data)))
            | st.integers(max(0, len(data) - 300), len(data))
        )
        at = draw(place)
        kind = draw(st.sampled_from(["flip", "set", "insert", "cut", "move", "tail"]))
        if kind == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "set":
            odd = draw(st.sampled_from(ODD) | st.binary(min_size=1, max_size=8))
            data[at : at + len(odd)] = odd
        elif kind == "insert":
            data[at:at] = draw(st.sampled_from(ODD) | st.binary(max_size=40))
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 50))]
        elif kind == "move":
            data[at:at] = data[draw(place) :][:100]
        elif kind == "tail" and at > 8:
            del data[at:]
    return bytes(data)


def use(data: bytes, name: str, sips: list[int]) -> None:
    """Heads, some bytes, everything or nothing of each entry: as consumers do."""
    assert can_expand("", name, data[:34816]) in (True, False)
    try:
        for number, found in enumerate(expand(io.BytesIO(data), "", name, Budget(LIMITS))):
            assert isinstance(found.name, str)
            found.name.encode()
            if isinstance(found, Entry):
                consume(found, sips[number % len(sips)])
    except ArchiveError as error:
        expected(error)


def consume(entry: Entry, sip: int) -> None:
    try:
        entry.head(sip)
        if sip == 1:
            entry.skip()
        elif sip != 2:
            while entry.read(sip):
                pass
    except ArchiveError as error:
        expected(error)


def expected(error: ArchiveError) -> None:
    """Decompressors may be behind it, and nothing that we did not think of."""
    cause = error.__cause__
    assert cause is None or isinstance(cause, (zlib.error, lzma.LZMAError, OSError, EOFError, MemoryError)), repr(cause)


def fuzz(label: str, seed: bytes, cases: int) -> None:
    """That many cases of one archive, the same ones each time."""
    name = f"a.{label.partition('-')[0]}"

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(changed(seed), st.lists(st.sampled_from([1, 2, 7, 4096, 65536]), min_size=1, max_size=4))
    def run(data: bytes, sips: list[int]) -> None:
        use(data, name, sips)

    run()


def main(cases: int) -> None:
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (1536 * MIB, 1536 * MIB))
    for label, seed in SEEDS.items():
        print(label, flush=True)
        fuzz(label, seed, cases)
    print("done", len(SEEDS))


if __name__ == "__main__":
    main(int(sys.argv[1]))
