"""The keyed hash chain: what makes an edit, a removal or a forgery visible.

Each writer's incarnation has a chain of its own. A row's hash is HMAC-SHA256 over the hash before it, its place in the
chain and its payload's SHA-256; only who holds the key (`journal.key`, outside the database) can make one. A row's
number in the database is `chain << 40 | place`, so one index serves both.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from pathlib import Path
from typing import Final

from gateway.errors import StartError
from gateway.journal.files import close_to_others, own_like_folder, sync_folder

SEQ_BITS: Final = 40
SEQ_MASK: Final = (1 << SEQ_BITS) - 1
START: Final = bytes(32)  # the hash before the first row
KEY_BYTES: Final = 32
KEY_FILE: Final = "journal.key"
_ROW: Final = b"congthu row 1\0"
_HEAD: Final = b"congthu head 1\0"


def row_id(chain: int, seq: int) -> int:
    """The number of a row in the database."""
    return (chain << SEQ_BITS) | seq


def split_id(number: int) -> tuple[int, int]:
    """(chain, place in the chain) of a row's number."""
    return number >> SEQ_BITS, number & SEQ_MASK


def digest(payload: bytes) -> bytes:
    """SHA-256 of a payload; kept when retention takes the payload away."""
    return hashlib.sha256(payload).digest()


class Key:
    """The secret of the chains. The two halves of HMAC (RFC 2104) are hashed once; a row then costs 1.5 µs."""

    __slots__ = ("_inner", "_outer", "id")

    def __init__(self, secret: bytes) -> None:
        block = secret.ljust(64, b"\0") if len(secret) <= 64 else hashlib.sha256(secret).digest().ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        self.id = self._mac(b"congthu key id").hex()[:16]

    def _mac(self, data: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()

    def row(self, before: bytes, seq: int, payload_digest: bytes) -> bytes:
        """The hash of the row at place `seq` that follows the row with the hash `before`."""
        return self._mac(_ROW + before + seq.to_bytes(8, "big") + payload_digest)

    def head(self, data: bytes) -> bytes:
        """The seal of a head file's content."""
        return self._mac(_HEAD + data)


def load_key(data_dir: Path, *, create: bool = False) -> Key:
    """The key in the data folder; made on the first start where `create`. StartError says what is wrong with it."""
    path = data_dir / KEY_FILE
    try:
        if create and not path.exists():
            _create(path)
        elif create:
            close_to_others(path)
        secret = path.read_bytes()
    except FileNotFoundError:
        raise StartError(f"{path}: no such file; the journal's chains cannot be checked without their key") from None
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}; the journal's key must be readable to the gateway") from error
    if len(secret) != KEY_BYTES:
        raise StartError(f"{path}: {len(secret)} bytes instead of {KEY_BYTES}; restore the key from a backup")
    return Key(secret)


def _create(path: Path) -> None:
    """Whole or not at all, also when several workers start at once: written aside, then linked into place."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
        os.close(descriptor)
        own_like_folder(aside)
        os.link(aside, path)
    except FileExistsError:
        pass  # another worker was first
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def chain_name(node: str, worker: int, now: float) -> str:
    """A name that no other incarnation has: node, worker, start (UTC), random. It is a file's name, too."""
    plain = re.sub(r"[^a-z0-9.-]+", "-", node.lower()).strip(".-")[:64] or "node"
    return f"{plain}-w{worker}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(4)}"
