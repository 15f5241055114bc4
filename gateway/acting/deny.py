"""Dovecot's deny file: whoever stands in it cannot log in. Always the whole file, replaced at once or not at all.

Only a file that we wrote is replaced, and an empty one, which an administrator makes so that Dovecot can read it. Mode,
owner and group stay as they are. Blocking. It must not know who is locked, or why.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from gateway.errors import CongThuError
from gateway.journal.files import own_like_folder, sync_folder
from gateway.lifecycle.effects import HEADING, deny_file

_LARGEST: Final = 64 * 2**20  # bytes: a quarter of a million names
_NEW: Final = 0o640  # of a file that was not there


class DenyRefused(CongThuError):  # noqa: N818 - as in gateway/errors.py
    """The deny file cannot be written; one line for the staff. What was there stands as it was."""


def write(path: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Make the file hold these login names and no others; those that it cannot hold. DenyRefused.

    A file that says the same already is left alone, so that Dovecot need not read it again.
    """
    made = deny_file(names)
    data = made.text.encode()
    try:
        before = _read(path)
        if before is None or before[0] != data:
            _replace(path, data, None if before is None else before[1])
    except OSError as error:
        raise DenyRefused(f"the deny file {path} cannot be written: {error.strerror}") from error
    return made.refused


Look = tuple[int, int, int, int]
"""How a file looks from outside: its number, bytes, and when its content and anything of it changed last."""


def look(path: Path) -> Look | None:
    """Cheap: whatever anybody does to the file changes it. None: there is none, or it cannot be seen."""
    try:
        found = path.stat(follow_symlinks=False)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Of all processes that write this file only one is in here, where the file system knows locks. DenyRefused."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise DenyRefused(f"the deny file {path} cannot be written: {error.strerror}") from error
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_ours(path: Path) -> bool:
    """Whether a file is there that we wrote."""
    try:
        found = _read(path)
    except (DenyRefused, OSError):
        return False
    return found is not None and found[0] != b""


def _read(path: Path) -> tuple[bytes, os.stat_result] | None:
    """What is there, if it may be replaced; None for nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise DenyRefused(f"the deny file {path} is no file; name another in lifecycle.deny_file")
        data = file.read(_LARGEST)
    if data and not data.startswith(HEADING.encode()):
        raise DenyRefused(
            f"the deny file {path} was not written by the gateway and is left as it is: name another in"
            " lifecycle.deny_file, or move what it holds to a passdb of its own"
        )
    return data, found


def _replace(path: Path, data: bytes, before: os.stat_result | None) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _own(path, draft, before)
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _own(path: Path, draft: Path, before: os.stat_result | None) -> None:
    """As it was: Dovecot goes on reading it."""
    if before is None:
        draft.chmod(_NEW)
        own_like_folder(draft)
        return
    ours = draft.stat()
    if (ours.st_uid, ours.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.chown(draft, before.st_uid, before.st_gid)
        except PermissionError as error:
            if not _by_group(ours, before):
                raise DenyRefused(
                    f"the deny file {path} belongs to user {before.st_uid} and group {before.st_gid}, which the gateway"
                    " cannot keep: let it belong to the gateway's user, in a folder whose group new files get (g+s)"
                ) from error
    draft.chmod(stat.S_IMODE(before.st_mode))


def _by_group(ours: os.stat_result, before: os.stat_result) -> bool:
    """Whether those who read it do so as its group or as anybody: then another owner takes nothing from them."""
    return bool(before.st_mode & stat.S_IROTH) or (ours.st_gid == before.st_gid and bool(before.st_mode & stat.S_IRGRP))
