"""The endpoints that Dovecot posts to: its events, and its auth policy. Starlette; knows nothing of stores.

A request proves itself by a token, in the field `X-Congthu-Token` or, because the event exporter can set no fields, in
the query. Before that nothing of it is read. Bodies, their time and the number of requests a second are bounded; what
is refused for that is told to the feed, so that nobody takes it for silence. No answer says why something went wrong.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.access import Source
from gateway.sources import events, policy
from gateway.sources.bucket import Bucket
from gateway.sources.feed import PUSHED, Feed
from gateway.who import State

MIN_TOKEN: Final = 24
"""Characters of a token: more than anybody tries out."""
_TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9._~-]+\Z")  # RFC 3986 2.3: nothing that a URL would have to escape
_FIELD: Final = "x-congthu-token"


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in. `tokens`: secrets, the new and the old one while they change; ValueError for one that is short
    or has signs that a URL escapes. `body`: bytes of a request, `patience`: seconds to read it; `rate`: requests a
    second.
    """

    tokens: Sequence[str] = field(repr=False)
    body: int = 64 * 1024
    patience: float = 10.0
    rate: float = 1000.0

    def __post_init__(self) -> None:
        if not self.tokens:
            raise ValueError("a token is needed")
        for one in self.tokens:
            if len(one) < MIN_TOKEN or not _TOKEN_FORM.match(one):
                raise ValueError(f"a token has at least {MIN_TOKEN} letters, digits, '-', '.', '_' or '~'")


def application(
    feed: Feed,
    door: Door,
    *,
    state_of: Callable[[str], State | None] = lambda _: None,
    messages: policy.Messages | None = None,
    clock: Callable[[], float] = time.monotonic,
    serves: Collection[Source] = PUSHED,
) -> ASGIApp:
    """POST /dovecot/events and POST /dovecot/policy. `state_of`: a mailbox's state by its login name, at once.

    None, or an exception of it, lets the login in. `serves`: the sources that are taken; others' paths are not there.
    """
    desk = _Desk(feed, door, state_of, messages or policy.Messages(), clock)
    paths = {
        Source.DOVECOT_EVENTS: Route("/dovecot/events", desk.take_event, methods=["POST"]),
        Source.DOVECOT_POLICY: Route("/dovecot/policy", desk.take_policy, methods=["POST"]),
    }
    routes = [route for source, route in paths.items() if source in serves]
    app = Starlette(routes=routes, exception_handlers={Exception: _fault, 404: _nothing, 405: _nothing})
    app.router.redirect_slashes = False
    return app


async def _fault(_: Request, __: Exception) -> Response:
    return Response(status_code=500)


async def _nothing(_: Request, __: Exception) -> Response:
    return Response(status_code=404)


class _Refused(Exception):  # noqa: N818 -- says what happened
    """This request is answered with a bare status. `ours`: one of Dovecot's was lost by it."""

    def __init__(self, status: int, *, ours: bool = True) -> None:
        super().__init__(status)
        self.status, self.ours = status, ours


class _Desk:
    def __init__(
        self,
        feed: Feed,
        door: Door,
        state_of: Callable[[str], State | None],
        messages: policy.Messages,
        clock: Callable[[], float],
    ) -> None:
        self._feed, self._door, self._state_of, self._messages = feed, door, state_of, messages
        self._digests = [_digest(token.encode()) for token in door.tokens]
        self._bucket = Bucket(door.rate, clock)

    async def take_event(self, request: Request) -> Response:
        return await self._served(request, Source.DOVECOT_EVENTS, self._event)

    async def take_policy(self, request: Request) -> Response:
        return await self._served(request, Source.DOVECOT_POLICY, self._policy)

    async def _served(
        self, request: Request, source: Source, take: Callable[[Request, bytes], Awaitable[Response]]
    ) -> Response:
        try:
            return await take(request, await self._body(request))
        except _Refused as refused:
            if refused.ours:
                self._feed.lost(source, "refused")
            else:
                self._feed.count(source, "unproved")
            return Response(status_code=refused.status, headers={"Connection": "close"})
        except (ValueError, ClientDisconnect):
            self._feed.lost(source, "garbage")
            return Response(status_code=400)

    async def _event(self, _: Request, body: bytes) -> Response:
        seen = events.read(body, self._feed.now())
        if seen is not None:
            self._feed.note(seen)
        return Response(status_code=204)

    async def _policy(self, request: Request, body: bytes) -> Response:
        asked = policy.read(body, self._feed.now())
        command = _last(_query(request), b"command")
        if command == b"allow":
            return Response(self._answer(asked), media_type="application/json")
        if command != b"report":
            raise ValueError("no such command")
        if asked.master is None:
            self._feed.lost(Source.DOVECOT_POLICY, "unmarked")
        elif asked.sighting is not None:
            self._feed.note(asked.sighting)
        return Response(policy.ALLOWED, media_type="application/json")

    def _answer(self, asked: policy.Asked) -> bytes:
        """Master users come in: the poller still looks at locked mailboxes."""
        if asked.master:
            return policy.ALLOWED
        try:
            return self._messages.answer(self._state_of(asked.user))
        except Exception:  # of a directory that is not ours to know: nobody is locked out for it
            self._feed.count(Source.DOVECOT_POLICY, "unanswered")
            return policy.ALLOWED

    async def _body(self, request: Request) -> bytes:
        """What a request brings that has proved itself, or _Refused."""
        if not self._proved(request):
            raise _Refused(401, ours=False)
        if not self._bucket.take():
            raise _Refused(503)
        made = bytearray()
        try:
            async with asyncio.timeout(self._door.patience):
                async for piece in request.stream():
                    made += piece
                    if len(made) > self._door.body:
                        raise _Refused(413)
        except TimeoutError:
            raise _Refused(408) from None
        return bytes(made)

    def _proved(self, request: Request) -> bool:
        """Whether it knows a token: all are compared, each in constant time."""
        told = request.headers.get(_FIELD, "").encode("latin-1") or _last(_query(request), b"token")
        digest = _digest(told)
        return sum(hmac.compare_digest(digest, one) for one in self._digests) > 0


def _digest(told: bytes) -> bytes:
    return hashlib.sha256(told).digest()


def _query(request: Request) -> bytes:
    query: bytes = request.scope["query_string"]
    return query


def _last(query: bytes, name: bytes) -> bytes:
    """A parameter's last value. Dovecot adds "?command=allow" to whatever URL it was given, so "?" divides, too."""
    found = b""
    for pair in query.replace(b"?", b"&").split(b"&"):
        key, _, value = pair.partition(b"=")
        if key == name:
            found = value
    return found
