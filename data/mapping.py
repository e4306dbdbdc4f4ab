"""A mapping: a TOML file that says how a source's columns and values become ours. See docs/mapping.md."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from data import codes as code_lists
from data.codes import ALL, CodeLists
from data.faults import listed, quoted
from data.parse import DATE_FORMATS, Numbers, fold
from data.parse import year as said_year

DIMENSIONS = ("ideology", "resource_profile", "assessment", "outcome", "source", "age_group", "gender")
FIELDS = ("date", "year", "id", *DIMENSIONS, "age", "count")
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-1")
DELIMITERS = (",", ";", "\t")
THOUSANDS = (".", ",", " ", "'")
EVERYTHING_ELSE = "*"
TOP_KEYS = ("about", "not_collected", "ignore")


class MappingError(ValueError):
    """A mapping that can't be used; `problems` names each key and says what to do."""

    def __init__(self, name: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{name}: {problem}" for problem in self.problems))


@dataclass(frozen=True)
class Field:
    """Where one field stands in the source, and what its values are called there.

    `table` is the field's name in the mapping file, such as "fields.ideology". `words` says which code each
    word of the source means; it is empty for dates, years, ids and counts.
    """

    name: str
    table: str
    column: str
    constant: str | None = None
    total: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    written: str = "calendar"

    def is_total(self, text: str | None) -> bool:
        return self.total is not None and fold(text) == fold(self.total)


@dataclass(frozen=True)
class Wide:
    """Columns that each hold the counts of one value of a field (heading -> value), and perhaps a total."""

    field: str
    columns: dict[str, str]
    total: str | None = None

    @property
    def headings(self) -> dict[str, str]:
        """Every heading that holds counts, and the value it stands for; the total column stands for "all"."""
        return self.columns | ({self.total: ALL} if self.total is not None else {})


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. `fields` holds our own fields, `extra` the source's dimensions that are not ours."""

    name: str
    fields: dict[str, Field]
    extra: dict[str, Field] = field(default_factory=dict)
    wide: Wide | None = None
    not_collected: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    date_formats: tuple[str, ...] = DATE_FORMATS
    sheet: str | None = None
    header_row: int = 1
    delimiter: str | None = None
    encoding: str | None = None

    @property
    def headings(self) -> list[str]:
        """Every heading that this mapping looks for."""
        fields = [f.column for f in (*self.fields.values(), *self.extra.values()) if f.constant is None]
        return fields + list(self.wide.headings if self.wide else {})

    @property
    def extra_dimensions(self) -> list[str]:
        """The names of the dimensions that are not ours, with that of a wide table's columns."""
        wide = [self.wide.field] if self.wide and self.wide.field not in FIELDS else []
        return [*self.extra, *wide]

    def ignores(self, heading: str) -> bool:
        return EVERYTHING_ELSE in self.ignore or fold(heading) in {fold(word) for word in self.ignore}


def default(codes: CodeLists | None = None) -> Mapping:
    """The mapping of a source that uses our own English names and codes."""
    return parse("", "no mapping", codes)


def load(path: Path, codes: CodeLists | None = None) -> Mapping:
    """The mapping in `path`. Raises MappingError, which names every key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MappingError(path.name, [f"can't be read ({error.strerror}). Check the path: {path}"]) from error
    except UnicodeDecodeError as error:
        raise MappingError(path.name, ["is not written in UTF-8. Save it as UTF-8."]) from error
    return parse(text, path.name, codes)


def parse(text: str, name: str = "mapping", codes: CodeLists | None = None) -> Mapping:
    """The mapping that `text` writes in TOML. Raises MappingError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(name, [f"is not valid TOML: {error}. Correct that line."]) from error
    problems: list[str] = []
    mapping = _mapping(_Table(raw, "", problems), name, codes or code_lists.load())
    if problems:
        raise MappingError(name, problems)
    return mapping


class _Table:
    """A table of the file while it is read: hands out its keys by type, and notes what is wrong by name."""

    def __init__(self, raw: object, path: str, problems: list[str]) -> None:
        self.raw: dict[str, object] = raw if isinstance(raw, dict) else {}
        self.path = path
        self.problems = problems
        self.asked: set[str] = set()
        if not isinstance(raw, dict):
            problems.append(f"[{path}] must be a table of keys and values.")

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, message: str) -> None:
        self.problems.append(f"{self.name(key)}: {message}")

    def text(self, key: str, among: Iterable[str] = ()) -> str | None:
        value, allowed = self._take(key), tuple(among)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(key, f'must be a text in quotation marks, such as {key} = "...".')
            return None
        if allowed and value not in allowed:
            self.wrong(key, f"{quoted(value)} is not possible. Choose one of {listed(allowed)}.")
            return None
        return value

    def texts(self, key: str, among: Iterable[str] = ()) -> tuple[str, ...]:
        value, allowed = self._take(key), tuple(among)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.wrong(key, f'must be a list of texts, such as {key} = ["..."].')
            return ()
        for word in value:
            if allowed and word not in allowed:
                self.wrong(key, f"{quoted(word)} is not possible. Choose among {listed(allowed, 20)}.")
        return tuple(value)

    def whole(self, key: str, otherwise: int) -> int:
        value = self._take(key)
        if value is None:
            return otherwise
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.wrong(key, f"must be a whole number from 1, such as {key} = 1.")
            return otherwise
        return value

    def scalar(self, key: str) -> str | None:
        """A text or a whole number, as text."""
        value = self._take(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.wrong(key, "must be a text or a whole number.")
        return None

    def words(self, key: str) -> dict[str, str] | None:
        """A table or a list of the source's words; a word of a list means itself."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, list):
            value = {str(word): word for word in value}
        if not isinstance(value, dict) or not all(isinstance(code, str) for code in value.values()):
            self.wrong(key, 'must hold lines such as "the source\'s word" = "our code".')
            return None
        self._no_word_twice(key, value)
        return value

    def _no_word_twice(self, key: str, words: dict[str, str]) -> None:
        seen: dict[str, str] = {}
        for word in words:
            if fold(word) in seen:
                twin = quoted(seen[fold(word)])
                self.wrong(key, f"{quoted(word)} and {twin} are the same but for case and blanks. Keep one.")
            seen[fold(word)] = word

    def table(self, key: str) -> "_Table":
        value = self._take(key)
        return _Table({} if value is None else value, self.name(key), self.problems)

    def has(self, key: str) -> bool:
        return key in self.raw

    def no_others(self) -> None:
        for key in self.raw:
            if key not in self.asked:
                self.wrong(key, f"there is no such key. {self._advice(key)}")

    def _advice(self, key: str) -> str:
        if self.path and key in TOP_KEYS:
            return f"{key} belongs at the top of the file, above the first [table]."
        near = get_close_matches(key, self.asked, n=1)
        return f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(sorted(self.asked))}."

    def _take(self, key: str) -> object | None:
        self.asked.add(key)
        return self.raw.get(key)


def _mapping(top: _Table, name: str, codes: CodeLists) -> Mapping:
    top.text("about")
    file, numbers, dates = top.table("file"), top.table("numbers"), top.table("dates")
    mapping = Mapping(
        name=name,
        fields=_fields(top.table("fields"), codes),
        extra=_extra(top.table("extra")),
        wide=_wide(top.table("wide"), codes) if top.has("wide") else None,
        not_collected=top.texts("not_collected", among=DIMENSIONS),
        ignore=top.texts("ignore"),
        numbers=Numbers(numbers.text("thousands", THOUSANDS), numbers.texts("zero")),
        date_formats=dates.texts("formats", DATE_FORMATS) or DATE_FORMATS,
        sheet=file.text("sheet"),
        header_row=file.whole("header_row", 1),
        delimiter=file.text("delimiter", DELIMITERS),
        encoding=file.text("encoding", ENCODINGS),
    )
    top._take("wide")
    for table in (top, file, numbers, dates):
        table.no_others()
    _check_together(top, mapping)
    return _without_the_absent(mapping)


def _fields(table: _Table, codes: CodeLists) -> dict[str, Field]:
    fields = {name: _field(table.table(name), name, codes) for name in FIELDS}
    table.no_others()
    return fields


def _field(table: _Table, name: str, codes: CodeLists) -> Field:
    dimension = name in DIMENSIONS
    column = table.text("column")
    constant = table.scalar("constant") if dimension or name == "year" else None
    total = table.text("total") if dimension or name == "year" else None
    written = table.text("written", ("calendar", "financial")) if name == "year" else None
    values = table.words("values") if dimension or name == "age" else None
    table.no_others()
    if constant is not None and (column is not None or total is not None):
        table.wrong("constant", "a field with a constant has no column and no total. Keep one of them.")
    words = {}
    if dimension or name == "age":
        known = codes.codes("age_group" if name == "age" else name)
        own = {"unknown": "unknown"} if name == "age" else {code: code for code in known}
        words = own if values is None else values
        _must_be_codes(table, "values", words, known)
        if constant is not None and constant not in known:
            table.wrong("constant", f"{quoted(constant)} is no code of {name}. Choose one of {listed(known)}.")
    if name == "year" and constant is not None and (problem := said_year(constant, written or "calendar")[1]):
        table.wrong("constant", problem.message)
    if total is not None and fold(total) in {fold(word) for word in words}:
        table.wrong("total", f"{quoted(total)} is also one of the values. Take it out of one of them.")
    return Field(name, table.path, column or name, constant, total, words, written or "calendar")


def _must_be_codes(table: _Table, key: str, words: dict[str, str], known: list[str]) -> None:
    for word, code in words.items():
        if code not in known:
            table.wrong(f'{key}."{word}"', f"{quoted(code)} is no code. Choose one of {listed(known, 20)}.")


def _extra(table: _Table) -> dict[str, Field]:
    extra = {}
    for name in table.raw:
        one = table.table(name)
        column, total, values = one.text("column"), one.text("total"), one.words("values")
        one.no_others()
        if name in (*FIELDS, "row", "outcome_group"):
            table.wrong(name, "is a name of ours. Give the source's dimension another name, or use [fields].")
        if not values:
            one.wrong("values", 'name the values of this dimension, such as values = ["first", "second"].')
        if ALL in (values or {}).values():
            one.wrong("values", f"{quoted(ALL)} is kept for totals. Use total = ..., or another code.")
        extra[name] = Field(name, one.path, column or name, None, total, values or {})
    return extra


def _wide(table: _Table, codes: CodeLists) -> Wide:
    name, total, columns = table.text("field") or "", table.text("total"), table.words("columns") or {}
    table.no_others()
    if not name or name in ("date", "id", "age", "count", "row", "outcome_group"):
        table.wrong(
            "field",
            'say which field the columns divide, such as field = "ideology" or a name of the source\'s.',
        )
    if not columns:
        table.wrong("columns", 'name the columns that hold counts, such as columns = ["Q1", "Q2"].')
    if name in DIMENSIONS:
        _must_be_codes(table, "columns", columns, codes.codes(name))
    if name == "year":
        for heading, value in columns.items():
            if problem := said_year(value)[1]:
                table.wrong(f'columns."{heading}"', problem.message)
    if total is not None and fold(total) in {fold(heading) for heading in columns}:
        table.wrong("total", f"{quoted(total)} is also one of the columns. Take it out of one of them.")
    return Wide(name, columns, total)


def _check_together(top: _Table, mapping: Mapping) -> None:
    """What can only be seen when all tables are read."""
    fields = top.table("fields")
    for name in mapping.not_collected:
        if fields.has(name):
            top.wrong("not_collected", f"{name} also stands under [fields]. Take it out of one of them.")
    if mapping.wide and mapping.wide.field in mapping.extra:
        top.wrong("extra", f"{mapping.wide.field} is already the field of [wide]. Take it out of one of them.")
    if mapping.wide and (fields.has(mapping.wide.field) or mapping.wide.field in mapping.not_collected):
        top.wrong("wide.field", f"{mapping.wide.field} is also under [fields] or not_collected. Keep [wide] alone.")
    if mapping.wide and fields.has("count"):
        top.wrong("wide", "the columns of [wide] hold the counts. Take [fields.count] out.")


def _without_the_absent(mapping: Mapping) -> Mapping:
    """The mapping without the fields that have no column: not collected, or spread over wide columns."""
    absent = set(mapping.not_collected)
    if "age_group" in absent:
        absent.add("age")
    if mapping.wide:
        absent |= {"count", mapping.wide.field}
    fields = {name: f for name, f in mapping.fields.items() if name not in absent}
    return Mapping(**{**mapping.__dict__, "fields": fields})
