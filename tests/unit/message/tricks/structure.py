"""Delimiters, containers and line ends that different clients read differently."""

from __future__ import annotations

from tests.unit.message.tricks.parts import (
    B64,
    CR,
    EXE,
    FILE,
    NAME,
    QP,
    TEXT,
    TOP,
    Trick,
    attached,
    b64,
    lines,
    many,
    part,
    qp,
)


def delimiters() -> list[Trick]:
    """Lines that delimit for some, nesting, and parts where none should be."""
    start = TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    whole = lines(TEXT, attached())
    inner = many(TEXT, attached(), mark=b"bb")
    same = many(TEXT, attached(), mark=b"b")
    deep = attached()
    for depth in range(12):
        deep = many(TEXT, deep, mark=b"d%d" % depth)
    return [
        Trick("delimiter-with-junk", start + whole.replace(b"--b\r\n", b"--b junk\r\n")),
        Trick("delimiter-with-junk-once", start + lines(TEXT)[:-5] + b"--b junk\r\n" + attached() + b"--b--\r\n"),
        Trick("delimiter-one-dash", start + whole.replace(b"--b\r\n", b"-b\r\n")),
        Trick("delimiter-three-dashes", start + whole.replace(b"--b\r\n", b"---b\r\n")),
        Trick("delimiter-after-blank", start + whole.replace(b"--b\r\n", b" --b\r\n")),
        Trick("delimiter-with-blanks", start + whole.replace(b"--b\r\n", b"--b" + b" " * 300 + CR)),
        Trick("last-delimiter-missing", start + whole[:-7]),
        Trick("last-delimiter-first", start + b"--b--\r\n" + whole, disputed=True),
        Trick("after-the-last-delimiter", start + lines(TEXT) + whole, disputed=True),
        Trick("after-the-last-delimiter-bare", start + lines(TEXT) + attached() + CR, disputed=True),
        Trick("in-the-preamble", start + attached() + lines(TEXT), disputed=True),
        Trick(
            "in-the-preamble-after-other-dashes",
            start + b"--x\r\n" + attached() + b"--x--\r\n" + lines(TEXT),
            disputed=True,
        ),
        Trick("prefix-of-another", TOP + many(TEXT, inner, TEXT)),
        Trick("prefix-not-open", start + lines(TEXT)[:-5] + b"--bb\r\n" + attached() + b"--b--\r\n"),
        Trick("nested-in-itself", TOP + many(TEXT, same, TEXT)),
        Trick("inner-without-end", TOP + many(TEXT, many(attached(), mark=b"i", end=b"\r\n\r\nx"), TEXT)),
        Trick("outer-within-inner", TOP + many(many(TEXT, b"--b\r\n" + attached(), mark=b"i"), TEXT)),
        Trick("nested-deeply", TOP + deep),
        Trick(
            "header-of-multipart-only",
            start
            + b"--b\r\n"
            + many(attached(), mark=b"c", head=b"Content-Type: multipart/x; boundary=c\r\n")
            + b"--b--\r\n",
        ),
        Trick("delimiter-other-case", start + whole.replace(b"--b", b"--B")),
        Trick("delimiter-with-nul", start + whole.replace(b"--b\r\n", b"--b\0\r\n")),
        Trick("no-line-after-header", start[:-2] + whole),
    ]


def containers() -> list[Trick]:
    """Multiparts and messages that are encoded, nested, or called something else."""
    inside = TOP + many(TEXT, attached())
    other = TOP + many(TEXT, attached(), mark=b"c")
    start = b"Content-Type: multipart/mixed; boundary=b\r\n"
    body = lines(TEXT, attached())
    message = b"Content-Type: message/rfc822\r\n"
    twice = b64(b"Content-Type: multipart/mixed; boundary=c\r\n" + B64 + CR + b64(lines(TEXT, attached(), mark=b"c")))
    return [
        Trick("multipart-base64", TOP + start + B64 + CR + b64(body)),
        Trick("multipart-quoted", TOP + start + QP + CR + qp(body)),
        Trick("multipart-says-base64-and-is-not", TOP + start + B64 + CR + body),
        Trick(
            "multipart-base64-inside",
            TOP + many(TEXT, start.replace(b"=b", b"=c") + B64 + CR + b64(lines(TEXT, attached(), mark=b"c"))),
        ),
        Trick("message", TOP + many(TEXT, message + CR + other)),
        Trick("message-base64", TOP + many(TEXT, message + B64 + CR + b64(inside))),
        Trick("message-quoted", TOP + many(TEXT, message + QP + CR + qp(inside))),
        Trick(
            "message-says-base64-and-is-not",
            TOP + many(TEXT, message + B64 + CR + other),
        ),
        Trick("message-base64-in-multipart-base64", TOP + many(TEXT, message + B64 + CR + twice)),
        Trick("message-after-blank-lines", TOP + many(TEXT, message + CR + CR + CR + other)),
        Trick("message-news", TOP + many(TEXT, b"Content-Type: message/news\r\n\r\n" + other)),
        Trick("blank-line-first", CR + inside),
        Trick("text-begins-with-header", TOP + b"Content-Type: text/plain\r\n\r\n" + attached()),
        Trick("text-begins-with-multipart", TOP + b"Content-Type: text/plain\r\n\r\n" + start + CR + body),
        Trick(
            "text-base64-begins-with-multipart",
            TOP + b"Content-Type: text/plain\r\n" + B64 + CR + b64(start + CR + body),
            unlikely=True,
        ),
        Trick(
            "text-quoted-begins-with-header",
            TOP + b"Content-Type: text/plain\r\n" + QP + CR + qp(attached()),
            unlikely=True,
        ),
        Trick("text-quotes-a-message", TOP + CR + b"Hello,\r\nsee this:\r\n\r\n" + inside),
        Trick(
            "digest", TOP + b"Content-Type: multipart/digest; boundary=q\r\n\r\n--q\r\n\r\n" + inside + b"\r\n--q--\r\n"
        ),
        Trick(
            "message-with-type-as-text",
            TOP + many(TEXT, b"Content-Type: text/rfc822\r\n\r\n" + other),
        ),
    ]


def line_ends() -> list[Trick]:
    """Line ends that only some see."""
    whole = TOP + many(TEXT, attached())
    return [
        Trick("lf-only", whole.replace(CR, b"\n")),
        Trick("cr-only-in-header", whole.replace(b"1.0\r\nContent-Type", b"1.0\rContent-Type")),
        Trick("cr-in-part-header", part(EXE.replace(CR, b"\r") + B64.replace(CR, b"\r") + NAME)),
        Trick(
            "cr-before-delimiter",
            TOP
            + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            + TEXT
            + b"\r--b\r"
            + attached()
            + b"--b--\r\n",
        ),
        Trick("cr-cr-lf", whole.replace(b"--b\r\n", b"--b\r\r\n")),
        Trick("lf-in-part-header", part((EXE + B64 + NAME).replace(CR, b"\n"))),
    ]


def stacked() -> list[Trick]:
    """Several of these at once."""
    inner = b"Content-Type: multipart/mixed; boundary=i; boundary=j\r\n"
    hidden = b"Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\r\n" + B64 + CR
    return [
        Trick(
            "twice-twice",
            TOP
            + b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n"
            + lines(TEXT, inner + CR + lines(attached(), mark=b"i")),
        ),
        Trick(
            "pieces-base64-chunks",
            TOP + hidden + b64(lines(TEXT, attached(b64(FILE[:999]) + b64(FILE[999:])), mark=b"bc")),
        ),
        Trick(
            "no-field-then-twice",
            TOP
            + b"no field\r\nContent-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n"
            + lines(TEXT, attached()),
        ),
        Trick(
            "junk-delimiter-odd-name",
            TOP
            + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            + TEXT
            + b"--b junk\r\n"
            + b"Content_Type: application/x-x\r\nContent_Transfer_Encoding: base64\r\n\r\n"
            + b64()
            + b"--b--\r\n",
        ),
        Trick(
            "missing-boundary-comment-encoding",
            TOP
            + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n"
            + TEXT
            + b"--b\r\n"
            + EXE
            + NAME
            + b"Content-Transfer-Encoding: (x) base64\r\n\r\n"
            + b64()
            + b"--b--\r\n",
        ),
        Trick(
            "message-in-preamble-of-message",
            TOP
            + many(
                TEXT,
                b"Content-Type: message/rfc822\r\n\r\n"
                + TOP
                + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n"
                + attached()
                + lines(TEXT, mark=b"c"),
            ),
            disputed=True,
        ),
    ]
