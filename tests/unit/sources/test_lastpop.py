"""Cyrus' lastpop over IMAP, from a server that answers as Cyrus does and from others."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Evidence, Failure, Source, Strength
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Account, Asking, Server, Target
from gateway.sources.lastpop import ENTRY, LastPop, date, value
from tests.support.imap import CLOSE, STALL, FakeImap

AT = 1_795_366_932.0
IN = {"AUTHENTICATE": b"TAG OK [CAPABILITY IMAP4rev1 METADATA] in\r\n"}
SAID = "22-Nov-2026 17:02:12 +0000"


def metadata(text: str) -> dict[str, bytes]:
    return {**IN, "GETMETADATA": f"* METADATA INBOX ({ENTRY} {text})\r\nTAG OK done\r\n".encode()}


async def asked(answers: dict[str, bytes], pieces: int = 0) -> tuple[Evidence | None, FakeImap]:
    async with FakeImap(answers, pieces=pieces) as fake:
        server = Server("127.0.0.1", fake.port, "loopback")
        reader = LastPop(server, Account("cyrus", "x"), Asking(timeout=2.0), clock=lambda: AT + 1000)
        return await reader.read(Target("an@tinh.example")), fake


@pytest.mark.parametrize("pieces", [0, 1])
async def test_a_date(pieces: int) -> None:
    one, fake = await asked(metadata(f'"{SAID}"'), pieces)
    assert one is not None
    assert (one.source, one.strength, one.not_before, one.not_after) == (
        Source.LASTPOP,
        Strength.EXACT,
        AT - 60,
        AT + 60,
    )
    assert fake.names == ["AUTHENTICATE", "GETMETADATA", "LOGOUT"]  # nothing that leaves a trace


async def test_as_a_literal() -> None:
    one, _ = await asked(metadata(f"{{{len(SAID)}}}\r\n{SAID}"))
    assert one is not None and one.not_before == AT - 60


@pytest.mark.parametrize(
    "answers",
    [metadata("NIL"), {**IN, "GETMETADATA": b"TAG OK done\r\n"}, {**IN, "GETMETADATA": b"TAG NO what\r\n"}, {}],
    ids=["nil", "silent", "refused", "not-cyrus"],
)
async def test_none(answers: dict[str, bytes]) -> None:
    assert (await asked(answers))[0] is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (STALL, Failure.TIMEOUT),
        (CLOSE, Failure.CLOSED),
        (b"* BYE\r\n", Failure.BYE),
        (f'* METADATA INBOX ({ENTRY} "hom qua")\r\nTAG OK x\r\n'.encode(), Failure.GARBAGE),
        (f'* METADATA INBOX ({ENTRY} "99-Nov-2026 17:02:12 +0000")\r\nTAG OK x\r\n'.encode(), Failure.GARBAGE),
    ],
)
async def test_faults(answer: bytes, kind: Failure) -> None:
    with pytest.raises(PollFailed) as caught:
        async with asyncio.timeout(60):
            await asked({**IN, "GETMETADATA": answer})
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    "said",
    [SAID, "22-Nov-2026 17:02:12 -0000", "23-Nov-2026 00:02:12 +0700", "Mon, 23 Nov 2026 00:02:12 +0700"],
)
def test_dates(said: str) -> None:
    assert date(said) == AT


def test_a_day_of_one_digit() -> None:
    assert date(" 2-Nov-2026 17:02:12 +0000") == date("2-Nov-2026 17:02:12 +0000") == AT - 20 * 86400


@given(st.lists(st.binary(max_size=60) | st.binary(max_size=60).map(bytearray), min_size=1, max_size=3))
def test_anything(parts: list[bytes | bytearray]) -> None:
    for more in (parts, [f"x ({ENTRY} ".encode() + bytes(parts[0])]):
        try:
            value(more)
        except (ValueError, OverflowError) as error:
            assert str(error)
