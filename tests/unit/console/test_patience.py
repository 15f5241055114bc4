"""Failed sign-ins are answered by the tick, whoever was asked; and what may be asked of other servers is bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from gateway.console import outside, services
from gateway.console.accounts import Role
from gateway.console.brakes import Brake
from gateway.console.outside import OutsideBusy
from gateway.console.patience import Late, Patience
from gateway.console.services import Services
from tests.unit.console.support import PASSWORD, Running, settings_in, sign_in
from tests.unit.console.test_sign_in import actions


def test_every_failure_waits_for_the_tick() -> None:
    patience = Patience(1.0)
    assert {patience.until(100.0, 100.0 + took) for took in (0.0, 0.01, 0.4, 0.99)} == {101.0}


def test_ticks_are_as_long_as_the_slowest_of_late() -> None:
    patience = Patience(1.0)
    assert patience.until(0.0, 2.2) == 3.0, "the first slow one"
    assert [patience.until(0.0, took) for took in (0.01, 2.2, 1.1, 0.0)] == [2.5] * 4
    assert patience.until(0.0, 2.6) == 5.0
    assert patience.until(0.0, 0.0) == 3.0
    for _ in range(100):
        patience.until(0.0, 0.1)
    assert patience.until(0.0, 0.1) == 1.0, "forgotten"


def test_a_server_that_hangs_makes_nobody_wait_for_ever() -> None:
    patience = Patience(1.0)
    patience.until(0.0, 500.0)
    assert patience.until(0.0, 0.1) == 20.0
    assert patience.until(0.0, 50.0) == 60.0
    assert patience.until(5.0, 4.0) == 25.0, "a clock that goes back"


async def test_an_answer_that_waits() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    at = time.monotonic() + 0.05
    waiting = asyncio.create_task(Late(PlainTextResponse("x", 401), at)({"type": "http"}, receive, send))
    await asyncio.sleep(0)
    assert not sent
    await waiting
    assert time.monotonic() >= at
    assert sent[0]["status"] == 401 and sent[1]["body"] == b"x"


def test_a_failed_sign_in_waits_and_others_do_not(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float]] = []

    def until(_: Patience, began: float, now: float) -> float:
        asked.append((began, now))
        return now

    monkeypatch.setattr(Patience, "until", until)
    assert sign_in(own.client(), "khong-co") == 401
    assert sign_in(own.client(), "quantri", "sai mat khau roi") == 401
    assert len(asked) == 2 and all(began <= now for began, now in asked)
    assert sign_in(own.client(), "quantri") == 303
    assert len(asked) == 2


def test_strangers_try_a_name_so_often_from_wherever_they_are(own: Running) -> None:
    own.services.names_brake = Brake(3, 300.0)
    at_home = own.client(Role.ADMINISTRATOR)
    for name, statuses in (("quantri", [401, 401, 401, 429]), ("khong-co", [401, 401, 401, 429])):
        peers = [f"192.0.2.{number}" for number in range(30, 30 + len(statuses))]
        assert [sign_in(own.client(peer=peer), name, "sai mat khau roi") for peer in peers] == statuses
    at_home.cookies.delete("congthu-session")
    assert sign_in(at_home, "quantri") == 303, "a browser that signed in before"


def test_so_many_passwords_are_asked_for_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Services(settings_in(tmp_path))
    made.prepare()
    made.accounts.add("an", None, Role.VIEWER, way="imap")
    monkeypatch.setattr(services, "_TURN", 0.01)
    inside, ended = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> bool:
        inside.release()
        return ended.wait(20)

    monkeypatch.setattr(outside, "mail_server", slow)
    threads = [threading.Thread(target=made.accounts.check, args=("an", PASSWORD, 1e9)) for _ in range(3)]
    for thread in threads:
        thread.start()
        inside.acquire()
    with pytest.raises(OutsideBusy):
        made.accounts.check("an", PASSWORD, 1e9)
    ended.set()
    for thread in threads:
        thread.join()
    user = made.accounts.check("an", PASSWORD, 1e9)
    assert user is not None and user.failures == 0, "who was not asked for has not failed"
    made.close()


def test_where_nobody_could_be_asked_the_page_is_the_same(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OutsideBusy("busy")

    monkeypatch.setattr(own.services.accounts, "check", busy)
    assert sign_in(own.client(), "quantri") == 401
    assert actions(own)[-1][0] == "sign-in-failed"
