"""Random bytes and damaged files as records: an error that names the file, or a reading, and never a crash."""

import random
import subprocess
import sys
import warnings
from pathlib import Path

import polars as pl
import pytest

from data import codes, mapping
from data.read import ReadError, read

ROOT = Path(__file__).parent.parent.parent
ENDINGS = (".csv", ".xlsx", ".parquet")
ROUNDS = 60


def sound(ending: str, folder: Path) -> bytes:
    """A file of that kind that can be opened."""
    rows = {"year": ["2018", "2019"] * 20, "ideology": ["right_wing", "left_wing"] * 20, "count": [5, 7] * 20}
    frame = pl.DataFrame(rows)
    path = folder / f"sound{ending}"
    {".csv": frame.write_csv, ".xlsx": frame.write_excel, ".parquet": frame.write_parquet}[ending](path)
    return path.read_bytes()


def harmed(whole: bytes, chance: random.Random) -> bytes:
    """The file cut short, with bits turned, with a part twice, or with random bytes in it; or only random bytes."""
    found = bytearray(whole)
    match chance.randrange(5):
        case 0:
            return bytes(found[: chance.randrange(len(found))])
        case 1:
            for _ in range(chance.randrange(1, 9)):
                found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
        case 2:
            start = chance.randrange(len(found))
            found[start:start] = found[start : start + chance.randrange(1, 200)]
        case 3:
            start = chance.randrange(len(found))
            found[start : start + 40] = chance.randbytes(40)
        case _:
            head = chance.choice([b"", whole[:4], whole[:64]])
            return head + chance.randbytes(chance.randrange(2000))
    return bytes(found)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_damaged_file_is_refused_by_name_and_never_crashes(ending: str, tmp_path: Path):
    chance = random.Random(f"damaged{ending}")
    whole, mapped, refused = sound(ending, tmp_path), mapping.default(codes.load()), 0
    for number in range(ROUNDS):
        path = tmp_path / f"damaged-{number}{ending}"
        path.write_bytes(harmed(whole, chance))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read(path, mapped)
            except ReadError as error:
                refused += 1
                assert all(fault.file == path.name and fault.message for fault in error.faults)
                assert "Traceback" not in str(error)
    assert refused  # else none was harmed


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_commands_say_which_file_is_damaged_and_write_no_release(ending: str, tmp_path: Path):
    """The commands as a person runs them. The time limit is a guard against a hang."""
    chance = random.Random(f"command{ending}")
    files = []
    for number, made in enumerate([chance.randbytes(3000), sound(ending, tmp_path)[:-30] + b"\0\xff\0", b""]):
        files.append(tmp_path / f"damaged-{number}{ending}")
        files[-1].write_bytes(made)
    releases = tmp_path / "data" / "releases"
    ran = subprocess.run(
        [sys.executable, "-m", "data", "build", "--version", "2026.1", *map(str, files)],
        cwd=ROOT,
        env={"VINK_RELEASES": str(releases), "PATH": "/usr/bin:/bin", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stdout + ran.stderr
    for file in files:
        assert file.name in ran.stdout
    assert not releases.exists() or not [*releases.iterdir()]
