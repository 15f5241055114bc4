"""libmagic: found without the system's library, its shortcuts agree with it, threads do not disturb one another."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.sniff import Sniffer, _narrowed, price

_SNIFFER = Sniffer()
_HEADS = {
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n": "application/pdf",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0": "image/png",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0": "image/jpeg",
    b"\xff\xd8\xff\xe1\x24\xf2Exif\0\0MM\0*": "image/jpeg",
    b"\xff\xd8\xff\xdb\0C\0": "image/jpeg",
    b"GIF89a\x10\0\x10\0\x80\0\0": "image/gif",
}


@pytest.mark.parametrize("head", _HEADS, ids=lambda head: _HEADS[head])
def test_shortcuts_say_what_libmagic_says(head: bytes) -> None:
    sniffer = Sniffer()
    assert sniffer(head) == sniffer._ask(head) == _HEADS[head]


@given(
    head=st.sampled_from(list(_HEADS)),
    tail=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [b"PK\x03\x04", b"MZ", b"\x7fELF", b"<html>", b"#!/bin/sh\n", bytes(40), b"%!PS", b"CD001", b"\r\n"]
            ),
        ),
        max_size=12,
    ),
)
@settings(max_examples=150, deadline=None)
def test_shortcuts_hold_whatever_follows(head: bytes, tail: list[bytes]) -> None:
    data = (head + b"".join(tail))[:2048]
    assert _SNIFFER(data) == _SNIFFER._ask(data)


def test_by_content_and_not_by_name() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    sniffer = Sniffer()
    assert sniffer(b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0").startswith("application/")
    assert sniffer(packed.getvalue()[:2048]) in (
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    assert sniffer(b"Xin chao\n") == "text/plain"
    assert sniffer(b"") == ""
    assert sniffer(bytes(2048)) == "application/octet-stream"


_TEXTS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


@pytest.mark.parametrize("charset", _TEXTS)
@pytest.mark.parametrize("blanks", ["\n", " ", "\t", "\r\n", " \t\r\n\v\f", " \n"])
def test_long_runs_of_blanks_cost_nothing(blanks: str, charset: str) -> None:
    """libmagic would take the square of their length: what it is given has none."""
    head = ("a" + blanks * 2048).encode(charset)[:2048]
    assert price(head) == 5
    assert len(_narrowed(head)) < 60
    assert _SNIFFER(head) == "text/plain"


@pytest.mark.parametrize(
    "text", ["<html>\n" + " " * 40 + "<body>", " " * 100 + "<?xml version='1.0'?>", "#!/bin/sh\n" + "\n" * 90 + "ls\n",
             "From: a@b.example\nTo: c@d.example\n" + "\n" * 30, "<?php\n" + "\t" * 20 + "echo 1;\n",
             "@echo off\r\n" * 9 + " " * 70]
)  # fmt: skip
def test_what_is_left_of_a_text_has_the_same_type(text: str) -> None:
    head = text.encode()
    assert _SNIFFER._module.from_buffer(head, mime=True) == _SNIFFER(head)


def test_prices() -> None:
    assert [price(head) for head in (b"", *_HEADS)] == [0] * (1 + len(_HEADS))
    assert [price(head) for head in (b"PK\x03\x04\x14\0\6\0", bytes(2048))] == [1, 1]
    assert [price(head) for head in (b"xin chao", b"\xff\xfea\0", b"PK\x03\x04" * 9)] == [5, 5, 5]


def test_threads() -> None:
    sniffer = Sniffer()
    heads = [b"Xin chao\n", b"PK\x03\x04" + bytes(60), bytes(100)] * 100
    alone = [sniffer(head) for head in heads]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(sniffer, heads)) == alone


def test_without_libmagic_one_line_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['magic'] = None\n"
        "from gateway.errors import StartError\nfrom gateway.message.sniff import Sniffer\n"
        "try:\n    Sniffer()\nexcept StartError as error:\n    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.count("\n") == 1 and "pip install pylibmagic" in said


@pytest.mark.parametrize("start", [b"\xeb\x7f", b"\xe9\x12", b"\xeb\x3c\x90"])
def test_a_jump_alone_makes_no_program(start: bytes) -> None:
    """One in a hundred files of unknown bytes begins so; refusing them would be a lottery."""
    body = bytes(range(256)) * 7
    assert Sniffer()(start + body[::-1]) != "application/x-dosexec"
    assert Sniffer()(start + body) != "application/x-dosexec"
