"""A private Dovecot: one that only answers whether a login is right, for Postfix's SASL (needs root, as Postfix does),
and one with mailboxes."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.support.ports import free_port, listening
from tests.support.processes import Daemon, run
from tests.support.tls import Certificates

_UID = 5000  # whose the mail is where root runs this

# A wrong login makes nobody wait: neither itself (auth_failure_delay) nor the next from its address, which Dovecot's
# anvil would hold up for 2, 4, 8 and at last 15 s (mode 0 is the documented way to have no such penalty).

_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = dovecot
default_login_user = dovenull
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class DovecotAuth:
    """`users` maps logins to passwords; `socket` is where Postfix asks."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-dovecot-"))
        self.folder.chmod(0o755)
        self.socket = self.folder / "auth"
        (self.folder / "users").write_text("".join(f"{user}:{{PLAIN}}{word}\n" for user, word in users.items()))
        (self.folder / "dovecot.conf").write_text(_CONF.format(folder=self.folder))
        self.daemon = Daemon(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"], self.folder / "log")

    def __enter__(self) -> DovecotAuth:
        self.daemon.start()
        self.daemon.wait_until(self.socket.exists, "auth socket")
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.kill()  # asked to end, it takes a second
        shutil.rmtree(self.folder, ignore_errors=True)


_IMAP_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
disable_plaintext_auth = no
auth_failure_delay = 0
auth_master_user_separator = *
auth_username_chars =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}/mail/%Lu
mail_location = {format}
mail_plugins = quota
{tls}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
}}
passdb {{
  driver = passwd-file
  deny = yes
  args = {folder}/locked
}}
passdb {{
  driver = passwd-file
  master = yes
  args = {folder}/masters
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
  default_fields = uid={uid} gid={gid} home={folder}/mail/%Lu
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=1G
  last_login_dict = file:{folder}/state/last-login
  last_login_key = last-login/%{{auth_user}}/%u
}}
protocol imap {{
  mail_plugins = quota imap_quota {last_login}
}}
protocol pop3 {{
  mail_plugins = quota {last_login}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  service_count = 1000
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0666
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class DovecotImap:
    """A private Dovecot with IMAP and POP3, a master user "poller", a quota and a record of last logins; any uid.

    All `users` have the password "test". `format`: mail_location. With `tls`, STARTTLS and `imaps`. `last_login`: keep
    the record; in a file every login waits for its lock.
    """

    MASTER, SECRET, PASSWORD = "poller", "pollpw", "test"

    def __init__(
        self,
        users: Iterable[str],
        tls: Certificates | None = None,
        format: str = "maildir:~/Maildir",
        last_login: bool = True,
    ) -> None:
        self.format = format
        self._last_login = "last_login" if last_login else ""
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-imap-"))
        self.port, self.pop, self.imaps = free_port(), free_port(), free_port() if tls else 0
        for name in ("mail", "state"):
            (self.folder / name).mkdir()
        for name in ("locked", "state/last-login"):
            (self.folder / name).touch()
        (self.folder / "users").write_text(
            "".join(f"{_escaped(user)}:{{PLAIN}}{self.PASSWORD}::::::\n" for user in users)
        )
        (self.folder / "masters").write_text(f"{self.MASTER}:{{PLAIN}}{self.SECRET}\n")
        self.config = self.folder / "dovecot.conf"
        self.config.write_text(self._text(tls, format))
        self._own()
        self.daemon = Daemon(["/usr/sbin/dovecot", "-F", "-c", self.config], self.folder / "log")

    def _text(self, tls: Certificates | None, format: str) -> str:
        root = os.geteuid() == 0
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        return _IMAP_CONF.format(
            folder=self.folder,
            user="dovecot" if root else user,
            group="dovecot" if root else group,
            login="dovenull" if root else user,
            uid=_UID if root else os.getuid(),
            gid=_UID if root else os.getgid(),
            format=format,
            last_login=self._last_login,
            tls=f"ssl = yes\nssl_cert = <{tls.chain}\nssl_key = <{tls.key}" if tls else "ssl = no",
            imap=self.port,
            imaps=self.imaps,
            pop=self.pop,
        )

    def _own(self) -> None:
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            for path in (self.folder / "mail", self.folder / "state", self.folder / "state/last-login"):
                os.chown(path, _UID, _UID)
            (self.folder / "state").chmod(0o777)

    def remove(self, *users: str) -> None:
        """Take users away, and wait until Dovecot has noticed; their mail stays on disk."""
        path, gone = self.folder / "users", tuple(f"{user}:" for user in users)
        path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith(gone)))
        for user in users:
            while not run(["doveadm", "-c", self.config, "user", user]).returncode:
                time.sleep(0.2)

    def lock(self, *users: str) -> None:
        """Deny these logins, as a locked mailbox's are; nobody named: none."""
        (self.folder / "locked").write_text("".join(f"{user}:\n" for user in users))

    def deliver(self, user: str, count: int = 1, *options: str) -> None:
        """Put messages into the inbox as a mail server does."""
        for number in range(count):
            mail = f"From: a@nguon.example\r\nSubject: thu {number}\r\n\r\nNoi dung {number}\r\n".encode()
            self._run(["/usr/lib/dovecot/dovecot-lda", "-c", self.config, "-d", user, *options], mail)

    def doveadm(self, *words: str) -> str:
        """Run an administrator's command; what it prints."""
        return self._run(["doveadm", "-c", self.config, *words])

    def last_logins(self) -> str:
        """Dovecot's own record."""
        return (self.folder / "state/last-login").read_text()

    def _run(self, command: Sequence[str | Path], data: bytes | None = None) -> str:
        done = run(command, data=data)
        if done.returncode:
            raise AssertionError(f"{command}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def __enter__(self) -> DovecotImap:
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port), "imap")
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.kill()  # asked to end, it takes a second
        shutil.rmtree(self.folder, ignore_errors=True)


def _escaped(user: str) -> str:
    """As passwd-file looks names up."""
    return "".join(f"\\{sign}" if sign in "\\\"'" else sign for sign in user)
