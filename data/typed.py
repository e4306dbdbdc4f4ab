"""From the texts of a source to typed cells: each is read by its field, and what can't be read is a fault."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import polars as pl

from data import parse
from data.codes import ALL, CodeLists
from data.faults import Fault, quoted
from data.mapping import DIMENSIONS, Field, Mapping
from data.parse import Problem
from data.read import ROW, Source

FIRST_YEAR = 2009  # the year in which the unit began
COLUMN, VALUE = "#column", "#value"  # the heading over a cell's count, and what is written there
T = TypeVar("T")


class Table:
    """One source, read.

    rows    one row for each of the source: ROW, `id`, `date` (Date), and as texts `year` and all dimensions
    cells   one row for each count (a row of a wide table has several), with COLUMN, VALUE and `count` (Int64)
    faults  what can't be read; validation adds what breaks a rule

    A total has ALL in its dimension. What can't be read, or was not collected, is null.
    """

    def __init__(self, source: Source, mapping: Mapping, codes: CodeLists, today: date) -> None:
        self.source, self.mapping, self.codes, self.today = source, mapping, codes, today
        self.counted = bool(source.counts) or "count" in source.columns
        self.faults: list[Fault] = []
        series = [self._ids(), *self._time(), *(self._dimension(name) for name in DIMENSIONS)]
        series += [self._codes(extra) for extra in mapping.extra.values()]
        self.rows = pl.DataFrame([source.frame[ROW], *series])
        self.cells = self._cells()
        self._texts_by_row: dict[str, dict[int, str | None]] = {}

    @property
    def keys(self) -> list[str]:
        """The columns that say to what a count belongs."""
        collected = [name for name in ("year", *DIMENSIONS) if name not in self.mapping.not_collected]
        return collected + self.mapping.extra_dimensions

    def heading(self, field: str) -> str | None:
        """The heading over a field; None for a constant, and for the field of a wide table's columns."""
        columns = self.source.columns
        otherwise = {"year": "date", "age_group": "age"}
        return columns.get(field) or columns.get(otherwise.get(field, ""))

    def text(self, row: int, heading: str) -> str | None:
        """What the source says in `row` under `heading`."""
        if heading not in self._texts_by_row:
            frame = self.source.frame
            self._texts_by_row[heading] = dict(zip(frame[ROW], frame[heading], strict=True))
        return self._texts_by_row[heading][row]

    def add(self, row: int | None, heading: str | None, value: str | None, rule: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.source.file, row, heading, value, rule, message))

    def in_period(self, said: date | int, what: str) -> Problem | None:
        """The problem with a date or a year in the future, or before the unit began."""
        year = said.year if isinstance(said, date) else said
        future = said > self.today if isinstance(said, date) else year > self.today.year
        if future:
            message = f"The {what} {said} is in the future: today is {self.today}. Correct the {what}."
            return Problem(f"{what}_in_future", message)
        if year < FIRST_YEAR:
            message = f"The {what} {said} is before {FIRST_YEAR}, when the unit began. Correct the {what}."
            return Problem(f"{what}_too_early", message)
        return None

    def _parsed(
        self,
        texts: pl.DataFrame,
        read: Callable[[str], tuple[T | None, Problem | None]],
        dtype: type[pl.DataType],
        optional: bool = False,
    ) -> pl.Series:
        """What `texts` (ROW, COLUMN, VALUE) say. A text is read once, however often it stands there."""
        said = {text: read(text or "") for text in texts[VALUE].unique() if text or not optional}
        problems = {text: problem for text, (_, problem) in said.items() if problem}
        wrong = texts.filter(pl.col(VALUE).is_in(list(problems), nulls_equal=True)) if problems else texts.clear()
        for row, heading, text in wrong.select(ROW, COLUMN, VALUE).iter_rows():
            self.add(row, heading, text, problems[text].rule, problems[text].message)
        old, new = list(said), [value for value, _ in said.values()]
        return texts[VALUE].replace_strict(old, pl.Series(new, dtype=dtype), default=None, return_dtype=dtype)

    def _texts(self, heading: str) -> pl.DataFrame:
        return self.source.frame.select(ROW, pl.lit(heading).alias(COLUMN), pl.col(heading).alias(VALUE))

    def _nothing(self, dtype: type[pl.DataType]) -> pl.Series:
        return pl.Series([None] * self.source.frame.height, dtype=dtype)

    def _always(self, value: str) -> pl.Series:
        return pl.Series([value] * self.source.frame.height, dtype=pl.String)

    def _ids(self) -> pl.Series:
        heading = self.source.columns.get("id")
        if heading is None:
            return self._nothing(pl.String).alias("id")
        ids = self.source.frame[heading].str.strip_chars().alias("id")
        if not self.counted:
            message = "The id is empty. Every referral needs an id of its own: fill it in."
            for row in self.source.frame[ROW].filter(ids.is_null()):
                self.add(row, heading, None, "missing_value", message)
        return ids

    def _time(self) -> tuple[pl.Series, pl.Series]:
        """The date and the year; the year follows from the date where there is one."""
        columns = self.source.columns
        date_heading, year_heading = columns.get("date"), columns.get("year")
        constant = self.mapping.fields["year"].constant if "year" in self.mapping.fields else None
        both = date_heading is not None and (year_heading is not None or constant is not None)
        dates, years = self._nothing(pl.Date), self._nothing(pl.String)
        if date_heading is not None:
            dates = self._parsed(self._texts(date_heading), self._date, pl.Date, optional=both)
        if year_heading is not None:
            years = self._parsed(self._texts(year_heading), self._year, pl.String, optional=both)
        if constant is not None:
            years = self._always(self._fixed_year(constant, None))
        from_date = dates.dt.year().cast(pl.String)
        if both:
            self._check_time(from_date, years)
        return dates.alias("date"), from_date.zip_with(from_date.is_not_null(), years).alias("year")

    def _check_time(self, from_date: pl.Series, years: pl.Series) -> None:
        """Where a source has dates and years, a row needs one of them, and two must agree."""
        frame, columns = self.source.frame, self.source.columns
        differ = (from_date != years).fill_null(False)
        for row, day, year in zip(
            frame[ROW].filter(differ),
            frame[columns["date"]].filter(differ),
            years.filter(differ),
            strict=True,
        ):
            message = f"The date {quoted(day)} is not in the year {year}. Correct one of the two."
            self.add(row, columns["date"], day, "date_contradicts_year", message)
        if "year" in columns:
            neither = frame[columns["date"]].is_null() & frame[columns["year"]].is_null()
            for row in frame[ROW].filter(neither):
                message = "The date and the year are empty. Fill in one of them."
                self.add(row, columns["date"], None, "missing_value", message)

    def _date(self, text: str) -> tuple[date | None, Problem | None]:
        said, problem = parse.day(text, self.mapping.date_formats)
        return said, problem or (self.in_period(said, "date") if said else None)

    def _year(self, text: str) -> tuple[str | None, Problem | None]:
        field = self.mapping.fields["year"]
        if self.counted and field.is_total(text):
            return ALL, None
        if total := parse.total_undeclared(text, "year", field.table):
            return None, total
        said, problem = parse.year(text, field.written)
        if said is None:
            return None, problem
        return str(said), problem or self.in_period(said, "year")

    def _fixed_year(self, text: str, heading: str | None) -> str:
        """A year that the mapping gives: loading the mapping has seen to it that it is a year."""
        said, _ = parse.year(text, self.mapping.fields["year"].written if heading is None else "calendar")
        if said is not None and (problem := self.in_period(said, "year")):
            self.add(None, heading, text, problem.rule, problem.message)
        return str(said)

    def _dimension(self, name: str) -> pl.Series:
        field = self.mapping.fields.get(name)
        if field is None:
            return self._nothing(pl.String).alias(name)
        if field.constant is not None:
            return self._always(field.constant).alias(name)
        if name != "age_group":
            return self._codes(field)
        return self._age_groups(field)

    def _codes(self, field: Field) -> pl.Series:
        def read(text: str) -> tuple[str | None, Problem | None]:
            if self.counted and field.is_total(text):
                return ALL, None
            return parse.code(text, field.name, field.table, field.words)

        return self._parsed(self._texts(self.source.columns[field.name]), read, pl.String).alias(field.name)

    def _age_groups(self, field: Field) -> pl.Series:
        """The age groups of a column of groups, of a column of ages, or of both where they agree."""
        columns = self.source.columns
        groups = self._codes(field) if "age_group" in columns else None
        if "age" not in columns:
            return self._codes(field) if groups is None else groups
        words = {parse.fold(word): code for word, code in self.mapping.fields["age"].words.items()}
        known = self.codes.codes("age_group")
        ages = self._parsed(
            self._texts(columns["age"]), lambda text: parse.age_group(text, known, words), pl.String
        ).alias("age_group")
        if groups is None:
            return ages
        differ = ((ages != groups) & (groups != ALL)).fill_null(False)
        for row, age in zip(
            self.source.frame[ROW].filter(differ),
            self.source.frame[columns["age"]].filter(differ),
            strict=True,
        ):
            message = f"The age {quoted(age)} is not in the age group of the row. Correct one of the two."
            self.add(row, columns["age"], age, "age_contradicts_group", message)
        return groups

    def _cells(self) -> pl.DataFrame:
        if not self.counted:
            none = pl.lit(None, pl.String)
            return self.rows.with_columns(none.alias(COLUMN), none.alias(VALUE), count=pl.lit(1, pl.Int64))
        wide = self.mapping.wide
        counts = self.source.counts or {self.source.columns["count"]: ""}
        parts = []
        for heading, value in counts.items():
            part = self.rows.with_columns(pl.lit(heading).alias(COLUMN), self.source.frame[heading].alias(VALUE))
            if wide:
                fixed = wide.field == "year" and value != ALL
                said = self._fixed_year(value, heading) if fixed else value
                part = part.with_columns(pl.lit(said).alias(wide.field))
            parts.append(part)
        cells = pl.concat(parts)
        numbers = self.mapping.numbers
        read = self._parsed(cells, lambda text: parse.count(text, numbers), pl.Int64)
        return cells.with_columns(read.alias("count"))
