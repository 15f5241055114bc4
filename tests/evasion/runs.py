"""Encoded files that stand in text, and the transfer encodings from before MIME: uuencode, yEnc, BinHex, bare base64.

Sources: POSIX uuencode, the yEnc draft 1.3, RFC 1741 (BinHex), RFC 2045 6.3 (x-tokens); Usenet's habits.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from tests.evasion.payload import (
    BASE64,
    COVER,
    EICAR,
    HQX_LINE,
    KIND,
    PLACES,
    QP,
    SAVED,
    TOP,
    Hidden,
    b64,
    binhex,
    lines,
    mixed,
    multipart,
    quoted,
    uu,
    uu_file,
    yenc_body,
    yenc_file,
)

_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n"


def _uu_blocks() -> dict[str, bytes]:
    file = uu_file()
    return {
        "plain": file,
        "after-text": b"Kinh gui,\r\n\r\n" + file,
        "before-text": file + b"\r\n-- \r\nAn\r\n",
        "after-signature": b"hi\r\n-- \r\nAn\r\n" + file,
        "blank-for-backtick": b"begin 644 eicar.com\r\n" + uu(backtick=False) + b" \r\nend\r\n",
        "trailing-blanks-cut": b"begin 644 eicar.com\r\n" + uu(backtick=False) + b"\r\nend\r\n",
        "no-zero-line": uu_file(end=b"end\r\n"),
        "no-end": uu_file(end=b""),
        "no-end-then-text": uu_file(end=b"\r\nBest regards\r\n"),
        "mode-four": uu_file(b"begin 0644 eicar.com"),
        "mode-six": uu_file(b"begin 100644 eicar.com"),
        "mode-one": uu_file(b"begin 6 eicar.com"),
        "mode-none": uu_file(b"begin eicar.com"),
        "mode-letters": uu_file(b"begin abc eicar.com"),
        "two-blanks": uu_file(b"begin  644  eicar.com"),
        "tab": uu_file(b"begin\t644\teicar.com"),
        "upper": uu_file(b"BEGIN 644 eicar.com"),
        "no-name": uu_file(b"begin 644"),
        "blank-name": uu_file(b"begin 644 "),
        "quoted-name": uu_file(b'begin 644 "eicar com.com"'),
        "long-name": uu_file(b"begin 644 " + b"n" * 500),
        "8bit-name": uu_file("begin 644 báo cáo.com".encode()),
        "blank-line-after-begin": file.replace(b"\r\n", b"\r\n\r\n", 1),
        "blank-lines-between": file.replace(b"\r\n", b"\r\n\r\n"),
        "checksums": b"begin 644 eicar.com\r\n" + uu().replace(b"\r\n", b"A\r\n") + b"`\r\nend\r\n",
        "short-lines": b"begin 644 eicar.com\r\n"
        + b"".join(uu(EICAR[at : at + 9]) for at in range(0, 68, 9))
        + b"`\r\nend\r\n",
        "one-octet-lines": b"begin 644 eicar.com\r\n"
        + b"".join(uu(EICAR[at : at + 1]) for at in range(68))
        + b"`\r\nend\r\n",
        "indented": b"  " + file.replace(b"\r\n", b"\r\n  ").rstrip(b" "),
        "cited": b"> " + file.replace(b"\r\n", b"\r\n> ").rstrip(b"> "),
        "glued-to-text": b"see: " + file,
        "base64": b"begin-base64 644 eicar.com\r\n" + b64() + b"====\r\n",
        "base64-no-end": b"begin-base64 644 eicar.com\r\n" + b64(),
        "second": uu_file(data=b"harmless") + file,
        "in-pre": b"<pre>\r\n" + file + b"</pre>\r\n",
        "decoy-begin": b"begin 644 other\r\nbegin 644 eicar.com\r\n" + uu() + b"`\r\nend\r\n",
        "begin-in-prose": b"begin 5 o'clock meeting\r\n" + file,
        "junk-line-inside": file.replace(b"\r\n", b"\r\nthis line is none of it\r\n", 2).replace(
            b"this line is none of it\r\n", b"", 1
        ),
        "end-with-blanks": uu_file(end=b"`\r\nend   \r\n"),
        "no-begin": uu() + b"`\r\nend\r\n",
    }


def _uu() -> Iterator[Hidden]:
    for name, block in _uu_blocks().items():
        for place, frame in PLACES.items():
            yield Hidden("uuencode", f"{name}-{place}", frame(_TEXT + b"\r\n" + block))
    block = uu_file()
    yield Hidden("uuencode", "no-mime", b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\n" + block)
    yield Hidden("uuencode", "html", PLACES["top"](b"Content-Type: text/html\r\n\r\n<p>\r\n" + block))
    yield Hidden("uuencode", "in-quoted-printable", PLACES["top"](_TEXT + QP + b"\r\n" + quoted(block)))
    yield Hidden("uuencode", "in-base64", PLACES["top"](_TEXT + BASE64 + b"\r\n" + b64(block)))
    yield Hidden("uuencode", "in-base64-part", PLACES["part"](_TEXT + BASE64 + b"\r\n" + mixed(block)))
    yield Hidden("uuencode", "preamble", TOP + multipart(COVER).replace(b"\r\n\r\n", b"\r\n\r\n" + block, 1))
    yield Hidden("uuencode", "epilogue", TOP + multipart(COVER) + block)
    yield Hidden("uuencode", "octets", PLACES["part"](KIND + SAVED + b"\r\n" + block))
    for token in (b"x-uuencode", b"uuencode", b"x-uue", b"uue", b"x-uu", b"UUENCODE", b'"x-uuencode"', b"x-uuencode;"):
        bodies = {
            "lines": uu(),
            "begin": b"begin 644 eicar.com\r\n" + uu(),
            "whole": block,
            "text-first": b"hello\r\n\r\n" + block,
        }
        for name, body in bodies.items():
            word = token.decode().strip('";') + ("-quoted" if b'"' in token else "-semicolon" if b";" in token else "")
            head = KIND + SAVED + b"Content-Transfer-Encoding: " + token + b"\r\n\r\n"
            yield Hidden("uuencode-field", f"{word}-{name}", PLACES["part"](head + body))


def _yenc() -> Iterator[Hidden]:
    whole, size, width = yenc_file(), len(EICAR), 128
    part = b"=ybegin part=1 total=1 line=%d size=%d name=eicar.com\r\n=ypart begin=1 end=%d\r\n" % (width, size, size)
    blocks = {
        "plain": whole,
        "after-text": b"Kinh gui,\r\n\r\n" + whole,
        "no-end": yenc_file(end=False),
        "short-lines": yenc_file(width=16),
        "part": part + yenc_body() + b"=yend size=%d part=1\r\n" % size,
        "part-no-end": part + yenc_body(),
        "wrong-size": whole.replace(b"size=68", b"size=9"),
        "wrong-crc": whole.replace(b"crc32=", b"crc32=0"),
        "no-crc": whole.rsplit(b" crc32", 1)[0] + b"\r\n",
        "name-with-blanks": whole.replace(b"name=eicar.com", b"name=bao cao.com"),
        "no-name": whole.replace(b" name=eicar.com", b""),
        "order": b"=ybegin name=eicar.com size=68 line=128\r\n" + whole.split(b"\r\n", 1)[1],
        "upper": whole.replace(b"=ybegin", b"=YBEGIN").replace(b"=yend", b"=YEND"),
        "escapes-all": b"=ybegin line=128 size=68 name=e\r\n"
        + b"".join(b"=%c" % ((octet + 106) % 256) for octet in EICAR)
        + b"\r\n=yend size=68\r\n",
        "second": yenc_file(b"harmless") + whole,
        "then-text": whole + b"\r\n-- \r\nAn\r\n",
    }
    for name, block in blocks.items():
        for place, frame in PLACES.items():
            yield Hidden(
                "yenc", f"{name}-{place}", frame(b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + block)
            )
    for token in (b"x-yenc", b"x-yencode", b"yenc"):
        head = KIND + SAVED + b"Content-Transfer-Encoding: " + token + b"\r\n\r\n"
        yield Hidden("yenc", f"field-{token.decode()}", PLACES["part"](head + whole))
        yield Hidden("yenc", f"field-{token.decode()}-no-end", PLACES["part"](head + yenc_file(end=False)))
    yield Hidden("yenc", "epilogue", TOP + multipart(COVER) + whole)
    halves = [EICAR[:40], EICAR[40:]]
    both = b""
    for number, half in enumerate(halves, 1):
        start = 1 if number == 1 else 41
        both += b"=ybegin part=%d total=2 line=128 size=68 name=e\r\n=ypart begin=%d end=%d\r\n" % (
            number,
            start,
            start + len(half) - 1,
        )
        both += yenc_body(half) + b"=yend size=%d part=%d\r\n" % (len(half), number)
    yield Hidden("yenc", "two-parts", PLACES["top"](_TEXT + b"\r\n" + both))


def _binhex() -> Iterator[Hidden]:
    block, bare = HQX_LINE + b"\r\n" + binhex(), binhex()
    blocks = {
        "plain": block,
        "after-text": b"Kinh gui,\r\n\r\n" + block,
        "no-blank-line": HQX_LINE + bare,
        "bare": bare,
        "one-line": HQX_LINE + binhex(width=10000),
        "short-lines": HQX_LINE + binhex(width=20),
        "blank-lines": (HQX_LINE + bare).replace(b"\r\n", b"\r\n\r\n"),
        "indented": HQX_LINE + b"  " + bare,
        "not-closed": HQX_LINE + bare.rstrip(b":\r\n") + b"\r\n",
        "other-version": block.replace(b"4.0", b"5.0"),
        "other-case": block.replace(b"This file must", b"THIS FILE MUST"),
        "then-text": block + b"\r\n-- \r\nAn\r\n",
        "second": HQX_LINE + binhex(b"harmless") + block,
        "trailing-blanks": block.replace(b"\r\n", b"  \r\n"),
    }
    for name, body in blocks.items():
        for place, frame in PLACES.items():
            yield Hidden("binhex", f"{name}-{place}", frame(_TEXT + b"\r\n" + body))
    for token in (b"x-binhex", b"binhex", b"binhex40", b"mac-binhex40", b"x-binhex40", b"mac-binhex"):
        head = KIND + SAVED + b"Content-Transfer-Encoding: " + token + b"\r\n\r\n"
        yield Hidden("binhex", f"field-{token.decode()}", PLACES["part"](head + block))
        yield Hidden("binhex", f"field-{token.decode()}-bare", PLACES["part"](head + bare))
    yield Hidden(
        "binhex", "type", PLACES["part"](b"Content-Type: application/mac-binhex40; name=e.hqx\r\n\r\n" + block)
    )
    yield Hidden("binhex", "epilogue", TOP + multipart(COVER) + block)


def _bare() -> Iterator[Hidden]:
    """base64 and quoted-printable that nothing announces."""
    long = b64(EICAR * 20)
    blocks = {
        "mixed": mixed(),
        "lines": b64(),
        "many-lines": long,
        "one-line": b64(width=2000),
        "after-text": b"Kinh gui,\r\n\r\n" + long,
        "before-text": long + b"\r\n-- \r\nAn\r\n",
        "with-name": b"Content-Type: application/octet-stream; name=e.com\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b64(),
        "data-uri": b"data:application/octet-stream;base64," + b64(width=2000),
        "quoted-printable": quoted(),
        "indented": b"  " + long.replace(b"\r\n", b"\r\n  "),
        "cited": b"> " + long.replace(b"\r\n", b"\r\n> "),
        "hex": lines(EICAR.hex().encode(), 60),
        "pem": b"-----BEGIN CERTIFICATE-----\r\n" + long + b"-----END CERTIFICATE-----\r\n",
        "pgp": b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + b64(width=64) + b"=abcd\r\n-----END PGP MESSAGE-----\r\n",
    }
    for name, block in blocks.items():
        yield Hidden("bare-encoded", f"{name}-top", PLACES["top"](_TEXT + b"\r\n" + block))
        yield Hidden("bare-encoded", f"{name}-part", PLACES["part"](_TEXT + b"\r\n" + block))
    for token in (b"gzip64", b"x-gzip64"):
        head = KIND + SAVED + b"Content-Transfer-Encoding: " + token + b"\r\n\r\n"
        yield Hidden("bare-encoded", token.decode(), PLACES["part"](head + b64(gzip.compress(EICAR, mtime=0))))


def messages() -> Iterator[Hidden]:
    """All of them."""
    yield from _uu()
    yield from _yenc()
    yield from _binhex()
    yield from _bare()
