"""The client against a real rspamd: what it says, what it is told, and every way in which it is gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from gateway.contents import Spam
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.spam.rspamd import Answer
from gateway.spam.rspamd import Rspamd as Client
from tests.support.ports import HOST, free_port
from tests.support.processes import signal_each
from tests.support.rspamd import GTUBE, PASSWORD, Rspamd

pytestmark = pytest.mark.service("rspamd")


@pytest.fixture(scope="module")
def daemon() -> Iterator[Rspamd]:
    with Rspamd(maximum=4 * 2**20) as made:
        yield made


def client(url: str, *, connections: int = 4, timeout: float = 60.0, password: str = "") -> Client:
    return Client(url, connections=connections, timeout=timeout, max_size=32 * 2**20, password=password)


def message(subject: str = "Moi hop", body: bytes = b"Kinh gui quy co quan\r\n", message_id: bytes = b"a@b") -> bytes:
    head = f"From: ai@khac.example\r\nTo: bo@tinh.example\r\nSubject: {subject}\r\n"
    return head.encode() + b"Message-ID: <" + message_id + b">\r\n\r\n" + body


def envelope(direction: Direction = Direction.INBOUND, sender: str = "ai@khac.example", *to: str) -> Envelope:
    session = Session("s", "l", direction, "203.0.113.9", 4000, client_name="mx.khac.example", helo="mx.khac.example")
    return Envelope(session, Address(sender), [Recipient(Address(text)) for text in to or ("bo@tinh.example",)])


def pieces(content: bytes, size: int = 65536) -> Callable[[], AsyncIterator[bytes]]:
    async def each() -> AsyncIterator[bytes]:
        for at in range(0, len(content), size):
            yield content[at : at + size]

    return each


async def ask(made: Client, content: bytes, about: Envelope | None = None, reference: str = "ref") -> Answer:
    return await made.check(pieces(content), len(content), about or envelope(), reference)


def names(answer: Answer) -> list[str]:
    assert answer.spam is not None, answer
    return [name for name, _ in answer.spam.symbols]


@pytest.mark.parametrize("over", ["url", "socket"])
async def test_what_it_says(daemon: Rspamd, over: str) -> None:
    made = client(getattr(daemon, over))
    assert await ask(made, message()) == Answer(Spam(0.2, 15.0, "no action", (("CONGTHU_RAW", 0.2),)))
    offer = await ask(made, message("MUA NGAY"))
    assert offer == Answer(Spam(8.2, 15.0, "add header", (("CONGTHU_OFFER", 8.0), ("CONGTHU_RAW", 0.2))))
    gtube = await ask(made, message(body=GTUBE + b"\r\n"))
    assert gtube.spam is not None
    assert (gtube.spam.action, names(gtube)) == ("reject", ["GTUBE"])
    forced = await ask(made, message("CAM"))
    assert forced.spam is not None
    assert forced.spam.action == "reject"
    later = await ask(made, message("SAU NHE"))
    assert later.spam is not None
    assert (later.spam.action, later.spam.score < 6) == ("soft reject", True)
    assert made.healthy
    await made.close()


async def test_what_it_is_told(daemon: Rspamd) -> None:
    made = client(daemon.url)
    about = envelope(Direction.OUTBOUND, "ai@khac.example", "bo@tinh.example", '"hai ba"@tinh.example')
    about.session.user = "ai"
    assert (await ask(made, message(), about, "REF-1")).spam
    line = await asyncio.to_thread(daemon.logged, "REF-1")
    assert "qid: <REF-1>, ip: 203.0.113.9, user: ai" in line
    assert "rcpts: <bo@tinh.example,hai ba@tinh.example>" in line
    await made.close()


async def test_its_settings_may_go_by_the_listeners_direction(daemon: Rspamd) -> None:
    made = client(daemon.url)
    (arriving, leaving) = [
        await ask(made, message(), envelope(direction)) for direction in (Direction.INBOUND, Direction.SUBMISSION)
    ]
    assert arriving.spam is not None
    assert leaving.spam is not None
    assert (arriving.spam.required, leaving.spam.required) == (15.0, 7.0)
    await made.close()


async def test_an_envelope_adds_no_fields_and_is_never_too_long(daemon: Rspamd) -> None:
    made = client(daemon.url)
    hostile = envelope(Direction.INBOUND, "a@b\r\nUser: admin", *[f"{'ư' * 300}{n}@tinh.example" for n in range(1000)])
    hostile.session.helo = "x\r\nMTA-Tag: congthu-submission\r\nx: \ud800"
    hostile.session.client_name, hostile.session.user = "\0" * 9999, "\u2028\x85"
    hostile.session.client_address = "unknown"
    answer = await ask(made, message(), hostile, "REF-2")
    assert answer.spam is not None
    assert answer.spam.required == 15.0, "the settings of another listener"
    line = await asyncio.to_thread(daemon.logged, "qid: <REF-2>")
    assert "user: admin" not in line
    assert (await ask(made, message(), envelope(Direction.INBOUND, ""))).spam, "the null reverse-path"
    assert (await made.check(pieces(message()), len(message()), Envelope(hostile.session))).spam, "and nobody"
    await made.close()


@pytest.mark.parametrize(
    "content",
    [
        message(message_id=b"\xff\xfe\xc0\xed\xa0\x80@b"),
        message(message_id=b'\\u0000"},"score":-9,{"@b'),
        message("=?utf-8?B?//79?= \x01 \ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
        message(body=b"".join(b'<a href="http://%s.%d.example/">\r\n' % (b"a" * 60, n) for n in range(20_000))),
        b"\0" * 5000,
        b"",
    ],
)
async def test_no_message_spoils_its_own_answer(daemon: Rspamd, content: bytes) -> None:
    """What a stranger writes stands in rspamd's reply: it may neither break it nor make it too long to be read."""
    made = client(daemon.socket)
    answer = await ask(made, content)
    assert answer.spam is not None, answer
    assert -1 < answer.spam.score < 6
    await made.close()


async def test_more_than_it_takes_and_more_than_is_asked_about(daemon: Rspamd) -> None:
    made = client(daemon.url)
    assert await ask(made, bytes(5 * 2**20)) == Answer(failed="error"), "it ends the connection without a word"
    assert made.healthy, "one message that it does not take says nothing of the next"
    assert await made.check(pieces(b""), 33 * 2**20, envelope()) == Answer(failed="size")
    assert (await ask(made, message("MUA NGAY"))).spam
    await made.close()


async def test_many_at_once_keep_their_answers(daemon: Rspamd) -> None:
    made = client(daemon.socket)
    asked = (ask(made, message("KHUYEN MAI" if n % 2 else "Moi hop", b"x" * 100 * n)) for n in range(60))
    answers = await asyncio.gather(*asked)
    assert ["CONGTHU_SALE" in names(answer) for answer in answers] == [bool(n % 2) for n in range(60)]
    await made.close()


async def test_a_controller_wants_a_password(daemon: Rspamd) -> None:
    for password, failed in (("", "error"), ("sai", "error"), (PASSWORD, "")):
        made = client(daemon.controller, password=password)
        assert (await ask(made, message())).failed == failed
        await made.close()


async def test_one_that_stops_in_the_middle_and_goes_on(daemon: Rspamd) -> None:
    """A process that stands still costs each message its time, and nothing is left behind when it goes on."""
    made = client(daemon.url, timeout=1.0)
    workers = daemon.daemon.family()
    signal_each(workers, signal.SIGSTOP)
    try:
        assert await asyncio.gather(ask(made, message()), ask(made, message())) == [Answer(failed="time")] * 2
        assert not made.healthy
        assert not await made.ping()
    finally:
        signal_each(workers, signal.SIGCONT)
    async with asyncio.timeout(60):
        while not await made.ping():
            await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        while (await ask(made, message())).failed:
            await asyncio.sleep(0.1)
    await made.close()


async def test_gone_and_back() -> None:
    with Rspamd() as daemon:
        for url in (daemon.url, daemon.socket):
            made = client(url)
            assert (await ask(made, message())).spam
            daemon.stop()
            assert await ask(made, message()) == Answer(failed="down")
            assert not made.healthy
            assert not await made.ping()
            daemon.start()
            async with asyncio.timeout(60):
                while not await made.ping():
                    await asyncio.sleep(0.1)
            assert made.healthy
            assert (await ask(made, message())).spam
            await made.close()


async def test_nobody_there() -> None:
    made = client(f"http://{HOST}:{free_port()}")
    assert await ask(made, message()) == Answer(failed="down")
    assert not await made.ping()
    assert not made.healthy
    await made.close()
