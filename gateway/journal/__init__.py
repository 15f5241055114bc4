"""The record of decisions: each is a row, each row is chained to the one before, a refusal is kept before it is told.

The room knows its store and its chain; it does not know SMTP, the rules or who asks. `Journal` writes (one a worker),
query.py reads, verify.py proves, prune.py lets retention take content away without breaking the proof.
"""

from __future__ import annotations

from gateway.journal.decision import Decision, Note, new_reference
from gateway.journal.journal import Journal

__all__ = ["Decision", "Journal", "Note", "new_reference"]
