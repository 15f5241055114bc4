"""A provider that is slow, away or wrong: it is left alone for a while, and it holds nobody but who asks it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gateway.console import oidc_provider
from gateway.console.oidc_provider import OidcAway, OidcError, Rest, ask
from gateway.console.oidc_provider import Provider as Asked
from tests.unit.console.provider import Provider, provider

NOW = 1_795_000_000.0
PAGES = ["/.well-known/openid-configuration", "/keys"]


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


def refused(work: Callable[[], object], error: type[OidcError] = OidcError) -> str:
    with pytest.raises(error) as told:
        work()
    return str(told.value)


def test_rest_doubles_up_to_its_end_and_begins_anew() -> None:
    rest = Rest()
    assert not rest.holds(NOW)
    lengths = []
    for _ in range(9):
        rest.failed(NOW)
        lengths.append(next(s for s in range(400) if not rest.holds(NOW + s)))
    assert lengths == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert not rest.holds(NOW - 3600), "a clock that was put back"
    rest.worked()
    assert not rest.holds(NOW)
    rest.failed(NOW)
    assert rest.holds(NOW + 4) and not rest.holds(NOW + 5)


def test_it_is_asked_once_an_hour(there: Provider) -> None:
    made = Asked(there.issuer)
    for seconds in (0, 10, 3600):
        made.known(NOW + seconds)
    assert there.asked == PAGES
    made.known(NOW + 3601)
    assert there.asked == PAGES * 2


def test_what_failed_is_remembered(there: Provider) -> None:
    there.document["issuer"] = "https://evil.example"
    made = Asked(there.issuer)
    assert "otherwise" in refused(lambda: made.known(NOW))
    for seconds in (1, 4.9):
        assert "left alone" in refused(lambda s=seconds: made.known(NOW + s), OidcAway)  # type: ignore[misc]
    assert there.asked == PAGES[:1]
    refused(lambda: made.known(NOW + 5))
    there.document["issuer"] = there.issuer
    assert "left alone" in refused(lambda: made.known(NOW + 14), OidcAway)
    assert made.known(NOW + 15).issuer == there.issuer


def test_what_is_known_serves_for_a_day_while_it_is_away(there: Provider) -> None:
    made = Asked(there.issuer)
    known = made.known(NOW)
    there.document["issuer"] = "https://evil.example"
    assert made.known(NOW + 4000) is known
    assert made.known(NOW + 4001) is known
    assert there.asked == [*PAGES, PAGES[0]], "and it is not asked at each sign-in"
    refused(lambda: made.known(NOW + 86401))
    assert made.known(NOW + 50, anew=True) is known, "keys that do not fit are asked for once a minute at most"
    refused(lambda: made.known(NOW + 86500, anew=True))


def test_one_asks_and_the_others_go_on(there: Provider) -> None:
    made = Asked(there.issuer)
    known = made.known(NOW)
    there.wait = threading.Event()
    found: list[object] = []
    asking = threading.Thread(target=lambda: found.append(made.known(NOW + 4000)))
    asking.start()
    while len(there.asked) < 3:
        time.sleep(0.001)
    for _ in range(20):
        assert made.known(NOW + 4000) is known
    there.wait.set()
    asking.join()
    assert found[0] is not known
    assert there.asked == PAGES * 2


def test_where_nothing_is_known_a_few_wait_and_the_rest_are_sent_away(
    there: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "_PATIENCE", 30.0)
    made = Asked(there.issuer)
    there.wait = threading.Event()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(made.known(NOW))) for _ in range(3)]
    for thread in threads:
        thread.start()
    while made._turns._value:  # all three are in
        time.sleep(0.001)
    assert "too many" in refused(lambda: made.known(NOW), OidcAway)
    there.wait.set()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and len({id(one) for one in found}) == 1
    assert there.asked == PAGES


def test_nobody_waits_long_for_another(there: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_provider, "_PATIENCE", 0.01)
    made = Asked(there.issuer)
    there.wait = threading.Event()
    asking = threading.Thread(target=lambda: made.known(NOW))
    asking.start()
    while not there.asked:
        time.sleep(0.001)
    assert "is being asked" in refused(lambda: made.known(NOW), OidcAway)
    there.wait.set()
    asking.join()


def test_who_does_not_answer_is_left_alone_but_a_refusal_is_an_answer(there: Provider) -> None:
    made = Asked(there.issuer)
    form = {"code": "made up", "code_verifier": "x", "redirect_uri": "y"}
    for _ in range(3):
        refused(lambda: made.ask(f"{there.issuer}/token", form, "Basic Og==", NOW))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/token"
        assert "cannot be asked" in refused(lambda: made.ask(nowhere, form, "", NOW), OidcAway)
    assert "left alone" in refused(lambda: made.ask(f"{there.issuer}/token", form, "", NOW + 1), OidcAway)
    assert made.known(NOW + 5).issuer == there.issuer


def test_an_answer_that_drips_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_provider, "_TIMEOUT", 0.3)
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(150):
                if ended.wait(0.02):
                    return
                with contextlib.suppress(OSError):
                    connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        refused(lambda: ask(f"http://127.0.0.1:{listening.getsockname()[1]}/"), OidcAway)
        ended.set()
        thread.join()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b'"x"', b"{}" + b" " * 300_000])
def test_answers_that_are_none(body: bytes) -> None:
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            with contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + body)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        if body.startswith(b"{}"):
            assert ask(url) == {}
        else:
            refused(lambda: ask(url))
        thread.join()
