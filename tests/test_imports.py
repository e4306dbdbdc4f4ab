"""Imports run one way: app -> web -> pages -> ui -> queries, and data stands alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("app", "web", "pages", "ui", "queries")
BUILD_ONLY = ("data", "highspy", "typer", "rich", "fastexcel", "scipy", "dataframely")
FILES = [
    ROOT / "app.py",
    *(p for folder in ("web", "pages", "ui", "queries", "data") for p in sorted((ROOT / folder).rglob("*.py"))),
]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path):
    home = path.relative_to(ROOT).parts[0].removesuffix(".py")
    found = imported(path)
    if home == "data":
        assert not found & set(ORDER), "the build stands alone"
    else:
        above = ORDER[: ORDER.index(home)]
        assert not found & set(above)
        assert not found & set(BUILD_ONLY), "nothing of the build enters the web process"


def test_the_web_process_never_loads_the_build_or_its_libraries():
    """Every module of the web side, imported in a fresh process."""
    modules = [
        ".".join(p.relative_to(ROOT).with_suffix("").parts) for p in FILES if p.parent.name in ("web", "ui", "queries")
    ]
    names = [m.removesuffix(".__init__") for m in modules]
    code = f"import importlib, sys\nfor m in {names!r}: importlib.import_module(m)\nprint(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = set(BUILD_ONLY) - {"rich"}  # streamlit itself prints with rich
    assert not {name.split(".")[0] for name in loaded} & heavy
