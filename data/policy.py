"""The publication policy of policy.toml: which tables are published, and how small numbers are protected."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from data.codes import CodeLists

HERE = Path(__file__).parent
TIMES = ("year", "period", "all")
LEVELS = ("mark", "hidden")


class PolicyError(ValueError):
    """The policy can't be carried out; the message says which entry and what to do."""


@dataclass(frozen=True)
class Table:
    """A published table: its dimensions, and for which kinds of time it is published."""

    name: str
    dimensions: tuple[str, ...]
    time: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """What hiding a cell costs; see the comments in policy.toml."""

    by_dimensions: tuple[float, ...]
    spared: dict[str, tuple[str, ...]]
    spared_factor: float
    pooled_factor: float
    per_referral: float
    zero: float


@dataclass(frozen=True)
class Effort:
    """When the search for a better pattern ends: after so many rounds or seconds, or when the gap is small enough."""

    rounds: int = 20
    seconds: float = 600.0
    gap: float = 0.0


@dataclass(frozen=True)
class Policy:
    """The whole policy; `text` is the file as it was read, for the release."""

    threshold: int
    protection: str
    periods: tuple[tuple[int, int], ...]
    joint: tuple[tuple[str, ...], ...]
    weights: Weights
    tables: tuple[Table, ...]
    text: str
    optimise: Effort = Effort()
    insiders: tuple[str, ...] = ()

    @property
    def mark(self) -> tuple[int, int]:
        """The least and the most that a small count must be able to be."""
        return (1, self.threshold - 1) if self.protection == "mark" else (0, self.threshold)


def load(codes: CodeLists, path: Path = HERE / "policy.toml") -> Policy:
    """The policy in `path`, checked against the code lists. Raises PolicyError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"{path}: the policy file can't be read ({error.strerror}).") from error
    return parse(text, codes, str(path))


def parse(text: str, codes: CodeLists, name: str = "policy") -> Policy:
    """The policy written in `text` (TOML). Raises PolicyError."""
    try:
        raw = tomllib.loads(text)
        policy = Policy(
            threshold=raw["threshold"],
            protection=raw["protection"],
            periods=tuple((p["first_year"], p["last_year"]) for p in raw.get("periods", [])),
            joint=tuple(tuple(group) for group in raw["joint"]),
            weights=Weights(
                **raw["weights"]
                | {
                    "by_dimensions": tuple(raw["weights"]["by_dimensions"]),
                    "spared": {d: tuple(listed) for d, listed in raw["weights"]["spared"].items()},
                }
            ),
            tables=tuple(
                Table(table, tuple(entry["dimensions"]), tuple(entry["time"])) for table, entry in raw["tables"].items()
            ),
            text=text,
            optimise=Effort(**raw.get("optimise", {})),
            insiders=tuple(raw.get("insiders", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name}: this is not TOML: {error}.") from error
    except KeyError as error:
        raise PolicyError(f"{name}: the entry {error} is missing; compare with data/policy.toml.") from error
    except TypeError as error:
        raise PolicyError(f"{name}: an entry has the wrong form ({error}); compare with data/policy.toml.") from error
    _check(policy, codes, name)
    return policy


def _check(policy: Policy, codes: CodeLists, name: str) -> None:
    if not isinstance(policy.threshold, int) or policy.threshold < 2:
        raise PolicyError(f"{name}: threshold is {policy.threshold!r}; it must be a whole number of at least 2.")
    if policy.protection not in LEVELS:
        raise PolicyError(f"{name}: protection is {policy.protection!r}; choose one of {', '.join(LEVELS)}.")
    if policy.optimise.rounds < 1:
        raise PolicyError(f"{name}: optimise.rounds is {policy.optimise.rounds!r}; at least one round is needed.")
    if strange := [d for d in policy.insiders if d not in codes.dimensions]:
        raise PolicyError(f"{name}: insiders names {strange[0]!r}, which codes.toml doesn't have.")
    for (_, last), (first, _) in zip(policy.periods, policy.periods[1:], strict=False):
        if first <= last:
            raise PolicyError(
                f"{name}: periods overlap or are out of order at {first}; each year belongs to one period."
            )
    for number in range(1, len(policy.joint)):
        shared_with(policy.joint, number, codes, name)
    for table in policy.tables:
        for dimension in table.dimensions:
            if dimension not in codes.dimensions:
                raise PolicyError(f"{name}: table {table.name} names {dimension!r}, which codes.toml doesn't have.")
        if bad := [time for time in table.time if time not in TIMES]:
            raise PolicyError(f"{name}: table {table.name} has time {bad[0]!r}; choose from {', '.join(TIMES)}.")
        group_of(policy.joint, table.dimensions, codes, name)
        if len(policy.weights.by_dimensions) <= len(table.dimensions):
            raise PolicyError(
                f"{name}: weights.by_dimensions lacks one for the {len(table.dimensions)} dimensions of {table.name}."
            )


def members(group: tuple[str, ...], codes: CodeLists) -> set[str]:
    """The dimensions of a joint group and those that are worked out from them."""
    return set(group) | {derived for derived, of in codes.derived_from.items() if of in group}


def group_of(
    joint: tuple[tuple[str, ...], ...], dimensions: tuple[str, ...], codes: CodeLists, name: str = "policy"
) -> int:
    """The first joint group that holds all of `dimensions`. Raises PolicyError where none does.

    Without that rule a linear program over the tables would be wider than what a reader can work out.
    """
    for number, group in enumerate(joint):
        if set(dimensions) <= members(group, codes):
            return number
    raise PolicyError(
        f"{name}: no group of `joint` holds the dimensions {', '.join(dimensions)} together; "
        "publish a smaller table, or let a group hold them."
    )


def shared_with(
    joint: tuple[tuple[str, ...], ...], number: int, codes: CodeLists, name: str = "policy"
) -> tuple[int, tuple[str, ...]]:
    """The earlier group that holds all that group `number` shares with the earlier ones, and what it shares.

    Raises PolicyError where no single one does (the running intersection property, Lauritzen 1996, section 2.1).
    """
    mine = members(joint[number], codes)
    shared = mine & set().union(*(members(group, codes) for group in joint[:number]))
    for earlier in range(number):
        if shared <= members(joint[earlier], codes):
            return earlier, tuple(sorted(shared))
    raise PolicyError(
        f"{name}: the joint group {', '.join(joint[number])} shares {', '.join(sorted(shared))} with several groups "
        "before it; one of them must hold all of these."
    )
