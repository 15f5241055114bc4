"""A private Dovecot that only answers whether a login is right, for Postfix's SASL. Needs root, as Postfix does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.processes import Daemon

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
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
