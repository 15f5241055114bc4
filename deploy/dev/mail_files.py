"""Finds messages in archives of other projects: what looks like a message, or like an mbox of them. Runs nothing."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

MAX_FILE = 32 * 2**20  # bytes of one file that is looked at
_DEPTH = 3  # archives in archives
_FIELD = re.compile(rb"([!-9;-~]{1,80}):[ \t\r\n]")
_MBOX = re.compile(rb"From [^\r\n]{1,200}[12][09]\d\d[^\r\n]{0,40}\r?\n")
_SPLIT = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From (?=[^\r\n]{1,200}[12][09]\d\d[^\r\n]{0,40}\r?\n)")
_KNOWN = frozenset(
    b"from to subject date message-id received mime-version return-path content-type reply-to sender cc "
    b"delivered-to x-mailer user-agent x-original-to envelope-to dkim-signature".split()
)
_SOURCE = (".py", ".c", ".h", ".pm", ".pl", ".rb", ".go", ".rs", ".js", ".po", ".dsc", ".changes", ".patch", ".diff")
_OPENERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}

Found = tuple[str, bytes]
"""Where it stood, and its bytes."""


def mails_of(archive: Path) -> Iterator[Found]:
    """Every message in an archive file."""
    yield from _of_file(archive.name, archive.read_bytes(), 0)


def _of_file(name: str, data: bytes, depth: int) -> Iterator[Found]:
    if depth > _DEPTH or not data:
        return
    if tarfile.is_tarfile(io.BytesIO(data)):
        yield from _of_tar(name, data, depth)
    elif data.startswith(b"PK\3\4"):
        yield from _of_zip(name, data, depth)
    elif (opener := _OPENERS.get(Path(name).suffix)) is not None:
        try:
            yield from _of_file(name.removesuffix(Path(name).suffix), opener(data), depth + 1)
        except (OSError, EOFError, zlib.error, lzma.LZMAError):
            return
    elif not name.endswith(_SOURCE):
        yield from _of_text(name, data)


def _of_tar(name: str, data: bytes, depth: int) -> Iterator[Found]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as opened:
            for member in opened:
                if member.isfile() and member.size <= MAX_FILE and (file := opened.extractfile(member)) is not None:
                    yield from _of_file(f"{member.name}", file.read(), depth + 1)
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return


def _of_zip(name: str, data: bytes, depth: int) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            for entry in opened.infolist():
                if not entry.is_dir() and entry.file_size <= MAX_FILE:
                    yield from _of_file(entry.filename, opened.read(entry), depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return


def _of_text(name: str, data: bytes) -> Iterator[Found]:
    if _MBOX.match(data):
        for number, piece in enumerate(_SPLIT.split(data)):
            _line, _end, message = piece.partition(b"\n")
            if looks_like_mail(message):
                yield f"{name}.{number}", message
    elif looks_like_mail(data):
        yield name, data


def looks_like_mail(data: bytes) -> bool:
    """True for a header of which at least two fields are such as only messages have; odd lines need more of them."""
    known: set[bytes] = set()
    odd = number = 0
    for number, line in enumerate(data[:65536].splitlines()):
        if not line:
            break
        match = _FIELD.match(line + b"\n")
        if match is not None:
            known |= {match[1].lower()} & _KNOWN
        elif not number and not line.startswith((b"From ", b">From ")):
            return False
        elif not line.startswith((b" ", b"\t")):
            odd += 1
    return number >= 2 and (len(known) >= 2 if not odd else odd <= 2 and len(known) >= 4)


def wire(data: bytes) -> bytes:
    """With the line ends that SMTP demands."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Kept:
    """Writes messages into a folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[bytes] = set()
        self.copies = 0
        self.counts: Counter[str] = Counter()

    def keep(self, package: str, where: str, message: bytes) -> None:
        """Write a message of a package that stood at `where`."""
        data = wire(message)
        digest = hashlib.sha256(data).digest()
        if digest in self._seen:
            self.copies += 1
            return
        self._seen.add(digest)
        self.counts[package] += 1
        target = self._folder / package
        target.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9._+-]+", "_", where.split("/", 1)[-1])[-150:]
        (target / f"{name}.{digest.hex()[:8]}.eml").write_bytes(data)
