"""The build from validated records to a release, step by step."""

import dataclasses
import datetime as dt
import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from data import audit as auditing
from data import certificate, count, diff, example, knowledge, policy, protect, release, tables
from data import codes as code_lists

ROUNDS = 12  # how often the audit may send the pattern back; in practice it passes the first time
EXAMPLE_ROUNDS = 1  # the example is made while somebody waits
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
    Raises BuildError, or the error of a step
    (ProtectionError, KnowledgeError, DiffError, ReleaseError); then no release is there and the former serves.
    """
    if not records["count"].sum():
        raise BuildError("There are no referrals to publish: the files hold 0.")
    about = _following(releases, about)
    years = tuple(range(_year(records, "min"), _year(records, "max") + 1))
    staging = release.open_staging(releases, about.version)
    try:
        report("count", 0, 1)
        layout = tables.layout(rules, codes, years)
        combinations = count.combinations(records, layout, codes)
        margins = count.margins(combinations, layout)
        known = [
            *knowledge.statements(layout, combinations),
            *knowledge.earlier(_earlier(releases, about), layout, combinations),
        ]
        report("count", 1, 1)

        start = time.monotonic()
        file = staging / release.DATABASE
        protection = protect.Protection(layout, combinations, margins, rules, known=known, progress=report)
        alone = _alone(layout, combinations, margins)
        small = set(_names(layout, protection.small))

        def audited(pattern: protect.Pattern) -> auditing.Audit:
            file.unlink(missing_ok=True)
            cells = release.published_cells(layout, margins, pattern)
            release.write_database(file, cells, layout, rules, codes, about, known)
            return auditing.audit(file, primary=small, alone=alone, progress=lambda done, of: report("audit", done, of))

        found, pattern = _safe_pattern(protection, layout, rules, audited)
        report("release", 0, 1)
        release.write_ranges(file, found.cells)
        seconds = time.monotonic() - start
        items = certificate.items(found, pattern, rules, known, len(alone), seconds)
        release.write_certificate(file, items, certificate.tables(found))
        _write_notes(releases, about, file, staging)
        release.write_files(staging, rules, about)
        takes_over = about.kind == "real" or not _serves_real(releases)
        place = release.put_in_place(staging, releases, about.version, make_current=takes_over)
        report("release", 1, 1)
        return place
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _following(releases: Path, about: release.About) -> release.About:
    """`about` with the version that is current now, which readers without the right see until the publication time.

    Raises BuildError where it would be public before that one: its notes and what it knows would give that one away.
    """
    former = release.current(releases) if releases.exists() else None
    before = release.publication_time(releases / former) if former else None
    if about.kind == "real" and before and (about.publication_time or about.created) < before:
        raise BuildError(
            f"No release was written: release {former} is under embargo until {before.isoformat()}, and "
            f"{about.version} would give it away before that. Build it with --publish-at and the same time or a later "
            "one."
        )
    return dataclasses.replace(about, follows=former)


def _earlier(releases: Path, about: release.About) -> dict[str, Path]:
    """The real releases that are there already, by version: whoever has them can put them beside the new one.

    An example tells nothing of anybody, so nothing that is in one must be kept from another.
    """
    if about.kind != "real":
        return {}
    found = {place.name: place / release.DATABASE for place in sorted(releases.iterdir()) if place.is_dir()}
    return {version: file for version, file in found.items() if release.kind(releases / version) == "real"}


def _safe_pattern(
    protection: protect.Protection,
    layout: tables.Layout,
    rules: policy.Policy,
    audited: Callable[[protect.Pattern], auditing.Audit],
) -> tuple[auditing.Audit, protect.Pattern]:
    """Protect, write and audit until the audit passes; returns what it found of the file as it then is.

    What the audit finds goes back to protection. Raises BuildError where that doesn't end.
    """
    open_cells: list[str] = []
    for _ in range(ROUNDS):
        pattern = protection.pattern()
        found = audited(pattern)
        told = certificate.told(found, rules)
        if found.passed and not told:
            return found, pattern
        open_cells = [*found.failures["cell"], *(f"{other} (for {insider})" for insider, other in told)]
        protection.know_large(_margins(layout, set(found.large)))
        if found.whole[1]:
            protection.widen(_margins(layout, set(found.failures["cell"])))
        if told:
            protection.keep_apart([tuple(_margins(layout, {cell})[0] for cell in pair) for pair in told])
    raise BuildError(
        f"No release was written: the audit still finds {len(open_cells)} cells open after {ROUNDS} "
        f"rounds, such as {'; '.join(open_cells[:5])}. Publish fewer or coarser tables."
    )


def _write_notes(releases: Path, about: release.About, file: Path, staging: Path) -> None:
    """What changed since the release that is current, in both languages, where that one is of the same kind."""
    former = release.current(releases)
    if former and release.kind(releases / former) == about.kind:
        for lang in diff.LANGUAGES:
            notes = diff.notes(releases / former / release.DATABASE, file, lang)
            (staging / f"notes.{lang}.md").write_text(notes, encoding="utf-8")


def build_example(releases: Path, *, report: Report = quiet) -> Path:
    """The example release, made from a fixed seed; returns its folder, which may have been there already.

    Its version is made of what goes into it, so a change of codes, policy or records makes another one beside it.
    """
    codes = code_lists.load()
    rules = policy.load(codes)
    records = example.records()
    rules = dataclasses.replace(rules, optimise=dataclasses.replace(rules.optimise, rounds=EXAMPLE_ROUNDS))
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
    about = release.About(version, "example", dt.datetime.now(dt.UTC))
    return build(counted, about, rules, codes, releases, report=report)


def _serves_real(releases: Path) -> bool:
    version = release.current(releases)
    return version is not None and release.kind(releases / version) == "real"


def _year(records: pl.DataFrame, end: str) -> int:
    years = records.filter(pl.col("count") > 0)["year"]
    return int(getattr(years, end)())


def _names(layout: tables.Layout, margins: np.ndarray) -> list[str]:
    """The audit's names of the cells of the layout whose margin the mask marks: their years and codes in words."""
    return _every_name(layout).filter(pl.Series(margins[layout.cells["margin"].to_numpy()])).to_list()


def _alone(
    layout: tables.Layout, combinations: np.ndarray, margins: np.ndarray
) -> dict[str, list[dict[str, str | int]]]:
    """The cells with a single referral, by the audit's names, and where it is counted in each joint group."""
    found = {}
    rows = layout.cells.filter(pl.Series(margins[layout.cells["margin"].to_numpy()] == 1))
    for name, row in zip(_names(layout, margins == 1), rows.iter_rows(named=True), strict=True):
        named = {d: code for d in layout.dimensions if (code := row[d]) not in (None, code_lists.ALL)}
        found[name] = [
            group.frame.row(int(at) - group.first, named=True)
            for group in layout.groups
            if (of := tables.members_in(group, named, row["first_year"], row["last_year"])) is not None
            for at in of[combinations[of] == 1]
        ]
    return found


def _every_name(layout: tables.Layout) -> pl.Series:
    words = [
        pl.when(pl.col(d).is_null() | (pl.col(d) == code_lists.ALL)).then(pl.lit("")).otherwise(f", {d}=" + pl.col(d))
        for d in sorted(layout.dimensions)
    ]
    named = pl.concat_str([pl.col("first_year").cast(pl.String) + "-" + pl.col("last_year").cast(pl.String), *words])
    return layout.cells.select(named).to_series()


def _margins(layout: tables.Layout, names: set[str]) -> list[int]:
    every = _every_name(layout)
    return sorted({m for name, m in zip(every, layout.cells["margin"], strict=True) if name in names})
