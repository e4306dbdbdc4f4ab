"""The build's commands: python -m data example | check | build | audit | diff."""

import datetime as dt
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import duckdb
import polars as pl
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data import audit as auditing
from data import build as building
from data import codes as code_lists
from data import diff as comparing
from data import faults, knowledge, mapping, policy, protect, read, release, validate

app = typer.Typer(
    help=(
        "Turn records of concern referrals into a release that is safe to publish.\n\n"
        "The usual way: `check` an export until it has no faults, `build` a release of it, and look at what `audit` "
        "says. Everything stays on this machine; only the finished release goes to the dashboard."
    ),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a traceback must never print records
    rich_markup_mode="markdown",
    add_completion=False,
)
console = Console(width=None if sys.stdout.isatty() else 140)

STEPS = {
    "count": "counting",
    "partners": "protecting small counts",
    "spare": "showing what need not be hidden",
    "insiders": "guarding against insiders",
    "cuts": "bounding what is possible",
    "gap": "gap to the bound, per mille",
    "audit": "attacking the result",
    "release": "writing the release",
}
Files = Annotated[
    list[Path],
    typer.Argument(help="CSV, XLSX or Parquet: one row a referral, or counted rows with a `count`."),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        help="A TOML file that says which of your columns and values are which of ours; see docs/mapping.md. "
        "data/mappings/danish.toml fits Danish headings.",
    ),
]


@app.command()
def example() -> None:
    """Make the example release: invented referrals from a fixed seed, marked as an example everywhere.

    Does nothing where it is there already, and never takes the place of a real release.
    """
    folder = release.folder()
    with _stops(), _progress() as report:
        place = building.build_example(folder, report=report)
    console.print(f"The example release is {place.name}. The dashboard shows {release.current(folder)}.")


@app.command()
def check(
    files: Files,
    mapping_file: MappingFile = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Where to write the faults, .xlsx or .csv. Default: data/reports/faults.xlsx."),
    ] = None,
) -> None:
    """Read FILES and say everything that is wrong with them: file, row, column, value, rule, and what to do.

    Ends with 1 where there is any fault. Example:

    `python -m data check export.csv --mapping data/mappings/danish.toml`
    """
    checked = _checked(files, mapping_file, report)
    for one in checked:
        sums = f", {one.sums_checked} published sums checked and {one.sums_agreed} agree" if one.sums_checked else ""
        console.print(
            f"{one.file}: {one.cells['count'].sum()} referrals in {one.cells.height} rows without faults{sums}."
        )
        if one.why_not:
            console.print(f"  {one.why_not}")
    if any(one.faults for one in checked):
        raise typer.Exit(1)


@app.command()
def build(
    files: Files,
    version: Annotated[str, typer.Option(help="The release's version, such as 2026.1. Each version is built once.")],
    mapping_file: MappingFile = None,
    policy_file: Annotated[
        Path | None,
        typer.Option("--policy", help="What to publish and how to protect it. Default: data/policy.toml."),
    ] = None,
    reject_bad_rows: Annotated[
        bool,
        typer.Option("--reject-bad-rows", help="Set rows with faults aside in data/reports/ and build on the rest."),
    ] = False,
    publish_at: Annotated[
        str | None,
        typer.Option(
            help="An embargo: the time, with its time zone, until which only the roles named in ui/doors.toml see the "
            "release, such as 2026-03-01T06:00+01:00. Default: it is public at once."
        ),
    ] = None,
) -> None:
    """Read, validate, count, protect, audit and release FILES as one VERSION.

    Any fault stops it. The release is written beside the others and takes over last: stopped at any moment, the former
    release still serves. Example:

    `python -m data build export.xlsx --version 2026.1 --mapping data/mappings/danish.toml`
    """
    codes = code_lists.load()
    with _stops():
        rules = policy.load(codes, policy_file) if policy_file else policy.load(codes)
        if version.startswith("example"):
            raise release.ReleaseError("Versions that begin with 'example' are kept for example releases.")
        publication = None if publish_at is None else _publication(publish_at, dt.datetime.now(dt.UTC))
    checked = _checked(files, mapping_file, None)
    for one in checked:
        if one.why_not:
            console.print(f"[red]{one.file}: {one.why_not}[/red]")
            raise typer.Exit(1)
    found = [fault for one in checked for fault in one.faults]
    rejected = sum(one.bad_rows.height for one in checked)
    if found and not reject_bad_rows:
        console.print("No release was written. Correct the faults, or set the rows aside with --reject-bad-rows.")
        raise typer.Exit(1)
    if any(fault.row is None for fault in found):
        console.print("No release was written: a fault concerns a whole file, so no rows can be set aside for it.")
        raise typer.Exit(1)
    if rejected:
        for one in checked:
            if not one.bad_rows.is_empty():
                aside = _reports() / f"rejected-{version}-{Path(one.file).stem}.csv"
                one.bad_rows.write_csv(aside, include_bom=True, separator=";")
                console.print(f"{one.bad_rows.height} rows of {one.file} are set aside in {aside}.")
    records = pl.concat([one.records for one in checked])
    with _stops():
        sources = tuple(release.mark(path.read_bytes(), _reports()) for path in files)
    about = release.About(version, "real", dt.datetime.now(dt.UTC), sources, rejected, publication_time=publication)
    with _stops(), _progress() as report:
        place = building.build(records, about, rules, codes, release.folder(), report=report)
    manifest = json.loads((place / release.MANIFEST).read_text(encoding="utf-8"))
    if publication is None:
        console.print(f"Release {version} is written and the dashboard shows it: {place}")
    else:
        console.print(f"Release {version} is written: {place}")
        console.print(
            f"It is under embargo until {about.published} (UTC): until then the dashboard shows it to the roles that "
            "ui/doors.toml names, and to nobody where sign-in is off."
        )
    console.print(
        f"{records['count'].sum()} referrals; {rejected} rows set aside; content {manifest['content_sha256'][:16]}."
    )


def _publication(given: str, now: dt.datetime) -> dt.datetime:
    """The time in `given`. Raises ReleaseError where it has no time zone, or isn't to come."""
    try:
        at = dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise release.ReleaseError(
            f"--publish-at {given!r} is no time. Write day, time and time zone, such as 2026-03-01T06:00+01:00."
        ) from error
    if at.tzinfo is None:
        raise release.ReleaseError(
            f"--publish-at {given!r} lacks a time zone. Write +01:00 behind it for Danish winter time, "
            "+02:00 for summer time: 2026-03-01T06:00+01:00."
        )
    if at <= now:
        raise release.ReleaseError(f"--publish-at {given!r} has passed. Leave it out to publish at once.")
    return at


@app.command()
def audit(version: Annotated[str, typer.Argument(help="The version of a release in data/releases.")]) -> None:
    """Attack a finished release as a reader could, and say what can be worked out.

    Two linear programs for every suppressed cell, over everything that is published. Ends with 1 where any cell can be
    worked out more closely than the policy allows, or where the file is not the one that was built.
    """
    place = release.folder() / version
    file = place / release.DATABASE
    if not file.exists():
        console.print(f"There is no release {version} in {release.folder()}.")
        raise typer.Exit(1)
    start = time.monotonic()
    with _stops(), _progress() as report:
        found = auditing.audit(file, progress=lambda done, of: report("audit", done, of))
    _print_audit(found, version, time.monotonic() - start)
    _print_certificate(file)
    changed = _changed(place, found)
    for line in changed:
        console.print(f"[red]{line}[/red]")
    if not found.passed or changed:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The version of the earlier release.")],
    new: Annotated[str, typer.Argument(help="The version of the later release.")],
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write all changes as a table for Excel, .xlsx or .csv. Default: nowhere."),
    ] = None,
) -> None:
    """Say what changed from release OLD to release NEW: its design, and every cell that is not the same.

    The table has the old number of figures that NEW suppresses: it is for the unit, not for publishing. Example:

    `python -m data diff 2026.1 2026.2 --output changes.xlsx`
    """
    files = []
    for version in (old, new):
        files.append(release.folder() / version / release.DATABASE)
        if not files[-1].exists():
            console.print(f"There is no release {version} in {release.folder()}.", markup=False)
            raise typer.Exit(1)
    with _stops():
        if output:
            comparing.check_ending(output)
        changed, design = comparing.changes(*files), comparing.design_changes(*files)
        console.print(f"From release {old} to release {new}:", markup=False)
        comparing.print_changes(changed, design, console)
        if output:
            comparing.write(changed, output)
            console.print(f"All changed cells as a table: {output}", markup=False)


def _print_audit(found: auditing.Audit, version: str, seconds: float) -> None:
    table = Table(title=f"Audit of release {version}: threshold {found.threshold}, level {found.protection}")
    for heading in (
        "table",
        "cells",
        "published",
        "zero",
        "suppressed",
        "not collected",
        "narrowest range",
        "open",
    ):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    each = found.cells.explode("tables", empty_as_null=True).rename({"tables": "table"})
    width = pl.col("upper") - pl.col("lower")
    for name, part in each.group_by("table", maintain_order=True):
        count = dict(part.group_by("status").len().iter_rows())
        narrowest = part.filter(pl.col("status") == "suppressed").select(width.min()).item()
        numbers = [
            part.height,
            *(count.get(s, 0) for s in ("published", "zero", "suppressed", "not_collected")),
        ]
        open_cells = part.filter(pl.col("verdict") != auditing.SAFE).height
        table.add_row(
            str(name[0]), *map(str, numbers), "" if narrowest is None else str(narrowest + 1), str(open_cells)
        )
    console.print(table)
    if found.passed:
        hidden = found.cells.filter(pl.col("status") == "suppressed").height
        console.print(f"Passed in {seconds:.0f} s: none of the {hidden} different suppressed cells can be worked out.")
        return
    failures = Table(title=f"{found.failures.height} cells are open")
    for heading in ("cell", "tables", "published", "from", "to", "verdict"):
        failures.add_column(heading)
    for row in found.failures.head(50).iter_rows(named=True):
        failures.add_row(
            row["cell"],
            ", ".join(row["tables"]),
            *(_word(row[c]) for c in ("n", "lower", "upper")),
            row["verdict"],
        )
    console.print(failures)


def _print_certificate(file: Path) -> None:
    """What the build wrote into the release: what was attacked, with what knowledge, and what was found."""
    table = Table(title="The release's certificate, as the build wrote it")
    table.add_column("item")
    table.add_column("value", justify="right")
    for item, value in release.certificate(file):
        table.add_row(item, value)
    console.print(table)


def _word(value: int | None) -> str:
    return "" if value is None else str(value)


def _changed(place: Path, found: auditing.Audit) -> list[str]:
    """What shows that a release is not the one that was built."""
    lines = []
    try:
        manifest = json.loads((place / release.MANIFEST).read_text(encoding="utf-8"))
        if hashlib.sha256((place / release.DATABASE).read_bytes()).hexdigest() != manifest["files"][release.DATABASE]:
            lines.append(f"{release.DATABASE} is not the file that was built: its hash differs from the manifest's.")
    except (OSError, ValueError, KeyError):
        lines.append(f"{release.MANIFEST} is missing or can't be read, so the file can't be held against it.")
    hidden = found.cells.filter(pl.col("status") == "suppressed")
    moved = hidden.filter(
        pl.col("lower").ne_missing(pl.col("stored_lower")) | pl.col("upper").ne_missing(pl.col("stored_upper"))
    )
    if not moved.is_empty():
        lines.append(
            f"{moved.height} ranges in the file are not those that can be worked out, such as {moved['cell'][0]}."
        )
    return lines


def _checked(files: list[Path], mapping_file: Path | None, report: Path | None) -> list[validate.Checked]:
    """Read and validate; prints and writes the faults where there are any. Ends with 1 where a file can't be read."""
    codes = code_lists.load()
    with _stops():
        mapped = mapping.load(mapping_file, codes) if mapping_file else mapping.default(codes)
    sources, unreadable = [], []
    for path in files:
        try:
            sources.append((read.read(path, mapped), mapped))
        except read.ReadError as error:
            unreadable += error.faults
    checked = validate.validate_all(sources, codes, dt.date.today()) if sources else []
    found = [*unreadable, *(fault for one in checked for fault in one.faults)]
    if found:
        faults.print_table(found, console)
        target = report or _reports() / "faults.xlsx"
        faults.write(found, target)
        console.print(f"The same as a table: {target}")
    if unreadable:
        raise typer.Exit(1)
    return checked


def _reports() -> Path:
    folder = release.folder().parent / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _stops() -> Iterator[None]:
    """Errors that a person can do something about are said in a sentence; the rest are faults of the program."""
    try:
        yield
    except (
        auditing.AuditError,
        building.BuildError,
        comparing.DiffError,
        mapping.MappingError,
        policy.PolicyError,
        knowledge.KnowledgeError,
        protect.ProtectionError,
        release.ReleaseError,
    ) as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from error
    except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
        if not release.is_full(error):
            raise
        console.print(
            f"[red]No release was written: there is no room left on the disk of {release.folder()}. Make some free: "
            "a release takes 15 MB, and its build as much again. Then give the same command. "
            "Until then the former release serves.[/red]"
        )
        raise typer.Exit(1) from error


@contextmanager
def _progress() -> Iterator[building.Report]:
    """Bars on a terminal; elsewhere a line "step<tab>done<tab>of" for each percent, which the dashboard reads."""
    if not sys.stdout.isatty():
        last: tuple[str, int] | None = None

        def tell(step: str, done: int, of: int) -> None:
            nonlocal last
            if last != (step, done * 100 // max(of, 1)):
                last = (step, done * 100 // max(of, 1))
                print(step, done, of, sep="\t", flush=True)

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks = {}

        def draw(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(STEPS[step])
            bars.update(tasks[step], completed=done, total=of)

        yield draw


if __name__ == "__main__":
    app()
