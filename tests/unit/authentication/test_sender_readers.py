"""Where From is undisputed, every other reader sees its one address: those of Python's library, and those of clients.

The invariant: whatever a stranger writes, a reader that shows another address than the author's means a dispute.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import re
import unicodedata
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gateway.authentication.sender import read_sender

OFFICE, EVIL = "q4@tphcm.example", "ke@gian.example"
_SEEN = re.compile(r"[^\s<>(),;:\"\\]+@[^\s<>(),;:\"\\@]+\.[^\s<>(),;:\"\\@]+")
_ANGLE = re.compile(r"<([^<>]*)>")
# What a reader may leave beside an address without showing another one; last a no-break space, as some decode it.
AROUND = " \t\r\n'\".()[]<>,;:\\\xa0\ufffd"
# Nobody sees these, and they come along with a pasted address: with them in it, it shows the same one.
UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))
_COMMENT = re.compile(r"\([^()]*\)")


def octets_read(text: str) -> str:
    """With the octets that Python's library could not read, read as clients do."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def decoded(text: str) -> str:
    """As a client shows it."""
    with contextlib.suppress(Exception):
        return str(make_header(decode_header(text)))
    return text


def shown(value: str) -> Iterator[str]:
    """Every address that one of these readers takes out of a field."""
    value = octets_read(value)
    grammar = {value, decoded(value), decoded(decoded(value))}
    for text in {*grammar, value.replace('"', ""), value.replace("\\", "")}:
        for form in (text, unicodedata.normalize("NFKC", text), _COMMENT.sub("", text)):
            yield from _SEEN.findall(form)  # the first, the last, any
            yield from _ANGLE.findall(form)
            if text in grammar:  # who drops the quotes looks for addresses, and does not parse
                with contextlib.suppress(Exception):
                    yield from (address for _, address in getaddresses([form]))


def readers(header: bytes) -> Iterator[str]:
    """The same out of a whole message, by From fields as several parsers find them."""
    for policy in (email.policy.compat32, email.policy.default, email.policy.HTTP):
        with contextlib.suppress(Exception):
            message = email.message_from_bytes(header + b"\r\nbody\r\n", policy=policy)
            for value in message.get_all("From") or ():
                yield from shown(str(value))
                with contextlib.suppress(Exception):
                    yield from (address.addr_spec for address in value.addresses)
    for line in re.split(rb"\r\n(?![ \t])|(?<!\r)\n|\r(?!\n)|\0", header):
        name, colon, value = line.partition(b":")
        if colon and name.strip(b" \t\0\xa0\xef\xbb\xbf").lower() == b"from":
            yield from shown(re.sub(rb"\r?\n", b"", value).decode("utf-8", "replace"))


def parts(shown_as_one: str) -> list[str]:
    """Words and an address behind them are read as words and an address, whatever a parser calls them."""
    return _SEEN.findall(shown_as_one) or [shown_as_one]


def agree(header: bytes) -> None:
    fields = read_sender(header, b"\r\nbody\r\n")
    if not fields.disputes:
        (author,) = fields.author
        seen = {part.strip(AROUND) for one in readers(header) for part in parts(octets_read(one).translate(UNSEEN))}
        others = {one for one in seen if "@" in one and "." in one.rpartition("@")[2]}
        assert {other.lower() for other in others} <= {author.address.lower()}, header


PIECES = st.sampled_from(
    [
        *(
            OFFICE,
            EVIL,
            OFFICE,
            EVIL,
            f"<{OFFICE}>",
            f" <{EVIL}>",
            "q4",
            "tphcm.example",
            "@",
            "＠",
            "﹫",
            ".",
            "Văn phòng",
        ),
        *("<", ">", "<", ">", ",", ";", ":", '"', '"', "\\", "(", ")", " ", "\t", "\r\n ", "\r\n\t", "\r", "\n", "\0"),
        *("=?utf-8?Q?", "=?utf-8?B?", "=?us-ascii?q?", "?=", "=40", "=3C", "=22", "cTRAdHBoY20uZXhhbXBsZQ==", "_", "="),
        *("=?utf-8?B?cTRAdHBoY20uZXhhbXBsZQ==?=", "=?utf-8?Q?V=C4=83n?=", "\u202e", "\u200b", "\xa0", "[", "]", "a:"),
    ]
)
VALUES = st.lists(PIECES, min_size=1, max_size=9).map("".join)
NAMES = st.sampled_from(["From", "From", "From", "from", "FROM", "From ", " From", "\0From", "Sender", "X", "Subject"])
ENDS = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n \r\n", "\0"])
LINES = st.lists(st.builds("{}: {}{}".format, NAMES, VALUES, ENDS), min_size=1, max_size=3).map("".join)


@given(VALUES)
@example(f'"{EVIL}" <{OFFICE}>')
@settings(max_examples=150, deadline=None)
def test_readers_of_one_from_agree_or_it_is_disputed(value: str) -> None:
    agree(f"From: {value}\r\n".encode())


@given(VALUES, VALUES)
@example(f"{OFFICE}\u200b", "")
@example(f"{OFFICE}）|（", "")
@example(f"x；{OFFICE}", "")
@example(f"{OFFICE} (/[{OFFICE}]", "")
@example(f"{OFFICE}\u200b.gian.example", f"\u200b.gian.example <{EVIL}>")
@settings(max_examples=150, deadline=None)
def test_a_name_around_a_good_address(name: str, end: str) -> None:
    agree(f"From: {name} <{OFFICE}>\r\n".encode())
    agree(f'From: "{name}" <{OFFICE}>\r\n'.encode())
    agree(f"From: {name}<{OFFICE}>{end}\r\n".encode())


@given(LINES)
@settings(max_examples=150, deadline=None)
def test_readers_of_a_header_agree_or_it_is_disputed(header: str) -> None:
    agree(header.encode("utf-8", "surrogatepass"))


WRITTEN = st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậ ABĐ.,;:'\"()[]-_&/+?=!~#0123456789"), max_size=60
)


@given(WRITTEN)
@settings(max_examples=150, deadline=None)
def test_whatever_name_python_s_library_writes_is_undisputed(name: str) -> None:
    assume("=?" not in name)
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = Address(name, "q4", "tphcm.example")
    header = bytes(message).partition(b"\r\n\r\n")[0] + b"\r\n"
    fields = read_sender(header, b"\r\n")
    assert fields.disputes == (), header
    (author,) = fields.author
    assert author.address == OFFICE
    assert "".join(author.name.split()) == "".join(unicodedata.normalize("NFC", name).split()), header
