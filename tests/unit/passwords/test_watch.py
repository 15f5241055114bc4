"""Logins that are watched, over the real store; and the password, which is nowhere when they are done."""

from __future__ import annotations

import base64
import logging
import pickle
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import LimitsUnavailable
from gateway.lifecycle.days import day_of
from gateway.passwords.watch import Glance, Watch, key_of
from gateway.throttle.sqlite import SqliteLimits
from gateway.who import PasswordSigns, Sender, Sort

KEY = b"0123456789abcdef"
SECRET = b"Bi-mat-2026!"
START = 1_775_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def plain(password: bytes = SECRET, login: bytes = b"an") -> bytes:
    return base64.b64encode(b"\0" + login + b"\0" + password)


def named(login: str) -> str:
    return login if "@" in login else f"{login}@x.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteLimits]:
    made = SqliteLimits(tmp_path / "limits.db", timeout=30.0, clock=clock)
    await made.start()
    yield made
    await made.close()


def glance(watch: Watch, password: bytes = SECRET, login: str = "an") -> Glance:
    found = watch.look("PLAIN", login, plain(password))
    assert found is not None
    return found


async def test_form_and_age(store: SqliteLimits, clock: Clock) -> None:
    watch = Watch(store, KEY, named)
    signs = await watch.signs(glance(watch))
    assert (signs.length, signs.sorts) == (12, frozenset(Sort))
    assert (signs.since, signs.months, signs.first_today) == (day_of(START), 0, True)
    clock.now += 95 * 86_400
    signs = await watch.signs(glance(watch))
    assert (signs.since, signs.months, signs.first_today) == (day_of(START), 3, True)
    assert not (await watch.signs(glance(watch))).first_today
    changed = next(
        one for one in (b"Moi-%d" % n for n in range(99)) if glance(watch, one).digest != glance(watch).digest
    )
    assert (await watch.signs(glance(watch, changed))).months == 0


async def test_a_login_without_its_domain_is_the_same_mailbox(store: SqliteLimits) -> None:
    watch = Watch(store, KEY, named)
    assert glance(watch, login="AN") == glance(watch, login="an@x.example")
    assert glance(watch, login="an@x.example").who == "an@x.example"
    assert glance(Watch(store, KEY, lambda login: ""), login="Ai").who == "ai"


async def test_gateways_with_one_key_see_the_same(store: SqliteLimits, clock: Clock) -> None:
    one, two = Watch(store, KEY, named), Watch(store, KEY, named)
    await one.signs(glance(one))
    clock.now += 40 * 86_400
    assert (await two.signs(glance(two))).months == 1


@pytest.mark.parametrize(
    ("mechanism", "login", "response"),
    [("PLAIN", "", plain()), ("PLAIN", "an", b"!"), ("CRAM-MD5", "an", plain()), ("LOGIN", "an", b"")],
)
async def test_nothing_to_see(store: SqliteLimits, mechanism: str, login: str, response: bytes) -> None:
    assert Watch(store, KEY, named).look(mechanism, login, response) is None


class Broken:
    """A store whose every change fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def change(self, key: str, keep: float, work: Callable[..., Any]) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [LimitsUnavailable("away"), RuntimeError("a bug")])
async def test_without_the_store_the_form_is_judged(error: Exception) -> None:
    watch = Watch(Broken(error), KEY, named)  # type: ignore[arg-type]
    signs = await watch.signs(glance(watch))
    assert (signs.length, signs.since, signs.months, signs.first_today) == (12, None, 0, False)


async def test_a_key_that_is_too_short(store: SqliteLimits) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Watch(store, b"short", named)


async def test_no_repr_shows_what_narrows_it_down(store: SqliteLimits) -> None:
    watch = Watch(store, KEY, named)
    found = glance(watch)
    signs = await watch.signs(found)
    assert repr(found) == "Glance(who='an@x.example')"
    assert repr(signs) == f"PasswordSigns(since={signs.since!r}, months=0, first_today=True)"
    assert "upper" not in repr(Sender(password=PasswordSigns(3, frozenset(Sort))))


async def test_the_password_is_neither_stored_nor_logged_nor_kept(
    store: SqliteLimits, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    watch = Watch(store, KEY, named)
    one, two = "tẠm-".encode(), b"-mat-Khau-7"
    found = watch.look("LOGIN", "an", base64.b64encode(one + two))
    assert found is not None
    await watch.signs(found)
    kept = await store.change(key_of("an@x.example"), 60.0, lambda old, now: (old, old))
    assert kept is not None
    assert len(kept) == 6
    broken = Watch(Broken(RuntimeError("a bug")), KEY, named)  # type: ignore[arg-type]
    await broken.signs(found)
    await store.close()
    for path in tmp_path.iterdir():
        assert two not in path.read_bytes()
    assert two.decode() not in caplog.text
    assert two not in pickle.dumps((found, vars(watch)["_key"]))  # all that outlives the call


@pytest.mark.parametrize("response", [b"\xff\xfe", b"AA", base64.b64encode(b"\0an\0\xff\xfe\xcb")])
async def test_what_cannot_be_decoded_raises_nothing_that_would_carry_it(store: SqliteLimits, response: bytes) -> None:
    for mechanism in ("PLAIN", "LOGIN"):
        Watch(store, KEY, named).look(mechanism, "an", response)
