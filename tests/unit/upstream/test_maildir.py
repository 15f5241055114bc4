"""The embedded next hop: files on disk, names that cannot escape, and no half deliveries."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UpstreamBroken
from gateway.model import Address, Recipient
from gateway.upstream import maildir
from gateway.upstream.maildir import MaildirUpstream, folder_name
from tests.unit.upstream.fake import Text, envelope, session, to

PATH = b"Return-Path: <from@example.org>\r\n"
PREFIX = b"Received: x\r\n"


async def deliver(folder: Path, content: Text, recipients: list[Recipient], **more: object) -> int:
    transaction = MaildirUpstream("local", folder).begin(envelope())
    assert all(r.code == 250 for r in await transaction.rcpt(recipients))
    return (await transaction.send(PREFIX, content, **more)).code  # type: ignore[arg-type]


@pytest.mark.parametrize("chunks", [None, [b".a\r\n", b"b", b"\r\n"]])
async def test_every_recipient_has_the_bytes(tmp_path: Path, chunks: list[bytes] | None) -> None:
    body = b".a\r\nb\r\n"
    assert await deliver(tmp_path, Text(body, chunks=chunks), to("an", "binh", "AN")) == 250
    files = sorted(tmp_path.glob("*/new/*"))
    assert [f.parts[-3] for f in files] == ["an@tinh.example", "binh@tinh.example"]
    assert all(f.read_bytes() == PATH + PREFIX + body for f in files)
    assert files[0].stat().st_ino == files[1].stat().st_ino
    assert list(tmp_path.glob("*/tmp/*")) == []


@pytest.mark.parametrize("chunks", [None, [b"Forg", b"ed: 1\r\nA: b\r\n"]])
async def test_ranges_are_left_out(tmp_path: Path, chunks: list[bytes] | None) -> None:
    assert await deliver(tmp_path, Text(b"Forged: 1\r\nA: b\r\n", chunks=chunks), to("an"), skip=[(0, 11)]) == 250
    assert next(tmp_path.glob("*/new/*")).read_bytes() == PATH + PREFIX + b"A: b\r\n"


@pytest.mark.parametrize(
    "address", ["../../etc/passwd@x", "/etc/x@y", "..@..", ".", "..", "a/b@c", "a\0b@c", "", "~@x", "C:\\x@y"]
)
async def test_no_address_leaves_the_folder(tmp_path: Path, address: str) -> None:
    base = tmp_path / "base"
    assert await deliver(base, Text(b"x\r\n"), [Recipient(Address(address))]) == 250
    assert [p.name for p in tmp_path.iterdir()] == ["base"]
    assert len(list(base.glob("*/new/*"))) == 1


@given(st.text(max_size=400), st.text(max_size=400))
def test_names_are_safe_and_different(one: str, other: str) -> None:
    name = folder_name(one)
    assert name
    assert name not in (".", "..")
    assert not name.startswith(".")
    assert "/" not in name
    assert "\0" not in name
    assert len(os.fsencode(name)) <= 255
    assert (name == folder_name(other)) == (one.lower() == other.lower())


async def test_a_truncated_message_is_not_delivered(tmp_path: Path) -> None:
    assert await deliver(tmp_path, Text(b"abcdef", chunks=[b"abc"]), to("an")) == 451
    assert list(tmp_path.glob("*/new/*")) == []
    assert list(tmp_path.glob("*/tmp/*")) == []


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, 452), (errno.EDQUOT, 452), (errno.EIO, 451)])
async def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> None:
    def fsync(handle: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(maildir.os, "fsync", fsync)
    assert await deliver(tmp_path, Text(b"x\r\n"), to("an", "binh")) == code
    assert list(tmp_path.glob("*/new/*")) == []
    assert list(tmp_path.glob("*/tmp/*")) == []


async def test_all_recipients_or_none(tmp_path: Path) -> None:
    (tmp_path / "binh@tinh.example").write_text("in the way")
    assert await deliver(tmp_path, Text(b"x\r\n"), to("an", "binh")) == 451
    (tmp_path / "binh@tinh.example").unlink()
    (tmp_path / "binh@tinh.example" / "tmp").mkdir(parents=True)
    (tmp_path / "binh@tinh.example" / "cur").mkdir()
    (tmp_path / "binh@tinh.example" / "new").symlink_to("/nonexistent")
    assert await deliver(tmp_path, Text(b"x\r\n"), to("an", "binh")) == 451
    assert list(tmp_path.glob("an*/new/*")) == []


async def test_an_aborted_transaction_delivers_nothing(tmp_path: Path) -> None:
    transaction = MaildirUpstream("local", tmp_path).begin(envelope())
    await transaction.rcpt(to("an"))
    transaction.hold()
    transaction.abort()
    with pytest.raises(UpstreamBroken):
        await transaction.send(PREFIX, Text(b"x\r\n"))
    assert list(tmp_path.iterdir()) == []


async def test_health_and_capabilities(tmp_path: Path) -> None:
    upstream = MaildirUpstream("local", tmp_path / "a" / "b")
    await upstream.start()
    assert upstream.healthy
    assert upstream.capabilities.smtputf8
    assert not upstream.capabilities.dsn
    (tmp_path / "file").write_text("")
    assert await MaildirUpstream("local", tmp_path / "file" / "x").probe() is False
    assert (await upstream.login(session(), "PLAIN", None, None)).reply.code == 504  # type: ignore[arg-type]
    await upstream.close()
