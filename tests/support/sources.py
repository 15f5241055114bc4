"""The endpoints for Dovecot's events and policy in a thread of their own, and the settings for Dovecot."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gateway.access import Coverage, Evidence
from gateway.sources.feed import Feed, Feeding
from gateway.sources.judging import Judge
from gateway.sources.server import Certificate, Server
from gateway.sources.web import Door, application
from gateway.who import State

TOKEN = "ma-bi-mat-dung-de-thu-0123456789"

_CONF = """
event_exporter congthu {{
  format = json
  format_args = time-rfc3339
  transport = http-post
  transport_args = {url}/dovecot/events?token={token}
  transport_timeout = 30s
}}
metric congthu_logins {{
  filter = event=auth_request_finished
  exporter = congthu
}}
metric congthu_commands {{
  filter = event=imap_command_finished and (cmd_name=SELECT or cmd_name=IDLE)
  exporter = congthu
}}
auth_policy_server_url = {url}/dovecot/policy
auth_policy_server_api_header = X-Congthu-Token: {token}
auth_policy_server_timeout_msecs = 30000
auth_policy_hash_nonce = khong-dung-den
auth_policy_check_before_auth = no
auth_policy_check_after_auth = yes
auth_policy_report_after_auth = yes
auth_policy_request_attributes = login=%{{requested_username}} master=%{{master_user}} remote=%{{rip}} \
device_id=%{{client_id}} protocol=%s session_id=%{{session}}
imap_id_retain = yes
"""


def dovecot_settings(url: str, authority: Path | None = None) -> str:
    """What Dovecot is told to post to this address; more patient than the manual says: what comes late is lost."""
    trust = f"ssl_client_ca_file = {authority}\n" if authority else ""
    return _CONF.format(url=url, token=TOKEN) + trust


class Endpoint:
    """Keeps what it is handed in lists. `states`: of mailboxes that may not log in."""

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        judge: Judge | None = None,
        address_of: Callable[[str], str] = str.lower,
    ) -> None:
        self.kept: list[Evidence] = []
        self.covered: list[Coverage] = []
        self.states: dict[str, State] = {}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if certificate else 'http'}://localhost:{self._socket.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self.feed = Feed(self._keep, address_of, judge=judge, feeding=Feeding(hold=0.05))
        app = application(self.feed, Door((TOKEN,)), state_of=lambda user: self.states.get(user))
        self._server = Server(app, self._socket, certificate)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def settings(self, authority: Path | None = None) -> str:
        """What Dovecot is told."""
        return dovecot_settings(self.url, authority)

    def of(self, mailbox: str) -> list[Evidence]:
        """All that was kept of one mailbox."""
        return [one for one in self.kept if one.mailbox == mailbox]

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until it holds; AssertionError after a minute."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"not in time: {what}; counted {dict(self.feed.counted)}"
            time.sleep(0.02)

    async def _keep(self, evidence: Sequence[Evidence], coverage: Sequence[Coverage]) -> None:
        self.kept += evidence
        self.covered += coverage

    def __enter__(self) -> Endpoint:
        self._thread.start()
        for work in (self.feed.start(), self._server.start()):
            asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
        return self

    def __exit__(self, *_: object) -> None:
        for work in (self._server.close(), self.feed.close()):
            asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


_numbers = itertools.count(1)


def marker() -> str:
    """A user that nobody else is: its login says that all before it has come."""
    return f"moc{next(_numbers)}@tinh.example"
