"""Cells' addresses."""

from __future__ import annotations


def address_of(row: int, column: int) -> str:
    """ "B7" for (6, 1): both count from 0."""
    letters = ""
    column = min(max(column, 0), 1 << 24) + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
