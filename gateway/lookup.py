"""Where a sender looks up why mail was refused: a public address for each refusal, which nobody can guess.

A reference is made of the time and of 35 random bits: enough to tell rows apart, too little to keep strangers out. So
its public address carries a code as well, 128 bits of a keyed digest: who has it was told it, in the refusal or in a
letter.
Nothing is kept. Pure but for the key file, which is read once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final, Self

from gateway.config import Settings
from gateway.keyfile import derived, key_path, shared_key

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, as a reference's
_MEANT: Final = str.maketrans("OIL", "011")  # what people read for them
_LONGEST: Final = 500  # characters of what was pasted
_REFERENCE: Final = 16
_CODE: Final = 26  # letters of 128 bits
_WHOLE: Final = re.compile(rf"[{_LETTERS}]{{{_REFERENCE + _CODE}}}")


class Lookup:
    """Makes and reads public addresses. `url`: of the public pages; `key`: of this purpose only."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url, self._key = url.rstrip("/"), key

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As configured, None where there are no public pages. StartError where the key file cannot be had."""
        url = settings.console.public_url
        return cls(url, derived(shared_key(key_path(settings)), "look-up")) if url else None

    def url(self, reference: str) -> str:
        """Where the sender of a refused message reads why."""
        return f"{self._url}/{reference}-{self._code(reference)}"

    def reference(self, text: str) -> str:
        """The reference that this address, or its end, was made for; "" for anything else. For strangers' text.

        Case, blanks and hyphens do not matter, and letters that look alike are read as what they must be.
        """
        end = text[:_LONGEST].strip().rstrip("/").rpartition("/")[2]
        plain = re.sub(r"[\s\u2010-\u2015-]", "", end).upper().translate(_MEANT)
        if not _WHOLE.fullmatch(plain):
            return ""
        parts = (plain[at : at + 4] for at in range(0, _REFERENCE, 4))
        reference = "-".join(parts)
        return reference if hmac.compare_digest(self._code(reference), plain[_REFERENCE:]) else ""

    def _code(self, reference: str) -> str:
        number = int.from_bytes(hmac.digest(self._key, reference.encode(), hashlib.sha256)[:16])
        return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_CODE)))
