"""The log: structlog events as JSON lines, written by a thread of its own.

The room knows how a line is made safe and how it leaves without blocking the event loop. It must not know what is
logged; callers never hand it a message's body or a password. Values from strangers are bounded in length, and JSON
escapes their control characters. What stdlib logging says (aiosmtpd, uvicorn, sqlalchemy, asyncio) joins the stream.
"""

from __future__ import annotations

import datetime
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from typing import IO, Any, Final

import orjson

from gateway.log_sink import Sink
from gateway.without import without

with without("rich"):  # 50 ms and 5 MiB in each process, to paint tracebacks: our lines are made here
    import structlog

MAX_TEXT: Final = 2000  # characters a value; long enough for any address, name or reply
MAX_TRACE: Final = 16_000  # characters of a traceback; the end of it says most
_MAX_ITEMS: Final = 64
_MAX_DEPTH: Final = 4
_URGENT: Final = frozenset({"warning", "error", "critical"})
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_DUMPS: Final = orjson.dumps
_OPTIONS: Final = orjson.OPT_APPEND_NEWLINE

Event = MutableMapping[str, Any]

_sink: Sink | None = None
_quick: Sink | None = None  # the same, where a line of level info is wanted as JSON
_proxies: list[Any] = []  # loggers are made at import, so this does not grow


def get_logger(name: str) -> Any:
    """A logger whose events carry `logger: name`; made at import time, it obeys a later `configure`.

    `log.info("smtp.message", session=…, reference=…)` costs about 6 µs; keep event names short and stable.
    """
    made = structlog.get_logger(name)
    _proxies.append(made)
    return made


def configure(level: str = "info", format: str = "json", stream: IO[Any] | None = None) -> None:
    """Send every event of at least `level` to `stream` (default stderr), as `json` lines or for a `console`.

    ValueError for an unknown level or format. May be called again: the newest call holds, and what the one before had
    taken is written first.
    """
    global _sink, _quick
    if level not in _LEVELS or format not in ("json", "console"):
        raise ValueError(f"no such log level or format: {level}, {format}")
    shutdown()
    if _sink is not None:
        _sink.release()
    target = sys.stderr if stream is None else stream
    _sink = Sink(_descriptor(target), marker=_dropped if format == "json" else _dropped_console)
    _quick = _sink if format == "json" and _LEVELS[level] <= _LEVELS["info"] else None
    renderer: Callable[[Event], bytes] = _json if format == "json" else _console
    structlog.configure(
        processors=[_Render(renderer)],
        wrapper_class=_bound_logger(_LEVELS[level]),
        logger_factory=_Factory(_sink),
        cache_logger_on_first_use=True,
    )
    for proxy in _proxies:  # structlog keeps its cache in this attribute: the next call obeys the new configuration
        proxy.__dict__.pop("bind", None)
    _route_stdlib(level, _sink, renderer)


def _descriptor(stream: IO[Any]) -> int:
    """A stream that is no file (a test's, a notebook's) has none: then the process's own stderr."""
    try:
        return stream.fileno()
    except (OSError, ValueError):
        return 2


def shutdown(timeout: float = 2.0) -> None:
    """Write what is waiting, for at most `timeout` seconds, and stop the thread. Later lines start it again."""
    if _sink is not None:
        _sink.close(timeout)


def dropped() -> int:
    """Lines lost since `configure`, because whoever reads the log did not keep up."""
    return 0 if _sink is None else _sink.dropped


def put_bounded(name: str, event: str, values: dict[str, Any]) -> None:
    """Log `values` at level info; for the line that every message costs, so nothing is checked or bounded here.

    Every value must be a short str, int, float or list of short str, which the caller answers for. The dict is used up.
    """
    if _quick is None:
        structlog.get_logger(name).info(event, **values)
        return
    values["event"] = event
    values["logger"] = name
    values["level"] = "info"
    values["time"] = _iso(time.time())
    try:
        line = _DUMPS(values, option=_OPTIONS)
    except TypeError:  # a lone surrogate
        line = _DUMPS({key: _legible(value) for key, value in values.items()}, option=_OPTIONS)
    _quick.put(line)


class _Render:
    """The one processor: an event becomes the finished line and its urgency, the arguments of `_Logger`'s methods."""

    __slots__ = ("_renderer",)

    def __init__(self, renderer: Callable[[Event], bytes]) -> None:
        self._renderer = renderer

    def __call__(self, logger: _Logger, method: str, event: Event) -> tuple[tuple[bytes, bool], dict[str, Any]]:
        event["logger"] = logger.name
        event["level"] = method
        event["time"] = time.time()
        return (self._renderer(event), method in _URGENT), {}


def _bound_logger(level: int) -> type[Any]:
    """structlog's filtering logger with a shorter way to the one processor; half the cost of a line."""
    base: type[Any] = structlog.make_filtering_bound_logger(level)

    class Bound(base):  # type: ignore[misc]
        """Exactly as its base, also where a test puts processors of its own."""

        def _proxy_to_logger(self, method_name: str, event: str | None = None, *args: Any, **values: Any) -> Any:
            render = self._processors[0] if len(self._processors) == 1 else None
            if type(render) is not _Render or args:
                return super()._proxy_to_logger(method_name, event, *args, **values)
            made = {"event": event, **self._context, **values}
            (line, urgent), _ = render(self._logger, method_name, made)
            return self._logger.put(line, urgent)

    return Bound


class _Logger:
    """What structlog calls last; every level is the same method."""

    __slots__ = ("critical", "debug", "error", "info", "name", "put", "warning")

    def __init__(self, name: str, sink: Sink) -> None:
        self.name = name
        self.put = self.debug = self.info = self.warning = self.error = self.critical = sink.put


class _Factory:
    """Hands out loggers by name, all of one sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def __call__(self, name: str = "", *_args: Any) -> _Logger:
        return _Logger(name, self._sink)


def _json(event: Event) -> bytes:
    if "exc_info" in event:
        _traceback(event)
    for key, value in event.items():
        kind = type(value)
        if kind is str:
            if len(value) > MAX_TEXT and key != "traceback":
                event[key] = _cut(value)
        elif kind is not int and kind is not float and not (kind is list and _plain_list(value)):
            event[key] = _bounded(value, 0)
    event["time"] = _iso(event["time"])
    try:
        return _DUMPS(event, option=_OPTIONS)
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits
        return _DUMPS({_legible(key): _legible(value) for key, value in event.items()}, option=_OPTIONS)


def _plain_list(value: list[Any]) -> bool:
    """A short list of short texts, such as recipients: nothing to bound."""
    return len(value) <= 4 and all([type(item) is str and len(item) <= MAX_TEXT for item in value])  # noqa: C419


_second: tuple[int, str] = (0, "1970-01-01T00:00:00")


def _iso(moment: float) -> str:
    """RFC 3339 in UTC with milliseconds; the part up to the second is kept for the lines that follow."""
    global _second
    whole = int(moment)
    cached, text = _second
    if cached != whole:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{int((moment - whole) * 1000):03d}Z"


def _cut(text: str) -> str:
    return f"{text[:MAX_TEXT]}… ({len(text)} characters)"


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {_legible(key): _legible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_legible(item) for item in value]
    return str(value).encode("utf-8", "backslashreplace").decode()


def _bounded(value: Any, depth: int) -> Any:
    """The value with every text and collection inside it bounded; bytes and strangers become their repr."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _cut(value) if len(value) > MAX_TEXT else str(value)
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {str(key)[:200]: _bounded(value[key], depth + 1) for key in list(value)[:_MAX_ITEMS]}
    if depth < _MAX_DEPTH and isinstance(value, list | tuple | set | frozenset):
        return [_bounded(item, depth + 1) for item in list(value)[:_MAX_ITEMS]]
    if isinstance(value, bytes | bytearray | memoryview):
        return _cut(bytes(value[: MAX_TEXT + 1]).decode("ascii", "backslashreplace"))
    return _cut_repr(value)


def _cut_repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # a stranger's __repr__ must not cost the line
        return f"<{type(value).__name__}: {type(error).__name__} in repr>"
    return _cut(text) if len(text) > MAX_TEXT else text


def _traceback(event: Event) -> None:
    """`exc_info` (True, an exception or a triple) becomes `error` and the last part of its traceback."""
    info = event.pop("exc_info", None)
    if not info:
        return
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    if error is None:
        return
    event["error"] = _cut_repr(error)
    event["traceback"] = "".join(traceback.format_exception(error))[-MAX_TRACE:]


_COLOURS: Final = {"warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31;1m", "debug": "\x1b[90m"}


def _console(event: Event) -> bytes:
    """One line for people: 09:15:02 info smtp.message session=…; a traceback follows, indented."""
    colour = _COLOURS.get(event["level"], "")
    line = orjson.loads(_json(event))
    when = datetime.datetime.fromisoformat(line.pop("time")).astimezone().strftime("%H:%M:%S")
    level, name, trace = line.pop("level"), line.pop("event", ""), line.pop("traceback", "")
    line.pop("logger", None)
    words = " ".join(f"{key}={_word(value)}" for key, value in line.items())
    reset = "\x1b[0m" if colour else ""
    text = f"{when} {colour}{level:<7}{reset} {_plain(name)} {words}".rstrip()
    return (text + _indented(trace) + "\n").encode("utf-8", "backslashreplace")


def _indented(trace: str) -> str:
    return "".join(f"\n    {_plain(line)}" for line in trace.splitlines())


def _word(value: Any) -> str:
    text = value if isinstance(value, str) else _DUMPS(value).decode()
    text = _plain(text)
    return text if text and " " not in text else f'"{text}"'


def _plain(text: Any) -> str:
    """Characters that a terminal obeys are shown as escapes; Vietnamese stays as it is."""
    made = str(text)
    return made if made.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in made)


def _dropped(count: int) -> bytes:
    return _json({"event": "logs.dropped", "level": "warning", "logger": "logs", "time": time.time(), "count": count})


def _dropped_console(count: int) -> bytes:
    return _console({"event": "logs.dropped", "level": "warning", "time": time.time(), "count": count})


class _Handler(logging.Handler):
    """Takes stdlib records into the same stream."""

    def __init__(self, sink: Sink, renderer: Callable[[Event], bytes]) -> None:
        super().__init__()
        self._sink, self._renderer = sink, renderer

    def emit(self, record: logging.LogRecord) -> None:
        """One line a record; a record that cannot be formatted is still a line."""
        try:
            message = record.getMessage()
        except Exception:
            message = f"{record.msg!r} {record.args!r}"
        level = record.levelname.lower()
        event: Event = {"event": message, "logger": record.name, "level": level, "time": record.created}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        self._sink.put(self._renderer(event), level in _URGENT)


_CHATTY: Final = ("asyncio", "mail.log", "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "uvicorn.access")


def _route_stdlib(level: str, sink: Sink, renderer: Callable[[Event], bytes]) -> None:
    """The root logger is ours alone; libraries that log each command or statement say warnings only."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, logging.StreamHandler | _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(sink, renderer))
    root.setLevel(_LEVELS[level])
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "mail.log"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def process() -> int:
    """This process's id, for lines that tell workers apart."""
    return os.getpid()
