"""What a list of locked packages says: name, version, hashes, and who needs it."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LISTS = ("requirements.txt", "tests/requirements.txt")  # what runs, and what tests it
PINNED = re.compile(r"([a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,-]+\])?==([0-9][A-Za-z0-9.+!-]*)(?: ; ([^\\]+?))? \\")
HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?")


@dataclass(frozen=True)
class Package:
    """One locked package: the hash of each of its files, the packages that need it, and where it is installed."""

    name: str
    version: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]
    marker: str


def packages(name: str) -> list[Package]:
    """The packages of one list. ValueError where a line is anything but a pinned package, a hash or a comment."""
    found: list[Package] = []
    head: re.Match[str] | None = None
    hashes: list[str] = []
    needed: list[str] = []

    def close() -> None:
        if head is not None:
            if not hashes:
                raise ValueError(f"{name}: {head[1]} has no hash.")
            found.append(Package(head[1], head[2], tuple(hashes), tuple(needed), head[3] or ""))

    for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1):
        if pinned := PINNED.fullmatch(line):
            close()
            head, hashes, needed = pinned, [], []
        elif hashed := HASH.fullmatch(line):
            hashes.append(hashed[1])
        elif line.strip().startswith("#"):
            needed += [
                word for word in line.strip("# ").removeprefix("via").split() if re.fullmatch(r"[a-z0-9.-]+", word)
            ]
        elif line.strip():
            raise ValueError(f"{name}, line {number}: not pinned with a hash: {line}")
    close()
    return found
