"""A reload is all or nothing: what one part refuses leaves directory, watch, listeners and all parts as they were.

The gateway's own constructors; what is broken is broken in the configuration or on the disk, as an administrator would.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.errors import StartError
from tests.smtp.conftest import MESSAGE, Running, Start, listening
from tests.support.ports import free_port
from tests.support.tls import certificates

REFUSED: dict[str, dict[str, Any]] = {
    "the last part": {"lifecycle": {"do": {"lock": ["deny-file"]}}},
    "a password that cannot be read": {
        "imap": {"host": "127.0.0.1:1", "tls": "loopback", "user": "poller", "password_file": "/khong/co"}
    },
    "the key of public pages": {"console": {"public_url": "https://x.example"}, "gateway": {"pass_key": "/khong/co"}},
}
NEW: dict[str, dict[str, Any]] = {"directory": {"refresh": 7.0}, "senders": {"refresh": 9.0}, "access": {"every": 77.0}}


def changed(settings: Settings, *changes: dict[str, Any]) -> Settings:
    """With these sections' keys changed."""
    tree = settings.model_dump()
    for sections in changes:
        for name, keys in sections.items():
            tree[name] = {**tree[name], **keys}
    return Settings.model_validate(tree)


def state(running: Running) -> dict[str, Any]:
    """What a new configuration would change, and all that was built of the one in force."""
    app = running.app
    return {
        "settings": app.settings,
        "directory": (app._knowledge._settings, app._knowledge._watcher.every, app._knowledge._resolver),
        "watch": (app._watching._settings, app._watching._watch.every, app._watching._sentry.letters),
        "parts": [getattr(part, "_settings", None) for part in app._parts._parts],
        "next hops": dict(app.upstreams),
        "contexts": {name: listener.context for name, listener in app.listeners.items()},
    }


@pytest.mark.parametrize("what", REFUSED)
async def test_what_one_refuses_changes_nothing(start: Start, what: str) -> None:
    running = await start()
    before, tasks = state(running), {task.get_name() for task in asyncio.all_tasks()}
    other = {"upstream": {"box": {"hosts": ["127.0.0.1:9"], "tls": "none"}}}
    with pytest.raises(StartError):
        await running.app.reload(changed(running.app.settings, NEW, other, REFUSED[what]))
    after = state(running)
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
    assert {task.get_name() for task in asyncio.all_tasks()} <= tasks, "the next hop that was not taken is closed"
    await running.app.reload(changed(running.app.settings, NEW))
    taken = state(running)
    assert (taken["directory"][1], taken["watch"][1]) == (7.0, 9.0)
    assert [one.access.every for one in taken["parts"]] == [77.0] * len(taken["parts"])


async def test_a_socket_that_was_opened_for_it_is_closed(start: Start, tmp_path: Path) -> None:
    running = await start()
    tokens, port = tmp_path / "tokens", free_port()
    tokens.write_text("t" * 32)
    access = {"access": {"events": True, "bind": f"127.0.0.1:{port}", "tokens_file": str(tokens)}}
    with pytest.raises(StartError):
        await running.app.reload(changed(running.app.settings, access, REFUSED["the last part"]))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 2).close()
    await running.app.reload(changed(running.app.settings, access))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def test_nor_is_a_new_certificate_shown(start: Start, tmp_path: Path) -> None:
    made = certificates(tmp_path, "gw.test.example")
    running = await start(tls="starttls", certificate=made.chain, key=made.key)
    context = running.app._tls["inbound"]
    shown: list[object] = []
    context.load_cert_chain = lambda *files: shown.append(files)  # type: ignore[method-assign]
    with pytest.raises(StartError):
        await running.app.reload(changed(running.app.settings, REFUSED["the last part"]))
    assert shown == []
    await running.app.reload(running.app.settings)
    assert len(shown) == 1


async def test_what_comes_over_a_listener_that_a_reload_took_away_is_not_cut_by_the_end(start: Start) -> None:
    running = await start()
    client = await running.ready()
    assert (await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>", b"DATA")).startswith(b"354")
    before, running.app.sockets["inbound"] = running.app.sockets["inbound"], listening()
    await running.app.reload(running.app.settings)
    before.close()
    ending = asyncio.create_task(running.app.drain(60))
    await asyncio.sleep(0.2)
    assert not ending.done()
    client.send(MESSAGE + b".\r\n")
    assert (await client.reply()).startswith(b"250")
    await ending
    assert running.contents() == [MESSAGE]
