"""The code lists of codes.toml: the codes of each dimension in order, their years, and the rules between them."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
ALL = "all"


@dataclass(frozen=True)
class Code:
    """One value that a dimension can have, and the years in which it is in use (None: no limit)."""

    code: str
    first_year: int | None = None
    last_year: int | None = None
    group: str | None = None

    def in_use(self, year: int) -> bool:
        return (self.first_year is None or year >= self.first_year) and (
            self.last_year is None or year <= self.last_year
        )


@dataclass(frozen=True)
class Rule:
    """If every dimension of `when` has one of its codes, every dimension of `then` has one of its codes."""

    id: str
    when: dict[str, tuple[str, ...]]
    then: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class CodeLists:
    """All dimensions, in the order of codes.toml, and the rules that hold in every record.

    derived_from: for each dimension that is not collected but worked out, the one that it groups.
    """

    dimensions: dict[str, tuple[Code, ...]]
    derived_from: dict[str, str]
    rules: tuple[Rule, ...]

    def codes(self, dimension: str) -> list[str]:
        """The codes of `dimension`, in order."""
        return [code.code for code in self.dimensions[dimension]]

    def code(self, dimension: str, code: str) -> Code:
        """One code; KeyError where the dimension has no such code."""
        for known in self.dimensions[dimension]:
            if known.code == code:
                return known
        raise KeyError(f"{dimension} has no code {code!r}")

    def groups(self, dimension: str) -> dict[str, str]:
        """Which group each code of `dimension` belongs to."""
        return {code.code: code.group for code in self.dimensions[dimension] if code.group}

    @cached_property
    def outcome_group(self) -> dict[str, str]:
        """Which group each outcome belongs to."""
        return self.groups("outcome")

    def collected(self, dimension: str) -> str:
        """The dimension as it is collected: what `dimension` groups, or itself."""
        return self.derived_from.get(dimension, dimension)


def load(path: Path = HERE / "codes.toml") -> CodeLists:
    """The code lists in `path`."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = tuple(
        Rule(
            rule["id"],
            {k: tuple(v) for k, v in rule["if"].items()},
            {k: tuple(v) for k, v in rule["then"].items()},
        )
        for rule in raw.pop("rules", [])
    )
    dimensions = {name: tuple(Code(**code) for code in table["codes"]) for name, table in raw.items()}
    derived_from = {name: table["derived_from"] for name, table in raw.items() if "derived_from" in table}
    return CodeLists(dimensions, derived_from, rules)
