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

from gateway.message.sniff import Sniffer

_SNIFFER = Sniffer()
_HEADS = {
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n": "application/pdf",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0": "image/png",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0": "image/jpeg",
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
