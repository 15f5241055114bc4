"""The deny file: whole or not at all, ours or left alone, as its owner made it."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from gateway.acting.deny import DenyRefused, alone, look, write
from tests.unit.acting.build import A, B


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "denied"


def names(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("#")]


def test_it_is_made_and_replaced(path: Path) -> None:
    assert write(path, [B, A]) == ()
    assert names(path) == [A, B]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    write(path, [B])
    assert names(path) == [B]
    write(path, [])
    assert names(path) == []
    assert [one.name for one in path.parent.iterdir()] == [path.name], "no draft is left"


def test_an_empty_one_is_an_administrators_invitation(path: Path) -> None:
    path.touch(0o600)
    path.chmod(0o644)
    write(path, [A])
    assert (names(path), stat.S_IMODE(path.stat().st_mode)) == ([A], 0o644)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_group_are_kept(path: Path) -> None:
    path.touch()
    os.chown(path, 1234, 4321)
    write(path, [A])
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


@pytest.mark.parametrize(
    ("place", "mode", "kept"), [(4, 0o600, False), (4, 0o640, True), (5, 0o640, False), (5, 0o644, True)]
)
def test_an_owner_that_cannot_be_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch, place: int, mode: int, kept: bool
) -> None:
    """Only where Dovecot reads it as the group, or as anybody, may it be ours. `place`: of the user, the group."""
    write(path, [A])
    path.chmod(mode)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "no")

    real = Path.stat
    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(Path, "stat", lambda self, **more: _as_of_another(real(self, **more), place))
    if kept:
        write(path, [B])
    else:
        with pytest.raises(DenyRefused, match="belongs to user"):
            write(path, [B])
    monkeypatch.undo()
    assert names(path) == [B if kept else A]
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert len(list(path.parent.iterdir())) == 1


def _as_of_another(found: os.stat_result, place: int) -> os.stat_result:
    values = list(found)
    values[place] += 1
    return os.stat_result(values)


def test_a_new_one_gets_the_folders_group(tmp_path: Path) -> None:
    """Where the folder gives it: so Dovecot can read a file that the gateway makes."""
    groups = [group for group in os.getgroups() if group != os.getgid()] or ([4321] if os.geteuid() == 0 else [])
    if not groups:
        pytest.skip("only one group here")
    folder = tmp_path / "shared"
    folder.mkdir()
    os.chown(folder, -1, groups[0])
    folder.chmod(0o2770)
    if os.geteuid() != 0:  # root's files belong to whoever owns the folder in any case
        assert folder.stat().st_mode & stat.S_ISGID
    write(folder / "denied", [A])
    write(folder / "denied", [A, B])
    assert (folder / "denied").stat().st_gid == groups[0]


def test_what_we_did_not_write_is_left_alone(path: Path) -> None:
    path.write_text("giamdoc:\n")
    with pytest.raises(DenyRefused, match=r"was not written by the gateway.*lifecycle\.deny_file"):
        write(path, [A])
    assert path.read_text() == "giamdoc:\n"


@pytest.mark.parametrize("made", ["folder", "link", "pipe"])
def test_what_is_no_file_is_left_alone(path: Path, made: str) -> None:
    target = path.with_name("elsewhere")
    target.write_text("")
    if made == "folder":
        path.mkdir()
    elif made == "link":
        path.symlink_to(target)
    else:
        os.mkfifo(path)
    with pytest.raises(DenyRefused):
        write(path, [A])
    assert target.read_text() == ""


def test_the_same_again_is_not_written(path: Path) -> None:
    write(path, [A])
    before = path.stat()
    write(path, [A])
    assert path.stat().st_ino == before.st_ino


def test_names_that_it_cannot_hold_are_told(path: Path) -> None:
    assert write(path, [A, "a b@tinh.example", "x\n@tinh.example"]) == ("a b@tinh.example", "x\n@tinh.example")
    assert names(path) == [A]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DenyRefused, match="cannot be written: No such file"):
        write(tmp_path / "no" / "denied", [A])


def test_a_full_disk_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, [A])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DenyRefused, match="No space"):
        write(path, [B])
    assert names(path) == [A]
    assert len(list(path.parent.iterdir())) == 1


def test_it_looks_other_whatever_was_done_to_it(path: Path) -> None:
    assert look(path) is None
    write(path, [A])
    before = look(path)
    assert before is not None and look(path) == before
    times = path.stat()
    path.write_text(path.read_text().replace(A, B.ljust(len(A))[: len(A)]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert look(path) != before, "of the same length, with its old date"


def test_one_writer_at_a_time(path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with alone(path):
            order.append("second")

    with alone(path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_a_folder_that_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(DenyRefused, match="cannot be written"), alone(tmp_path / "no" / "denied"):
        pass
