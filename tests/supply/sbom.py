"""The software bill of materials: every package that the dashboard runs with, as CycloneDX.

`python -m tests.supply.sbom` writes docs/sbom.cdx.json anew from requirements.txt; the same list gives the same file.
"""

import json

from tests.supply.locked import ROOT, Package, packages

FILE = ROOT / "docs" / "sbom.cdx.json"
SELF = "vink-statistics"


def bill() -> dict[str, object]:
    """The bill, with no date and no number of its own: it changes when the packages do."""
    locked = packages("requirements.txt")
    needs: dict[str, list[str]] = {SELF: []} | {_purl(one): [] for one in locked}
    by_name: dict[str, list[str]] = {}
    for one in locked:
        by_name.setdefault(one.name, []).append(_purl(one))
    for one in locked:
        for user in one.needed_by or ("requirements.in",):
            for ref in [SELF] if user == "requirements.in" else by_name.get(user, []):
                needs[ref].append(_purl(one))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": SELF, "bom-ref": SELF}},
        "components": [_component(one) for one in locked],
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(on))} for ref, on in needs.items()],
    }


def _purl(one: Package) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def _component(one: Package) -> dict[str, object]:
    marker: dict[str, object] = {"properties": [{"name": "installed-where", "value": one.marker}]} if one.marker else {}
    return {
        "type": "library",
        "name": one.name,
        "version": one.version,
        "bom-ref": _purl(one),
        "purl": _purl(one),
        "hashes": [{"alg": "SHA-256", "content": content} for content in one.hashes],
    } | marker


def written() -> str:
    """The bill as its file."""
    return json.dumps(bill(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
    print(f"{FILE.relative_to(ROOT)} is written.")
