"""A chart draws every point by its status, in the reader's language, and nothing that may not be shown."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queries
from queries import Release
from tests.ui.answers import count, share
from ui import charts, points, theme
from ui.charts import HeatCell, Mark, Series
from ui.figure import FIGURES
from ui.points import Point

A, B = Series("a", "Right-wing", 1), Series("b", "Other", 4)
BREAK, EVENT = Mark("break", 2018, "New definition"), Mark("event", 2019, "The hotline opens")
COUNTS = (
    count(2016, 12, "a"),
    count(2017, 14, "a"),
    count(2018, 20, "a"),
    count(2019, (1, 4), "a"),
    count(2020, 0, "a"),
    count(2016, None, "b"),
    count(2017, None, "b"),
    count(2018, 9, "b"),
    count(2019, 7, "b"),
    count(2020, (0, 6), "b"),
)
SHARES = (
    share(2018, 28, 70, "a"),  # 40 percent
    share(2019, (1, 4), 70, "a"),
    share(2020, 5, 12, "a"),  # a small base
    share(2021, 10, 50, "a"),  # 20 percent
    share(2022, None, 50, "a"),
)


def trend(
    drawn: tuple[Point, ...] = COUNTS,
    series: tuple[Series, ...] = (A, B),
    marks: tuple[Mark, ...] = (),
    *,
    lang: str = "da",
    share: bool = False,
) -> dict[str, Any]:
    return charts.trend(drawn, series, marks, lang=lang, share=share, break_label="databrud")


def layers(spec: dict[str, Any], kind: str) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The layers of `spec` with marks of that kind, each with its data."""
    for layer in spec["layer"]:
        if layer["mark"]["type"] == kind:
            yield layer, layer.get("data", spec.get("data"))["values"]


def drawn(spec: dict[str, Any], kind: str, *fields: str) -> set[tuple]:
    """What the layers of one kind draw: `fields` of each row."""
    return {tuple(row[f] for f in fields) for _, rows in layers(spec, kind) for row in rows if "series" in row}


# Every point by its status


def test_published_counts_and_zeros_are_drawn_at_their_values():
    assert drawn(trend(), "point", "series", "year", "value") == {
        ("Right-wing", "2016", 12),
        ("Right-wing", "2017", 14),
        ("Right-wing", "2018", 20),
        ("Right-wing", "2020", 0),
        ("Other", "2018", 9),
        ("Other", "2019", 7),
    }


def test_suppressed_counts_are_drawn_as_their_range():
    found = list(layers(trend(), "rule"))
    assert len(found) == 1
    layer, rows = found[0]
    assert layer["encoding"]["y"]["field"] == "low"
    assert layer["encoding"]["y2"] == {"field": "high"}
    assert {(row["series"], row["year"], row["low"], row["high"]) for row in rows} == {
        ("Right-wing", "2019", 1, 4),
        ("Other", "2020", 0, 6),
    }
    ends = [layer["encoding"]["y"]["field"] for layer, _ in layers(trend(), "tick")]
    assert ends == ["low", "high"]


def test_a_suppressed_count_never_has_a_value_anywhere_in_the_chart():
    for layer in trend()["layer"]:
        for row in layer["data"]["values"]:
            if (row["series"], row["year"]) in {("Right-wing", "2019"), ("Other", "2020")}:
                assert row["value"] is None
                assert row["words"] in ("1-4", "0-6")


def test_a_line_is_broken_where_a_number_is_suppressed():
    """A row without a value breaks a line of Vega-Lite; a row that is missing would let it run on."""
    ((layer, rows),) = layers(trend(), "line")
    assert layer["encoding"]["y"]["field"] == "value"
    assert {"invalid", "interpolate"}.isdisjoint(layer["mark"])
    assert "impute" not in layer["encoding"]["y"]
    mine = sorted((row["year"], row["value"]) for row in rows if row["series"] == "Right-wing")
    assert mine == [("2016", 12), ("2017", 14), ("2018", 20), ("2019", None), ("2020", 0)]


def test_what_was_not_collected_is_not_drawn():
    assert not [
        row
        for layer in trend()["layer"]
        for row in layer["data"]["values"]
        if row["series"] == "Other" and row["year"] in ("2016", "2017")
    ]


def test_a_chart_of_what_was_not_collected_still_shows_its_years():
    spec = trend((count(2016, None, "b"), count(2017, None, "b")), (B,))
    assert [layer["encoding"]["x"]["axis"]["values"] for layer in spec["layer"]] == [[2016, 2017]]
    ((layer, rows),) = layers(spec, "point")
    assert layer["mark"]["opacity"] == 0
    assert rows == [{"at": 2016}, {"at": 2017}]


def test_a_published_share_is_drawn_with_its_interval():
    spec = trend(SHARES, (A,), share=True)
    assert drawn(spec, "point", "year", "value") == {("2018", 0.4), ("2021", 0.2)}
    (rows,) = (rows for layer, rows in layers(spec, "rule") if layer["mark"]["strokeWidth"] < 2)
    # By scipy: 28 of 70 and 10 of 50.
    assert [(row["year"], round(row["low"], 4), round(row["high"], 4)) for row in rows] == [
        ("2018", 0.2933, 0.5171),
        ("2021", 0.1124, 0.3304),
    ]


def test_a_suppressed_share_is_a_wide_bar_that_differs_from_an_interval():
    spec = trend(SHARES, (A,), share=True)
    wide, thin = layers(spec, "rule")
    assert wide[0]["mark"]["strokeWidth"] > 3 * thin[0]["mark"]["strokeWidth"]
    assert [(row["year"], row["low"], row["high"]) for row in wide[1]] == [("2019", 1 / 70, 4 / 70)]


def test_a_share_on_a_small_base_has_a_mark_but_no_value():
    ((layer, rows),) = layers(trend(SHARES, (A,), share=True), "text")
    assert layer["mark"]["text"] == "×"
    assert "field" not in layer["encoding"]["y"]
    assert [(row["year"], row["value"], row["low"], row["high"]) for row in rows] == [("2020", None, None, None)]
    assert rows[0]["words"] == "5 af 12"


# Breaks and events


def test_a_line_never_crosses_a_break():
    ((layer, rows),) = layers(trend(marks=(BREAK,)), "line")
    apart = [layer["encoding"][channel]["field"] for channel in ("color", "detail")]
    lines: dict[tuple, set[int]] = {}
    for row in rows:
        lines.setdefault(tuple(row[field] for field in apart), set()).add(int(row["year"]))
    assert sorted(map(sorted, lines.values())) == [[2016, 2017], [2018, 2019, 2020], [2018, 2019, 2020]]


@given(st.sets(st.integers(2015, 2023)))
def test_no_line_crosses_any_break(years: set[int]):
    marks = tuple(Mark("break", year, "x") for year in sorted(years))
    series = tuple(count(year, 10, "a") for year in range(2014, 2024))
    ((layer, rows),) = layers(trend(series, (A,), marks), "line")
    side = layer["encoding"]["detail"]["field"]
    for before, after in pairwise(rows):
        assert (before[side] != after[side]) == (int(after["year"]) in years)


def test_a_break_stands_between_the_years_with_its_label():
    spec = trend(marks=(BREAK,))
    (rule,) = ((layer, rows) for layer, rows in layers(spec, "rule") if "strokeDash" in layer["mark"])
    assert rule[1] == [{"at": 2017.5, "words": "New definition", "label": "databrud"}]
    assert [layer["encoding"]["text"]["field"] for layer, _ in layers(spec, "text")] == ["label"]


def test_a_break_before_the_first_year_is_not_drawn():
    spec = trend(marks=(Mark("break", 2016, "x"), Mark("break", 2021, "y")))
    assert not [layer for layer, _ in layers(spec, "rule") if "strokeDash" in layer["mark"]]
    ((_, rows),) = layers(spec, "line")
    assert {row["side"] for row in rows} == {0}


def test_events_of_a_year_share_one_mark_at_the_axis_that_breaks_no_line():
    spec = trend(marks=(EVENT, Mark("event", 2019, "Plan"), Mark("event", 2030, "Far")))
    ((layer, rows),) = ((layer, rows) for layer, rows in layers(spec, "point") if "shape" in layer["mark"])
    assert rows == [{"at": 2019, "words": "The hotline opens; Plan"}]
    assert layer["encoding"]["y"] == {"value": "height"}
    ((_, rows),) = layers(spec, "line")
    assert {row["side"] for row in rows} == {0}


# How it looks


@pytest.mark.parametrize(
    ("lang", "number"),
    [
        ("da", {"decimal": ",", "thousands": ".", "percent": " pct."}),
        ("en", {"decimal": ".", "thousands": ",", "percent": " percent"}),
    ],
)
def test_numbers_on_the_axes_are_the_readers(lang: str, number: dict[str, str]):
    spec = trend(lang=lang)
    assert spec["config"]["locale"]["number"].items() >= number.items()
    assert {layer["encoding"]["y"]["axis"]["format"] for layer in spec["layer"]} == {",d"}
    shares = trend(SHARES, (A,), share=True, lang=lang)
    assert {layer["encoding"]["y"].get("axis", {"format": ".0%"})["format"] for layer in shares["layer"]} == {".0%"}


def test_colour_and_shape_follow_the_place_in_the_code_list():
    colours, shapes = theme.series_colours(), theme.SHAPES
    ((layer, _),) = layers(trend(), "point")
    assert layer["encoding"]["color"]["scale"] == {"domain": ["Right-wing", "Other"], "range": [colours[1], colours[4]]}
    assert layer["encoding"]["shape"]["scale"] == {"domain": ["Right-wing", "Other"], "range": [shapes[1], shapes[4]]}
    ((alone, _),) = layers(trend(tuple(p for p in COUNTS if p.code == "b"), (B,)), "point")
    assert alone["encoding"]["color"]["scale"]["range"] == [colours[4]]
    assert alone["encoding"]["color"]["legend"] is None


@pytest.mark.parametrize("number", range(1, 7))
def test_series_stand_beside_each_other_within_their_year(number: int):
    series = tuple(Series(str(i), f"Label {i}", i) for i in range(number))
    spec = trend(tuple(count(year, 10, s.code) for s in series for year in (2018, 2019)), series)
    ((layer, rows),) = layers(spec, "point")
    assert len({row["at"] for row in rows}) == 2 * number
    assert all(abs(row["at"] - int(row["year"])) < 0.5 for row in rows)
    assert layer["encoding"]["x"]["scale"]["domain"] == [2017.5, 2019.5]
    assert layer["encoding"]["x"]["axis"]["values"] == [2018, 2019]


def test_what_one_points_at_is_told_in_the_readers_words():
    ((layer, rows),) = layers(trend(), "point")
    assert [tip["field"] for tip in layer["encoding"]["tooltip"]] == ["year", "series", "words"]
    assert rows[0]["words"] == "12"


@settings(max_examples=40)
@given(st.lists(st.one_of(st.integers(0, 3000), st.tuples(st.integers(0, 50), st.integers(51, 3000))), min_size=1))
def test_the_axis_of_counts_starts_at_0_and_holds_everything(numbers: list[int | tuple[int, int]]):
    spec = trend(tuple(count(2000 + i, n, "a") for i, n in enumerate(numbers)), (A,))
    start, end = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    highest = max(n if isinstance(n, int) else n[1] for n in numbers)
    assert start == 0
    assert highest <= end <= max(1, 2.5 * highest)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(100, 200)), min_size=1))
def test_the_axis_of_shares_starts_at_0_and_never_passes_100_percent(numbers: list[tuple[int, int]]):
    drawn = tuple(share(2000 + i, n, base, "a") for i, (n, base) in enumerate(numbers))
    start, end = trend(drawn, (A,), share=True)["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert start == 0
    assert max(point.high or 0 for point in drawn) - 1e-9 <= end <= 1


def test_the_same_chart_is_built_once_and_each_language_has_its_own():
    assert trend() is trend()
    assert trend() is not trend(lang="en")
    assert trend(marks=(BREAK,)) is not trend()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_of_the_example_draws_each_point_by_its_status(example: Release, name: str):
    figure = FIGURES[name]
    is_share = figure.form == "share"
    answer = queries.ask(example, figure.question, first_year=2014, last_year=2025)
    found = points.shares(answer, "en") if is_share else points.counts(answer, "en")
    codes = list(dict.fromkeys(p.code for p in found))
    spec = trend(found, tuple(Series(c, c, i) for i, c in enumerate(codes)), (BREAK,), lang="en", share=is_share)

    def of(status: str) -> set[tuple]:
        return {(p.code, str(p.year), p.value, p.low, p.high) for p in found if p.status == status}

    fields = ("series", "year", "value", "low", "high")
    assert drawn(spec, "point", *fields) == of("published")
    assert drawn(spec, "tick", *fields) == of("suppressed")
    assert drawn(spec, "rule", *fields) == of("suppressed") | (of("published") if is_share else set())
    assert drawn(spec, "line", *fields) == of("published") | of("suppressed") | of("small_base")


# Crossed tables

ROWS, COLUMNS = ("Right-wing", "Other", "Total"), ("Strong", "Mixed", "Total")
CELLS = (
    HeatCell("Right-wing", "Strong", 16, "16", "published"),
    HeatCell("Right-wing", "Mixed", None, "1-4", "suppressed"),
    HeatCell("Right-wing", "Total", None, "17-20", "suppressed"),
    HeatCell("Other", "Strong", 0, "0", "published"),
    HeatCell("Other", "Mixed", None, "–", "not_collected"),
    HeatCell("Other", "Total", 1234, "1.234", "published"),
    HeatCell("Total", "Strong", 16, "16", "published"),
    HeatCell("Total", "Mixed", None, "1-4", "suppressed"),
    HeatCell("Total", "Total", 1254, "1.254", "published"),
)


def heat(cells: tuple[HeatCell, ...] = CELLS, lang: str = "da") -> dict[str, Any]:
    return charts.heat(cells, rows=ROWS, columns=COLUMNS, unit="Antal", lang=lang)


def test_a_heat_table_writes_every_number_and_every_range_once():
    written = [(row["row"], row["column"], row["words"]) for _, rows in layers(heat(), "text") for row in rows]
    assert sorted(written) == sorted((c.row, c.column, c.words) for c in CELLS if c.status != "not_collected")


def test_a_suppressed_cell_has_no_value_and_one_plain_colour():
    for layer, rows in layers(heat(), "rect"):
        if any("-" in row["words"] for row in rows):
            assert all(row["value"] is None for row in rows)
            assert "color" not in layer["encoding"]
            assert layer["mark"]["color"] not in theme.colours()["chartSequentialColors"]


def test_only_published_cells_inside_the_totals_are_coloured_by_their_number():
    ((layer, rows),) = ((la, rows) for la, rows in layers(heat(), "rect") if "color" in la["encoding"])
    assert [(row["row"], row["column"], row["value"]) for row in rows] == [
        ("Right-wing", "Strong", 16),
        ("Other", "Strong", 0),
    ]
    assert layer["encoding"]["color"]["scale"]["domain"] == [0, 16]


def test_rows_and_columns_stay_in_their_order():
    for layer in heat()["layer"]:
        assert layer["encoding"]["y"]["scale"]["domain"] == list(ROWS)
        assert layer["encoding"]["x"]["scale"]["domain"] == list(COLUMNS)


def test_a_heat_table_of_suppressed_cells_alone_can_be_drawn():
    hidden = tuple(HeatCell(r, c, None, "0-9", "suppressed") for r in ROWS for c in COLUMNS)
    assert {row["words"] for _, rows in layers(heat(hidden), "text") for row in rows} == {"0-9"}


def test_the_same_heat_table_is_built_once_and_each_language_has_its_own():
    assert heat() is heat()
    assert heat() is not heat(lang="en")
    assert heat(lang="en")["config"]["locale"]["number"]["thousands"] == ","


# Both forms


@pytest.mark.parametrize(
    "spec",
    [trend(marks=(BREAK, EVENT)), trend(SHARES, (A,), share=True), trend((COUNTS[5],), (B,)), heat()],
    ids=["counts", "shares", "not collected", "heat"],
)
def test_a_chart_is_vega_lite_with_nothing_left_to_fill_in(spec: dict[str, Any]):
    alt.LayerChart.from_dict(spec, validate=True)
    assert "§" not in json.dumps(spec, allow_nan=False, ensure_ascii=False)


def test_a_chart_keeps_its_own_data_when_another_is_built():
    one = trend()
    before = json.dumps(one)
    trend(tuple(count(year, 99, "a") for year in (2021, 2022)), (A, B))
    trend(lang="en")
    assert json.dumps(one) == before
