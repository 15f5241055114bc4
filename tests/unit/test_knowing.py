"""What a worker knows of senders: it waits for a store that is away, and a reload takes every setting into force."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from gateway import knowing
from gateway.config import Settings
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from gateway.knowing import Knowledge
from gateway.who import NO_DIRECTORY, Channel

AWAY = "postgresql://nobody@127.0.0.1:1/none"


def settings(folder: Path, **sections: Any) -> Settings:
    gateway = {"data_dir": folder, "domains": ["tinh.example"]}
    return Settings.model_validate({"gateway": gateway, "authentication": {"servers": ["127.0.0.1:1"]}} | sections)


async def test_a_server_that_is_away_at_start_is_waited_for(tmp_path: Path) -> None:
    knowledge = Knowledge(settings(tmp_path, store={"url": AWAY}))
    await knowledge.start()
    try:
        assert knowledge.known.missing
        assert knowledge.known.directory is NO_DIRECTORY
    finally:
        await knowledge.close()


async def test_it_is_asked_again_until_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = settings(tmp_path)
    knowledge = Knowledge(settings(tmp_path, store={"url": AWAY}, directory={"refresh": "20ms"}))
    await knowledge.start()
    try:
        back = DirectoryStore(here.store.url, tmp_path)
        monkeypatch.setattr(knowledge._source, "_store", back)
        until = time.monotonic() + 20
        while knowledge.known.missing and time.monotonic() < until:
            await asyncio.sleep(0.02)
        assert not knowledge.known.missing
        assert back.version() == knowledge.known.directory.version, "its tables were made as well"
        assert back._has_tables()
    finally:
        await knowledge.close()


async def test_a_file_that_cannot_be_had_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").mkdir()
    knowledge = Knowledge(settings(tmp_path))
    with pytest.raises(StartError, match="data_dir"):
        await knowledge.start()
    await knowledge.close()


async def test_a_reload_takes_every_setting_into_force(tmp_path: Path) -> None:
    knowledge = Knowledge(settings(tmp_path))
    await knowledge.start()
    try:
        asked = {"servers": ["127.0.0.1:2"], "fresh": "7d"}
        channel = [{"address": "phong@tinh.example"}]
        await knowledge.apply(
            settings(tmp_path, authentication=asked, directory={"refresh": "9s"}, request_channel=channel)
        )
        assert knowledge._shared.seconds > 7 * 86400
        assert knowledge._watcher.every == 9.0
        assert knowledge._resolver._servers == (("127.0.0.1", 2),)
        assert knowledge.known.directory.channels("phong@tinh.example")
    finally:
        await knowledge.close()


async def test_a_reload_takes_the_servers_that_the_system_has_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = settings(tmp_path, authentication={})
    monkeypatch.setattr(knowing, "system_servers", lambda: (("127.0.0.1", 1),))
    knowledge = Knowledge(system)
    await knowledge.start()
    try:
        before = knowledge._resolver
        await knowledge.apply(system)
        assert knowledge._resolver is before, "with all that it knows already"
        monkeypatch.setattr(knowing, "system_servers", lambda: (("127.0.0.1", 2),))
        await knowledge.apply(system)
        assert knowledge._resolver._servers == (("127.0.0.1", 2),)
    finally:
        await knowledge.close()


@pytest.mark.parametrize("kept", [False, True])
def test_the_rules_parameter_stands_before_the_regulations(tmp_path: Path, kept: bool) -> None:
    rule = {"request-channel": {"addresses": ["cap-thu@tinh.example"]}}
    made = settings(tmp_path, rules=rule)
    assert knowing.channels_of(made, kept=kept) == [Channel("cap-thu@tinh.example")]
    first = settings(tmp_path, rules=rule, request_channel=[{"address": "phong@tinh.example"}])
    assert knowing.channels_of(first, kept=kept) == [Channel("phong@tinh.example")]


async def test_a_reload_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge = Knowledge(settings(tmp_path))
    await knowledge.start()
    try:
        before = knowledge._settings
        with monkeypatch.context() as patch:
            patch.setattr(knowing, "channels_of", _fails)
            with pytest.raises(StartError):
                await knowledge.apply(settings(tmp_path, directory={"refresh": "9s"}))
        assert knowledge._settings is before
        assert knowledge._watcher.every == before.directory.refresh
    finally:
        await knowledge.close()


def _fails(*_: object, **__: object) -> Any:
    raise StartError("no")


async def test_a_command_that_looks_leaves_no_trace(tmp_path: Path) -> None:
    made = settings(tmp_path)
    knowledge = Knowledge(made)
    await knowledge.peek()
    assert await knowledge._memory.claim(("a",), 1.0) == frozenset()
    assert not any(tmp_path.iterdir()), "the signature of a message that is only looked at stays unseen"
    await knowledge.close()
