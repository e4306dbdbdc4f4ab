"""A file to take home opens in Excel and in polars, says where it is from, and is marked while it is the example."""

import csv
import dataclasses
import io

import polars as pl
import pytest

from queries import Release
from ui import export

ROWS: list[dict[str, object]] = [
    {"year": 2018, "label": "Højreekstremisme", "n": 1234, "status": "published", "lower": None, "share": 0.4},
    {"year": 2019, "label": 'Andet; "øvrigt", mv.', "n": None, "status": "suppressed", "lower": 1, "share": None},
]
DELIMITERS = {"da": ";", "en": ","}


@pytest.fixture
def marked(small: Release) -> Release:
    """The small release as if it were an example."""
    return dataclasses.replace(small, kind="example")


def opened(file: bytes, lang: str) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(file), separator=DELIMITERS[lang], decimal_comma=lang == "da")


def test_a_danish_file_has_semicolons_and_decimal_commas(small: Release):
    assert export.csv_file(small, "da", ROWS).decode("utf-8-sig") == (
        "year;label;n;status;lower;share;release;source\r\n"
        "2018;Højreekstremisme;1234;published;;0,4000;2020.1;Kilde: VINK, Københavns Kommune, udgivelse 2020.1\r\n"
        '2019;"Andet; ""øvrigt"", mv.";;suppressed;1;;2020.1;Kilde: VINK, Københavns Kommune, udgivelse 2020.1\r\n'
    )


def test_an_english_file_has_commas_and_decimal_points(small: Release):
    assert export.csv_file(small, "en", ROWS).decode("utf-8-sig") == (
        "year,label,n,status,lower,share,release,source\r\n"
        '2018,Højreekstremisme,1234,published,,0.4000,2020.1,"Source: VINK, City of Copenhagen, release 2020.1"\r\n'
        '2019,"Andet; ""øvrigt"", mv.",,suppressed,1,,2020.1,"Source: VINK, City of Copenhagen, release 2020.1"\r\n'
    )


@pytest.mark.parametrize("lang", DELIMITERS)
def test_a_file_opens_with_the_mark_by_which_excel_knows_utf8(small: Release, lang: str):
    file = export.csv_file(small, lang, ROWS)
    assert file[:3] == b"\xef\xbb\xbf"
    assert file.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize("lang", DELIMITERS)
def test_a_file_opens_in_polars_with_the_numbers_that_went_in(small: Release, lang: str):
    frame = opened(export.csv_file(small, lang, ROWS), lang)
    assert frame.select("year", "label", "n", "status", "lower", "share").to_dicts() == ROWS
    assert frame["release"].cast(pl.String).to_list() in (["2020.1"] * 2, ["2020,1"] * 2)


@pytest.mark.parametrize(
    ("lang", "mark"), [("da", "EKSEMPEL – må ikke citeres"), ("en", "EXAMPLE – must not be quoted")]
)
def test_every_row_of_an_example_says_that_it_must_not_be_quoted(marked: Release, lang: str, mark: str):
    rows = list(
        csv.DictReader(io.StringIO(export.csv_file(marked, lang, ROWS).decode("utf-8-sig")), delimiter=DELIMITERS[lang])
    )
    assert [row["note"] for row in rows] == [mark, mark]


@pytest.mark.parametrize("lang", DELIMITERS)
def test_a_real_release_has_no_such_mark(small: Release, lang: str):
    assert "note" not in opened(export.csv_file(small, lang, ROWS), lang).columns


@pytest.mark.parametrize("lang", DELIMITERS)
def test_every_row_names_its_release_and_its_source(small: Release, lang: str):
    text = export.csv_file(small, lang, ROWS).decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text), delimiter=DELIMITERS[lang]):
        assert row["release"] == "2020.1"
        assert "VINK" in row["source"]
        assert row["source"].endswith("2020.1")


def test_what_is_not_known_is_empty_and_not_zero(small: Release):
    frame = opened(export.csv_file(small, "en", ROWS), "en")
    assert frame["n"].to_list() == [1234, None]
    assert frame["lower"].to_list() == [None, 1]
