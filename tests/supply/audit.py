"""`python -m tests.supply.audit` asks for known weaknesses of every locked package.

It needs a service that knows them, over the network: PyPI's own, or OSV's with `--vulnerability-service osv`. Where it
isn't reached, or answers for fewer packages than are locked, the command says so and fails: never a pass for nothing.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.supply.locked import LISTS, ROOT, packages


def audit(name: str, more: Sequence[str]) -> tuple[bool, str]:
    """Whether every package of a list was asked for and none has a known weakness, and what to say about it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip", "-r", name]
        ran = subprocess.run(
            [*command, "--progress-spinner", "off", "-f", "json", "-o", str(file), *more],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        said = file.read_text("utf-8") if file.exists() else ""
    last = (ran.stderr.strip() or ran.stdout.strip()).splitlines()[-1:]
    return verdict(name, {(one.name, one.version) for one in packages(name)}, said, " ".join(last))


def verdict(name: str, locked: set[tuple[str, str]], said: str, complaint: str) -> tuple[bool, str]:
    """What pip-audit's answer means. locked: the packages that it had to ask for; said: its JSON, "" for none."""
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return False, f"{name}: NOT AUDITED, no answer from the service. {complaint}"
    asked = {(one["name"], one["version"]) for one in found if "vulns" in one}
    weak = [f"{one['name']} {one['version']}: {gap['id']}" for one in found for gap in one.get("vulns", ())]
    if weak:
        return False, f"{name}: known weaknesses.\n  " + "\n  ".join(weak)
    # A package for other Pythons or systems only, such as an older numpy, isn't asked for.
    if not asked or {version[0] for version in locked} - {version[0] for version in asked} - ELSEWHERE:
        return False, f"{name}: NOT AUDITED, answers for {len(asked)} of {len(locked)} packages. {complaint}"
    return True, f"{name}: {len(asked)} packages audited, no known weakness."


ELSEWHERE = {one.name for name in LISTS for one in packages(name) if one.marker}

if __name__ == "__main__":
    results = [audit(name, sys.argv[1:]) for name in LISTS]
    print("\n".join(said for _, said in results))
    sys.exit(0 if all(passed for passed, _ in results) else 1)
