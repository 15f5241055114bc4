"""What the rules are told when a look cannot be had: never that all is well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.contents import NOTHING, READINGS_LATER, Why
from gateway.looks import Looks, Tools
from gateway.message.result import SpooledMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.spool import SpoolPool
from gateway.model import Direction, Envelope, Session
from gateway.rules.listed import Need
from tests.support.mime import PROGRAM, attached, zipped
from tests.support.ports import HOST, free_port

PLAIN = b"From: a@b.example\r\n\r\nXin chao\r\n"
ODD = attached(("a.dat", PROGRAM)).replace(
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64"
)
ALL = frozenset(Need) - {Need.SPAM}
NO_WORKERS = {"document_workers": {"count": 0}}


@asynccontextmanager
async def tools(**tables: Any) -> AsyncIterator[Tools]:
    made = Tools()
    await made.apply(Settings.model_validate(tables), waits=frozenset({Need.MALWARE, Need.SPAM}))
    try:
        yield made
    finally:
        await made.close()


def received(folder: Path, content: bytes) -> SpooledMessage:
    spool = SpoolPool(folder, 2**30, 2**30, 2**30).new()
    spool.feed(content)
    scanner = Scanner(sniff=Sniffer())
    scanner.feed(content)
    return SpooledMessage(spool, scanner.finish())


async def test_ordinary_mail_needs_no_look(tmp_path: Path) -> None:
    async with tools() as made:
        looks = Looks({Need.FILES}, made)
        for content in (PLAIN, attached(("anh.txt", b"mot hai ba"))):
            assert not looks.wanted(received(tmp_path, content).scan)
        assert looks.wanted(received(tmp_path, attached(("a.zip", zipped({"b": b"c"})))).scan)
        assert looks.wanted(received(tmp_path, ODD).scan)
        assert not Looks((), made).wanted(received(tmp_path, attached(("a.zip", zipped({"b": b"c"})))).scan)
        assert Looks((), made).wanted(received(tmp_path, ODD).scan), "the cap needs every reading, too"
        assert made.inspector.running == 0


async def test_bytes_of_no_known_kind_need_no_process(tmp_path: Path) -> None:
    noise = bytes([0, 1, 2, 3, 200, 201]) * 99
    async with tools(document_workers={"count": 1}) as made:
        looks = Looks({Need.FILES, Need.CHARSET, Need.MARKING, Need.DIACRITICS}, made)
        content = received(tmp_path, attached(("du_lieu.dat", noise)))
        assert looks.wanted(content.scan)
        assert await looks.look(content, content.scan) == NOTHING
        assert made.inspector.running == 0
        content = received(tmp_path, attached(("du_lieu.dat", noise + zipped({"b.js": b"c"}))))
        seen = await looks.look(content, content.scan)
        assert "b.js" in {file.names[-1] for file in seen.files}
        assert made.inspector.running == 1


async def test_a_program_in_another_reading_is_seen(tmp_path: Path) -> None:
    content = received(tmp_path, ODD)
    assert [a.reading for a in content.scan.attachments] == [""]
    before = content.scan.attachment_bytes
    async with tools(document_workers={"count": 1}) as made:
        seen = await Looks({Need.FILES}, made).look(content, content.scan)
    assert "application/x-dosexec" in {file.kind for file in seen.files}
    assert content.scan.attachment_bytes >= before
    assert len(content.scan.attachments) == 1, "one range of bytes is one attachment in whatever reading"
    assert content.scan.defects


async def test_where_nobody_can_look_the_rules_hear_of_it(tmp_path: Path) -> None:
    async with tools(**NO_WORKERS) as made:
        content = received(tmp_path, ODD)
        await Looks({Need.FILES}, made).look(content, content.scan)
        assert content.scan.disputes == (), "whoever configures no processes knows what is not seen"
        content = received(tmp_path, attached(("a.zip", zipped({"b": b"c"}))))
        seen = await Looks({Need.FILES}, made).look(content, content.scan)
        assert [(one.names, one.reason) for one in seen.unchecked] == [(("a.zip",), Why.OFF)]
        assert content.scan.disputes == ()


async def test_where_nobody_came_to_look_it_is_temporary(tmp_path: Path) -> None:
    async with tools() as made:
        await made.inspector.close()
        content = received(tmp_path, ODD)
        seen = await Looks({Need.FILES}, made).look(content, content.scan)
        assert READINGS_LATER in {dispute.name for dispute in content.scan.disputes}
        assert {one.reason for one in seen.unchecked} == {Why.UNAVAILABLE}


async def test_a_silent_scanner_and_one_that_was_taken_out_of_the_configuration(tmp_path: Path) -> None:
    content = received(tmp_path, PLAIN)
    address = f"{HOST}:{free_port()}"
    async with tools(clamd={"address": address}, **NO_WORKERS) as made:
        looks = Looks(ALL, made)
        assert looks.wanted(content.scan)
        seen = await looks.look(content, content.scan)
        assert (seen.malware, seen.malware_failed, seen.threats) == ("ClamAV", "down", ())
        assert address in made.missing
        await made.apply(Settings.model_validate(NO_WORKERS))
        assert made.missing == ""
        seen = await looks.look(content, content.scan)
        assert seen.malware_failed == "down", "rules that count on a scanner must not hear that it found nothing"
        assert await Looks({Need.FILES}, made).look(content, content.scan) == NOTHING


async def test_a_silent_spam_filter_and_one_that_was_taken_out_of_the_configuration(tmp_path: Path) -> None:
    content = received(tmp_path, PLAIN)
    url = f"http://{HOST}:{free_port()}"
    about = Envelope(Session("s", "l", Direction.INBOUND, "192.0.2.7", 1))
    async with tools(rspamd={"url": url}, **NO_WORKERS) as made:
        looks = Looks({Need.SPAM}, made)
        assert looks.wanted(content.scan)
        assert made.unfiltered == ""
        seen = await looks.look(content, content.scan, envelope=about)
        assert (seen.spam, seen.spam_failed) == (None, "down")
        assert url in made.unfiltered
        assert made.missing == "", "the scanner has nothing to do with it"
        assert made._settings is not None
        await made.apply(made._settings, waits=frozenset({Need.MALWARE}))
        assert made.unfiltered == "", "no mail waits for it"
        seen = await looks.look(content, content.scan)
        assert seen.spam_failed, "rules that count on a filter must not hear that it said nothing"
        await made.apply(Settings.model_validate(NO_WORKERS))
        assert (made.unfiltered, made.rspamd) == ("", None)
        assert (await looks.look(content, content.scan, envelope=about)).spam_failed == "down"
        assert await Looks({Need.FILES}, made).look(content, content.scan, envelope=about) is NOTHING


async def test_the_filters_password_is_the_files_first_line(tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.readexactly(len(PLAIN))
        body = b'{"score":6.5,"required_score":15,"action":"add header"}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    secret, content = tmp_path / "password", received(tmp_path, PLAIN)
    about = Envelope(Session("s", "l", Direction.INBOUND, "192.0.2.7", 1))
    server = await asyncio.start_unix_server(answers, tmp_path / "filter.sock")
    secret.write_text("bí mật\nkhông phải\n")
    for file in (secret, tmp_path / "none"):
        rspamd = {"url": f"unix:{tmp_path}/filter.sock", "password_file": str(file)}
        async with tools(rspamd=rspamd, **NO_WORKERS) as made:
            seen = await Looks({Need.SPAM}, made).look(content, content.scan, envelope=about)
            assert seen.spam is not None
            assert seen.spam.score == 6.5
    server.close()
    assert "Password: bí mật\r\n".encode() in heads[0]
    assert b"Password" not in heads[1], "a file that is gone keeps no mail back"


async def test_a_reload_keeps_what_did_not_change() -> None:
    async with tools(**NO_WORKERS) as made:
        before = made.inspector
        await made.apply(Settings.model_validate({**NO_WORKERS, "clamd": {"address": "unix:/x"}}))
        assert made.inspector is before
        await made.apply(Settings.model_validate({"document_workers": {"count": 0, "queue": 3}}))
        assert made.inspector is not before
        assert made.clamd is None


async def test_what_a_reload_replaced_ends_with_the_rest() -> None:
    made = Tools()
    await made.apply(Settings.model_validate({"document_workers": {"count": 1}}))
    old = made.inspector
    await old.start()
    while not old.running:
        await asyncio.sleep(0.01)
    await made.apply(Settings.model_validate(NO_WORKERS))
    await made.close()  # before the task that waits to end it has run
    assert old.running == 0


LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
WORDS = {Need.CHARSET, Need.MARKING}


def written(text: str) -> bytes:
    head = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return head + text.encode() + b"\r\n"


async def test_short_texts_are_read_at_once(tmp_path: Path) -> None:
    async with tools() as made:
        content = received(tmp_path, written(f"{LEGACY}\r\n\r\nTỐI MẬT"))
        seen = await Looks(WORDS, made).look(content, content.scan)
        assert [text.family for text in seen.words.legacy] == ["tcvn3"]
        assert [marking.level for marking in seen.words.markings] == ["tối mật"]
        assert (seen.words_failed, made.inspector.running) == ("", 0)
        content = received(tmp_path, PLAIN)
        assert await Looks(WORDS, made).look(content, content.scan) is NOTHING


async def test_long_texts_and_documents_are_read_elsewhere(tmp_path: Path) -> None:
    async with tools() as made:
        long = received(tmp_path, written("Kính gửi các đơn vị.\r\n" * 6000 + LEGACY))
        table = received(tmp_path, attached(("danhsach.csv", f"1,{LEGACY}\n".encode())))
        for content in (long, table):
            seen = await Looks(WORDS, made).look(content, content.scan)
            assert [text.family for text in seen.words.legacy] == ["tcvn3"]
            assert made.inspector.running


async def test_texts_that_nobody_can_read_are_named_once(tmp_path: Path) -> None:
    async with tools(**NO_WORKERS) as made:
        content = received(tmp_path, written("Kính gửi các đơn vị.\r\n" * 6000))
        seen = await Looks(WORDS, made).look(content, content.scan)
        assert [one.reason for one in seen.unchecked] == [Why.OFF]
        assert seen.words_failed == ""


async def test_a_bug_in_reading_is_told_to_the_rules_that_need_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gateway.looks.read_inline", broken)
    async with tools() as made:
        content = received(tmp_path, PLAIN)
        assert (await Looks(WORDS, made).look(content, content.scan)).words_failed == "bug"
