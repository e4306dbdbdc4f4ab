"""A copy of a release with a certificate of the tests' own, or with none."""

import hashlib
import json
import shutil
from pathlib import Path

import duckdb

ITEMS = {
    "cells": "3456",
    "published": "1989",
    "zero": "512",
    "suppressed": "855",
    "not_collected": "100",
    "primary": "345",
    "secondary": "510",
    "public": "7",
    "narrowest": "4",
    "threshold": "5",
    "protection": "mark",
    "cost": "12345.67",
    "bound": "8518.51",
    "gap": "0.31",
    "ended": "rounds",
    "rounds": "2",
    "statements": "14",
    "earlier_releases": "2018.1,2019.1",
    "revised": "3",
    "insiders": "ideology,resource_profile,outcome_group",
    "insiders_tried": "1234",
    "insiders_open": "0",
    "insiders_elsewhere": "21",
    "whole_asked": "17",
    "whole_none": "0",
    "whole_undecided": "1",
    "solver": "HiGHS 1.15.1",
    "seconds": "98.7",
}
# Cells, published, zero, suppressed, not collected, share and narrowest of a table.
TABLES = {
    "ideology_resource": (1105, 537, 253, 300, 15, 0.875, 4),
    "gender": (15, 11, 4, 0, 0, None, None),
}


def copy(folder: Path, to: Path, items: dict[str, str] | None) -> None:
    """Copy a folder of releases with one in it, and give that one a certificate with these items, or take it away."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    home = to / (to / "current").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(home / "vink.duckdb")) as file:
        file.execute("drop table if exists certificate")
        file.execute("drop table if exists certificate_tables")
        if items is not None:
            file.execute("create table certificate (item varchar, value varchar)")
            file.executemany("insert into certificate values (?, ?)", [*items.items()])
            file.execute(
                'create table certificate_tables ("table" varchar, cells bigint, published bigint, zero bigint, '
                "suppressed bigint, not_collected bigint, share double, narrowest bigint)"
            )
            for name, row in TABLES.items():
                file.execute("insert into certificate_tables values (?, ?, ?, ?, ?, ?, ?, ?)", [name, *row])
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["vink.duckdb"] = hashlib.sha256((home / "vink.duckdb").read_bytes()).hexdigest()
    (home / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
