"""How many visitors one core serves, and what they cost: `python tests/bench/load.py --help`.

Starts a server on this machine alone, pinned to one core, and sends it visitors (visitor.py) in steps. Ends by itself.
No test reads the figures: they depend on the machine.
"""

import argparse
import asyncio
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from tests.bench.visitor import Told, Visitor, visit  # noqa: E402
from tests.browser.driver import Server, serve  # noqa: E402

GOAL = 0.5  # seconds: the p95 of a filter change
MOST_SESSIONS, MOST_SECONDS = 1000, 600  # no run is larger or longer
COLUMNS = ["visitors", "pages", "open p50", "p95", "change p50", "p95"]
COLUMNS += ["of core", "ms each", "MB", "MB each", "away", "lost"]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Step:
    """What one number of visitors met, and what the server used meanwhile."""

    sessions: int
    told: Told
    busy: float  # of the core
    others: float  # of the core: what other programs took
    memory: float  # MB
    seconds: float


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are no greater than (nearest rank); not a number where there are none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


def memory(pid: int) -> float:
    """The resident memory of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def cpu(pid: int) -> float:
    """The processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def worked(core: int) -> float:
    """How long a core has worked for anybody, in seconds."""
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    [fields] = [line.split()[1:] for line in lines if line.split()[0] == f"cpu{core}"]
    user, nice, system, _, _, irq, softirq, *_ = map(int, fields)  # proc_stat(5); what is left out is idle
    return (user + nice + system + irq + softirq) / TICKS


@contextmanager
def pinned(cores: set[int]) -> Iterator[None]:
    """What is done or started within runs on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def step(
    server: Server, core: int, sessions: int, seconds: float, think: float, seed: int
) -> tuple[Step, list[Visitor]]:
    """`sessions` visitors for `seconds`; they stay connected."""
    told, dice = Told(), random.Random(seed)
    visitors = [
        Visitor(server.url, told, random.Random(dice.random()), lang=dice.choice(("da", "en"))) for _ in range(sessions)
    ]
    start, used, all_used = time.monotonic(), cpu(server.pid), worked(core)
    await asyncio.gather(*(visit(one, think, start + seconds) for one in visitors))
    took = time.monotonic() - start
    busy, everybody = (cpu(server.pid) - used) / took, (worked(core) - all_used) / took
    return Step(sessions, told, busy, max(0.0, everybody - busy), memory(server.pid), took), visitors


async def measured(
    server: Server, core: int, numbers: Sequence[int], seconds: float, think: float, rest: float
) -> tuple[float, list[Step]]:
    """The memory after the first visitor, and a step for each number of visitors.

    Between steps everybody leaves and the server forgets them.
    """
    steps = []
    _, [first] = await step(server, core, 1, 0, 0.1, 0)
    await first.leave()
    empty = memory(server.pid)
    for at, number in enumerate(numbers):
        done, visitors = await step(server, core, number, seconds, think, at)
        steps.append(done)
        await asyncio.gather(*(one.leave() for one in visitors))
        await asyncio.sleep(rest)
        _, [last] = await step(server, core, 1, 0, 0.1, at)  # the next visitor lets the server forget those before
        await last.leave()
        steps.append(Step(0, Told(), 0, 0, memory(server.pid), 0))
    return empty, steps


def table(steps: list[Step], empty: float) -> Table:
    """The figures, one row a step."""
    shown = Table(title=f"One core, {empty:.0f} MB after one visitor; waiting in ms")
    for name in COLUMNS:
        shown.add_column(name, justify="right")
    for one in steps:
        if not one.sessions:
            shown.add_row("left", *[""] * 7, f"{one.memory:.0f}", "", "", "")
            continue
        waits = [f"{percentile(v, s) * 1000:.0f}" for v in (one.told.opened, one.told.changed) for s in (0.5, 0.95)]
        shown.add_row(
            str(one.sessions),
            str(len(one.told.opened) + len(one.told.changed)),
            *waits,
            f"{one.busy:.0%}",
            f"{one.busy * one.seconds / max(1, len(one.told.opened) + len(one.told.changed)) * 1000:.0f}",
            f"{one.memory:.0f}",
            f"{(one.memory - empty) / one.sessions:.1f}",
            str(one.told.turned_away),
            str(len(one.told.lost)),
        )
    return shown


def main(given: Sequence[str] | None = None) -> list[Step]:
    """Measure and print; returns the steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=Path, default=ROOT / "data" / "releases", help="a folder with a release")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 20, 40, 80], help="visitors in each step")
    parser.add_argument("--seconds", type=float, default=60, help="how long each step takes")
    parser.add_argument("--think", type=float, default=10, help="mean seconds between what a visitor does")
    parser.add_argument("--forget", type=int, default=10, help="seconds until the server forgets who left (120 in use)")
    parser.add_argument("--most", type=int, default=MOST_SESSIONS, help="visitors that the server takes at a time")
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)), help="the server's core")
    asked = parser.parse_args(given)
    if max(asked.sessions) > MOST_SESSIONS or asked.seconds > MOST_SECONDS:
        parser.error(f"at most {MOST_SESSIONS} sessions and {MOST_SECONDS} seconds")
    settings = {
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(asked.forget),
        "VINK_MOST_VISITORS": str(asked.most),
    }
    with tempfile.TemporaryDirectory() as folder, pinned({asked.core}):
        running = serve(asked.releases, Path(folder) / "log", env=settings)
        server = running.__enter__()
    others = os.sched_getaffinity(0) - {asked.core} or {asked.core}
    try:
        with pinned(others):  # the visitors take nothing of the server's core
            rest = asked.forget + 1
            empty, steps = asyncio.run(measured(server, asked.core, asked.sessions, asked.seconds, asked.think, rest))
    finally:
        running.__exit__(None, None, None)
    Console(width=140).print(table(steps, empty))
    for problem in sorted({words for one in steps for words in one.told.lost})[:10]:
        print("lost:", problem)
    fit = [one.sessions for one in steps if one.sessions and percentile(one.told.changed, 0.95) < GOAL]
    print("Other programs took of the core, in each step:", *(f"{one.others:.0%}" for one in steps if one.sessions))
    print(f"Within {GOAL * 1000:.0f} ms at p95: {max(fit, default=0)} visitors. Think time {asked.think:.0f} s.")
    return steps


if __name__ == "__main__":
    main()
