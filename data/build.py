"""The build from validated records to a release, step by step."""

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from data import audit as auditing
from data import codes as code_lists
from data import count, example, policy, protect, release, tables

ROUNDS = 12  # how often the audit may send the pattern back; in practice it passes the first time
Report = Callable[[str, int, int], None]


class BuildError(ValueError):
    """No release was written; the message says why and what to do."""


def quiet(step: str, done: int, of: int) -> None:
    """A report that nobody reads."""


def build(
    records: pl.DataFrame,
    about: release.About,
    rules: policy.Policy,
    codes: code_lists.CodeLists,
    releases: Path,
    *,
    report: Report = quiet,
) -> Path:
    """Count, protect, audit and write one release; returns its folder.

    records: year, the dimensions of codes.toml and count, as validation leaves them. report is called with the name of
    the step, how much of it is done, and how much there is.
    Raises BuildError, protect.ProtectionError or release.ReleaseError; then no release is there and the former serves.
    """
    if not records["count"].sum():
        raise BuildError("There are no referrals to publish: the files hold 0.")
    years = tuple(range(_year(records, "min"), _year(records, "max") + 1))
    staging = release.open_staging(releases, about.version)
    try:
        report("count", 0, 1)
        layout = tables.layout(rules, codes, years)
        combinations = count.combinations(records, layout, codes)
        margins = count.margins(combinations, layout)
        report("count", 1, 1)

        def write(pattern: protect.Pattern) -> None:
            file.unlink(missing_ok=True)
            cells = release.published_cells(layout, margins, pattern)
            release.write_database(file, cells, layout, rules, codes, about)

        file = staging / release.DATABASE
        found = _safe_pattern(layout, combinations, margins, rules, file, write, report)

        report("release", 0, 1)
        release.write_ranges(file, found.cells)
        release.write_files(staging, rules, about)
        takes_over = about.kind == "real" or not _serves_real(releases)
        place = release.put_in_place(staging, releases, about.version, make_current=takes_over)
        report("release", 1, 1)
        return place
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _safe_pattern(
    layout: tables.Layout,
    combinations: np.ndarray,
    margins: np.ndarray,
    rules: policy.Policy,
    file: Path,
    write: Callable[[protect.Pattern], None],
    report: Report,
) -> auditing.Audit:
    """Protect, write and audit until the audit passes; returns what it found of the file as it then is.

    What the audit finds open goes back to protection. Raises BuildError where that doesn't end.
    """
    pattern, still_open, large = None, [], set()
    rounds = 0
    while True:
        pattern = protect.protect(
            layout,
            combinations,
            margins,
            rules,
            former=pattern,
            still_open=still_open,
            known_large=large,
            progress=lambda done, of: report("protect", done, of),
        )
        write(pattern)
        primary = set(_names(layout, pattern.primary[layout.cells["margin"].to_numpy()].tolist()))
        found = auditing.audit(file, primary=primary, progress=lambda done, of: report("audit", done, of))
        if found.passed:
            return found
        still_open = _margins(layout, set(found.failures["cell"]))
        large |= set(_margins(layout, set(found.large)))
        rounds += 1
        if rounds == ROUNDS:
            raise BuildError(
                f"No release was written: the audit still finds {found.failures.height} cells open after {ROUNDS} "
                f"rounds, such as {'; '.join(found.failures['cell'].head(5))}. Publish fewer or coarser tables."
            )


def build_example(releases: Path, *, report: Report = quiet) -> Path:
    """The example release, made from a fixed seed; returns its folder, which may have been there already.

    Its version is made of what goes into it, so a change of codes, policy or records makes another one beside it.
    """
    codes = code_lists.load()
    rules = policy.load(codes)
    records = example.records()
    ingredients = [records.write_csv(), rules.text, release.METHOD, str(release.SCHEMA_VERSION)]
    ingredients += [
        (release.HERE / name).read_text("utf-8") for name in ("codes.toml", "breaks.toml", "published.toml")
    ]
    digest = hashlib.sha256("\n".join(ingredients).encode()).hexdigest()
    version = f"example-{digest[:8]}"
    place = releases / version
    if release.kind(place) == "example":
        if not _serves_real(releases):
            release.point_at(releases, version)
        return place
    counted = records.with_columns(year=pl.col("date").dt.year(), count=pl.lit(1, pl.Int64))
    source = release.Source(hashlib.sha256(records.write_csv().encode()).hexdigest(), records.height)
    about = release.About(version, "example", dt.datetime.now(dt.UTC), (source,))
    return build(counted, about, rules, codes, releases, report=report)


def _serves_real(releases: Path) -> bool:
    version = release.current(releases)
    return version is not None and release.kind(releases / version) == "real"


def _year(records: pl.DataFrame, end: str) -> int:
    years = records.filter(pl.col("count") > 0)["year"]
    return int(getattr(years, end)())


def _names(layout: tables.Layout, mask: list[bool]) -> list[str]:
    """The audit's name of each cell of the layout that `mask` marks: its years and codes in words."""
    outside = ("table", "period", "first_year", "last_year", "margin")
    dimensions = sorted(d for d in layout.cells.columns if d not in outside)
    words = [
        pl.when(pl.col(d).is_null() | (pl.col(d) == code_lists.ALL)).then(pl.lit("")).otherwise(f", {d}=" + pl.col(d))
        for d in dimensions
    ]
    named = pl.concat_str([pl.col("first_year").cast(pl.String) + "-" + pl.col("last_year").cast(pl.String), *words])
    return layout.cells.filter(pl.Series(mask)).select(named).to_series().to_list()


def _margins(layout: tables.Layout, names: set[str]) -> list[int]:
    every = _names(layout, [True] * layout.cells.height)
    return sorted({m for name, m in zip(every, layout.cells["margin"], strict=True) if name in names})
