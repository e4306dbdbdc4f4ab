"""What the project is made of: every package pinned with its hashes, in a bill of materials, and auditable."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.supply import audit, sbom
from tests.supply.locked import LISTS, ROOT, packages


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_with_a_hash(name: str):
    """Counted by another rule than the reader's: each line that begins with a letter is a package."""
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if line[:1].isalpha()]
    locked = packages(name)
    assert [line.split("==")[0].split("[")[0] for line in lines] == [one.name for one in locked]
    assert all(one.hashes and len(one.hashes) == len(set(one.hashes)) for one in locked)


@pytest.mark.parametrize("line", ["flask", "flask>=2", "flask==2.0", "--extra-index-url https://packages.example/"])
def test_a_line_without_version_or_hash_is_found(line: str, monkeypatch: pytest.MonkeyPatch, tmp_path):
    (tmp_path / "requirements.txt").write_text(f"{line}\n", "utf-8")
    monkeypatch.setattr("tests.supply.locked.ROOT", tmp_path)
    with pytest.raises(ValueError, match="not pinned"):
        packages("requirements.txt")


def test_what_runs_is_what_is_locked():
    """The versions that are installed here, of all that the dashboard runs with."""
    here = {one.name: one.version for one in packages("requirements.txt") if not one.marker}
    assert {name: version(name) for name in here} == here


def test_the_tests_run_with_the_same_packages_as_the_dashboard():
    runs, tests = ({(one.name, one.version) for one in packages(name)} for name in LISTS)
    assert runs <= tests


def test_the_bill_of_materials_lists_exactly_the_locked_packages():
    """Read by a reader of its own: name, version and hashes of each package in requirements.txt."""
    listed = json.loads(sbom.FILE.read_text("utf-8"))["components"]
    text = (ROOT / "requirements.txt").read_text("utf-8")
    blocks = re.findall(r"^([a-z0-9.-]+)(?:\[.*?\])?==(\S+)(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    locked = [(name, number, re.findall(r"sha256:([0-9a-f]{64})", rest)) for name, number, rest in blocks]
    assert len(locked) > 50
    assert [(one["name"], one["version"], [h["content"] for h in one["hashes"]]) for one in listed] == locked


def test_the_bill_of_materials_is_valid_and_names_no_registry():
    text = sbom.FILE.read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert set(re.findall(r"https?://[^/\"]+", text)) == {"http://cyclonedx.org"}


def test_the_bill_of_materials_says_what_the_project_asks_for_itself():
    """requirements.in, read here, against what the bill says that the project depends on."""
    asked = {
        re.split(r"[\[=<>~ ;]", line)[0].lower()
        for line in (ROOT / "requirements.in").read_text("utf-8").splitlines()
        if line[:1].isalpha()
    }
    needs = {one["ref"]: one["dependsOn"] for one in json.loads(sbom.FILE.read_text("utf-8"))["dependencies"]}
    assert {ref.removeprefix("pkg:pypi/").split("@")[0] for ref in needs["vink-statistics"]} == asked


def test_the_bill_of_materials_is_up_to_date():
    assert sbom.FILE.read_text("utf-8") == sbom.written(), "run: .venv/bin/python -m tests.supply.sbom"


# The audit


LOCKED = {("a", "1.0"), ("b", "2.0")}


def answer(**gaps: list[str]) -> str:
    versions = dict(LOCKED)
    found = [
        {"name": name, "version": versions[name], "vulns": [{"id": gap} for gap in its]} for name, its in gaps.items()
    ]
    return json.dumps({"dependencies": found})


@pytest.mark.parametrize(
    ("said", "passed", "words"),
    [
        (answer(a=[], b=[]), True, "2 packages audited"),
        (answer(a=[], b=["CVE-2026-1"]), False, "b 2.0: CVE-2026-1"),
        (answer(a=[]), False, "NOT AUDITED, answers for 1 of 2"),
        (json.dumps({"dependencies": []}), False, "NOT AUDITED"),
        (json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]}), False, "NOT AUDITED"),
        ("", False, "NOT AUDITED, no answer"),
        ("a page of a proxy", False, "NOT AUDITED, no answer"),
    ],
)
def test_an_audit_passes_only_where_every_package_was_asked_for(said: str, passed: bool, words: str):
    found, told = audit.verdict("list", LOCKED, said, "")
    assert (found, words in told) == (passed, True)


def test_an_audit_without_a_service_fails_and_says_so():
    """Port 9 of this machine: nobody answers there."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.supply.audit", "-s", "osv", "--osv-url", "http://127.0.0.1:9/", "--timeout", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout.count("NOT AUDITED") == len(LISTS)


def test_streamlit_calls_nobody():
    """Its own measurements would go to another host."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
