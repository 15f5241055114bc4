"""Files in the data folder: whose they are, who may read them, and when a new name is durable.

They hold who wrote to whom, so nothing here is for other users of the machine, whatever umask a command was started
with. It knows nothing of what is in the files.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from gateway.logs import get_logger

_log = get_logger("journal")


def own_like_folder(path: Path) -> None:
    """A file that root makes in the gateway's folder belongs to the gateway, or the daemon could not use it.

    Where it does already nothing is asked of the system, and root without CAP_CHOWN (in a container) keeps the file:
    no other user's daemon runs there.
    """
    if os.geteuid() != 0:
        return
    folder, own = path.parent.stat(), path.stat()
    if (own.st_uid, own.st_gid) != (folder.st_uid, folder.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(path, folder.st_uid, folder.st_gid)


def close_to_others(path: Path) -> None:
    """Take other users' rights away from a file or folder that came from elsewhere: a restored backup, a copy.

    A missing one is fine; one that is not ours to change is said in the log.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & stat.S_IRWXO:
            path.chmod(mode & ~stat.S_IRWXO)
    except FileNotFoundError:
        return
    except OSError as error:
        _log.warning("journal.open_to_others", file=str(path), error=error.strerror)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
