"""quoted-printable that decoders read differently (RFC 2045 6.7): soft breaks, lower-case hex, stray equals signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.evasion.payload import EICAR, PLACES, QP, Hidden, attachment, b64, lines, quoted, uu_file


def _form(form: str, octets: bytes = EICAR) -> bytes:
    return b"=\r\n".join(form.format(octet).encode() for octet in octets) + b"\r\n"


def _bodies() -> dict[str, bytes]:
    text = EICAR.decode()
    plain = text.replace("=", "=3D").encode()
    odd = re.sub(r"([^0-9A-Fa-f])", r"=\1", text).encode()
    return {
        "all-escaped": quoted(),
        "plain": plain + b"\r\n",
        "soft-each": b"=\r\n".join(bytes([octet]) for octet in plain) + b"\r\n",
        "soft-each-escaped": _form("={:02X}"),
        "lower-hex": quoted(form="={:02x}"),
        "mixed-hex": quoted(form="={:02X}").replace(b"=5A", b"=5a").replace(b"=5B", b"=5b"),
        "blanks-after-soft": _form("={:02X}").replace(b"=\r\n", b"= \t \r\n"),
        "tab-after-soft": _form("={:02X}").replace(b"=\r\n", b"=\t\r\n"),
        "blanks-100-after-soft": _form("={:02X}").replace(b"=\r\n", b"=" + b" " * 100 + b"\r\n"),
        "one-line": b"".join(b"=%02X" % octet for octet in EICAR) + b"\r\n",
        "long-line": b"".join(b"=%02X" % octet for octet in EICAR + b" " * 3000) + b"\r\n",
        "soft-at-end": quoted()[:-2] + b"=\r\n",
        "equals-at-end": quoted()[:-2] + b"=",
        "soft-then-empty": quoted().replace(b"=\r\n", b"=\r\n=\r\n"),
        "escape-cut-by-soft": lines(b"".join(b"=%02X" % octet for octet in EICAR), 20).replace(b"\r\n", b"=\r\n"),
        "harmless-first": b"Kinh gui, =C3=A1=\r\n" + quoted(),
        "blanks-at-end": plain + b"   \r\n",
        "8bit-first": b"\xe9\xff" + quoted(),
        "equals-run-first": b"=" * 64 + b"\r\n" + quoted(),
        "escaped-base64": quoted(b64()),
        "escaped-uuencode": quoted(uu_file()),
        "space-as-underscore": quoted().replace(b"=20", b"_"),
        "dot-first": b"." + quoted(),
        "doubled-equals": _form("=={:02X}"),
        "stray-equals-hex": _form("=0={:02X}"),
        "stray-equals-0x": _form("=0X={:02X}"),
        "stray-equals-xx": _form("=XX={:02X}"),
        "stray-equals-blank": _form("= ={:02X}"),
        "stray-equals-literal": odd + b"\r\n",
        "stray-equals-lower": _form("=0a={:02X}"),
        "soft-lf-escaped": quoted().replace(b"=\r\n", b"=0D=0A"),
        "html-escape": "".join(f"&#{ord(c)};" for c in text).encode() + b"\r\n",
    }


def messages() -> Iterator[Hidden]:
    """Each as a part's body and as the whole message's."""
    for place, frame in PLACES.items():
        for name, body in _bodies().items():
            yield Hidden("quoted-body", f"{name}-{place}", frame(attachment(QP, body)))
