"""What docs/api.md shows can be done as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.client import Client

DOCS = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text("utf-8")
SITE = "http://localhost:8501"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)


def run(client: Client, folder: Path, *command: str) -> str:
    """What a command prints, with the site of this test in it."""
    here = [part.replace(SITE, client.url) for part in command]
    return subprocess.run(here, cwd=folder, capture_output=True, text=True, check=True, timeout=30).stdout


def test_curl_fetches_a_file_under_its_name(client: Client, tmp_path: Path):
    run(client, tmp_path, "sh", "-euc", examples("sh")[0])
    (file,) = tmp_path.iterdir()
    assert file.name == "vink-grounded_by_year-2021.1-en.csv"
    assert file.read_bytes().count(b"\r\n") == 1 + 3  # the head, and the years 2018 to 2020


def test_curl_is_told_that_nothing_has_changed(client: Client, tmp_path: Path):
    assert run(client, tmp_path, "sh", "-euc", examples("sh")[1]) == "304\n"


def test_python_prints_the_sentence_and_the_numbers(client: Client, tmp_path: Path):
    """Right-wing extremism: 7 + 6 in 2018, 10 in 2019, 11 in 2020 (tests/conftest.py, tests/web/conftest.py)."""
    (example,) = examples("python")
    sentence, *numbers = run(client, tmp_path, sys.executable, "-c", example).splitlines()
    assert "2020" in sentence
    assert numbers == ["2018 13", "2019 10", "2020 11"]


@pytest.mark.parametrize("address", sorted(set(re.findall(rf"{SITE}(/api/[^\"`\s)]*)", DOCS))))
def test_every_address_in_the_text_is_answered(client: Client, address: str):
    assert client.get(address).status == 200
