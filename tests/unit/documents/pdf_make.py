"""PDF files made by hand: objects as they are given, a table that fits."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Objects from number 1 on; the first is the catalog."""
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    return made + b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (extra, len(data), data)


def page(
    content: bytes = b"",
    *,
    more: Sequence[bytes] = (),
    catalog: bytes = b"",
    extra: bytes = b"",
    to: Mapping[int, int] | None = None,
    trailer: bytes = b"",
    seal: Callable[[int, bytes], bytes] = lambda _, data: data,
) -> bytes:
    """One page in the font .VnTime. `to`: what characters its codes are; `more`: objects from number 7 on."""
    rows = b" ".join(b"<%02X> <%04X>" % row for row in (to or {code: code for code in range(32, 256)}).items())
    table = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def"
        b" 1 begincodespacerange <00> <FF> endcodespacerange %d beginbfchar %b endbfchar endcmap end end"
        % (len(to or range(224)), rows)
    )
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+.VnTime/Encoding/WinAnsiEncoding/ToUnicode 6 0 R>>"
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>%b>>" % extra,
        stream(seal(4, content)),
        font,
        stream(seal(6, table)),
        *more,
        trailer=trailer,
    )


def lines(*texts: bytes) -> bytes:
    """A page's content: one text below another."""
    return b"BT /F1 12 Tf 72 700 Td " + b" 0 -20 Td ".join(b"(%b) Tj" % text for text in texts) + b" ET"


def packed_objects(*inside: bytes) -> bytes:
    """A file whose objects from number 6 on are in a packed stream (ISO 32000-1 7.5.7); the first is its OpenAction."""
    heads, body = b"", b""
    for number, content in enumerate(inside, 6):
        heads += b"%d %d " % (number, len(body))
        body += content + b" "
    data = zlib.compress(heads + body)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        stream(data, b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(inside), len(heads))),
    ]
    made, rows = b"%PDF-1.7\n", [b"\x00\x00\x00\xff\xff"]
    for number, content in enumerate(objects, 1):
        rows.append(b"\x01" + len(made).to_bytes(2, "big") + b"\x00\x00")
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows.append(b"\x01" + len(made).to_bytes(2, "big") + b"\x00\x00")
    rows += [b"\x02\x00\x04" + index.to_bytes(2, "big") for index in range(len(inside))]
    table = stream(b"".join(rows), b"/Type/XRef/W[1 2 2]/Size %d/Root 1 0 R" % (6 + len(inside)))
    return made + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(made))


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _rc4(key: bytes, data: bytes) -> bytes:
    return Cipher(ARC4(key), None).encryptor().update(data)


def encrypted(user: bytes, content: bytes, catalog: bytes = b"") -> bytes:
    """A page under RC4 with 40 bits (ISO 32000-1 7.6.3), the owner's password "owner"."""
    user, owner = (user + _PADDING)[:32], (b"owner" + _PADDING)[:32]
    sealed = _rc4(hashlib.md5(owner).digest()[:5], user)
    key = hashlib.md5(user + sealed + struct.pack("<i", -4) + b"0123456789abcdef").digest()[:5]
    rows = sealed.hex().encode(), _rc4(key, _PADDING).hex().encode(), b"0123456789abcdef".hex().encode()
    trailer = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>/ID[<%b><%b>]" % (*rows, rows[2])

    def seal(number: int, data: bytes) -> bytes:
        return _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\x00\x00").digest()[:10], data)

    return page(content, catalog=catalog, trailer=trailer, seal=seal)
