"""What crosses the gateway becomes what waits for an answer, and what has it: never in a message's way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answering import Answering, _identifiers
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.errors import StartError
from gateway.lifecycle.answers import MOST_REFERENCES, Item
from gateway.model import Direction
from gateway.rules.compiled import Known
from gateway.who import Identity, Kind, Mailbox, Proof, Sender
from tests.support.changes import put_in_force
from tests.unit.rules.make import FakeMessage, envelope

UNIT, OTHER, PERSON = "pnv@tinh.example", "pyt@tinh.example", "an@tinh.example"
CITIZEN = "dan@khac.example"
SNAPSHOT = Snapshot(
    1,
    mailboxes=(
        Mailbox(PERSON, Kind.PERSONAL),
        Mailbox(UNIT, Kind.UNIT, aliases=("noivu@tinh.example",)),
        Mailbox(OTHER, Kind.UNIT),
    ),
)
PROVED = {who: Sender(Identity(who, "tinh.example", Proof.LOGIN)) for who in (UNIT, OTHER, PERSON)}


def settings(folder: Path, **answers: Any) -> Settings:
    return Settings.model_validate({"gateway": {"data_dir": folder, "domains": ["tinh.example"]}, "answers": answers})


@pytest.fixture
async def answering(tmp_path: Path) -> AsyncIterator[Answering]:
    made = Answering(
        settings(tmp_path),
        Database("sqlite:///congthu.db", tmp_path),
        Known(Directory.build(SNAPSHOT)),
        b"key",
        keeps=True,
    )
    await made.start()
    yield made
    await made.close()


def mail(number: object, **fields: str) -> FakeMessage:
    named = {name.replace("_", "-").lower(): value.encode() for name, value in fields.items()}
    return FakeMessage(fields={"message-id": f" <{number}@khac.example>".encode(), **named})


def comes(answering: Answering, number: object, *to: str, sender: str = CITIZEN, **fields: str) -> None:
    answering.note(envelope(sender, *(to or (UNIT,))), mail(number, **fields), Sender())


def answers(answering: Answering, number: object, by: str = UNIT, **fields: str) -> None:
    there = envelope(by, CITIZEN, direction=Direction.SUBMISSION, user=by)
    named = fields or {"in_reply_to": f"<{number}@khac.example>"}
    answering.note(there, mail(f"r{number}", **named), PROVED[by])


async def kept(answering: Answering) -> list[Item]:
    await answering.close()
    return answering.table.items("", 0, time.time() + 1)


async def test_a_message_and_its_answer(answering: Answering) -> None:
    comes(answering, 1, "NoiVu@tinh.example", "pnv+x@tinh.example", PERSON)
    comes(answering, 2, PERSON)
    comes(answering, 3, OTHER)
    answers(answering, 1, PERSON)
    answers(answering, 3, OTHER, references="<0@khac.example>\r\n <3@khac.example>")
    found = [(one.mailbox, one.answered is not None, one.by) for one in await kept(answering)]
    assert found == [(UNIT, True, PERSON), (OTHER, True, OTHER)]


async def test_what_passes_twice_counts_once(answering: Answering) -> None:
    for _ in range(3):
        comes(answering, 1)
    assert len(await kept(answering)) == 1


async def test_programs_do_not_count(answering: Answering) -> None:
    comes(answering, 1, list_id="<a.b>")
    comes(answering, 2, sender="")
    comes(answering, 3, auto_submitted="auto-replied")
    comes(answering, 4)
    answers(answering, 4, in_reply_to="<4@khac.example>", auto_submitted="auto-replied")
    [one] = await kept(answering)
    assert one.answered is None


async def test_nobody_answers_for_us_without_proof(answering: Answering) -> None:
    comes(answering, 1)
    forged = envelope(UNIT, CITIZEN)
    answering.note(forged, mail("r1", in_reply_to="<1@khac.example>"), Sender())
    stranger = envelope(UNIT, CITIZEN, direction=Direction.PROXY_FILTER, trusted=True, stranger=True)
    answering.note(stranger, mail("r2", in_reply_to="<1@khac.example>"), Sender())
    [one] = await kept(answering)
    assert one.answered is None


async def test_the_mail_servers_own_word_is_enough(answering: Answering) -> None:
    comes(answering, 1)
    relayed = envelope(UNIT, CITIZEN, direction=Direction.OUTBOUND, trusted=True)
    answering.note(relayed, mail("r1", in_reply_to="<1@khac.example>"), Sender())
    [one] = await kept(answering)
    assert one.by == UNIT


async def test_switched_off_nothing_is_noted(answering: Answering, tmp_path: Path) -> None:
    await put_in_force(answering, settings(tmp_path, watch=False))
    comes(answering, 1)
    assert await kept(answering) == []


async def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    database = Database("sqlite:///congthu.db", tmp_path)
    made = Answering(settings(tmp_path, keep=30), database, Known(), b"", keeps=True)
    made.table.prepare()
    now = time.time()
    made.table.add([Item(UNIT, "old", now - 31 * 86400), Item(UNIT, "new", now - 29 * 86400)])
    await made.start()
    for _ in range(500):
        if len(made.table.items("", 0, now)) == 1:
            break
        await asyncio.sleep(0.01)
    await made.close()
    assert len(made.table.items("", 0, now)) == 1


async def test_a_file_that_cannot_be_had_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").mkdir()
    made = Answering(settings(tmp_path), Database("sqlite:///congthu.db", tmp_path), Known(), b"")
    with pytest.raises(StartError, match="data_dir"):
        await made.start()


async def test_a_server_that_is_away_is_waited_for(tmp_path: Path) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    made = Answering(settings(tmp_path), away, Known(Directory.build(SNAPSHOT)), b"")
    await made.start()
    comes(made, 1)
    await made._batches.close(0.3)
    assert (made._batches.written, made._batches.dropped) == (0, 1)


@given(st.binary(max_size=400))
def test_identifiers_of_anything(value: bytes) -> None:
    found = _identifiers(FakeMessage(fields={"references": value}), "References")
    assert len(found) <= MOST_REFERENCES
    assert all(0 < len(one) <= 1000 for one in found)


def test_a_long_thread_is_read_at_its_end_only() -> None:
    value = b" ".join(b"<%d@khac.example>" % number for number in range(200_000)) + b"<" * 50_000 + b" <last@x>"
    found = _identifiers(FakeMessage(fields={"references": value}), "References")
    assert found[-1] == "<last@x>"
    assert len(found) <= MOST_REFERENCES
