"""How good and how fast protection is: `python tests/bench/protection.py [quality] [greedy] [scale]` prints tables.

The instances are random, each from a fixed seed: years x ideology (5) x resource profile (3) x outcome group (4), the
full lattice with all totals, also over all years: 1,320 cells for 10 years of 150 referrals.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from data import audit, count, protect, release, tables
from data.codes import Code, CodeLists
from data.policy import Policy, parse
from data.release import About

POLICY = """
threshold = 5
protection = "{level}"
insiders = [{insiders}]
joint = [["ideology", "resource_profile", "outcome_group"]]
[optimise]
rounds = {rounds}
seconds = {seconds}
[weights]
by_dimensions = [10000, 1000, 30, 1]
pooled_factor = 0.5
per_referral = 0.02
zero = 1.0
spared_factor = 1.0
[weights.spared]
[tables.lattice]
dimensions = ["ideology", "resource_profile", "outcome_group"]
time = ["year", "all"]
"""
LISTS = CodeLists(
    {
        "ideology": tuple(Code(c) for c in "abcde"),
        "resource_profile": tuple(Code(c) for c in "xyz"),
        "outcome_group": tuple(Code(c) for c in "pqrs"),
        "outcome": (),
    },
    {},
    (),
)
SHARES = {
    "ideology": (0.40, 0.25, 0.15, 0.12, 0.08),
    "resource_profile": (0.30, 0.30, 0.40),
    "outcome_group": (0.35, 0.15, 0.20, 0.30),
}


class Instance:
    """One random set of records with its layout, counts and costs."""

    def __init__(
        self,
        seed: int,
        *,
        years: int = 10,
        referrals: int = 150,
        level: str = "mark",
        rounds: int = 40,
        seconds: float = 60,
        insiders: bool = False,
    ) -> None:
        names = ", ".join(f'"{d}"' for d in SHARES) if insiders else ""
        self.policy: Policy = parse(POLICY.format(level=level, rounds=rounds, seconds=seconds, insiders=names), LISTS)
        rng = np.random.default_rng(seed)
        every = tuple(range(2010, 2010 + years))
        columns = {d: np.array(LISTS.codes(d))[rng.choice(len(p), years * referrals, p=p)] for d, p in SHARES.items()}
        records = pl.DataFrame({"year": np.repeat(every, referrals)} | columns).with_columns(
            pl.col("year").cast(pl.Int32), count=pl.lit(1, pl.Int64)
        )
        self.layout = tables.layout(self.policy, LISTS, every)
        self.combinations = count.combinations(records, self.layout, LISTS)
        self.margins = count.margins(self.combinations, self.layout)
        self.cost = protect.costs(self.layout, self.margins, self.policy)

    def protected(self, *, conclude: bool = False) -> tuple[protect.Pattern, float]:
        """The pattern under the plain rule, or where the reader draws conclusions from it; and the seconds it took."""
        start = time.monotonic()
        given = (self.layout, self.combinations, self.margins, self.policy)
        pattern = protect.Protection(*given, conclude=conclude).pattern()
        return pattern, time.monotonic() - start

    def audited(self, pattern: protect.Pattern) -> tuple[audit.Audit, float]:
        """The audit without its own conclusions: what linear programs can work out of the numbers."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / release.DATABASE
            cells = release.published_cells(self.layout, self.margins, pattern)
            about = About("bench", "example", release.dt.datetime(2026, 1, 1, tzinfo=release.dt.UTC))
            release.write_database(file, cells, self.layout, self.policy, LISTS, about)
            small = set(_names(self.layout.cells, (self.margins > 0) & (self.margins < self.policy.threshold)))
            start = time.monotonic()
            found = audit.audit(file, primary=small, conclude=False, whole=False)
        return found, time.monotonic() - start

    def single_dimensions_shown(self, pattern: protect.Pattern) -> str:
        """How many of the cells of one dimension by year, that aren't small themselves, are published."""
        detail = sum((self.layout.cells[d] != "all").cast(pl.Int32) for d in SHARES)
        one = self.layout.cells.filter((detail == 1) & (pl.col("first_year") == pl.col("last_year")))["margin"]
        large = [m for m in one.unique() if not pattern.primary[m]]
        return f"{sum(not pattern.suppressed[m] for m in large)} of {len(large)}"


def _names(cells: pl.DataFrame, mask: np.ndarray) -> list[str]:
    words = [pl.when(pl.col(d) == "all").then(pl.lit("")).otherwise(f", {d}=" + pl.col(d)) for d in sorted(SHARES)]
    years = pl.col("first_year").cast(pl.String) + "-" + pl.col("last_year").cast(pl.String)
    named = cells.select(pl.concat_str([years, *words])).to_series()
    return named.filter(pl.Series(mask[cells["margin"].to_numpy()])).to_list()


def greedy(instance: Instance) -> protect.Pattern:
    """What is often done by hand: while an equation has one hidden cell, hide its cheapest other one. No audit."""
    primary = (instance.margins > 0) & (instance.margins < instance.policy.threshold)
    hidden = primary.copy()
    equations = [(total, *parts) for total, parts in tables.sums(instance.layout)]
    while True:
        alone = [equation for equation in equations if sum(hidden[list(equation)]) == 1]
        if not alone:
            return protect.Pattern(hidden, primary)
        for equation in alone:
            shown = [cell for cell in equation if not hidden[cell] and instance.margins[cell] > 0]
            if sum(hidden[list(equation)]) == 1 and shown:
                hidden[min(shown, key=lambda cell: instance.cost[cell])] = True
            elif sum(hidden[list(equation)]) == 1:
                hidden[list(equation)] = True


def quality(seeds: range) -> None:
    print(
        "| seed | level | insiders | primary | secondary | cost | bound | gap | single dimensions by year shown "
        "| audit failures | seconds | cost where the reader knows the rule |"
    )
    print("|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for seed in seeds:
        for level, insiders in (("mark", False), ("hidden", False), ("mark", True)):
            instance = Instance(seed, level=level, insiders=insiders)
            pattern, seconds = instance.protected()
            found, _ = instance.audited(pattern)
            wise = "" if insiders else f"{instance.protected(conclude=True)[0].cost:,.1f}"
            print(
                f"| {seed} | {level} | {'yes' if insiders else 'no'} | {pattern.primary.sum()} "
                f"| {pattern.suppressed.sum() - pattern.primary.sum()} | {pattern.cost:,.1f} | {pattern.bound:,.1f} "
                f"| {pattern.gap:.2%} | {instance.single_dimensions_shown(pattern)} | {found.failures.height} "
                f"| {seconds:.0f} | {wise} |",
                flush=True,
            )


def compare(seeds: range) -> None:
    print(
        "| seed | primary | greedy: secondary | cost | cells open to linear programs | ours: secondary | cost | open |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for seed in seeds:
        instance = Instance(seed)
        simple = greedy(instance)
        ours, _ = instance.protected()
        cost = float(instance.cost[simple.suppressed & ~simple.primary].sum())
        print(
            f"| {seed} | {simple.primary.sum()} | {simple.suppressed.sum() - simple.primary.sum()} | {cost:,.1f} "
            f"| {instance.audited(simple)[0].failures.height} | {ours.suppressed.sum() - ours.primary.sum()} "
            f"| {ours.cost:,.1f} | {instance.audited(ours)[0].failures.height} |",
            flush=True,
        )


def scale(sizes: list[int]) -> None:
    print("| years | cells | primary | secondary | gap | protection, s | audit, s | audit failures |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for years in sizes:
        instance = Instance(1, years=years, rounds=1 if years > 15 else 40)
        pattern, seconds = instance.protected()
        found, audit_seconds = instance.audited(pattern)
        print(
            f"| {years} | {len(instance.margins):,} | {pattern.primary.sum():,} "
            f"| {pattern.suppressed.sum() - pattern.primary.sum():,} | {pattern.gap:.1%} | {seconds:.1f} "
            f"| {audit_seconds:.1f} | {found.failures.height} |",
            flush=True,
        )


if __name__ == "__main__":
    which = sys.argv[1:] or ["quality", "greedy", "scale"]
    if "quality" in which:
        quality(range(6))
    if "greedy" in which:
        compare(range(6))
    if "scale" in which:
        scale([7, 30, 82])
