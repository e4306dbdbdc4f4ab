"""The first start: there is no release, so the build makes the example one, in a process of its own.

The web process never sees the records: it starts `python -m data example` and reads how far it has come.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
# The build's steps: what is said of each, and from which part of the whole to which it takes.
STEPS = {
    "count": ("count", 0.0, 0.02),
    "partners": ("protect", 0.02, 0.35),
    "spare": ("protect", 0.35, 0.45),
    "insiders": ("protect", 0.45, 0.5),
    "audit": ("audit", 0.5, 0.97),
    "release": ("release", 0.97, 1.0),
}


@dataclass
class Making:
    """One run of the build that all waiting sessions look at."""

    process: subprocess.Popen[str]
    step: str = "count"
    share: float = 0.0
    lines: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[0] in STEPS:
                self.step, start, end = STEPS[parts[0]]
                # Some steps come back for little; the bar never goes back.
                self.share = max(self.share, start + (end - start) * int(parts[1]) / max(1, int(parts[2])))
            else:
                self.lines = [*self.lines[-20:], line]


_lock = threading.Lock()
_making: Making | None = None


def progress() -> Iterator[tuple[str, float]]:
    """Start the build, or join the one that runs; yields the step and how much of all is done until it has ended.

    Raises RuntimeError with the build's last words where it failed.
    """
    global _making  # noqa: PLW0603 - one build for all sessions of the process
    with _lock:
        if _making is None or not _making.running:
            command = [sys.executable, "-m", "data", "example"]
            _making = Making(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    stdin=subprocess.DEVNULL,
                )
            )
            threading.Thread(target=_making.read, daemon=True).start()
        making = _making
    while making.running:
        yield making.step, making.share
        time.sleep(0.3)
    if making.process.returncode:
        raise RuntimeError("".join(making.lines))
