"""Sign-ins that were ended before their time: a copy of their cookie must open nothing any more.

One small file a sign-in, named by its mark, in a folder that all servers of a site share (environment variable
VINK_STATE). A file that is made or isn't there needs no lock, on a network drive either. Where the folder can't be
read, every sign-in counts as ended.
"""

import datetime as dt
import logging
import os
import re
from pathlib import Path

DEFAULT = Path(__file__).parent.parent / "data" / "state"
NAME = "signed-out"
MARGIN = 24 * 60 * 60  # seconds that a file is kept longer than its sign-in lasts: a clock may be set back
LOG = logging.getLogger("vink")


class StateError(ValueError):
    """The folder can't be used; the message says what to do."""


def folder() -> Path:
    """Where the files lie."""
    return Path(os.environ.get("VINK_STATE") or DEFAULT) / NAME


def prepare() -> None:
    """Make the folder, and see that it can be written to. Raises StateError."""
    place = folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = place / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StateError(
            f"Sign-in is on, but {place} can't be written to, so no sign-out would hold. Let the environment variable "
            "VINK_STATE name a folder that all servers of the site share."
        ) from error


def end(mark: str, until: float) -> None:
    """Write down that the sign-in of this mark is over, and forget those that would be over by now anyway."""
    place = folder()
    fresh = place / f".{mark}-{os.getpid()}"
    fresh.write_text(f"{until:.0f}\n", encoding="utf-8")
    fresh.replace(place / mark)
    _forget(place)


def ended(mark: str) -> bool:
    """Whether the sign-in of this mark was ended, here or on another server."""
    place = folder()
    try:
        (place / mark).stat()
    except FileNotFoundError:
        if place.is_dir():
            return False
        LOG.error("%s is gone: until it is back, nobody is signed in", place)
    except OSError as error:
        LOG.error("%s can't be read, so nobody is signed in: %s", place, error.strerror)
    return True


def _forget(place: Path) -> None:
    oldest = dt.datetime.now(dt.UTC).timestamp() - MARGIN
    for path in place.iterdir():
        if not re.fullmatch("[0-9a-f]{64}", path.name):
            continue
        try:
            if float(path.read_text(encoding="utf-8")) < oldest:
                path.unlink(missing_ok=True)
        except (OSError, ValueError):
            LOG.warning("%s has a file that is no sign-out; it stays", place)
