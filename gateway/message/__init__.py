"""The message: spooled once, scanned in the same pass into a part tree of offsets, read on demand.

This room knows bytes, MIME and file names. It must not know SMTP, policy, clauses or what its results are used for;
of ours it imports only `gateway.errors` and two values of `gateway.model`.
"""
