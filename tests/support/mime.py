"""Messages with files attached, built plainly: no parser or builder of ours stands between the test and the bytes."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping

# The smallest file that Windows would load: an MZ header, a PE header, no sections.
PROGRAM = (
    b"MZ"
    + bytes(58)
    + (64).to_bytes(4, "little")
    + b"PE\0\0"
    + (0x14C).to_bytes(2, "little")
    + bytes(14)
    + (224).to_bytes(2, "little")
    + (0x102).to_bytes(2, "little")
    + b"\x0b\x01"
    + bytes(222)
)


def attached(*files: tuple[str, bytes], kind: str = "application/octet-stream", text: str = "xem tep") -> bytes:
    """A multipart message with these files in base64, CRLF line ends."""
    parts = [f"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()]
    for name, content in files:
        body = base64.encodebytes(content).replace(b"\n", b"\r\n")
        head = (
            f"--b1\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        )
        parts.append(head.encode() + body)
    header = (
        b"From: nguon@nguon.example\r\nTo: an@tinh.example\r\nSubject: tep\r\nMessage-ID: <m@nguon.example>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n'
    )
    return header + b"".join(parts) + b"--b1--\r\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def locked(files: Mapping[str, bytes]) -> bytes:
    """A zip archive whose entries say that they are encrypted (the content is not: nobody can tell)."""
    made = bytearray(zipped(files))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(signature)
        while at >= 0:
            made[at + flags] |= 1
            at = made.find(signature, at + 4)
    return bytes(made)
