"""An SMTP client that sends exactly the bytes it is told, when it is told, and reads replies with a deadline."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass

from tests.support.ports import HOST


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: its code and its whole text, line ends included."""

    code: int
    text: str


class ClosedError(Exception):
    """The server closed the connection."""


class Client:
    """A raw connection. Every read is bounded by `timeout` seconds: TimeoutError, never a hang."""

    def __init__(
        self,
        port: int,
        *,
        timeout: float = 20.0,
        tls: ssl.SSLContext | None = None,
        prefix: bytes = b"",
        greet: bool = True,
    ) -> None:
        self.socket: socket.socket = socket.create_connection((HOST, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self._buffer = b""
        try:
            self.greeting = self._begin(prefix, tls, greet)
        except BaseException:
            self.socket.close()
            raise

    def _begin(self, prefix: bytes, tls: ssl.SSLContext | None, greet: bool) -> Answer | None:
        if prefix:
            self.socket.sendall(prefix)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="gw.tinh.example")
        return self.read() if greet else None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close without a QUIT."""
        self.socket.close()

    def reset(self) -> None:
        """Close with a TCP reset, as a client does whose machine goes away."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def starttls(self, context: ssl.SSLContext) -> Answer:
        """STARTTLS and the handshake."""
        answer = self.command("STARTTLS")
        if answer.code == 220:
            self.socket = context.wrap_socket(self.socket, server_hostname="gw.tinh.example")
        return answer

    def send(self, data: bytes) -> None:
        """These bytes, no more."""
        self.socket.sendall(data)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no reply in time")
            self.socket.settimeout(left)
            got = self.socket.recv(65536)
            if not got:
                raise ClosedError(self._buffer)
            self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line + b"\n"

    def read(self, timeout: float | None = None) -> Answer:
        """The next reply; ClosedError at the connection's end."""
        deadline = time.monotonic() + (timeout or self.timeout)
        lines = [self._line(deadline)]
        while lines[-1][3:4] == b"-":
            lines.append(self._line(deadline))
        text = b"".join(lines).decode("utf-8", "replace")
        assert all(line.endswith(b"\r\n") for line in lines), lines
        return Answer(int(lines[-1][:3]), text)

    def command(self, line: str | bytes) -> Answer:
        """One command line and its reply."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.read()

    def ehlo(self) -> set[str]:
        """The keywords that EHLO offers, each line in upper case."""
        answer = self.command("EHLO may.nguon.example")
        assert answer.code == 250, answer
        return {line[4:].strip().upper() for line in answer.text.splitlines()[1:]}

    def envelope(self, sender: str = "nguon@nguon.example", *recipients: str, mail: str = "") -> list[Answer]:
        """MAIL and RCPTs, one by one; their replies."""
        answers = [self.command(f"MAIL FROM:<{sender}>{mail}")]
        return answers + [self.command(f"RCPT TO:<{one}>") for one in recipients or ("an@tinh.example",)]

    def data(self, wire: bytes) -> Answer:
        """DATA and these bytes, which bring their own dots and their own end; the last reply."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        self.send(wire)
        return self.read()

    def message(self, content: bytes, sender: str = "nguon@nguon.example", *recipients: str) -> Answer:
        """A whole transaction: `content` has CRLF line ends and is dot-stuffed here. The last or first bad reply."""
        for answer in self.envelope(sender, *recipients):
            if answer.code >= 400:
                return answer
        return self.data(wire_form(content))

    def bdat(self, *chunks: bytes) -> Answer:
        """The content in BDAT chunks; the last reply, or the first refusal."""
        answer = Answer(0, "")
        for index, chunk in enumerate(chunks):
            last = b" LAST" if index == len(chunks) - 1 else b""
            self.send(b"BDAT %d%b\r\n%b" % (len(chunk), last, chunk))
            answer = self.read()
            if answer.code >= 400:
                break
        return answer

    def ended(self, seconds: float = 30.0) -> bool:
        """True when the server closes within `seconds` (what it says meanwhile is thrown away)."""
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                self.socket.settimeout(max(0.01, deadline - time.monotonic()))
                if not self.socket.recv(65536):
                    return True
        except TimeoutError:
            return False
        except OSError:
            return True
        return False


def wire_form(content: bytes) -> bytes:
    """Dot-stuffed content with the end of data (RFC 5321 4.5.2)."""
    stuffed = (b"." + content if content.startswith(b".") else content).replace(b"\r\n.", b"\r\n..")
    return stuffed + (b"" if stuffed.endswith(b"\r\n") or not stuffed else b"\r\n") + b".\r\n"
