"""Whose allowance is spent, and who escapes his own: logins, paths, marks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.directory.entry import Snapshot
from gateway.rates import Block, Standing
from gateway.who import Kind, Mailbox, Unit
from tests.smtp.conftest import MESSAGE, Client, Running, Start
from tests.smtp.test_limits import envelope, listener, settled

LOOPBACK = ["127.0.0.0/8"]
AN, BA = "an@tphcm.gov.vn", "ba@tphcm.gov.vn"
UNIT = Unit("SNV", "So Noi vu")


class Stopped:
    """One sender is locked."""

    def __init__(self, who: str) -> None:
        self.block = Block(who, Standing.LOCKED, 1.0, by="lan", note="lost")

    def __len__(self) -> int:
        return 1

    def find(self, address: str) -> Block | None:
        return self.block if address.lower() == self.block.who else None


async def gate(start: Start, *listeners: dict[str, Any], domains: tuple[str, ...] = (), **options: Any) -> Running:
    gateway: dict[str, Any] = {"trusted_networks": LOOPBACK}
    if domains:
        gateway["domains"] = list(domains)
    return await start(listeners=list(listeners) or [listener(xclient=LOOPBACK)], gateway=gateway, **options)


def knows(running: Running, *boxes: Mailbox) -> None:
    running.app._knowledge.known.directory = running.app._knowledge._build(Snapshot(1, (UNIT,), boxes))


async def logged_in(running: Running, login: str, name: str = "submission") -> Client:
    client = await running.ready(name)
    said = "".join(f"+{ord(c):02X}" if c in "\\+= " else c for c in login)
    assert (await client.ask(f"XCLIENT ADDR=203.0.113.9 LOGIN={said}".encode())).startswith(b"220")
    assert (await client.ask(b"EHLO pc.example")).startswith(b"250")
    return client


def boxes() -> tuple[Mailbox, ...]:
    return (Mailbox(AN, Kind.PERSONAL, "SNV"), Mailbox(BA, Kind.PERSONAL, "SNV"))


async def message(client: Client, sender: str, count: int = 1, *, author: str = "") -> bytes:
    """The reply to a message, or the first one that refuses."""
    body = f"From: <{author or sender or AN}>\r\nSubject: thu\r\n\r\nXin chao.\r\n.\r\n".encode()
    lines = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<n{n}@khac.example>" for n in range(count)), "DATA"]
    for line in lines:
        answer = await client.ask(line.encode())
        if not answer.startswith((b"250", b"354")):
            await client.ask(b"RSET")
            return answer
    client.send(body)
    return await client.reply()


def own(*recipients: str) -> dict[str, Any]:
    return {"recipients": list(recipients), "messages": [], "new_recipients": [], "size": []}


@pytest.mark.parametrize(
    ("login", "domains"),
    [
        (AN, ()),
        ("AN@TPHCM.GOV.VN", ()),
        ("an", ()),
        ("an", ("tphcm.gov.vn", "so.tphcm.gov.vn")),
        ("TPHCM\\an", ()),
        ("an@tphcm.local", ()),
        ("?", ()),
    ],
)
@pytest.mark.parametrize("directory", [True, False])
async def test_a_locked_mailbox_stays_locked_however_its_login_is_written(
    start: Start, login: str, domains: tuple[str, ...], directory: bool
) -> None:
    """Exchange takes DOMAIN\\an, an@upn.local and an; Dovecot with auth_username_format=%n any domain."""
    running = await gate(start, domains=domains)
    if directory:
        knows(running, *boxes())
    running.app._knowledge.known.blocks = Stopped(AN)
    client = await logged_in(running, login)
    assert (await message(client, AN)).startswith(b"550"), f"locked {AN} sends as itself with the login {login}"


async def test_logins_with_domains_of_the_thiefs_choice_are_one_account(start: Start) -> None:
    running = await gate(start, limits={"personal": own("2/hour"), "unknown": own("2/hour")})
    knows(running, *boxes())
    replies = []
    for number in range(6):
        client = await logged_in(running, f"an@x{number}.example")
        replies.append((await message(client, f"an@x{number}.example", 2))[:3])
    assert replies.count(b"250") <= 1, replies


async def test_a_forged_path_does_not_spend_the_units_allowance(start: Start) -> None:
    running = await gate(
        start, listener(xclient=LOOPBACK), listener("proxy-filter"), limits={"unit": {"recipients": ["4/hour"]}}
    )
    knows(running, *boxes())
    forger = await running.ready("submission")  # behind our own server, without a login
    assert (await message(forger, AN, 4)).startswith(b"250")
    await settled(running)
    honest = await logged_in(running, BA)
    assert (await message(honest, BA)).startswith(b"250"), "a forger has spent the unit's allowance"


async def test_a_forged_path_does_not_spend_the_domains_allowance(start: Start) -> None:
    running = await gate(start, limits={"domain": {"recipients": ["4/hour"]}})
    forger = await running.ready("submission")
    for number in range(4):
        assert (await message(forger, f"nobody{number}@tphcm.gov.vn")).startswith(b"250")
    await settled(running)
    honest = await logged_in(running, BA)
    assert (await message(honest, BA)).startswith(b"250"), "a forger has spent the whole domain's allowance"


@pytest.mark.parametrize(
    ("path", "most"), [("an+{}@tphcm.gov.vn", 250), ("x{}@tphcm.gov.vn", 500), ("x@d{}.example", 1000)]
)
async def test_a_path_for_each_message_is_no_way_around_the_limits(start: Start, path: str, most: int) -> None:
    """One stolen webmail password behind a server that lets its users write any path."""
    forwards = {"unit": {"recipients": ["1000/minute"]}}  # what others' addresses may send together
    running = await gate(start, listener("outbound"), limits=forwards)
    knows(running, *boxes())
    running.app.charging.note = None
    client = await running.ready("outbound")
    sent = 0
    for number in range(70):  # 25 each: 1,750 recipients, where a mailbox has 250 a minute
        if (await message(client, path.format(number), 25)).startswith(b"250"):
            sent += 25
    assert sent <= most, f"{sent} recipients in a moment"


@pytest.mark.parametrize("directory", [True, False])
@pytest.mark.parametrize("path", ['"an"@tphcm.gov.vn', "an+x@tphcm.gov.vn", "An@TPHCM.gov.vn"])
async def test_a_locked_path_stays_locked_however_it_is_written(start: Start, path: str, directory: bool) -> None:
    running = await gate(start)
    if directory:
        knows(running, *boxes())
    from gateway.blocks.standings import Standings

    running.app._knowledge.known.blocks = Standings(1, [Block(AN, Standing.LOCKED, 1.0)])
    client = await running.ready("submission")
    assert b"khoa gui thu" in await message(client, path)


@pytest.mark.parametrize("back", ["outbound", "submission"])
async def test_a_mark_is_not_a_free_ticket(start: Start, back: str) -> None:
    """The copy that a thief sent to himself has a mark; through webmail it goes to anybody, for a week."""
    running = await gate(start, listener(), listener("outbound"), limits={"unknown": own("5/hour")})
    client = await running.ready("submission")
    assert (await message(client, AN, 1)).startswith(b"250")
    (delivered,) = (running.folder / "maildir").rglob("new/*")
    kept = delivered.read_bytes()
    kept = kept[kept.index(b"Received:") :]
    again = await running.ready(back)
    sent = 0
    for number in range(10):
        await again.ask(f"MAIL FROM:<{AN}>".encode())
        strangers = [f"RCPT TO:<stranger{number}-{one}@elsewhere.example>".encode() for one in range(4)]
        taken = [(await again.ask(one)).startswith(b"250") for one in strangers].count(True)
        if taken and (await again.ask(b"DATA")).startswith(b"354"):
            again.send(kept + b".\r\n")
            sent += taken * (await again.reply()).startswith(b"250")
        await again.ask(b"RSET")
    assert sent <= 8, f"{sent} strangers have it, where 5 an hour are allowed"


@pytest.mark.parametrize("path", ["", "x@elsewhere.example"])
async def test_what_our_own_users_send_through_a_proxy_filter_counts(start: Start, path: str) -> None:
    """Postfix as submission server: the filter's port sees its users too, and a null or foreign path is nobody's."""
    running = await gate(start, listener("proxy-filter"))
    client = await running.ready("proxy-filter")
    sent = 0
    for _ in range(30):
        if (await message(client, path, 90)).startswith(b"250"):
            sent += 90
    assert sent <= 1500, f"{sent} recipients outside in a moment"


async def test_a_login_does_not_pay_for_what_it_only_declared(start: Start) -> None:
    limits = {"unknown": {**own("99/hour"), "size": ["1MiB/day"]}}
    running = await gate(start, limits=limits)
    client = await logged_in(running, AN)
    for _ in range(3):
        await client.ask(f"MAIL FROM:<{AN}> SIZE=600000".encode())
        answer = await client.ask(b"RCPT TO:<n@khac.example>")
        assert answer.startswith(b"250"), f"three messages of 100 bytes: {answer[:90]!r}"
        await client.ask(b"DATA")
        client.send(MESSAGE.replace(b"a@so.example", AN.encode()) + b".\r\n")
        assert (await client.reply()).startswith(b"250")
        await settled(running)


async def test_a_message_to_more_than_a_minutes_recipients_leaves_some_day(start: Start) -> None:
    """250 a minute, an invitation to 300: the mail server repeats it as it is for five days, and it never fits."""
    running = await gate(start, listener(), listener("outbound"), limits={"unknown": own("5/minute", "100/hour")})
    server = await running.ready("outbound")
    replies = await envelope(server, AN, 8)
    taken = sum(reply.startswith(b"250") for reply in replies)
    assert (await server.ask(b"DATA")).startswith(b"354")
    server.send(MESSAGE + b".\r\n")
    answer = await server.reply()
    assert answer.startswith(b"250"), f"{taken} of 8 taken at RCPT, then {answer[:80]!r}: no try ever succeeds"


async def test_a_deed_says_what_kind_of_mailbox_did_it(start: Start) -> None:
    running = await gate(start)
    knows(running, Mailbox(AN, Kind.UNIT, "SNV"))
    deeds: list[Any] = []
    running.app.charging.note = deeds.append
    client = await logged_in(running, AN)
    assert (await message(client, AN)).startswith(b"250")
    async with asyncio.timeout(30):
        while not deeds:
            await asyncio.sleep(0.01)
    assert [deed.kind for deed in deeds] == ["unit"], "a unit's mailbox is judged as a person's"


async def test_a_client_that_was_told_of_one_message_is_not_the_next_ones(start: Start) -> None:
    """Postfix forgets XFORWARD with each message; one that comes from nowhere (pickup) is told [UNAVAILABLE]."""
    limits = {"client": {"recipients": ["2/hour"], "messages": []}}
    running = await gate(start, listener("proxy-filter", xforward=LOOPBACK), limits=limits)
    client = await running.ready("proxy-filter")
    await client.ask(b"XFORWARD NAME=pc.example ADDR=203.0.113.9 PROTO=ESMTP")
    assert (await message(client, "x@elsewhere.example")).startswith(b"250")
    replies = []
    for _ in range(4):
        await client.ask(b"XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] PROTO=ESMTP")
        replies.append((await message(client, AN))[:3])
    assert replies == [b"250"] * 4, f"our own mail is counted to a stranger's client: {replies}"


@pytest.mark.parametrize("path", ["", "x@elsewhere.example"])
async def test_a_locked_mailbox_does_not_write_under_no_path_or_anothers(start: Start, path: str) -> None:
    """Behind a server that tells no logins, From is all that shows the locked mailbox."""
    running = await gate(start, listener("outbound"))
    knows(running, *boxes())
    running.app._knowledge.known.blocks = Stopped(AN)
    client = await running.ready("outbound")
    assert (await message(client, path, author=AN)).startswith(b"550"), "From: the locked mailbox"


async def test_the_null_path_is_no_way_around_a_mailboxs_limits(start: Start) -> None:
    """Many servers let a login write MAIL FROM:<>; such mail has no mailbox's limits, and no conduct."""
    running = await gate(start, listener("outbound"), limits={"unknown": own("5/hour"), "personal": own("5/hour")})
    knows(running, *boxes())
    deeds: list[Any] = []
    running.app.charging.note = deeds.append
    client = await running.ready("outbound")
    sent = sum([40 * (await message(client, "", 40, author=AN)).startswith(b"250") for _ in range(10)])
    assert sent <= 5 or deeds, f"{sent} recipients from {AN} under the null path, and nobody watches"
