"""An upstream that keeps what it gets, byte for byte, and misbehaves by name: each connection on a thread of its own.

Faults (`fail`): a verb ("EHLO", "MAIL", "RCPT", "DATA", ".", "BDAT", "CONNECT") and what happens there:
a reply as text ("451 4.3.0 no"), "close" (drop the connection unanswered), "hang" (say nothing until stopped),
"surplus" (two replies), "garbage" (no SMTP), "late-close" (".": take the message, then drop without the reply),
"slow" (answer well, but only after 1.5 seconds).
`times` limits how often a fault happens; 0 is always.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field

from tests.support.ports import HOST


@dataclass(slots=True)
class Received:
    """One message that this upstream answered for, or would have: envelope lines and content, dots removed."""

    mail: str
    rcpt: list[str]
    content: bytes
    login: str = ""
    xclient: list[str] = field(default_factory=list)


class Recorder:
    """A recording upstream on a loopback port. `offers` are its EHLO lines; `users` maps logins to passwords."""

    def __init__(
        self,
        *offers: str,
        fail: dict[str, str] | None = None,
        times: int = 0,
        tls: ssl.SSLContext | None = None,
        users: dict[str, str] | None = None,
    ) -> None:
        self.offers = offers or ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "SIZE 104857600")
        self.fail, self.times, self.tls, self.users = dict(fail or {}), times, tls, users or {}
        self.messages: list[Received] = []
        self.verbs: Counter[str] = Counter()
        self.commands: list[str] = []
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server((HOST, 0), backlog=1024)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close everything."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = _Conversation(self, connection)
        with contextlib.suppress(OSError, _DropError, ValueError):
            talk.run()
        talk.socket.close()  # after STARTTLS another one than `connection`
        self._open.discard(connection)

    def fault(self, verb: str) -> str:
        """What happens at this verb now; empty for nothing."""
        self.verbs[verb] += 1
        if self.times and self.verbs[verb] > self.times:
            return ""
        return self.fail.get(verb, "")


class _DropError(Exception):
    """This connection ends here."""


class _Conversation:
    """One connection's state."""

    def __init__(self, recorder: Recorder, connection: socket.socket) -> None:
        self.recorder, self.socket = recorder, connection
        self.buffer = b""
        self.encrypted = False
        self.login = ""
        self.xclient: list[str] = []
        self.start()

    def start(self) -> None:
        self.mail, self.rcpt, self.chunks = "", list[str](), list[bytes]()

    def say(self, text: str) -> None:
        self.socket.sendall(text.encode() + b"\r\n")

    def misbehave(self, verb: str) -> bool:
        """Do what the fault says; True when the verb has been answered by it."""
        fault = self.recorder.fault(verb)
        if fault in ("close", "late-close"):
            raise _DropError
        if fault == "hang":
            self.recorder.stopping.wait(120)
            raise _DropError
        if fault in ("", "surplus", "slow"):
            if fault == "slow":
                self.recorder.stopping.wait(1.5)
            if fault == "surplus":
                self.say("250 2.0.0 surplus")
            return False
        self.say("\x00\xff nonsense" if fault == "garbage" else fault)
        return True

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def more(self) -> None:
        self.buffer += self.received()

    def received(self) -> bytes:
        if not (got := self.socket.recv(262144)):
            raise _DropError
        return got

    def exactly(self, size: int) -> bytes:
        data = bytearray(self.buffer)
        while len(data) < size:
            data += self.received()
        self.buffer = bytes(data[size:])
        return bytes(data[:size])

    def stuffed(self) -> bytes:
        """All up to the dot, in time that is linear: the messages of some tests are large."""
        data, seen = bytearray(b"\r\n" + self.buffer), 0
        while (end := data.find(b"\r\n.\r\n", seen)) < 0:
            seen = max(0, len(data) - 4)
            data += self.received()
        self.buffer = bytes(data[end + 5 :])
        return bytes(data[: end + 2])

    def run(self) -> None:
        if self.misbehave("CONNECT"):
            raise _DropError
        self.say("220 upstream.tinh.example ESMTP")
        while True:
            text = self.line().decode("utf-8", "replace")
            self.recorder.commands.append(text)
            verb = text.split(" ", 1)[0].upper()
            if verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            if verb == "BDAT":
                self.bdat(text.split())
            elif not self.misbehave(verb):
                getattr(self, f"do_{verb.lower()}", self.unknown)(text)

    def unknown(self, _text: str) -> None:
        self.say("502 5.5.1 unknown")

    def do_ehlo(self, _text: str) -> None:
        offers = [*self.recorder.offers]
        if self.recorder.tls and not self.encrypted:
            offers.append("STARTTLS")
        if self.recorder.users and (self.encrypted or not self.recorder.tls):
            offers.append("AUTH PLAIN LOGIN")
        lines = ["upstream.tinh.example", *offers]
        self.say("\r\n".join(f"250{' ' if one is lines[-1] else '-'}{one}" for one in lines))

    def do_helo(self, _text: str) -> None:
        self.say("250 upstream.tinh.example")

    def do_noop(self, _text: str) -> None:
        self.say("250 2.0.0 OK")

    def do_rset(self, _text: str) -> None:
        self.start()
        self.say("250 2.0.0 OK")

    def do_xforward(self, _text: str) -> None:
        self.say("250 2.0.0 OK")

    def do_xclient(self, text: str) -> None:
        self.xclient.append(text)
        self.say("220 upstream.tinh.example ESMTP")

    def do_starttls(self, _text: str) -> None:
        assert self.recorder.tls is not None
        self.say("220 2.0.0 ready")
        self.socket = self.recorder.tls.wrap_socket(self.socket, server_side=True)
        self.encrypted = True

    def do_auth(self, text: str) -> None:
        words = text.split()
        if words[1].upper() == "PLAIN":
            initial = words[2] if len(words) > 2 else self.ask("")
            _, user, password = base64.b64decode(initial).decode().split("\0")
        else:
            user = base64.b64decode(words[2] if len(words) > 2 else self.ask("VXNlcm5hbWU6")).decode()
            password = base64.b64decode(self.ask("UGFzc3dvcmQ6")).decode()
        if self.recorder.users.get(user) == password:
            self.login = user
            self.say("235 2.7.0 accepted")
        else:
            self.say("535 5.7.8 authentication failed")

    def ask(self, challenge: str) -> str:
        self.say(f"334 {challenge}")
        return self.line().decode()

    def do_mail(self, text: str) -> None:
        self.mail = text
        self.say("250 2.1.0 OK")

    def do_rcpt(self, text: str) -> None:
        if "<unknown" in text.lower():
            self.say("550 5.1.1 User unknown")
        elif "<later" in text.lower():
            self.say("450 4.2.1 Mailbox busy")
        else:
            self.rcpt.append(text)
            self.say("250 2.1.5 OK")

    def do_data(self, _text: str) -> None:
        self.say("354 go on")
        self.finish(self.stuffed().replace(b"\r\n.", b"\r\n")[2:])

    def bdat(self, words: list[str]) -> None:
        data = self.exactly(int(words[1]))
        if self.misbehave("BDAT"):
            return
        self.chunks.append(data)
        if len(words) > 2:
            self.finish(b"".join(self.chunks))
        else:
            self.say("250 2.0.0 chunk")

    def finish(self, content: bytes) -> None:
        fault = self.recorder.fail.get(".", "")
        if fault in ("", "surplus", "slow", "late-close"):
            self.recorder.messages.append(Received(self.mail, self.rcpt, content, self.login, self.xclient))
        self.start()
        if not self.misbehave("."):
            self.say("250 2.0.0 taken")
