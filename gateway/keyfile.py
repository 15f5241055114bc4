"""The key that one installation has in common: a file made at first start, readable by us only; keys derived from it.

The same file gives every purpose a key of its own, so that what one room shows of its key tells nothing of another's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.errors import StartError

_BYTES: Final = 32


def key_path(settings: Settings) -> Path:
    """Where it stands: as configured, for nodes that share it, or in the data folder."""
    return settings.gateway.pass_key or settings.gateway.data_dir / "pass.key"


def shared_key(path: Path) -> bytes:
    """The key, made where there is none yet. StartError where it can be neither read nor made."""
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StartError(f"key file {path} cannot be read: {error.strerror}") from None
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(_BYTES).encode())
        # Several workers may start at once: the first link wins, all read the same key.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return _read(path)
    except OSError as error:
        raise StartError(f"key file {path} cannot be made: {error.strerror}; check gateway.data_dir") from None


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose. Nodes have it in common where they have the file in common."""
    return hmac.digest(key, f"congthu {purpose}".encode(), hashlib.sha256)


def _read(path: Path) -> bytes:
    key = path.read_bytes().strip()
    if len(key) < _BYTES:
        raise StartError(f"key file {path} is too short: it needs at least {_BYTES} characters")
    return key
