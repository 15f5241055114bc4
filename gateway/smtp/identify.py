"""AUTH passed through to the upstream; XCLIENT and XFORWARD from configured networks (RFC 4954, Postfix's README).

The password goes through as it came, to the upstream only: it is neither kept nor logged. Where logins are watched for
their passwords (off by default) each response is looked at once, as it passes; see `gateway.passwords`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from gateway import replies
from gateway.model import Reply
from gateway.passwords.watch import Glance
from gateway.smtp.commands import Commands, legible
from gateway.smtp.context import parse_address

_XTEXT = re.compile(rb"\+([0-9A-F]{2})")
_UNKNOWN = ("[UNAVAILABLE]", "[TEMPUNAVAIL]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
_WRONG = 535  # RFC 4954 6: credentials invalid
_MAX_VALUE = 255


class Identify(Commands):
    """The part of a session that learns who the client is."""

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        """Relay a SASL exchange to the upstream, which decides."""
        self.idle_commands += 1
        words = (arg or "").split() or [""]
        refusal = self._auth_refusal(words)
        if refusal is not None:
            self.say(refusal)
            return
        initial = words[1].encode() if len(words) == 2 else None
        mechanism = words[0].upper()
        # Only the first response holds the name; a later one may be the password.
        login = login_name(mechanism, initial) if initial else None
        look = self.context.pipeline.look_at_password
        glance = look(mechanism, login, initial) if login and initial and mechanism == "PLAIN" else None

        async def challenge(text: bytes) -> bytes | None:
            nonlocal login, glance
            answer = await self._challenge(text)
            named = login is not None
            if login is None:
                login = login_name(mechanism, answer or b"")
            if answer and login and glance is None and named == (mechanism == "LOGIN"):
                glance = look(mechanism, login, answer)
            return answer

        self.deadline = self.loop.time() + self.context.settings.command_timeout
        result = await self.context.upstream.login(self.client, mechanism, initial, challenge)
        if result.connection is not None:
            self.owned, self.client.user = result.connection, login or "?"
            if glance is not None and (refused := await self._refused_for_password(glance)) is not None:
                self.say(refused)
                return
            if login and self.context.on_login is not None:
                self.context.on_login(login, self.client.client_address)
        elif result.reply.code == _WRONG and login:
            self.context.pipeline.login_failed(login, self.client.client_address)
        self.say(result.reply)

    async def _refused_for_password(self, glance: Glance) -> Reply | None:
        """The refusal of a login that the upstream took, after which nobody is logged in; None where it stands."""
        reply: Reply | None = replies.TROUBLE
        try:
            reply = await self.context.pipeline.logged_in(self.client, glance)
        finally:
            if reply is not None:
                self.disown()
        return reply

    def _auth_refusal(self, words: list[str]) -> Reply | None:
        offered = self.context.mechanisms(self.context.upstream.capabilities)
        if not self.client.esmtp:
            return replies.HELLO_FIRST
        if not self.context.auth:
            return replies.NOT_OFFERED
        if not self.client.tls:
            return replies.AUTH_NEEDS_TLS
        if self.client.user or self.mail is not None:
            return replies.AUTH_DONE if self.client.user else replies.NESTED_MAIL
        if not offered:
            return replies.AUTH_UNAVAILABLE
        if words[0].upper() not in offered:
            return replies.AUTH_UNKNOWN
        if len(words) > 2 or (len(words) == 2 and not (words[1] == "=" or _BASE64.match(words[1]))):
            return replies.AUTH_MALFORMED
        return None

    async def _challenge(self, text: bytes) -> bytes | None:
        """Send the upstream's 334 to the client; its line, or None when it cancels."""
        self._out.append(b"334 " + text[:12000] + b"\r\n")
        while (line := self.inbox.line()) is None:
            await self.need_input(self.context.settings.command_timeout)
        answer = line.rstrip(b"\r\n")
        if not line or answer == b"*" or not _BASE64.match(answer.decode("latin-1")):
            return None
        return answer

    async def smtp_XCLIENT(self, arg: str | None) -> None:  # noqa: N802
        """A trusted server says who its client is; the session begins anew (220)."""
        attributes = self._attributes(arg, self.peer.xclient)
        if isinstance(attributes, Reply):
            self.say(attributes)
            return
        self.reset_transaction()
        self._believe(attributes)
        if "LOGIN" in attributes or "ADDR" in attributes:  # another client is not who the one before it was
            self.disown()
            self.client.user = attributes.get("LOGIN", "")
        if "ADDR" in attributes:
            self._take_address(attributes["ADDR"])
        self.client.helo = attributes.get("HELO", "")
        self._out.append(self.context.banner)

    def _take_address(self, text: str) -> None:
        """From now on the client is who it was said to be: with its own networks' rights, not the server's.

        To say who it is is one of them: a server may hand all that follows through as its client sends it (Postfix
        takes the right back, too). Only the connection goes on counting for the server.
        """
        self.peer = self.context.peer(text)
        self.peer.grant(self.client)
        self.client.stranger = False

    async def smtp_XFORWARD(self, arg: str | None) -> None:  # noqa: N802
        """A trusted server says where its next message comes from; for the record only, and not of any later message.

        Postfix says nothing of a message of its own, a bounce for one, that follows on the same connection.
        """
        attributes = self._attributes(arg, self.peer.xforward)
        if isinstance(attributes, Reply):
            self.say(attributes)
            return
        self.forwarder = self.forwarder or self.client
        self.client = replace(self.client)
        self._believe(attributes)
        if "ADDR" in attributes:  # what the server says of itself keeps its rights; a limit is the client's own
            address = attributes["ADDR"]
            self.client.stranger = bool(address) and not self.context.peer(address).trusted
        self.say(replies.OK)

    def _believe(self, attributes: dict[str, str]) -> None:
        client = self.client
        if "NAME" in attributes:
            client.client_name = attributes["NAME"]
        if "ADDR" in attributes:
            client.client_address = attributes["ADDR"] or "unknown"
        if "HELO" in attributes and client.helo:  # said with XFORWARD, after the server's own EHLO
            client.helo = attributes["HELO"] or "unknown"

    def _attributes(self, arg: str | None, allowed: bool) -> dict[str, str] | Reply:
        if not allowed:
            self.metrics.protocol_error("other")
            return replies.XCLIENT_DENIED
        if self.mail is not None:
            return replies.NESTED_MAIL
        made: dict[str, str] = {}
        for word in (arg or "").split():
            name, sep, value = word.partition("=")
            plain = _attribute(name.upper(), value)
            if not sep or plain is None:
                return replies.BAD_ARGUMENT
            made[name.upper()] = plain
        if made.get("ADDR"):
            address = parse_address(made["ADDR"].removeprefix("IPV6:").removeprefix("IPv6:"))
            if address is None:
                return replies.BAD_ARGUMENT
            made["ADDR"] = str(address)
        return made or replies.BAD_ARGUMENT


def _attribute(name: str, value: str) -> str | None:
    """Decode xtext (RFC 3461 4), whose octets are UTF-8; "" for an unknown value, None for what cannot be taken.

    A login is taken as it is or not at all. Of what a client calls itself, and it may call itself anything, as much is
    taken as can be read: a server in front cannot go on without, and its client's mail would be put off for ever.
    """
    if value.upper() in _UNKNOWN:
        return ""
    octets = _XTEXT.sub(lambda match: bytes.fromhex(match[1].decode()), value.encode("utf-8", "surrogateescape"))
    plain = octets.decode("utf-8", "replace")
    if name != "LOGIN":
        return legible(plain[:_MAX_VALUE])
    return plain if len(plain) <= _MAX_VALUE and plain.isprintable() and "\ufffd" not in plain else None


def login_name(mechanism: str, response: bytes) -> str:
    """The login out of the first PLAIN or LOGIN response, for the record; "" when it has none. Never the password.

    PLAIN (RFC 4616) is authzid NUL authcid NUL password. It is who logged in (authcid): whom he says that he acts for
    is not looked at by every server, so it proves nothing.
    """
    try:
        plain = base64.b64decode(response, validate=True)
    except (binascii.Error, ValueError):
        return ""
    parts = plain.split(b"\0")
    if mechanism == "PLAIN":
        plain = parts[1] if len(parts) == 3 else b""
    return plain.decode("utf-8", "replace")[:_MAX_VALUE]
