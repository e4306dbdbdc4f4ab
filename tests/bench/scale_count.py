"""How long counting takes for 1, 10 and 100 million referrals: `python tests/bench/scale_count.py --help`.

The records are invented: every code is as likely as the others that the year and the rules allow, so there are as many
different records as there can be. They lie in one Parquet file, which is deleted in the end. Reading is a scan of this
file that decodes every column that counting needs; counting makes the counts and margins of the real policy of it. Each
run is a process of its own, so that its peak memory is its own, and has two CPUs.
"""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402

from data import codes, count, policy, tables  # noqa: E402

YEARS = tuple(range(2014, 2026))
THREADS = 2
SEED = 2009
REPEATED_UP_TO = 10_000_000  # rows; more than that are measured once
BYTES_A_ROW = 8  # at most; the disk must have room for so many
CODES = codes.load()
COLLECTED = [d for d in CODES.dimensions if d not in CODES.derived_from]
MANY = 840  # a multiple of the length of every code list, so that a remainder of it is as likely as the others
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """Seconds, the greatest resident memory of its process in bytes, and the threads that DuckDB had."""

    seconds: float
    peak: int
    threads: int


def make(file: Path, rows: int) -> None:
    """Write `rows` referrals; the same ones for the same number."""
    years = f"[{', '.join(map(str, YEARS))}]"
    pairs = [
        (assessment, outcome)
        for assessment in CODES.codes("assessment")
        for outcome, group in CODES.outcome_group.items()
        if all(
            tables.allowed(rule, {"assessment": assessment, "outcome": outcome, "outcome_group": group})
            for rule in CODES.rules
        )
    ]
    # One hash for each row, taken apart digit by digit: hash(row, 1) and hash(row, 2) are not independent.
    digits: dict[str, str] = {}
    place = 1

    def digit(name: str, choices: int) -> str:
        nonlocal place
        digits[name] = f"(h // {place} % {choices})::bigint"
        place *= choices
        return digits[name]

    def coded(dimension: str, code: str) -> str:
        return f"{code}::enum({quoted(CODES.codes(dimension))}) as {dimension}"

    columns = [f"{years}[1 + {digit('year', len(YEARS))}]::usmallint as year"]
    pair = digit("pair", len(pairs))
    columns += [coded("assessment", f"[{quoted([a for a, _ in pairs])}][1 + {pair}]")]
    columns += [coded("outcome", f"[{quoted([o for _, o in pairs])}][1 + {pair}]")]
    for dimension in COLLECTED:
        if dimension in ("assessment", "outcome"):
            continue
        by_year = [[c.code for c in CODES.dimensions[dimension] if c.in_use(year)] for year in YEARS]
        lists = f"[{', '.join(f'[{quoted(listed)}]' for listed in by_year)}][1 + {digits['year']}]"
        columns += [coded(dimension, f"{lists}[1 + {digit(dimension, MANY)} % len({lists})]")]
    assert place < 2**64, "the digits of a hash are used up"
    with duckdb.connect(config={"threads": THREADS, "memory_limit": count.MEMORY}) as con:
        con.execute("set enable_progress_bar = false")
        con.execute(
            f"""
            copy (select {", ".join(columns)}, 1::utinyint as count
                  from (select hash(i + {SEED} * 1_000_000_000::bigint) as h from range({rows}) t(i)))
            to '{file}' (format parquet)
            """
        )


def quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def read(file: Path) -> Run:
    """Read every column that counting needs, with the cheapest sum that must look at each value."""
    start = time.perf_counter()
    with duckdb.connect(config={"memory_limit": count.MEMORY}) as con:
        con.execute("set enable_progress_bar = false")
        columns = ", ".join(["year", *COLLECTED, "count"])
        con.execute(f"select sum(hash({columns})) from read_parquet('{file}')").fetchall()
    return run(start)


def counted(file: Path) -> Run:
    """Count the file into the layout of the real policy."""
    layout = tables.layout(policy.load(CODES), CODES, YEARS)
    start = time.perf_counter()
    count.margins(count.combinations(file, layout, CODES), layout)
    return run(start)


def run(start: float) -> Run:
    seconds = time.perf_counter() - start
    # ru_maxrss would not do: a child begins with the peak of the process that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    [(threads,)] = duckdb.execute("select current_setting('threads')").fetchall()
    return Run(seconds, peak, threads)


def alone(action: Callable[..., T], *given: object) -> T:
    """Do it in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(action, *given).result()


def line(rows: int, folder: Path) -> str:
    """Measure one number of rows: a row of the Markdown table."""
    if shutil.disk_usage(folder).free < rows * BYTES_A_ROW:
        sys.exit(f"{folder} needs {rows * BYTES_A_ROW / 1e9:.1f} GB for {rows:,} rows. Free some, or set TMPDIR.")
    file = folder / "records.parquet"
    alone(make, file, rows)
    runs = 3 if rows <= REPEATED_UP_TO else 1
    # In turn, so that a slow moment of the machine meets both.
    both = [(alone(read, file), alone(counted, file)) for _ in range(runs)]
    reads, counts = ([pair[side] for pair in both] for side in (0, 1))
    reading, counting = (statistics.median(one.seconds for one in side) for side in (reads, counts))
    peaks = [max(one.peak for one in side) for side in (reads, counts)]
    cells = [
        f"{rows:,}",
        f"{file.stat().st_size / 1e6:,.1f} MB",
        f"{reading:.2f}",
        f"{counting:.2f}",
        f"{counting / reading:.1f}",
        *(f"{peak / 1e6:,.0f} MB" for peak in peaks),
        count.MEMORY,
        "/".join(str(threads) for threads in sorted({one.threads for one in (*reads, *counts)})),
        str(runs),
    ]
    file.unlink()
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000])
    asked = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])  # DuckDB has as many threads as CPUs
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the files are deleted then, too
    headings = ["rows", "file", "read, s", "count, s", "count / read", "peak, read", "peak, count", "memory limit"]
    headings += ["threads", "runs"]
    print(f"| {' | '.join(headings)} |\n|{'---:|' * len(headings)}")
    with tempfile.TemporaryDirectory(prefix="vink-scale-") as folder:
        os.environ["TMPDIR"] = folder  # what counting spills is deleted with the rest, even if it is killed
        for rows in asked.rows:
            print(line(rows, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
