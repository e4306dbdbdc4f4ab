"""Validation: every rule, with the row, the column and the value of what breaks it."""

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data import codes, mapping
from data.faults import Fault
from data.mapping import Mapping
from data.read import read
from data.validate import RECORD, Checked, validate, validate_all

FILES = Path(__file__).parent / "files"
DANISH = Path(__file__).parents[2] / "data" / "mappings" / "danish.toml"
LISTS = codes.load()
TODAY = date(2025, 6, 1)
OWN = mapping.default(LISTS)

ROW = {
    "id": "1",
    "date": "2019-03-01",
    "ideology": "right_wing",
    "resource_profile": "mixed",
    "assessment": "grounded",
    "outcome": "mentor",
    "source": "school",
    "age_group": "15-17",
    "gender": "male",
}
COUNTED = {"year": "2019", **{k: v for k, v in ROW.items() if k not in ("id", "date")}, "count": "3"}


def check(tmp_path: Path, rows: list[dict[str, str]], how: Mapping = OWN, name: str = "s.csv") -> Checked:
    """What validation finds in a file of these rows; the first one gives the headings."""
    pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_csv(tmp_path / name)
    return validate(read(tmp_path / name, how), how, LISTS, TODAY)


def places(checked: Checked) -> list[tuple[int | None, str | None, str | None, str]]:
    return [(f.row, f.column, f.value, f.rule) for f in checked.faults]


def only(checked: Checked) -> Fault:
    (fault,) = checked.faults
    return fault


# Ten planted faults


def test_ten_planted_faults_are_all_named_by_row_column_and_value():
    how = mapping.load(DANISH, LISTS)
    checked = validate(read(FILES / "ten_faults.csv", how), how, LISTS, TODAY)
    assert places(checked) == [
        (3, "Ideologi", "højreekstremist", "unknown_code"),
        (4, "Ideologi", "antimyndighedsekstremisme", "code_not_in_use"),
        (5, "Køn", None, "missing_value"),
        (6, "Dato", "31-02-2019", "date_impossible"),
        (7, "Dato", "01-01-2030", "date_in_future"),
        (8, "Dato", "31-12-2008", "date_too_early"),
        (9, "Udfald", "mentor", "intervention_is_grounded"),
        (10, "Udfald", "afsluttet", "pending_assessment_is_pending_outcome"),
        (11, "Løbenummer", "a1", "duplicate_id"),
        (12, "Alder", "ung", "age"),
    ]
    assert {f.file for f in checked.faults} == {"ten_faults.csv"}


def test_the_messages_say_what_is_wrong_and_what_to_do():
    how = mapping.load(DANISH, LISTS)
    checked = validate(read(FILES / "ten_faults.csv", how), how, LISTS, TODAY)
    messages = [f.message for f in checked.faults]
    for message, part in zip(
        messages,
        [
            'nearest known one is "højreekstremisme"',
            "in use from 2021, but the row is from 2019",
            'write "uoplyst"',
            "month 2 of 2019 has no day 31",
            "2030-01-01 is in the future: today is 2025-06-01",
            "before 2009",
            'outcome "mentor" goes with assessment "begrundet" only, but here assessment is "ikke begrundet"',
            'assessment "afventer" goes with outcome "afventer" only, but here outcome is "afsluttet"',
            'The id "a1" already stands in row 2.',
            '"ung" is no age',
        ],
        strict=True,
    ):
        assert part in message
        assert message.endswith(".")


def test_bad_rows_are_set_aside_as_they_stood_and_good_rows_are_kept():
    how = mapping.load(DANISH, LISTS)
    checked = validate(read(FILES / "ten_faults.csv", how), how, LISTS, TODAY)
    assert checked.bad_rows["#row"].to_list() == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert checked.bad_rows["Dato"][3] == "31-02-2019"
    assert checked.records["row"].to_list() == [2, 13]


# Records


def test_a_record_has_exactly_the_columns_that_the_count_needs(tmp_path):
    checked = check(tmp_path, [ROW])
    assert dict(checked.records.schema) == RECORD
    assert checked.records.rows(named=True) == [
        {
            "year": 2019,
            "ideology": "right_wing",
            "resource_profile": "mixed",
            "assessment": "grounded",
            "outcome": "mentor",
            "source": "school",
            "age_group": "15-17",
            "gender": "male",
            "count": 1,
            "id": "1",
            "date": date(2019, 3, 1),
            "row": 2,
        }
    ]
    assert checked.buildable
    assert checked.why_not == ""


def test_counted_rows_need_no_id_and_a_count_of_zero_is_no_record(tmp_path):
    checked = check(tmp_path, [COUNTED, COUNTED | {"count": "0", "gender": "female"}])
    assert checked.faults == ()
    assert checked.records.select("count", "gender", "id", "date").rows() == [(3, "male", None, None)]
    assert checked.by("gender").rows() == [("female", 0), ("male", 3)]


def test_a_count_of_zero_breaks_no_rule(tmp_path):
    """A table that lists every combination also lists those that can't occur."""
    impossible = {"ideology": "anti_authority", "assessment": "pending"}
    assert check(tmp_path, [COUNTED | impossible | {"count": "0"}]).faults == ()
    assert len(check(tmp_path, [COUNTED | impossible | {"count": "1"}]).faults) == 3


def test_words_are_compared_without_case_and_blanks_and_however_an_accent_is_stored(tmp_path):
    how = mapping.load(DANISH, LISTS)
    text = (FILES / "ten_faults.csv").read_text(encoding="utf-8").splitlines()[:2]
    row = text[1].replace("Højreekstremisme", " HØJRE" + "EKSTREMISME ").replace("SSP", "pa\u030arørende")
    (tmp_path / "s.csv").write_text(f"{text[0].upper()}\n{row}\n", encoding="utf-8")
    checked = validate(read(tmp_path / "s.csv", how), how, LISTS, TODAY)
    assert checked.faults == ()
    assert checked.records.select("ideology", "source").rows() == [("right_wing", "relative")]


def test_every_fault_of_a_row_is_named(tmp_path):
    bad = ROW | {"date": "soon", "ideology": "x", "gender": "", "outcome": "closed", "assessment": "pending"}
    assert places(check(tmp_path, [ROW | {"id": "0"}, bad])) == [
        (3, "date", "soon", "date_unreadable"),
        (3, "ideology", "x", "unknown_code"),
        (3, "outcome", "closed", "pending_assessment_is_pending_outcome"),
        (3, "gender", None, "missing_value"),
    ]


# Codes


def test_an_unknown_code_without_a_near_one_lists_those_that_are_known(tmp_path):
    fault = only(check(tmp_path, [ROW | {"assessment": "zzz"}]))
    assert 'Known: "grounded", "not_grounded", "pending".' in fault.message
    assert "[fields.assessment.values]" in fault.message


@pytest.mark.parametrize(("year", "faults"), [("2020", 1), ("2021", 0)])
def test_a_code_is_used_in_its_years_alone(tmp_path, year, faults):
    checked = check(tmp_path, [COUNTED | {"year": year, "ideology": "anti_authority"}])
    assert len(checked.faults) == faults


def test_an_empty_cell_means_what_the_mapping_says(tmp_path):
    how = mapping.parse('[fields.gender.values]\n"" = "unknown"\nmale = "male"', "m.toml", LISTS)
    checked = check(tmp_path, [ROW, ROW | {"id": "2", "gender": ""}], how)
    assert checked.faults == ()
    assert checked.records["gender"].to_list() == ["male", "unknown"]


@pytest.mark.parametrize("total", ["Total", "I alt", "Grand total", "Subtotal", "all", "SUM"])
def test_a_total_among_the_values_says_how_to_declare_it(tmp_path, total):
    fault = only(check(tmp_path, [COUNTED | {"ideology": total}]))
    assert fault.rule == "total_undeclared"
    assert f'[fields.ideology] total = "{total}"' in fault.message


# Rules between fields


@pytest.mark.parametrize(
    ("assessment", "outcome", "rules"),
    [
        ("grounded", "mentor", []),
        ("grounded", "police", []),
        ("grounded", "pending", []),
        ("not_grounded", "closed", []),
        ("not_grounded", "police", []),
        ("pending", "pending", []),
        ("not_grounded", "advice", ["intervention_is_grounded"]),
        ("pending", "closed", ["pending_assessment_is_pending_outcome"]),
        ("pending", "exit_programme", ["intervention_is_grounded", "pending_assessment_is_pending_outcome"]),
    ],
)
def test_an_outcome_may_not_contradict_the_assessment(tmp_path, assessment, outcome, rules):
    checked = check(tmp_path, [ROW | {"assessment": assessment, "outcome": outcome}])
    assert sorted(f.rule for f in checked.faults) == rules
    assert all((f.column, f.value) == ("outcome", outcome) for f in checked.faults)


# Counts


@pytest.mark.parametrize(
    ("count", "rule"),
    [
        ("-1", "count_negative"),
        ("2.5", "count_fraction"),
        ("2,5", "count_fraction"),
        ("1.204", "count_fraction"),
        ("1,204", "count_fraction"),
        ("3.000", "count_fraction"),
        ("1 204", "count_not_a_number"),
        ("three", "count_not_a_number"),
        ("-", "count_not_a_number"),
        ("1e3", "count_not_a_number"),
        ("٣", "count_not_a_number"),
        ("9999999999", "count_too_large"),
        ("", "missing_value"),
    ],
)
def test_a_count_that_is_no_whole_number_is_a_fault(tmp_path, count, rule):
    checked = check(tmp_path, [COUNTED | {"count": count}])
    assert places(checked) == [(2, "count", count or None, rule)]
    assert checked.records.is_empty()


@pytest.mark.parametrize(
    ("toml", "count", "value"),
    [
        ("", "3", 3),
        ("", "3.0", 3),
        ("", " 3 ", 3),
        ("", "007", 7),
        ('thousands = "."', "1.204", 1204),
        ('thousands = "."', "1.204.000", 1_204_000),
        ('thousands = "."', "3,0", 3),
        ('thousands = ","', "1,152", 1152),
        ('thousands = ","', "1152", 1152),
        ('thousands = " "', "1\u00a0152", 1152),
        ('thousands = "\'"', "1'152", 1152),
        ('zero = ["-", "ingen"]', " Ingen ", 0),
        ('zero = [""]', "", 0),
    ],
)
def test_a_count_is_read_as_the_mapping_says(tmp_path, toml, count, value):
    how = mapping.parse(f"[numbers]\n{toml}", "m.toml", LISTS)
    checked = check(tmp_path, [COUNTED | {"count": count}], how)
    assert checked.faults == ()
    assert checked.cells["count"].to_list() == [value]


@pytest.mark.parametrize("count", ["1.20", "12.04", "1.2045", "1204.000", ".204", "1,204"])
def test_a_thousands_separator_stands_between_groups_of_three_alone(tmp_path, count):
    how = mapping.parse('[numbers]\nthousands = "."', "m.toml", LISTS)
    assert len(check(tmp_path, [COUNTED | {"count": count}], how).faults) == 1


def test_a_count_that_may_have_thousands_says_how_to_declare_them(tmp_path):
    assert '[numbers] thousands = "."' in only(check(tmp_path, [COUNTED | {"count": "1.204"}])).message


# Dates and years


@pytest.mark.parametrize(
    "text",
    [
        "2019-03-01",
        "01-03-2019",
        "1-3-2019",
        "01.03.2019",
        "01/03/2019",
        " 2019-03-01 ",
        "2019-03-01 13:30:00",
    ],
)
def test_a_date_is_read_in_each_of_its_formats_day_before_month(tmp_path, text):
    assert check(tmp_path, [ROW | {"date": text}]).records["date"].to_list() == [date(2019, 3, 1)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2019-02-29", "date_impossible"),
        ("31.04.2019", "date_impossible"),
        ("2019-13-01", "date_impossible"),
        ("0000-01-01", "date_impossible"),
        ("01-03-19", "date_unreadable"),
        ("01-03.2019", "date_unreadable"),
        ("43525", "date_unreadable"),
        ("March 2019", "date_unreadable"),
        ("2025-06-02", "date_in_future"),
        ("9999-12-31", "date_in_future"),
        ("2008-12-31", "date_too_early"),
        ("", "missing_value"),
    ],
)
def test_a_date_that_cannot_be_is_a_fault(tmp_path, text, rule):
    assert places(check(tmp_path, [ROW | {"date": text}])) == [(2, "date", text or None, rule)]


@pytest.mark.parametrize("text", ["2025-06-01", "2009-01-01", "2020-02-29"])
def test_the_first_and_the_last_possible_date_are_read(tmp_path, text):
    assert check(tmp_path, [ROW | {"date": text}]).faults == ()


def test_a_number_that_excel_made_of_a_date_says_which_date(tmp_path):
    """Excel counts 1 March 2019 as day 43525."""
    assert "2019-03-01" in only(check(tmp_path, [ROW | {"date": "43525"}])).message


def test_a_mapping_may_narrow_the_formats_of_dates(tmp_path):
    how = mapping.parse('[dates]\nformats = ["dd.mm.yyyy"]', "m.toml", LISTS)
    assert only(check(tmp_path, [ROW], how)).rule == "date_unreadable"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2026", "year_in_future"),
        ("2008", "year_too_early"),
        ("19", "year_unreadable"),
        ("2019.0", "year_unreadable"),
        ("2019/20", "year_unreadable"),
        ("Total", "total_undeclared"),
        ("", "missing_value"),
    ],
)
def test_a_year_that_cannot_be_is_a_fault(tmp_path, text, rule):
    assert places(check(tmp_path, [COUNTED | {"year": text}])) == [(2, "year", text or None, rule)]


@pytest.mark.parametrize(
    ("text", "year"), [("2015/16", 2015), ("2015-16", 2015), ("2015/2016", 2015), ("2009/10", 2009)]
)
def test_a_financial_year_counts_as_its_first_year(tmp_path, text, year):
    how = mapping.parse('[fields.year]\nwritten = "financial"', "m.toml", LISTS)
    assert check(tmp_path, [COUNTED | {"year": text}], how).records["year"].to_list() == [year]


@pytest.mark.parametrize("text", ["2015/17", "2015/15", "2015/14", "2015/2017", "2015//16", "2015", "15/16"])
def test_the_second_year_of_a_financial_year_follows_the_first(tmp_path, text):
    how = mapping.parse('[fields.year]\nwritten = "financial"', "m.toml", LISTS)
    assert places(check(tmp_path, [COUNTED | {"year": text}], how)) == [(2, "year", text, "financial_year")]


def test_the_turn_of_a_century_is_a_financial_year(tmp_path):
    """2099/00 is well written; that it lies in the future is another fault."""
    how = mapping.parse('[fields.year]\nwritten = "financial"', "m.toml", LISTS)
    assert only(check(tmp_path, [COUNTED | {"year": "2099/00"}], how)).rule == "year_in_future"


def test_a_year_is_accepted_instead_of_a_date(tmp_path):
    row = {"year": "2019"} | {k: v for k, v in ROW.items() if k != "date"}
    assert check(tmp_path, [row]).records.select("year", "date").rows() == [(2019, None)]


def test_a_date_must_lie_in_the_year_beside_it(tmp_path):
    checked = check(tmp_path, [ROW | {"year": "2018"}, ROW | {"id": "2", "date": "", "year": "2018"}])
    assert places(checked) == [(2, "date", "2019-03-01", "date_contradicts_year")]
    assert checked.records["year"].to_list() == [2018]


def test_a_row_with_neither_date_nor_year_is_a_fault(tmp_path):
    checked = check(tmp_path, [ROW | {"year": "2019"}, ROW | {"id": "2", "date": "", "year": ""}])
    assert places(checked) == [(3, "date", None, "missing_value")]


def test_a_constant_year_stands_for_every_row(tmp_path):
    how = mapping.parse("[fields.year]\nconstant = 2015", "m.toml", LISTS)
    row = {k: v for k, v in COUNTED.items() if k != "year"}
    assert check(tmp_path, [row, row], how).records["year"].to_list() == [2015, 2015]


def test_a_constant_year_in_the_future_is_one_fault_of_the_whole_file(tmp_path):
    how = mapping.parse("[fields.year]\nconstant = 2026", "m.toml", LISTS)
    checked = check(tmp_path, [{k: v for k, v in COUNTED.items() if k != "year"}] * 3, how)
    assert places(checked) == [(None, None, "2026", "year_in_future")]
    assert checked.records.is_empty()


# Ages


@pytest.mark.parametrize(
    ("age", "group"),
    [
        ("0", "0-14"),
        ("14", "0-14"),
        ("15", "15-17"),
        ("17", "15-17"),
        ("18", "18-24"),
        ("24", "18-24"),
        ("25", "25-29"),
        ("29", "25-29"),
        ("30", "30-39"),
        ("39", "30-39"),
        ("40", "40+"),
        ("97", "40+"),
        ("unknown", "unknown"),
    ],
)
def test_an_age_becomes_its_age_group(tmp_path, age, group):
    row = {k: v for k, v in ROW.items() if k != "age_group"} | {"age": age}
    assert check(tmp_path, [row]).records["age_group"].to_list() == [group]


@pytest.mark.parametrize(("age", "rule"), [("-1", "age"), ("17.5", "age"), ("121", "age"), ("", "missing_value")])
def test_an_age_that_cannot_be_is_a_fault(tmp_path, age, rule):
    row = {k: v for k, v in ROW.items() if k != "age_group"} | {"age": age}
    assert places(check(tmp_path, [row])) == [(2, "age", age or None, rule)]


def test_an_age_must_lie_in_the_age_group_beside_it(tmp_path):
    checked = check(tmp_path, [ROW | {"age": "18"}, ROW | {"id": "2", "age": "17"}])
    assert places(checked) == [(2, "age", "18", "age_contradicts_group")]


# Ids


def test_an_empty_id_is_a_fault_of_a_referral_and_not_of_a_counted_row(tmp_path):
    assert places(check(tmp_path, [ROW, ROW | {"id": ""}])) == [(3, "id", None, "missing_value")]
    assert check(tmp_path, [COUNTED | {"id": ""}]).faults == ()


def test_every_later_row_with_an_id_names_the_first(tmp_path):
    checked = check(tmp_path, [ROW, ROW | {"id": "2"}, ROW, ROW | {"id": " 1 "}])
    assert [f.row for f in checked.faults] == [4, 5]
    assert all("already stands in row 2." in f.message for f in checked.faults)
    assert checked.records["row"].to_list() == [2, 3]


def test_an_id_that_stands_in_two_files_names_the_first_file(tmp_path):
    pl.DataFrame([ROW | {"id": "7"}, ROW]).write_csv(tmp_path / "a.csv")
    pl.DataFrame([ROW | {"id": "8"}, ROW | {"id": "9"}, ROW]).write_csv(tmp_path / "b.csv")
    sources = [(read(tmp_path / name, OWN), OWN) for name in ("a.csv", "b.csv")]
    first, second = validate_all(sources, LISTS, TODAY)
    assert first.faults == ()
    fault = only(second)
    assert (fault.file, fault.row, fault.column, fault.value) == ("b.csv", 4, "id", "1")
    assert "row 3 of a.csv" in fault.message
    assert second.records["id"].to_list() == ["8", "9"]
    assert second.bad_rows["#row"].to_list() == [4]


# Tables of another shape


def test_a_wide_table_of_one_of_our_fields_becomes_records(tmp_path):
    how = mapping.parse(
        'ignore = ["Note"]\n[wide]\nfield = "gender"\ncolumns = {"Kvinder" = "female", "Mænd" = "male"}\n'
        'total = "I alt"',
        "m.toml",
        LISTS,
    )
    row = {k: v for k, v in COUNTED.items() if k not in ("gender", "count")}
    checked = check(tmp_path, [row | {"Kvinder": "2", "Mænd": "5", "I alt": "7", "Note": "a name"}], how)
    assert checked.faults == ()
    assert checked.buildable
    assert sorted(checked.records.select("gender", "count").rows()) == [("female", 2), ("male", 5)]
    assert (checked.sums_checked, checked.sums_agreed) == (1, 1)


def test_a_wide_table_of_years_names_the_column_of_a_year_that_cannot_be(tmp_path):
    how = mapping.parse('[wide]\nfield = "year"\ncolumns = ["2019", "2031"]', "m.toml", LISTS)
    row = {k: v for k, v in COUNTED.items() if k not in ("year", "count")}
    checked = check(tmp_path, [row | {"2019": "2", "2031": "5"}], how)
    assert places(checked) == [(None, "2031", "2031", "year_in_future")]


def test_a_rule_is_held_against_the_cells_of_a_wide_table(tmp_path):
    how = mapping.parse('[wide]\nfield = "outcome"\ncolumns = ["closed", "mentor"]', "m.toml", LISTS)
    row = {k: v for k, v in COUNTED.items() if k not in ("outcome", "count")} | {"assessment": "not_grounded"}
    checked = check(tmp_path, [row | {"closed": "2", "mentor": "0"}, row | {"closed": "2", "mentor": "1"}], how)
    assert places(checked) == [(3, "mentor", "mentor", "intervention_is_grounded")]


def test_a_total_is_checked_against_its_parts_and_is_no_record(tmp_path):
    how = mapping.parse('[fields.gender]\ntotal = "Total"', "m.toml", LISTS)
    rows = [
        COUNTED,
        COUNTED | {"gender": "female", "count": "4"},
        COUNTED | {"gender": "TOTAL ", "count": "7"},
    ]
    checked = check(tmp_path, rows, how)
    assert checked.faults == ()
    assert (checked.sums_checked, checked.sums_agreed) == (1, 1)
    assert checked.records["count"].sum() == 7
    rows[2]["count"] = "8"
    assert places(check(tmp_path, rows, how)) == [(4, "count", "8", "total_differs")]


def test_a_table_of_counts_and_nothing_else_is_checked(tmp_path):
    absent = ", ".join(f'"{name}"' for name in mapping.DIMENSIONS)
    how = mapping.parse(f"not_collected = [{absent}]\n[fields.year]\nconstant = 2019", "m.toml", LISTS)
    checked = check(tmp_path, [{"count": "3"}, {"count": "4"}], how)
    assert checked.faults == ()
    assert checked.sums_checked == 0
    assert checked.by("year").rows() == [(2019, 7)]


def test_what_was_not_collected_is_said_and_not_built(tmp_path):
    how = mapping.parse('not_collected = ["gender"]', "m.toml", LISTS)
    checked = check(tmp_path, [{k: v for k, v in ROW.items() if k != "gender"}], how)
    assert checked.faults == ()
    assert not checked.buildable
    assert "gender" in checked.why_not
    assert checked.records.is_empty()
    assert checked.cells.height == 1


# Size


def test_a_hundred_thousand_rows_are_checked_in_seconds(tmp_path):
    n = 100_000
    frame = pl.DataFrame({name: [value] * n for name, value in ROW.items()})
    frame = frame.with_columns(id=pl.int_range(n).cast(pl.String))
    frame.write_csv(tmp_path / "s.csv")
    start = time.perf_counter()
    checked = validate(read(tmp_path / "s.csv", OWN), OWN, LISTS, TODAY)
    assert time.perf_counter() - start < 10
    assert checked.records.height == n


def test_a_hundred_thousand_faults_are_named_in_seconds(tmp_path):
    n = 100_000
    frame = pl.DataFrame({name: [value] * n for name, value in (ROW | {"assessment": "pending"}).items()})
    frame.with_columns(id=pl.lit("1"), gender=pl.lit("")).write_csv(tmp_path / "s.csv")
    start = time.perf_counter()
    checked = validate(read(tmp_path / "s.csv", OWN), OWN, LISTS, TODAY)
    assert time.perf_counter() - start < 30
    assert len(checked.faults) == 4 * n - 1
