"""Messages for the tests of this room, and a spool that holds them."""

from __future__ import annotations

import functools
from pathlib import Path

from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.spool import SpoolPool

GOOD = "Cộng hòa xã hội chủ nghĩa Việt Nam. Đề nghị các đơn vị báo cáo kết quả thực hiện nhiệm vụ trước ngày 20."
TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
UNDERSTOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc"
UNMARKED = (
    "De nghi cac don vi bao cao ket qua thuc hien nhiem vu cua nam nay truoc ngay hai muoi thang nay cho uy ban nhan"
    " dan tinh de tong hop va bao cao chinh phu theo quy dinh cua phap luat hien hanh ve cong tac van thu luu tru"
)

sniffer = functools.cache(Sniffer)


def mail(
    body: bytes,
    kind: str = "text/plain; charset=utf-8",
    *,
    header: bytes = b"Subject: well\r\n",
    encoding: str = "8bit",
) -> bytes:
    """A message of one part."""
    content = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return header + b"MIME-Version: 1.0\r\n" + content.encode() + body


def multipart(*parts: bytes, kind: str = "mixed", header: bytes = b"Subject: well\r\n") -> bytes:
    """A message of these parts, each with its header."""
    top = header + f'MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="b"\r\n\r\n'.encode()
    return top + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def attachment(data: bytes, name: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """A part that is a file."""
    return (
        b'Content-Type: %s\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: attachment; filename="%s"\r\n\r\n'
        % (
            kind,
            name,
        )
        + data
    )


def text(data: bytes, charset: str = "utf-8", kind: str = "plain") -> bytes:
    """A part that is shown."""
    return f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + data


def scanned(raw: bytes) -> ScannedMessage:
    """The strict scan."""
    scanner = Scanner(sniff=sniffer())
    scanner.feed(raw)
    return scanner.finish()


def spooled(raw: bytes, folder: Path) -> SpooledMessage:
    """The message in a spool, in memory."""
    spool = SpoolPool(folder, 1 << 30, 1 << 30, 1 << 30).new()
    spool.feed(raw)
    return SpooledMessage(spool, scanned(raw))
