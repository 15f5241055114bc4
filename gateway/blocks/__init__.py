"""Senders that are stopped, or would be: who, since when, why and by whom; kept in the store, told once, in memory.

The room keeps what conduct or a person decided, and writes the notices of it. It must not know how conduct is scored,
what is counted, nor what a rule does with a standing.
"""
