"""One server for all that is thrown at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driver import Server, serve


@pytest.fixture(scope="session")
def target(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole site over the example release. After all tests its log must still be clean."""
    with serve(example_folder, tmp_path_factory.mktemp("target") / "log") as running:
        yield running
        assert "Traceback" not in running.told(), running.told()
