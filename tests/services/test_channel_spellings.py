"""Every spelling of an address that a real Postfix delivers to a request channel's mailbox is known as the channel.

Postfix rewrites, unquotes and expands; whatever it makes of an address, the gateway in front must have said "channel".
"""

from __future__ import annotations

import itertools
import re
import smtplib
from collections.abc import Iterator

import pytest

from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.who import Channel, Group, Kind, Mailbox
from tests.support.ports import HOST
from tests.support.postfix import Postfix

pytestmark = pytest.mark.service("postfix")

OFFICE = Mailbox("q4@tinh.example", Kind.UNIT, aliases=("vanphong@tinh.example",))
CLERK = Mailbox("thu@tinh.example", Kind.PERSONAL, forwards=("nhom@tinh.example",))
GROUPS = (
    Group("nhom@tinh.example", ("lanhdao@tinh.example",)),
    Group("lanhdao@tinh.example", ("VanPhong+ds@tinh.example", "other@tinh.example")),
    Group("@gom.example", ("q4@tinh.example",)),
)
SETTINGS = {
    "mydestination": "tinh.example localhost",
    "virtual_mailbox_domains": "",
    "local_transport": "virtual",
    "virtual_alias_domains": "gom.example",
    "virtual_mailbox_maps": "inline:{ {q4@tinh.example=all/} {q4=all/} {other@tinh.example=other/} }",
    "virtual_alias_maps": "inline:{ {vanphong@tinh.example=q4@tinh.example} {thu@tinh.example=nhom@tinh.example} "
    "{nhom@tinh.example=lanhdao@tinh.example} {lanhdao@tinh.example=VanPhong+ds@tinh.example, other@tinh.example} "
    "{@gom.example=q4@tinh.example} }",
    "recipient_delimiter": "+",
    "allow_percent_hack": "yes",
    "swap_bangpath": "yes",
    "resolve_numeric_domain": "yes",
}
_LOCALS = r"""
q4 Q4 "q4" "Q4" "q\4" q4+x Q4+x+y "q4+x" ""q4 "q"4 .q4 "q4." q4+ "+q4" q4=40tinh.example
q4%tinh.example q4+x%tinh.example q4%TINH.example "q4%tinh.example" "q4@tinh.example" "Q4+x@tinh.example"
tinh.example!q4 tinh.example!q4+x a!tinh.example!q4 q4%tinh.example%tinh.example q4%tinh.example%localhost
vanphong VanPhong+x "vanphong@tinh.example" nhom nhom+x "nhom@tinh.example"+x lanhdao thu "thu"
q4%gom.example ai-do%gom.example ai-do other q5 x+q4
"""
LOCALS = (*_LOCALS.split(), '"q4 "', '" q4"')
DOMAINS = ("tinh.example", "TINH.Example", "tinh.example.", "[127.0.0.1]", "gom.example", "evil.example", "")


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with Postfix(settings=SETTINGS) as made:
        yield made


def send_all(port: int, spellings: list[str]) -> None:
    """A message for each spelling that Postfix takes, the spelling's number in it."""
    with smtplib.SMTP(HOST, port, timeout=30) as client:
        client.ehlo("test.example")
        for number, spelling in enumerate(spellings):
            client.docmd("MAIL FROM:<>")
            if client.docmd(f"RCPT TO:<{spelling}>")[0] == 250:
                client.data(f"Subject: x\r\nX-Number: {number}\r\n\r\nx\r\n")
            else:
                client.rset()


def test_what_postfix_delivers_there_is_known(postfix: Postfix) -> None:
    spellings = [f"{local}@{domain}" if domain else local for local, domain in itertools.product(LOCALS, DOMAINS)]
    send_all(postfix.port, spellings)
    postfix.wait_idle(60)
    found = {int(number) for one in postfix.delivered() for number in re.findall(rb"X-Number: (\d+)", one)}
    reached = [spellings[number] for number in sorted(found)]
    office = Channel("q4@tinh.example")
    made = Directory.build(
        Snapshot(1, (), (OFFICE, CLERK), GROUPS), (office,), own_domains=("tinh.example", "localhost")
    )
    assert [one for one in reached if made.channels(one) != (office,)] == []
    assert len(reached) >= 150, f"Postfix delivered {len(reached)} of {len(spellings)} only: the test proves too little"
    assert made.channels("other@tinh.example") == made.channels("q5@tinh.example") == ()
