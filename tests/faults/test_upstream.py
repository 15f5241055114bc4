"""An upstream that fails at each verb, before and after the dot: never a 250 for what it did not take, never two."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults.conftest import SHORT, MakeGateway
from tests.support.client import Answer, Client, ClosedError
from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import SIMPLE
from tests.support.ports import free_port
from tests.support.recorder import Recorder
from tests.support.tools import Sink

VERBS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".")
BROKEN = ("close", "hang", "garbage")


@pytest.fixture(scope="module")
def failing() -> Iterator[Recorder]:
    """One upstream for the module; each test sets and clears its faults."""
    with Recorder() as made:
        yield made


@pytest.fixture(scope="module")
def gate(failing: Recorder) -> Iterator[Gateway]:
    """One gateway in front of it."""
    to = upstream(failing.port, **SHORT, max_uses=1)
    with Gateway([listener()], {"mailserver": to}) as made:
        yield made


def attempt(port: int, content: bytes = SIMPLE) -> Answer:
    """One message on a new connection."""
    with Client(port, timeout=30) as client:
        client.ehlo()
        return client.message(content)


def recovers(gate: Gateway, failing: Recorder) -> None:
    """Once the fault is over, mail passes again within the back-off."""
    failing.fail.clear()
    failing.messages.clear()
    deadline = time.monotonic() + 20
    while (answer := attempt(gate.port)).code != 250:
        assert 400 <= answer.code < 500, answer
        assert time.monotonic() < deadline, "mail does not pass again"
        time.sleep(0.2)
    assert len(failing.messages) == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("how", BROKEN)
def test_broken_at(gate: Gateway, failing: Recorder, verb: str, how: str) -> None:
    failing.messages.clear()
    failing.fail[verb] = how
    answer = attempt(gate.port)
    assert 400 <= answer.code < 500, answer
    assert not failing.messages
    recovers(gate, failing)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    "reply", ["451 4.3.0 later please", "554 5.7.1 policy of the mail server", "421 4.3.2 going down"]
)
def test_refused_at(gate: Gateway, failing: Recorder, verb: str, reply: str) -> None:
    failing.messages.clear()
    failing.fail[verb] = reply
    answer = attempt(gate.port)
    assert answer.code // 100 == int(reply[0]), answer
    assert not failing.messages
    recovers(gate, failing)


def test_refused_with_the_upstreams_own_words(gate: Gateway, failing: Recorder) -> None:
    failing.fail["."] = "554 5.7.1 policy of the mail server"
    answer = attempt(gate.port)
    assert (answer.code, "policy of the mail server" in answer.text) == (554, True)
    recovers(gate, failing)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_surplus_reply(gate: Gateway, failing: Recorder, verb: str) -> None:
    """A second reply to one command means that the two have lost step: the connection is not used again."""
    failing.messages.clear()
    failing.fail[verb] = "surplus"
    answer = attempt(gate.port)
    assert len(failing.messages) == (1 if answer.code == 250 else len(failing.messages))
    assert answer.code == 250 or 400 <= answer.code < 500
    recovers(gate, failing)


def test_lost_after_the_dot_is_never_a_250(gate: Gateway, failing: Recorder) -> None:
    failing.messages.clear()
    failing.fail["."] = "late-close"
    answer = attempt(gate.port)
    assert 400 <= answer.code < 500, answer
    assert len(failing.messages) == 1  # a duplicate is possible, a loss is not
    recovers(gate, failing)


def test_unsound_replies_do_not_reach_the_client(gate: Gateway, failing: Recorder) -> None:
    for reply in (
        "550 4.7.1 unfit",
        "550 5.7.1 \x07bell\x1b[31m",
        "550 5.7.1 " + "x" * 2000,
        "250 5.7.1 odd",
        "999 what",
    ):
        failing.fail["RCPT"] = reply
        answer = attempt(gate.port)
        assert answer.text.isascii()
        assert not any(ord(char) < 32 for char in answer.text.replace("\r\n", ""))
        assert max(map(len, answer.text.splitlines())) <= 510
        failing.fail.clear()
        time.sleep(0.3)
    recovers(gate, failing)


def test_no_upstream_is_a_451_and_not_ready(make_gate: MakeGateway) -> None:
    gate = make_gate(to={"hosts": [f"127.0.0.1:{free_port()}"]}, ready=False)
    assert gate.status("/readyz") == 503
    answer = attempt(gate.port)
    assert 400 <= answer.code < 500, answer


def test_second_host_takes_over(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(to={"hosts": [f"127.0.0.1:{free_port()}", f"127.0.0.1:{recorder.port}"]})
    for _ in range(5):
        assert attempt(gate.port).code == 250
    assert len(recorder.messages) == 5


SINKS = {
    "q-connect": ("-q", "connect"), "q-ehlo": ("-q", "ehlo"), "q-mail": ("-q", "mail"), "q-rcpt": ("-q", "rcpt"),
    "q-data": ("-q", "data"), "q-dot": ("-q", "."), "Q-mail": ("-Q", "mail"), "Q-rcpt": ("-Q", "rcpt"),
    "Q-data": ("-Q", "data"), "Q-dot": ("-Q", "."), "r-mail": ("-r", "mail"), "r-rcpt": ("-r", "rcpt"),
    "r-data": ("-r", "data"), "r-dot": ("-r", "."), "f-mail": ("-f", "mail"), "f-rcpt": ("-f", "rcpt"),
    "f-data": ("-f", "data"), "f-dot": ("-f", "."), "A": ("-A", "0"), "H": ("-H", "1"), "W": ("-W", "data:1"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sinks() -> Iterator[tuple[Gateway, dict[str, Sink]]]:
    """One gateway with a listener for each way in which smtp-sink can fail."""
    made = {name: Sink(*options) for name, options in SINKS.items()}
    for sink in made.values():
        sink.start()
    listeners = [listener(name.lower() if name[0] != "Q" else f"421-{name[2:]}", name=_name(name)) for name in made]
    for one, name in zip(listeners, made, strict=True):
        one["upstream"] = _name(name)
    gate = Gateway(listeners, {_name(name): upstream(sink.port, **SHORT) for name, sink in made.items()})
    gate.start(ready=False)
    yield gate, made
    gate.stop()
    for sink in made.values():
        sink.stop()


def _name(sink: str) -> str:
    return sink.replace("Q", "four21").lower()


@pytest.mark.service("smtp-sink")
@pytest.mark.parametrize("name", SINKS)
def test_smtp_sink_that(sinks: tuple[Gateway, dict[str, Sink]], name: str) -> None:
    gate, _ = sinks
    port = gate.port_of(_name(name))
    content = SIMPLE + b"dai\r\n" * 200_000 if name == "H" else SIMPLE
    try:
        code = attempt(port, content).code
    except ClosedError:
        raise AssertionError("the client got no reply") from None
    # -A says 550 before it has read the message: a final word, or a peer out of step; never a 250.
    expected = {"f": (5,), "r": (4,), "q": (4,), "Q": (4,), "A": (4, 5), "H": (2,), "W": (2,)}[name[0]]
    assert code // 100 in expected
