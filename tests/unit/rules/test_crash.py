"""A crash is named by a digest, never by its text; a message that keeps failing is told to a person."""

from __future__ import annotations

import pytest

from gateway.model import Action, Envelope, Finding, Mode, Stage
from gateway.rules.crash import Alert, Crash, TempfailWatch, crashed, message_key
from tests.unit.rules.make import FakeMessage, envelope


def fail(text: str, kind: type[Exception] = ValueError) -> tuple[Finding, Crash]:
    try:
        raise kind(text)
    except kind as error:
        return crashed("attachment-cap", Stage.MESSAGE, Mode.ENFORCE, error)


def test_the_sender_and_the_record_get_no_text_of_the_exception() -> None:
    finding, crash = fail("password=hunter2")
    assert (finding.action, finding.reply.code, finding.reply.enhanced) == (Action.TEMPFAIL, 451, "4.3.0")
    assert finding.clauses == ()
    assert "hunter2" not in repr(finding)
    assert finding.evidence["error"] == "ValueError"
    assert finding.evidence["where"].startswith("test_crash.py:")
    assert "hunter2" in crash.text  # for the log only
    assert finding.evidence["crash"] == crash.digest


def test_the_same_bug_has_the_same_digest() -> None:
    assert fail("one")[1].digest == fail("two")[1].digest
    assert fail("one")[1].digest != fail("one", KeyError)[1].digest
    assert len(fail("one")[1].digest) == 16


def test_a_deep_traceback_is_bounded() -> None:
    def deep(n: int) -> None:
        deep(n + 1)

    with pytest.raises(RecursionError) as caught:
        deep(0)
    _, crash = crashed("attachment-cap", Stage.MESSAGE, Mode.ENFORCE, caught.value)
    assert 0 < len(crash.text) <= 16_384


def watch(times: int, *, capacity: int = 10, messages: int = 1) -> tuple[list[Alert], TempfailWatch]:
    alerts: list[Alert] = []
    watched = TempfailWatch(alerts.append, threshold=3, capacity=capacity)
    finding, _ = fail("x")
    for _ in range(times):
        for number in range(messages):
            watched.note(finding, envelope("a@x.example", "b@y.example"), keyed(f"<{number}@x>"))
    return alerts, watched


def keyed(message_id: str) -> FakeMessage:
    return FakeMessage(fields={"message-id": message_id.encode()})


@pytest.mark.parametrize(
    ("times", "told"), [(1, []), (2, []), (3, [3]), (5, [3]), (6, [3, 6]), (11, [3, 6]), (12, [3, 6, 12])]
)
def test_a_person_is_told_at_the_third_failure_and_each_doubling(times: int, told: list[int]) -> None:
    alerts, _ = watch(times)
    assert [alert.count for alert in alerts] == told
    assert all(alert.rule == "attachment-cap" and len(alert.digest) == 16 for alert in alerts)


def test_the_watch_is_bounded_and_forgets_the_longest_unseen() -> None:
    alerts, watched = watch(5, capacity=10, messages=11)
    assert len(watched) == 10
    assert alerts == []


def test_a_message_is_known_again() -> None:
    mail = envelope("a@x.example", "b@y.example")

    def key(mail: Envelope, message: FakeMessage | None) -> str:
        return message_key(mail, message)

    assert key(mail, keyed("<1@x>")) == key(envelope("A@X.example"), keyed(" <1@x> "))
    assert key(mail, keyed("<1@x>")) != key(mail, keyed("<2@x>"))
    assert key(mail, keyed("<1@x>")) != key(envelope("c@x.example"), keyed("<1@x>"))
    assert key(mail, FakeMessage(sha256="1")) != key(mail, FakeMessage(sha256="2"))
    assert key(mail, None) == key(envelope("a@x.example", "b@y.example"), None)
    assert key(mail, None) != key(envelope("a@x.example", "c@y.example"), None)
    assert len(key(mail, keyed("<" + "x" * 100_000))) == 32
