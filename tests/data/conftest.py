"""The other tests' releases, copied: DuckDB opens a file with one configuration a process, and the web with its own."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def example_folder(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder with the example release."""
    return shutil.copytree(example_folder, tmp_path_factory.mktemp("build") / "example")


@pytest.fixture(scope="session")
def grown_folder(grown_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder with two small releases."""
    return shutil.copytree(grown_folder, tmp_path_factory.mktemp("build") / "grown")


@pytest.fixture(scope="session")
def embargoed_folder(embargoed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder with a release under embargo."""
    return shutil.copytree(embargoed_folder, tmp_path_factory.mktemp("build") / "embargoed")
