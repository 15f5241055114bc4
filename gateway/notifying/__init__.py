"""Tells a sender of ours, in a letter, why a message was refused: optional, rare, and never to a stranger.

Who is told, what the letter says, and how often. It makes letters and puts them into the store's outbox; who submits
them is for `gateway.noticing`. It must not know SMTP, and it never sees a message's body: nothing is attached.
"""
