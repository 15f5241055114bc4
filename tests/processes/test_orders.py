"""Orders at run time: two workers follow within seconds, sessions stay, rows name the order, a restart keeps it."""

from __future__ import annotations

import datetime
import json
import smtplib
import time
from collections.abc import Iterator

import pytest

from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import with_attachment
from tests.support.ports import HOST
from tests.support.recorder import Recorder

BIG = with_attachment(4096)
SENDER, OTHER, TO = "ai@khac.example", "ban@khac.example", "an@tinh.example"
LAST = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)).date().isoformat()


@pytest.fixture(scope="module")
def gate() -> Iterator[Gateway]:
    with Recorder() as hop:
        made = Gateway(
            [listener()],
            {"mailserver": upstream(hop.port)},
            gateway={"workers": 2},
            rules={"attachment-cap": {"mode": "enforce", "limit": "1KiB"}},
        )
        with made:
            yield made


def send(gate: Gateway, sender: str = SENDER) -> int:
    """The reply's code to a message that is too big; a connection of its own, which either worker may take."""
    with smtplib.SMTP(HOST, gate.port, timeout=20) as client:
        try:
            client.sendmail(sender, [TO], BIG)
        except smtplib.SMTPDataError as error:
            return error.smtp_code
    return 250


def settles(gate: Gateway, code: int, sender: str = SENDER) -> None:
    """Every worker says so from now on."""
    deadline = time.monotonic() + 20
    while (seen := {send(gate, sender) for _ in range(8)}) != {code}:
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)


def ordered(gate: Gateway, *arguments: str) -> int:
    return int(json.loads(gate.cli("rules", *arguments, "--json"))["order"])


def newest(gate: Gateway) -> dict[str, object]:
    """The evidence of one more decision's finding, once it is in the journal."""
    _, found = gate.judged(lambda: send(gate))
    one = found["findings"][0]
    return {"mode": one["mode"], **one["evidence"]}


def test_modes_and_exemptions_come_and_go(gate: Gateway) -> None:
    settles(gate, 552)
    with smtplib.SMTP(HOST, gate.port, timeout=20) as old:
        old.ehlo()
        number = ordered(gate, "set", "attachment-cap", "observe", "--reason", "thử nghiệm")
        settles(gate, 250)
        seen = newest(gate)
        assert (seen["mode"], seen["order"]) == ("observe", number)
        assert old.noop()[0] == 250  # a session that was open stays
    gate.cli("rules", "withdraw", str(number), "--reason", "xong")
    settles(gate, 552)
    assert "order" not in newest(gate)

    number = ordered(
        gate,
        "exempt",
        "attachment-cap",
        "--sender",
        SENDER,
        "--reason",
        "Công văn 12",
        "--until",
        LAST,
        "--from",
        "A-1",
    )
    settles(gate, 250)
    assert newest(gate)["exempted"] == {"reason": "Công văn 12", "expires": LAST, "order": number}
    assert {send(gate, OTHER) for _ in range(4)} == {552}


def test_a_restart_keeps_what_was_ordered(gate: Gateway) -> None:
    number = ordered(gate, "set", "attachment-cap", "observe", "--reason", "thử nghiệm")
    settles(gate, 250, OTHER)
    gate.daemon.stop(40)
    gate.start()
    assert {send(gate, OTHER) for _ in range(8)} == {250}
    gate.cli("rules", "withdraw", str(number), "--reason", "xong")
    settles(gate, 552, OTHER)


def test_the_record_is_whole_and_tells_who(gate: Gateway) -> None:
    gate.cli("decisions", "verify")
    history = json.loads(gate.cli("rules", "history", "--json"))
    assert len(history) == 3 and all(one["by"] for one in history)
    assert [bool(one["ended"]) for one in history] == [True, False, True]
    states = json.loads(gate.cli("compliance", "--json"))
    assert states["orders"] == [history[1]["number"]]
