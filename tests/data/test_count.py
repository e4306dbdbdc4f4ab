from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data import codes, count, policy, tables

CODES = codes.load()
POLICY = policy.load(CODES)
COLLECTED = [d for d in CODES.dimensions if d not in CODES.derived_from]
SCHEMA = {"year": pl.Int32, **dict.fromkeys(COLLECTED, pl.String), "count": pl.Int64}
YEARS = (2019, 2020, 2021, 2022)  # anti_authority is in use from 2021
# Two groups that need the same columns of the records, and one that is all derived.
TWICE = POLICY.text.replace(
    POLICY.text[POLICY.text.index("joint = [") : POLICY.text.index("# What hiding")],
    'joint = [["ideology", "outcome"], ["ideology", "outcome_group"], ["ideology_group"]]\n',
)
TWICE = TWICE[: TWICE.index("[tables.")] + '[tables.t]\ndimensions = ["ideology", "outcome"]\ntime = ["year"]\n'
LAYOUTS = [tables.layout(rules, CODES, YEARS) for rules in (POLICY, policy.parse(TWICE, CODES))]
GOOD = {"year": 2021, "ideology": "right_wing", "resource_profile": "mixed", "assessment": "grounded"}
GOOD |= {"outcome": "mentor", "source": "ssp", "age_group": "18-24", "gender": "male", "count": 3}


def derived(record: dict) -> dict:
    """The record with its groups, from the lists of groups in codes.toml."""
    return record | {d: CODES.groups(of)[record[of]] for d, of in CODES.derived_from.items()}


def valid(record: dict) -> bool:
    in_use = all(CODES.code(d, record[d]).in_use(record["year"]) for d in COLLECTED)
    return in_use and all(tables.allowed(rule, derived(record)) for rule in CODES.rules)


def frame(records: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(records, schema=SCHEMA)


def by_hand(records: list[dict], layout: tables.Layout) -> list[int]:
    """Each combination's count, added up in dictionaries."""
    counts = []
    for group in layout.groups:
        found: Counter = Counter()
        for record in records:
            found[tuple(derived(record)[key] for key in group.frame.columns)] += record["count"]
        counts += [found[row] for row in group.frame.rows()]
    return counts


RECORD = st.fixed_dictionaries(
    {"year": st.sampled_from(YEARS)}
    | {d: st.sampled_from(CODES.codes(d)) for d in COLLECTED}
    | {"count": st.integers(0, 2**53 + 1)}  # a float would lose the last one
)
RECORDS = st.lists(RECORD.filter(valid), max_size=30)


def written(records: pl.DataFrame, folder: Path, parts: int = 1) -> list[Path]:
    """The records as Parquet files."""
    paths = [folder / f"{number}.parquet" for number in range(parts)]
    for number, path in enumerate(paths):
        records[number::parts].write_parquet(path)
    return paths


@settings(max_examples=50)
@given(records=RECORDS)
@example(records=[GOOD, GOOD | {"outcome": "advice"}])  # two outcomes of one group
@pytest.mark.parametrize("layout", LAYOUTS, ids=["real policy", "same columns twice"])
def test_the_counts_are_those_of_a_dictionary(layout, records):
    counts = count.combinations(frame(records), layout, CODES)
    assert counts.dtype == np.int64
    assert counts.tolist() == by_hand(records, layout)


@settings(max_examples=40)
@given(records=RECORDS, parts=st.integers(1, 3))
def test_parquet_files_count_as_their_frame_does(tmp_path_factory, records, parts):
    paths = written(frame(records), tmp_path_factory.mktemp("parts"), parts)
    expected = count.combinations(frame(records), LAYOUTS[0], CODES)
    assert (count.combinations(paths, LAYOUTS[0], CODES) == expected).all()
    if parts == 1:
        assert (count.combinations(paths[0], LAYOUTS[0], CODES) == expected).all()


def test_compact_types_and_further_columns_count_as_the_plain_ones_do(tmp_path):
    plain = frame([GOOD, GOOD | {"outcome": "police", "gender": "unknown"}])
    compact = plain.select(
        pl.lit("x").alias("id"),
        pl.col("count").cast(pl.UInt8),
        *(pl.col(d).cast(pl.Enum(CODES.codes(d))) for d in reversed(COLLECTED)),
        pl.col("year").cast(pl.UInt16),
    )
    expected = count.combinations(plain, LAYOUTS[0], CODES)
    assert (count.combinations(compact, LAYOUTS[0], CODES) == expected).all()
    assert (count.combinations(written(compact, tmp_path), LAYOUTS[0], CODES) == expected).all()


def test_files_whose_columns_are_ordered_and_typed_differently_count_together(tmp_path):
    """The first file's counts fit a byte; the second's don't."""
    few, many = frame([GOOD]), frame([GOOD | {"count": 2**40}])
    few.with_columns(pl.col("count").cast(pl.UInt8)).write_parquet(tmp_path / "few.parquet")
    many.select(reversed(many.columns)).write_parquet(tmp_path / "many.parquet")
    counts = count.combinations([tmp_path / "few.parquet", tmp_path / "many.parquet"], LAYOUTS[0], CODES)
    assert (counts == count.combinations(pl.concat([few, many]), LAYOUTS[0], CODES)).all()


@pytest.mark.parametrize("name", ["a[1]", "a*", "year=2020"])
def test_the_name_of_a_folder_is_only_a_name(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / "a1").mkdir()
    written(frame([GOOD] * 2), tmp_path / "a1")
    [path] = written(frame([GOOD]), tmp_path / name)
    assert (count.combinations(path, LAYOUTS[0], CODES) == count.combinations(frame([GOOD]), LAYOUTS[0], CODES)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ideology": "no_code"},
        {"gender": " male"},
        {"source": None},
        {"year": 2023},
        {"year": None},
        {"year": 2020, "ideology": "anti_authority"},
        {"assessment": "not_grounded"},
        {"assessment": "pending", "outcome": "closed"},
    ],
    ids=str,
)
@pytest.mark.parametrize("as_file", [False, True], ids=["frame", "file"])
def test_a_record_that_no_combination_holds_is_named_as_it_is_written(tmp_path, wrong, as_file):
    lost = GOOD | wrong
    records = frame([GOOD, lost, GOOD])
    with pytest.raises(ValueError, match="no combination") as error:
        count.combinations(written(records, tmp_path) if as_file else records, LAYOUTS[0], CODES)
    assert str(lost) in str(error.value)


def test_the_record_named_is_one_that_counts():
    """Rows of zero referrals, with the same unknown code or in an earlier year, are not missing from the total."""
    lost = GOOD | {"ideology": "no_code"}
    with pytest.raises(ValueError, match="'count': 3}"):
        count.combinations(frame([lost | {"count": 0, "year": 2019}, lost | {"count": 0}, lost]), LAYOUTS[0], CODES)


@pytest.mark.parametrize("as_file", [False, True], ids=["frame", "file"])
def test_a_record_without_a_count_is_not_counted_as_nothing(tmp_path, as_file):
    records = frame([GOOD, GOOD | {"count": None}])
    with pytest.raises(ValueError, match="1 records have no count"):
        count.combinations(written(records, tmp_path) if as_file else records, LAYOUTS[0], CODES)
