"""Small multiples: the same axes everywhere, each number at its place in its panel, and its status as in a trend."""

from typing import Any

import pytest

from tests.ui.answers import count, share
from tests.ui.drawings import PROFILES, breaks, counts, parts, series
from ui.panels import ABOVE, BELOW, panels


def drawn(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for layer in spec["layer"] if layer["mark"]["type"] == kind for row in layer["data"]["values"]]


def corners(spec: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Where the panels begin: left and top."""
    (titles,) = (
        [*la["data"]["values"]] for la in spec["layer"] if la["encoding"].get("text", {}).get("field") == "panel"
    )
    return {row["panel"]: (row["at"], row["y"]) for row in titles}


def test_four_profiles_stand_two_by_two_with_the_same_axes():
    """The highest count is 60, so every panel goes from 0 to 60: 60 and the room around it are one row."""
    spec = panels(counts("en"), series("en"), (), lang="en", share=False)
    pitch = round(60 * (1 + BELOW + ABOVE), 4)
    assert corners(spec) == {
        "Resource-strong": (0, pitch + 60), "Mixed": (5, pitch + 60), "Vulnerable": (0, 60), "Not stated": (5, 60),
    }  # fmt: skip
    for layer in spec["layer"]:
        assert layer["encoding"]["y"]["axis"]["values"] == [0, 30, 60, pitch, pitch + 30, pitch + 60]


def test_every_number_stands_as_high_in_its_panel_as_it_is():
    spec = panels(counts("en"), series("en"), (), lang="en", share=False)
    top = corners(spec)
    shown = {(row["panel"], row["year"]): row for row in drawn(spec, "point")}
    assert {key: row["value"] for key, row in shown.items()} == {
        ("Resource-strong", "2018"): 40, ("Resource-strong", "2019"): 60, ("Resource-strong", "2021"): 20,
        ("Mixed", "2018"): 19, ("Mixed", "2019"): 30, ("Mixed", "2020"): 40, ("Mixed", "2021"): 50,
        ("Vulnerable", "2019"): 25, ("Vulnerable", "2020"): 25, ("Vulnerable", "2021"): 25,
        ("Not stated", "2020"): 20, ("Not stated", "2021"): 30,
    }  # fmt: skip
    for (panel, year), row in shown.items():
        left, high = top[panel]
        assert row["y"] - (high - 60) == pytest.approx(row["value"])
        assert row["at"] - left == int(year) - 2018 + 0.5


def test_a_suppressed_number_is_its_range_and_has_no_value():
    spec = panels(counts("en"), series("en"), (), lang="en", share=False)
    rows = [row for row in drawn(spec, "rule") if "words" in row]
    assert [(r["panel"], r["year"], r["low"], r["high"], r["value"], r["words"]) for r in rows] == [
        ("Resource-strong", "2020", 44, 50, None, "44-50"),
        ("Vulnerable", "2018", 20, 30, None, "20-30"),
    ]
    assert all(row["to"] - row["from"] == pytest.approx(row["high"] - row["low"]) for row in rows)


def test_years_that_were_not_collected_are_said_in_the_panel():
    spec = panels(counts("da"), series("da"), (), lang="da", share=False)
    (said,) = (row for row in drawn(spec, "text") if row.get("words") == "ikke opgjort")
    assert said["at"] == corners(spec)["Uoplyst"][0] + 1  # between 2018 and 2019


def test_no_line_crosses_a_break_and_every_panel_shows_it():
    spec = panels(counts("en"), series("en"), breaks("en"), lang="en", share=False)
    (line,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    assert line["encoding"]["detail"]["field"] == "side"
    assert {(row["year"], row["side"]) for row in line["data"]["values"]} == {
        ("2018", 0), ("2019", 0), ("2020", 1), ("2021", 1),
    }  # fmt: skip
    (rule,) = (la for la in spec["layer"] if la["mark"]["type"] == "rule" and "strokeDash" in la["mark"])
    assert len(rule["data"]["values"]) == 4


def test_a_share_has_its_interval_and_a_small_base_its_cross_at_the_bottom():
    points = (share(2019, 28, 70, "mixed", "en"), share(2020, 5, 12, "mixed", "en"))
    spec = panels(points, series("en", ("mixed",)), (), lang="en", share=True)
    ((thin, rows),) = (
        (la["mark"], la["data"]["values"])
        for la in spec["layer"]
        if "y2" in la["encoding"] and "words" in str(la["data"])
    )
    # By scipy: 28 of 70.
    assert [(r["value"], round(r["low"], 4), round(r["high"], 4)) for r in rows] == [(0.4, 0.2933, 0.5171)]
    assert thin["strokeWidth"] < 2
    (cross,) = (layer for layer in spec["layer"] if layer["mark"].get("text") == "×")
    assert [(row["year"], row["value"], row["floor"]) for row in cross["data"]["values"]] == [("2020", None, 0)]


def test_panels_differ_in_shape_too():
    spec = panels(parts("en"), series("en"), (), lang="en", share=True)
    (layer,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    assert len(set(layer["encoding"]["shape"]["scale"]["range"])) == len(PROFILES)


def test_one_series_has_one_panel_as_wide_as_all():
    spec = panels(
        (count(2018, 7, "mixed"), count(2019, 9, "mixed")), series("da", ("mixed",)), (), lang="da", share=False
    )
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 2]
