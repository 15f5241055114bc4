"""A private Postfix instance in a temporary folder: chosen loopback ports, Maildir delivery, readable afterwards.

Needs root (Postfix's master does) and the users that Debian's package makes. Touches nothing of the system's instance.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon

DAEMONS = Path("/usr/lib/postfix/sbin")
DOMAIN = "tinh.example"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
default_transport = discard:
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 104857600
smtpd_milters =
local_header_rewrite_clients =
message_drop_headers =
header_size_limit = 1048576
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/recipients,
  permit_mynetworks, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_hard_error_limit = 1000
smtpd_soft_error_limit = 1000
in_flow_delay = 0
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = /
"""

_MASTER = """\
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""

# Every local part exists, except those that begin with "unknown"; "later" is refused for now.
_RECIPIENTS = "/^unknown/ 550 5.1.1 User unknown\n/^later/ 450 4.2.1 Mailbox busy\n"


@functools.cache
def _empty_queue() -> Path:
    """A queue's folders as Postfix makes them, once for all instances: it takes a script of its own a second or two."""
    made = Postfix()
    atexit.register(shutil.rmtree, made.folder, ignore_errors=True)
    made._write()
    check = ["postfix", "-c", str(made.folder / "etc"), "check"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f"postfix check: {done.stdout}{done.stderr}")
    return made.folder / "queue"


class Postfix:
    """One instance. `services` maps a port to the main.cf options of the smtpd that listens there."""

    def __init__(
        self,
        services: Mapping[int, Mapping[str, str]] | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        log: bool = True,
    ) -> None:
        self.services = dict(services) if services is not None else {free_port(): {}}
        self.port = next(iter(self.services))
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-postfix-"))
        self.folder.chmod(0o755)
        self._settings = {**({} if log else {"maillog_file": ""}), **(settings or {})}
        self.daemon = Daemon(
            [DAEMONS / "master", "-c", self.folder / "etc", "-d"], self.folder / "master.log", cwd=Path("/")
        )

    def _write(self) -> None:
        for name in ("etc", "queue", "data", "mail", "log"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix", "postfix")
        shutil.chown(self.folder / "mail", "nobody", "nogroup")
        (self.folder / "recipients").write_text(_RECIPIENTS)
        owner = (self.folder / "mail").stat()
        main = _MAIN.format(folder=self.folder, daemons=DAEMONS, domain=DOMAIN, uid=owner.st_uid, gid=owner.st_gid)
        extra = "".join(f"{key} = {value}\n" for key, value in self._settings.items())
        (self.folder / "etc/main.cf").write_text(main + extra)
        (self.folder / "etc/master.cf").write_text(_MASTER + "".join(map(self._service, self.services)))

    def _service(self, port: int) -> str:
        options = "".join(f"\n  -o {{ {key} = {value} }}" for key, value in self.services[port].items())
        return f"{HOST}:{port} inet n - n - 100 smtpd{options}\n"

    def start(self) -> None:
        """Write the configuration, start the master, wait for every port."""
        self._write()
        shutil.rmtree(self.folder / "queue")
        subprocess.run(["cp", "-a", _empty_queue(), self.folder / "queue"], check=True, timeout=60)
        self.daemon.start()
        for port in self.services:
            self.daemon.wait_until(lambda port=port: listening(port), f"port {port}")  # type: ignore[misc]

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Postfix:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def log(self) -> str:
        """The instance's mail log."""
        path = self.folder / "log/mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_logged(self, words: str, least: int = 1, seconds: float = 60.0) -> int:
        """How often the log has these words, once it has them so often: another process writes it, after the reply."""
        deadline = time.monotonic() + seconds
        while (found := self.log().count(words)) < least:
            assert time.monotonic() < deadline, f"{words!r} {found} times, not {least}:\n{self.log()[-3000:]}"
            time.sleep(0.05)
        return found

    def queued(self) -> int:
        """Messages in the queue: incoming, active and deferred. One that is still being received does not count."""
        places = (
            path for name in ("incoming", "active", "deferred") for path in (self.folder / "queue" / name).rglob("*")
        )
        return sum(map(_complete, places))

    def delivered(self, recipient: str = "") -> list[bytes]:
        """The delivered files of a recipient, or of everyone, as stored: LF line ends, Postfix's lines on top."""
        stored = [path.read_bytes() for path in sorted((self.folder / "mail/all/new").glob("*"))]
        mark = f"Delivered-To: {recipient}\n".encode()
        return [one for one in stored if mark in one] if recipient else stored

    def wait_idle(self, seconds: float = 60.0, pause: float = 0.05) -> None:
        """Return once the queue was empty three times, `pause` apart; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        empty = 0
        while empty < 3:
            empty = empty + 1 if self.queued() == 0 else 0
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.queued()} messages are still queued:\n{self.log()[-3000:]}")
            time.sleep(pause)

    def wait_delivered(self, count: int, seconds: float = 60.0) -> list[bytes]:
        """All delivered messages once there are at least `count` and the queue is empty."""
        deadline = time.monotonic() + seconds
        while len(self.delivered()) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.delivered())} of {count} delivered:\n{self.log()[-3000:]}")
            time.sleep(0.05)
        self.wait_idle(seconds)
        return self.delivered()

    def clear(self) -> None:
        """Forget what was delivered, and what is on its way."""
        if self.daemon.running:
            self.wait_idle()
        for path in (self.folder / "mail/all/new").glob("*"):
            path.unlink()


def _complete(path: Path) -> bool:
    """Postfix makes a queue file executable once the message is whole."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and bool(status.st_mode & stat.S_IXUSR)


def content(stored: bytes, own: tuple[bytes, ...] = ()) -> bytes:
    """A stored message without the header lines that the way here put on top (Postfix's, and those named in `own`)."""
    prepended = (b"return-path:", b"x-original-to:", b"delivered-to:", *own)
    lines = stored.splitlines(keepends=True)
    index, received = 0, 0
    while index < len(lines):
        line = lines[index].lower()
        if line.startswith(b"received:") and received == 0:
            received += 1
        elif not line.startswith(prepended):
            break
        index += 1
        while index < len(lines) and lines[index][:1] in b" \t" and lines[index] not in (b"\n", b""):
            index += 1
    return b"".join(lines[index:])
