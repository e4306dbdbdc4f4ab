"""A flow: bars as long as the counts, ranges where they are suppressed, and no width that is made up."""

from typing import Any

import polars as pl
import pytest

import queries
from queries import Release
from tests.ui.drawings import UNIT, cell, cells, ends
from tests.ui.test_theme import contrast
from ui import points, theme
from ui.charts import HeatCell
from ui.flow import flow


def drawn(spec: dict[str, Any]) -> dict[str, list[tuple]]:
    """What the solid bars, the dashed ones and the words show: name and assessment, and from where to where."""
    found: dict[str, list[tuple]] = {}
    for layer in spec["layer"]:
        mark = layer["mark"]
        name = (
            "words" if mark["type"] == "text"
            else "light" if "strokeDash" in mark
            else "solid" if mark.get("color") == theme.colours()["primaryColor"]
            else "whole"
        )  # fmt: skip
        ends = [layer["encoding"][c]["field"] for c in ("x", "x2") if c in layer["encoding"]]
        said = ["said"] if name == "words" else []
        found[name] = [tuple(row[f] for f in ("at", *said, *ends)) for row in layer["data"]["values"]]
    return found


def picture(lang: str = "en", numbers: tuple[HeatCell, ...] | None = None) -> dict[str, Any]:
    return flow(numbers or cells(lang), **ends(lang), unit=UNIT[lang], lang=lang)


def test_bars_are_as_long_as_the_counts_and_stand_below_what_they_are_part_of():
    assert drawn(picture())["solid"] == [
        ("Number of referrals", 0, 70),
        ("Grounded|Grounded", 0, 28),
        ("Intervention|Grounded", 0, 17),
        ("Referred on|Grounded", 0, 0),
        ("Declined|Grounded", 0, 0),
        ("Closed|Grounded", 0, 0),
        ("Pending|Grounded", 0, 0),
        ("Not grounded|Not grounded", 0, 42),
        ("Referred on|Not grounded", 0, 9),
        ("Declined|Not grounded", 0, 0),
        ("Closed|Not grounded", 0, 17),
        ("Pending|Not grounded", 0, 0),
        ("Pending|Pending", 0, 0),
    ]


def test_a_suppressed_number_is_solid_to_its_least_and_light_to_its_most():
    found = drawn(picture())
    assert found["light"] == [
        ("Referred on|Grounded", 0, 8),
        ("Declined|Grounded", 0, 8),
        ("Closed|Grounded", 0, 11),
        ("Referred on|Not grounded", 9, 17),
        ("Declined|Not grounded", 0, 8),
        ("Closed|Not grounded", 17, 28),
    ]
    words = {at: said for at, said, _ in found["words"]}
    assert words["Closed|Not grounded"] == "17-28 (suppressed)"
    assert words["Intervention|Grounded"] == "17"
    assert words["Pending|Grounded"] == "0"


def test_the_words_are_danish_for_a_dane():
    words = {at: said for at, said, _ in drawn(picture("da"))["words"]}
    assert words["Afsluttet|Ikke begrundet"] == "17-28 (diskretioneret)"
    assert words["Antal henvendelser"] == "70"


def test_no_bar_has_a_number_of_a_suppressed_cell():
    for layer in picture()["layer"]:
        for row in layer["data"]["values"]:
            assert not row["hidden"] or row["low"] < row["high"]
            assert "value" not in row


def test_what_cannot_be_is_left_out_and_so_is_a_second_step_with_one_way():
    names = {at for at, *_ in drawn(picture())["words"]}
    assert "Intervention|Not grounded" not in names
    assert [at for at in names if at.endswith("|Pending")] == ["Pending|Pending"]


def test_an_outcome_lies_on_the_length_of_its_assessment():
    whole = [layer for layer in picture()["layer"] if layer["mark"].get("color") == theme.LIGHT]
    assert {(row["at"].split("|")[1], row["of"]) for row in whole[0]["data"]["values"]} == {
        ("Grounded", 28), ("Not grounded", 42),
    }  # fmt: skip


def test_a_suppressed_assessment_and_total_are_ranges_too():
    """Nothing is known but that there were 1 to 4 grounded and 6 to 9 in all."""
    rows = tuple(ends("en")["rows"])
    numbers = {(rows[0], "Intervention"): (0, 4), (rows[0], "Closed"): (0, 4), (rows[0], "Total"): (1, 4)}
    found = (*(cell(row, column, n) for (row, column), n in numbers.items()), cell(rows[-1], "Total", (6, 9)))
    assert drawn(picture(numbers=found))["light"][:2] == [("Number of referrals", 6, 9), ("Grounded|Grounded", 1, 4)]


def test_a_suppressed_number_without_a_range_is_refused():
    rows = ends("en")["rows"]
    with pytest.raises(ValueError, match="drawn by its range, and has none"):
        picture(numbers=(HeatCell(rows[-1], "Total", None, "?", "suppressed"),))


def test_bars_and_dashed_edges_can_be_seen_and_numbers_read():
    ground = theme.LIGHT
    assert contrast(theme.colours()["primaryColor"], ground) >= 3
    assert contrast(theme.QUIET, ground) >= 3
    assert contrast(theme.colours()["textColor"], ground) >= 4.5


@pytest.mark.parametrize("period", ["all", "2018-2021", "2019", "2025"])
def test_the_example_is_drawn_for_every_period_with_each_cell_by_its_status(example: Release, period: str):
    answer = queries.ask(example, "assessment_by_outcome", period=period)
    found = {
        (row["row_code"], row["column_code"]): points.counts(
            pl.DataFrame([row | {"year": 0, "code": row["row_code"]}]), "en"
        )[0]
        for row in answer.iter_rows(named=True)
    }
    numbers = tuple(HeatCell(r, c, p.n, p.words, p.status, p.lower, p.upper) for (r, c), p in found.items())
    rows, columns = (tuple(dict.fromkeys(pair[i] for pair in found)) for i in (0, 1))
    picture = drawn(flow(numbers, rows=rows, columns=columns, unit="all", lang="en"))
    for at, low, high in picture.get("light", []):  # 2018-2021 has nothing to hide
        column, row = at.split("|") if "|" in at else ("all", "all")
        point = found[row, "all" if column == row != "pending" else column]
        assert (point.status, point.lower, point.upper) == ("suppressed", low, high)
