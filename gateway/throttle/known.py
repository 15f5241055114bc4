"""To whom an account has written: a bounded memory of digests, in buckets. Pure: takes the day, knows no store.

An account has 16 buckets, each of at most 312 entries of 10 bytes: a keyed digest (8) and the day of the last writing
(u16, days since the epoch, little-endian); the newest last, the oldest go. So it remembers at most 4,992 addresses,
none of which can be read from it, and forgets them 90 days after the last writing. Two addresses with one digest (1 in
10^15 for a full memory) are taken for one.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

BUCKETS: Final = 16
MOST: Final = 312  # entries of a bucket
DAYS: Final = 90  # that an address is known after it was written to
REFRESH: Final = 7  # days after which an entry is dated anew when it is seen again
KEEP: Final = (DAYS + 1) * 86400  # seconds after its last change a bucket holds nothing any more
_DIGEST: Final = 8
_ENTRY: Final = _DIGEST + 2
_LAST_DAY: Final = 2**16 - 1


def digest(secret: bytes, account: str, address: str) -> bytes:
    """8 bytes that stand for an address in an account's memory. `secret`: up to 64 bytes, the store's."""
    text = f"{account}\0{address}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=_DIGEST, key=secret).digest()


def bucket_of(name: bytes) -> int:
    """The bucket in which a digest stands."""
    return name[0] % BUCKETS


def day_of(second: float) -> int:
    """Days since the epoch."""
    return min(int(second // 86400), _LAST_DAY)


def find(bucket: bytes, name: bytes, today: int) -> int | None:
    """The day on which it was written to last; None where it is not known (any more)."""
    place = _place(bucket, name)
    if place < 0:
        return None
    day = int.from_bytes(bucket[place + _DIGEST : place + _ENTRY], "little")
    return day if today - day <= DAYS else None


def learn(bucket: bytes, name: bytes, today: int) -> bytes:
    """The bucket with this digest as its newest."""
    place = _place(bucket, name)
    rest = bucket if place < 0 else bucket[:place] + bucket[place + _ENTRY :]
    whole = rest[: len(rest) - len(rest) % _ENTRY]
    return whole[-(MOST - 1) * _ENTRY :] + name + today.to_bytes(2, "little")


def _place(bucket: bytes, name: bytes) -> int:
    """Where the entry begins, -1 for nowhere."""
    place = bucket.find(name)
    while place >= 0 and place % _ENTRY:
        place = bucket.find(name, place + 1)
    return place
