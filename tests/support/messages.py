"""Messages for the end-to-end tests: the hard corpus, a generator, and what the gateway put on top."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
SIMPLE = (
    b"From: nguon@nguon.example\r\nTo: an@tinh.example\r\nSubject: thu\r\nMessage-ID: <1@nguon.example>\r\n"
    b"\r\nXin chao\r\n"
)

# The header lines that the gateway (and a Postfix in between) puts on top of a message.
_PREPENDED = re.compile(rb"(?:(?:Received|X-CongThu-[A-Za-z-]+):[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)", re.IGNORECASE)


def corpus() -> list[Path]:
    """Every message file of the corpus."""
    return sorted(path for path in CORPUS.rglob("*.eml"))


def crlf(content: bytes) -> bytes:
    """Line ends as SMTP has them, and one at the end."""
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", content).replace(b"\0", b"")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def without_trace(content: bytes, fields: int = 2) -> bytes:
    """Content without at most `fields` header fields that were put on top (Received, X-CongThu-…)."""
    for _ in range(fields):
        match = _PREPENDED.match(content)
        if match is None:
            break
        content = content[match.end() :]
    return content


def prepended(prefix: bytes) -> bool:
    """True when these bytes are header fields of the gateway's own, at least one, and nothing else."""
    return re.fullmatch(rb"(?:" + _PREPENDED.pattern + rb")+", prefix, re.IGNORECASE) is not None


def with_attachment(size: int, *, subject: str = "kem tep", name: str = "a.bin", seed: int = 1) -> bytes:
    """A message with `size` bytes of noise attached in base64, CRLF line ends."""
    body = base64.encodebytes(random.Random(seed).randbytes(size)).replace(b"\n", b"\r\n")
    return (
        b"From: nguon@nguon.example\r\nTo: an@tinh.example\r\nSubject: %b\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        b"xem tep\r\n--b1\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%b"\r\n\r\n%b--b1--\r\n'
    ) % (subject.encode(), name.encode(), body)


def generated(count: int, seed: int = 2) -> Iterator[bytes]:
    """Ill-behaved but legal content: dots anywhere, 8-bit bytes, long lines, empty lines, odd or no headers."""
    rng = random.Random(seed)
    pieces = [
        b".",
        b"..",
        b"...",
        b"",
        b" ",
        b"\t",
        b"From x",
        b"X" * 997,
        b"Y" * 9000,
        b"QUIT",
        b".\xc3\xa9",
        bytes(range(128, 256)),
    ]
    heads = [
        b"",
        b"Subject: a\r\n\r\n",
        b"Subject: b\r\n folded\r\nX-Odd : c\r\n\r\n",
        b"no header at all\r\n",
        b"\r\n",
        b"A:" + b" x" * 600 + b"\r\n\r\n",
    ]
    for _ in range(count):
        lines = [rng.choice(pieces) + rng.choice([b"", b".", b" end"]) for _ in range(rng.randrange(0, 40))]
        yield rng.choice(heads) + b"".join(line + b"\r\n" for line in lines)


def end_of_data_variants() -> dict[str, bytes]:
    """Sequences that some server takes for the end of data. Only "CRLF.CRLF" is one (RFC 5321 4.1.1.4)."""
    return {
        "LF.LF": b"\n.\n",
        "LF.CRLF": b"\n.\r\n",
        "CRxLF.CRLF": b"\rx\n.\r\n",  # without the x, line ends like any others
        "CRxLF.LF": b"\rx\n.\n",
        "CRxLFxCRxLF.CRLF": b"\rx\nx\rx\n.\r\n",
        "CRLF.LF": b"\r\n.\n",
        "CR.CR": b"\r.\r",
        "CR.CRLF": b"\r.\r\n",
        "CRLF.CR": b"\r\n.\r",
        "LF.CR": b"\n.\r",
        "CR.LF": b"\r.\n",
        "CRCRLF.CRLF": b"\r\r\n.\r\n",
        "CRLF.CRCRLF": b"\r\n.\r\r\n",
        "CRLFNUL.CRLF": b"\r\n\0.\r\n",
        "CRLF.NULCRLF": b"\r\n.\0\r\n",
        "CRNULLF.CRLF": b"\r\0\n.\r\n",
        "CRLF.CRNULLF": b"\r\n.\r\0\n",
        "NUL.NUL": b"\0.\0",
        "LFLF.CRLF": b"\n\n.\r\n",
        "CRLF..CRLF": b"\r\n..\r\n",
        "CRLF. CRLF": b"\r\n. \r\n",
        "VT.VT": b"\x0b.\x0b",
        "NEL.NEL": b"\xc2\x85.\xc2\x85",
        "LS.LS": b"\xe2\x80\xa8.\xe2\x80\xa8",
    }
