"""Archives: what is in a zip, 7z, rar, tar, cab, iso, compressed file or winmail.dat, streamed and within a budget.

The door is `expand`: entries by name, each read piece by piece; nothing is written, and no entry is held whole. This
room knows archive formats. It must not know mail, policy, clauses or what its results are used for; of ours it imports
only values. It runs in processes that may be killed, on files that strangers made: whatever a file holds, the answer is
entries, problems or an `ArchiveError`.

Where programs disagree about the same bytes, every reading is given: a zip's directories and its local headers, the two
names of one entry. Checksums are never believed and never needed.
"""
