"""Text, fonts and danger facts out of documents: one module a format, each read as a stream and within bounds.

This room knows file formats. It must not know mail, policy, clauses or what its results are used for; of ours it
imports only values. It runs in processes that may be killed, on files that strangers made: whatever a file holds, the
answer is a `Document` or a `DocumentError`. Text comes out as it stands: no stripping, no normalising, soft hyphens
kept (in TCVN3 that byte is the letter ư).
"""
