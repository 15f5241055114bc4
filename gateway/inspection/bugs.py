"""Where something unexpected was raised, for the log: never the exception's text, which may hold a stranger's words."""

from __future__ import annotations

_FRAMES = 4


def place_of(error: BaseException) -> str:
    """The kind of an exception, and the innermost places that it came through."""
    trace, places = error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.split('/')[-3:])}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(places[-_FRAMES:]))}"
