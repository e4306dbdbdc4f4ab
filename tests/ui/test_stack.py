"""Stacked shares: every bar is as long as its base, and what is suppressed is what the published parts leave of it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import queries
from queries import Release
from tests.ui.answers import Number, share
from tests.ui.drawings import PROFILES, breaks, parts, series
from tests.ui.test_theme import contrast
from ui import points, theme
from ui.charts import Series
from ui.stack import stack

WORDS = {"da": "diskretioneret", "en": "suppressed"}


def drawn(spec: dict[str, Any], year: int) -> list[tuple]:
    """The parts of one year's bar: name, from, to, what stands in it."""
    rows = [row for layer in spec["layer"] if layer["mark"]["type"] == "bar" for row in layer["data"]["values"]]
    mine = [row for row in rows if row["year"] == str(year)]
    return sorted((row["part"], row["from"], row["to"], row["label"]) for row in mine)


def said(spec: dict[str, Any], year: int) -> list[str]:
    """Words in place of a bar or beside it."""
    texts = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    rows = [row for layer in texts for row in layer["data"]["values"] if "part" not in row and "words" in row]
    return [row["words"] for row in rows if row["year"] == str(year)]


def year_of(base: Number, *numbers: Number, year: int = 2019) -> tuple:
    return tuple(share(year, n, base, code, "en") for code, n in zip(PROFILES, numbers, strict=True))


def test_the_parts_of_a_year_are_as_long_as_counted_by_hand():
    """2019: 16, 20, 28 and 6 of 70."""
    spec = stack(parts("da"), series("da"), (), lang="da")
    assert drawn(spec, 2019) == [
        ("A  Ressourcestærk", 0, 0.2286, "A 23"),
        ("B  Blandet", 0.2286, 0.5143, "B 29"),
        ("C  Udsat", 0.5143, 0.9143, "C 40"),
        ("D  Uoplyst", 0.9143, 1, "D 9"),
    ]
    assert said(spec, 2019) == ["af 70"]


@pytest.mark.parametrize("lang", WORDS)
def test_suppressed_parts_are_what_is_left_of_the_base_with_their_word(lang: str):
    """2020: 15 and 27 of 60 leave 18, which is 30 percent; the two hidden parts are never told apart."""
    spec = stack(parts(lang), series(lang), (), lang=lang)
    hidden = [row for row in drawn(spec, 2020) if row[0] == WORDS[lang]]
    assert hidden == [(WORDS[lang], 0.7, 1, f"B D {WORDS[lang]}")]
    assert len(drawn(spec, 2020)) == 3
    (layer,) = (la for la in spec["layer"] if la["mark"]["type"] == "bar" and "strokeDash" in la["mark"])
    (row,) = layer["data"]["values"]
    assert row["n"] == 18
    assert "8-16" in row["words"] and "2-10" in row["words"]


def test_a_hidden_base_and_a_small_one_are_told_in_words_and_not_drawn():
    spec = stack(parts("en"), series("en"), (), lang="en")
    assert drawn(spec, 2018) == drawn(spec, 2021) == []
    assert said(spec, 2018) == ["no shares: the base is suppressed"]
    assert sorted(said(spec, 2021)) == ["no shares: the base is under 20", "of 12"]


def test_a_base_of_20_is_enough_and_19_is_not():
    assert drawn(stack(year_of(20, 5, 5, 10, 0), series("en"), (), lang="en"), 2019)[-1][2] == 1
    assert not drawn(stack(year_of(19, 5, 5, 9, 0), series("en"), (), lang="en"), 2019)


def test_what_was_not_collected_is_said():
    spec = stack(year_of(None, None, None, None, None), series("en"), (), lang="en")
    assert said(spec, 2019) == ["not collected"]


def test_parts_that_were_not_chosen_are_neither_lost_nor_taken_for_suppressed():
    """16 are chosen, 20 + 6 are not, and 28 are suppressed together with a chosen part: 16 + 26 + 28 = 70."""
    spec = stack(year_of(70, 16, 20, (1, 27), (1, 27)), series("en", ("resource_strong", "mixed")), (), lang="en")
    assert drawn(spec, 2019) == [
        ("A  Resource-strong", 0, 0.2286, "A 23"),
        ("B  Mixed", 0.2286, 0.5143, "B 29"),
        ("suppressed", 0.5143, 1, "suppressed"),
    ]
    spec = stack(year_of(70, 16, (2, 32), (2, 32), 20), series("en", ("resource_strong", "mixed")), (), lang="en")
    assert drawn(spec, 2019) == [
        ("A  Resource-strong", 0, 0.2286, "A 23"),
        ("not chosen", 0.2286, 0.5143, "29"),
        ("suppressed", 0.5143, 1, "B + suppressed"),
    ]


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.sets(st.integers(0, 3)))
def test_a_bar_has_no_gap_and_ends_at_its_base(numbers: list[int], hidden: set[int]):
    base = sum(numbers)
    shown: list[Number] = [(0, base) if i in hidden else n for i, n in enumerate(numbers)]
    rows = drawn(stack(year_of(base, *shown), series("en"), (), lang="en"), 2019)
    if base < 20:
        assert not rows
        return
    rows.sort(key=lambda row: row[1:3])
    assert (rows[0][1], rows[-1][2]) == (0, 1)
    assert all(one[2] == other[1] for one, other in pairwise(rows))
    left = round(sum(numbers[i] for i in hidden) / base, 4)
    assert sum(row[2] - row[1] for row in rows if row[0] == "suppressed") == pytest.approx(left, abs=2e-4)


def test_parts_that_are_not_parts_of_one_whole_are_refused():
    with pytest.raises(ValueError, match="add up to 64, not to 70"):
        stack(year_of(70, 16, 20, 28, 0), series("en"), (), lang="en")
    two = (share(2019, 30, 70, "mixed", "en"), share(2019, 20, 60, "vulnerable", "en"))
    with pytest.raises(ValueError, match="not parts of one whole"):
        stack(two, series("en"), (), lang="en")


def test_a_break_stands_between_its_years_and_no_other():
    spec = stack(parts("da"), series("da"), breaks("da"), lang="da")
    (rule,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "rule")
    assert rule["data"]["values"] == [{"year": "|2020", "words": "Ny definition", "label": "databrud"}]
    assert rule["encoding"]["y"]["scale"]["domain"] == ["2018", "2019", "|2020", "2020", "2021"]
    whole = stack(parts("da"), series("da"), breaks("da", 2018), lang="da")
    assert not [layer for layer in whole["layer"] if layer["mark"]["type"] == "rule"]


def test_parts_are_told_apart_by_letters_and_all_letters_are_explained():
    spec = stack(year_of(70, 16, (2, 32), 20, (2, 32)), series("en"), (), lang="en")
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["A  Resource-strong", "B  Mixed", "C  Vulnerable", "D  Not stated", "suppressed"]
    assert [row[3] for row in drawn(spec, 2019)] == ["A 23", "C 29", "B D suppressed"]


@pytest.mark.parametrize("ground", [*theme.series_colours(), theme.LIGHT, theme.NEUTRAL])
def test_words_can_be_read_on_every_part(ground: str):
    assert contrast(theme.ink_on(ground), ground) >= 4.5


def test_the_edge_of_what_is_suppressed_can_be_seen():
    assert contrast(theme.QUIET, theme.LIGHT) >= 3
    assert contrast(theme.QUIET, "#FFFFFF") >= 3


@pytest.mark.parametrize("name", ["ideology", "resource", "outcome"])
def test_every_year_of_the_example_is_a_whole_bar_or_words(example: Release, name: str):
    found = points.shares(queries.ask(example, f"referrals_by_{name}", first_year=2014, last_year=2025), "en")
    codes = dict.fromkeys(point.code for point in found)
    spec = stack(found, tuple(Series(c, c, i) for i, c in enumerate(codes)), (), lang="en")
    for year in range(2014, 2026):
        bar = drawn(spec, year)
        assert (max(row[2] for row in bar) == 1) if bar else said(spec, year)
