"""Cổng Thư: an inline SMTP gateway that makes the official-mail regulations true, clause by clause."""

__version__ = "0.1.0"
