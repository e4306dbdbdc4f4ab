"""SECURITY.md names only tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "shown by" not in line]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_it_names_exists(file: str, name: str):
    found = ast.parse((ROOT / file).read_text("utf-8")).body
    assert name in [one.name for one in found if isinstance(one, ast.FunctionDef)]


def test_every_row_names_a_test():
    assert len(ROWS) > 10
    assert [row for row in ROWS if "::test_" not in row] == []
