"""The poller: what IMAP shows of each mailbox's use, without leaving a trace in it.

It asks with STATUS, EXAMINE and GETQUOTAROOT only, which change neither \\Recent nor flags, infers evidence of access
from what changed between two polls, and sweeps over all mailboxes at a capped rate. It knows values (`gateway.access`),
and neither the directory nor where evidence is kept: both come in as small protocols.
"""
