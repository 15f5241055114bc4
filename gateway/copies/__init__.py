"""Copies of accepted mail for an archive (AG 8.9): the report that carries a message and its envelope. Pure.

When a copy is made, and what follows where it cannot be, is for `gateway.copying`.
"""
