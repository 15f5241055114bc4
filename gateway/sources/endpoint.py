"""The place where Dovecot posts: its socket, certificate and tokens, which may all change while it serves.

Everything of a change is made before anything of it is in force. Knows no configuration: it is told a `Place`.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.access import Source
from gateway.changing import Change, quick
from gateway.config_values import HostPort
from gateway.errors import StartError
from gateway.sources.feed import PUSHED, Feed
from gateway.who import State

if TYPE_CHECKING:  # the libraries of a web server: only who has a place to serve at loads them
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gateway.sources.server import Certificate, Server
    from gateway.sources.web import Door


@dataclass(frozen=True, slots=True)
class Place:
    """`bind`: where; `door`: who may come in; `certificate` None: no TLS; `serves`: what is taken there."""

    bind: HostPort
    door: Door
    certificate: Certificate | None = None
    serves: tuple[Source, ...] = PUSHED


class Endpoint:
    """None or one that serves. `listen` makes the socket (StartError); `state_of`: see `web.application`."""

    def __init__(
        self, feed: Feed, listen: Callable[[HostPort], socket.socket], state_of: Callable[[str], State | None]
    ) -> None:
        self._feed, self._listen, self._state_of = feed, listen, state_of
        self._place: Place | None = None
        self._server: Server | None = None
        self._socket: socket.socket | None = None
        self._answers: ASGIApp | None = None

    @property
    def serves(self) -> tuple[Source, ...]:
        """What is taken now."""
        return self._place.serves if self._place is not None and self._server is not None else ()

    async def prepare(self, place: Place | None) -> Change:
        """Serve there, or nowhere. StartError. A certificate is read anew each time."""
        if place is None:
            return Change(self.close)
        try:
            return self._move(place)
        except (OSError, ssl.SSLError) as error:
            assert place.certificate is not None
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            hint = f"cannot use certificate {place.certificate.chain} with key {place.certificate.key}: {reason}"
            raise StartError(f"access.certificate: {hint}") from None

    async def close(self) -> None:
        """Stop serving."""
        server, self._server, self._socket, self._place = self._server, None, None, None
        if server is not None:
            await server.close()

    def _move(self, place: Place) -> Change:
        from gateway.sources.web import application

        made = application(self._feed, place.door, state_of=self._state_of, serves=place.serves)
        before, stays, renewed = self._place, False, False
        if before is not None and self._server is not None and before.bind == place.bind:
            stays, renewed = True, (before.certificate is None) == (place.certificate is None)
        served = self._renewed(place) if renewed else self._replaced(place, stays=stays)

        async def commit() -> None:
            self._answers, self._place = made, place
            await served.commit()

        return Change(commit, served.discard)

    def _renewed(self, place: Place) -> Change:
        """The same server goes on, with what its certificate's files hold now."""
        server, certificate = self._server, place.certificate
        if server is None or certificate is None:
            return quick(lambda: None)
        server.check(certificate)
        return quick(lambda: server.renew(certificate))

    def _replaced(self, place: Place, *, stays: bool) -> Change:
        """With or without TLS, or at another address: a server of its own takes over."""
        from gateway.sources.server import Server

        sock = self._socket.dup() if stays and self._socket is not None else self._listen(place.bind)
        try:
            server = Server(self._answer, sock, place.certificate)
        except BaseException:
            sock.close()
            raise

        async def commit() -> None:
            before, self._server, self._socket = self._server, server, sock
            await server.start()
            if before is not None:
                await before.close()

        return Change(commit, sock.close)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._answers is not None
        await self._answers(scope, receive, send)
