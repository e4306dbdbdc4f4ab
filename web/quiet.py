"""Quiet logs: what the web process writes about itself names no person and nothing that one asked for.

Whatever is logged becomes a record first, and each record is emptied here, whoever made it and wherever it goes: an
exception is told by its kind and the places in the code that it came through, never by its words, which may hold a
search word, a filter or typed SQL.
"""

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent
OURS = "vink"  # the logger of this project: its words are written by us, and hold no value that was asked for
LONGEST_WAY = 12  # places of an exception that are told: the last ones
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def install() -> None:
    """Empty every record from now on, and tell uncaught exceptions of threads in the same way."""
    logging.setLogRecordFactory(record)
    logging.captureWarnings(capture=True)  # a warning quotes what it is about
    logging.getLogger("uvicorn.error").addFilter(_about_the_server)
    threading.excepthook = lambda uncaught: _uncaught(uncaught.exc_type, uncaught.exc_value, uncaught.exc_traceback)
    sys.unraisablehook = lambda uncaught: _uncaught(uncaught.exc_type, uncaught.exc_value, uncaught.exc_traceback)


def record(
    name: str | None, level: int, path: str, line: int, words: object, given: Any, raised: Any, *more: Any, **named: Any
) -> logging.LogRecord:
    """A record as logging makes it, without what somebody else put into it."""
    told = str(words)
    if str(name).split(".", maxsplit=1)[0] != OURS:
        # Others' words are kept where they are a template, without what is put in, or where nothing has gone wrong.
        told = told if given or level < logging.WARNING else f"a message at {place(path)}:{line}"
        told, given = told.replace("%", "%%"), ()
    if raised:
        told = f"{told} [{way(raised).replace('%', '%%')}]"
    if not given:
        told = told.replace("%%", "%")
    return logging.LogRecord(str(name), level, path, line, told, given, None, *more, **named)


def way(raised: Raised | BaseException | bool) -> str:
    """An exception by its kind and the places that it came through: "ValueError at ui/page.py:61 in years"."""
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    kind, _, trace = raised if isinstance(raised, tuple) else sys.exc_info()
    if kind is None:
        return "no exception"
    frames = traceback.extract_tb(trace, limit=-LONGEST_WAY)
    places = " < ".join(f"{place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{kind.__module__}.{kind.__qualname__} at {places or 'an unknown place'}".removeprefix("builtins.")


def place(path: str) -> str:
    """A file's path from the project or from where packages lie: no user's folder is told."""
    file = Path(path)
    if file.is_relative_to(ROOT) and ".venv" not in file.parts:
        return file.relative_to(ROOT).as_posix()
    parts = file.parts
    start = parts.index("site-packages") + 1 if "site-packages" in parts else max(len(parts) - 2, 0)
    return "/".join(parts[start:])


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, SystemExit):
        logging.getLogger(OURS).error("An exception ended a thread", exc_info=(kind, error, trace))


def _about_the_server(told: logging.LogRecord) -> bool:
    """Whether a line of uvicorn is about the server. Those on single connections say nothing once they are emptied."""
    return told.levelno >= logging.WARNING or not ("WebSocket" in told.msg or told.msg.startswith("connection "))
