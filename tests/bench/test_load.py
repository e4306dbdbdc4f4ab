"""The load script itself, with few visitors: it ends, and counts what it should. No figure of it is looked at."""

from pathlib import Path

import pytest

from tests import apart
from tests.bench import load

pytestmark = pytest.mark.browser  # no browser, but a server


def test_percentiles_are_values_that_were_measured():
    """By hand: of 1..20, half are no greater than 10, and 95 percent no greater than 19."""
    values = [float(value) for value in range(20, 0, -1)]
    assert (load.percentile(values, 0.5), load.percentile(values, 0.95), load.percentile(values, 1)) == (10, 19, 20)


def test_a_few_visitors_open_pages_and_change_filters_and_one_too_many_is_turned_away(
    small_folder: Path, capsys: pytest.CaptureFixture[str]
):
    """Two are let in and stay in; the third asks again until the end."""
    orders = ["--sessions", "3", "--seconds", "6", "--think", "0.4", "--forget", "1", "--most", "2"]
    served, left = apart.call(load.main, ["--releases", str(small_folder), *orders])
    assert served.told.lost == []
    assert len(served.told.opened) >= 2
    assert len(served.told.changed) > 2
    assert served.told.turned_away >= 1
    assert left.memory > 0
    assert "One core" in capsys.readouterr().out
