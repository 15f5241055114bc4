"""A digest so short that a password cannot be found by it, and long enough to notice most changes. Pure.

As Dovecot's auth policy does it (doc: auth_policy_hash_mech, _nonce, _truncate): a keyed hash over login and password,
cut to a few bits. With 8 bits one of 256 passwords has the same: who has the store and the key can leave out 255 of 256
guesses, and still has to try the others at the mail server, which counts them; one of 256 changes stays unseen.
Dovecot's own default is 12 bits: of ten thousand common passwords two or three would be left to try.
"""

from __future__ import annotations

import hashlib
import hmac


def digest_of(key: bytes, mailbox: str, password: bytes) -> int:
    """0 to 255. `mailbox`: so that equal passwords of two mailboxes do not show."""
    name = mailbox.encode("utf-8", "surrogatepass")
    made = hmac.digest(key, len(name).to_bytes(4, "big") + name + password, hashlib.sha256)
    return made[0]
