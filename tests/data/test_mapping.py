"""Mappings: what they say, and that a wrong one names its keys."""

import re
from datetime import date
from pathlib import Path

import pytest

from data import codes, mapping
from data.mapping import MappingError
from data.read import read
from data.validate import validate

ROOT = Path(__file__).parents[2]
DANISH = ROOT / "data" / "mappings" / "danish.toml"
LISTS = codes.load()

# The words of the design's table, typed from there.
WORDS = {
    "ideology": "militant islamisme, højreekstremisme, venstreekstremisme, antimyndighedsekstremisme, andet, uoplyst",
    "resource_profile": "ressourcestærk, blandet, udsat, uoplyst",
    "assessment": "begrundet, ikke begrundet, afventer",
    "outcome": "rådgivning, bekymringssamtale, mentor, pårørendecoach, exitforløb, ordinære tilbud, politi, "
    "ønskede ikke indsats, afsluttet, afventer",
    "source": "SSP, skole, socialforvaltning, beskæftigelse, politi, kriminalforsorg, sundhed, pårørende, "
    "borger, uoplyst",
    "age_group": "0-14, 15-17, 18-24, 25-29, 30-39, 40+, uoplyst",
    "gender": "kvinde, mand, andet, uoplyst",
}


def problems(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        mapping.parse(text, "m.toml", LISTS)
    return str(caught.value)


@pytest.mark.parametrize("field", WORDS)
def test_the_danish_words_stand_for_our_codes_one_by_one(field):
    danish = mapping.load(DANISH, LISTS).fields[field].words
    assert list(danish.items()) == list(zip(WORDS[field].split(", "), LISTS.codes(field), strict=True))


def test_the_danish_headings_are_those_of_the_unit():
    fields = mapping.load(DANISH, LISTS).fields
    assert {name: field.column for name, field in fields.items()} == {
        "date": "Dato",
        "year": "År",
        "id": "Løbenummer",
        "ideology": "Ideologi",
        "resource_profile": "Ressourceprofil",
        "assessment": "Vurdering",
        "outcome": "Udfald",
        "source": "Henvender",
        "age_group": "Aldersgruppe",
        "age": "Alder",
        "gender": "Køn",
        "count": "Antal",
    }


def test_without_a_mapping_our_own_names_and_codes_are_expected():
    own = mapping.default(LISTS)
    assert all(field.column == name for name, field in own.fields.items())
    assert own.fields["ideology"].words["right_wing"] == "right_wing"
    assert own.numbers.thousands is None


def test_a_field_that_a_mapping_leaves_out_keeps_our_own_name_and_codes():
    some = mapping.parse('[fields.gender]\ncolumn = "Køn"', "m.toml", LISTS)
    assert some.fields["gender"].column == "Køn"
    assert some.fields["gender"].words["female"] == "female"
    assert some.fields["ideology"].column == "ideology"


@pytest.mark.parametrize(
    ("text", "key", "advice"),
    [
        ("ideology = ", "m.toml", "not valid TOML"),
        ("ignor = []", "ignor:", "Did you mean ignore?"),
        ("[fields.idiology]", "fields.idiology:", "Did you mean ideology?"),
        ('[fields.year]\nignore = ["x"]', "fields.year.ignore:", "belongs at the top of the file"),
        ("fields = 3", "[fields]", "must be a table"),
        ("[fields.ideology]\ncolumn = 3", "fields.ideology.column:", 'column = "..."'),
        ('[fields.date]\ntotal = "Total"', "fields.date.total:", "there is no such key"),
        ('[fields.ideology.values]\n"Far right" = "far_right"', 'values."Far right"', "Choose one of"),
        ('[fields.age.values]\n"old" = "41+"', 'fields.age.values."old"', '"40+"'),
        (
            '[fields.gender.values]\n"M" = "male"\n"m " = "female"',
            "fields.gender.values:",
            "the same but for case",
        ),
        (
            '[fields.gender]\ntotal = "ALL"\n[fields.gender.values]\n"all" = "other"',
            "gender.total:",
            "one of the values",
        ),
        ('[fields.gender]\nconstant = "men"', "fields.gender.constant:", '"male"'),
        ('[fields.gender]\nconstant = "male"\ncolumn = "x"', "fields.gender.constant:", "no column"),
        (
            '[fields.year]\nconstant = "2015/17"\nwritten = "financial"',
            "fields.year.constant:",
            "must follow",
        ),
        ("[fields.year]\nconstant = 15", "fields.year.constant:", "four digits"),
        ("[fields.year]\nconstant = 2015.5", "fields.year.constant:", "whole number"),
        ('[fields.year]\nwritten = "fiscal"', "fields.year.written:", '"financial"'),
        ('not_collected = ["gendr"]', "not_collected:", '"gender"'),
        ('not_collected = "gender"', "not_collected:", "must be a list"),
        ('not_collected = ["gender"]\n[fields.gender]\ncolumn = "x"', "not_collected:", "Take it out of one"),
        ('[numbers]\nthousands = "_"', "numbers.thousands:", "Choose one of"),
        ("[numbers]\nzero = 0", "numbers.zero:", "must be a list of texts"),
        ('[dates]\nformats = ["mm/dd/yyyy"]', "dates.formats:", '"dd/mm/yyyy"'),
        ("[file]\nheader_row = 0", "file.header_row:", "from 1"),
        ('[file]\nencoding = "klingon"', "file.encoding:", '"windows-1252"'),
        ('[file]\ndelimiter = "x"', "file.delimiter:", "Choose one of"),
        ('[extra.stage]\ncolumn = "Stage"', "extra.stage.values:", "name the values"),
        ('[extra.gender]\nvalues = ["a"]', "extra.gender:", "a name of ours"),
        ('[extra.stage]\nvalues = ["all", "x"]', "extra.stage.values:", "kept for totals"),
        ("[extra.stage]\nvalues = [1]", "extra.stage.values:", "must hold lines"),
        ('[wide]\ncolumns = ["Q1"]', "wide.field:", "say which field"),
        ('[wide]\nfield = "quarter"', "wide.columns:", "name the columns"),
        ('[wide]\nfield = "gender"\ncolumns = {"M" = "men"}', 'wide.columns."M":', '"male"'),
        ('[wide]\nfield = "year"\ncolumns = ["this year"]', 'wide.columns."this year":', "four digits"),
        ('[wide]\nfield = "q"\ncolumns = ["Q1"]\ntotal = "q1"', "wide.total:", "one of the columns"),
        (
            '[wide]\nfield = "q"\ncolumns = ["Q1"]\n[extra.q]\nvalues = ["a"]',
            "extra:",
            "already the field of [wide]",
        ),
        (
            '[wide]\nfield = "gender"\ncolumns = ["male"]\n[fields.gender]\ncolumn = "x"',
            "wide.field:",
            "Keep [wide]",
        ),
        (
            '[wide]\nfield = "q"\ncolumns = ["Q1"]\n[fields.count]\ncolumn = "n"',
            "wide:",
            "[fields.count] out",
        ),
    ],
)
def test_a_wrong_mapping_names_the_key_and_says_what_to_do(text, key, advice):
    said = problems(text)
    assert said.startswith("m.toml: ")
    assert key in said
    assert advice in said


def test_every_wrong_key_is_named_at_once():
    said = problems('ignor = []\n[fields.idiology]\n[file]\nheader_row = "first"')
    assert len(said.splitlines()) == 3


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", b"= = ="])
def test_a_mapping_that_is_no_text_is_refused_in_words(tmp_path, content):
    (tmp_path / "m.toml").write_bytes(content)
    with pytest.raises(MappingError, match=r"m\.toml: is not"):
        mapping.load(tmp_path / "m.toml")


def test_a_missing_mapping_is_refused_in_words(tmp_path):
    with pytest.raises(MappingError, match=r"m\.toml: can't be read .*Check the path"):
        mapping.load(tmp_path / "m.toml")


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("data/mappings/*.toml"), *Path(__file__).parent.glob("files/*.toml")])
)
def test_every_mapping_of_the_project_loads(path):
    mapping.load(path, LISTS)


def test_the_example_of_the_documentation_reads_as_the_documentation_says(tmp_path):
    blocks = dict(
        re.findall(r"```(toml|csv)\n(.*?)```", (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8"), re.S)
    )
    (tmp_path / "source.csv").write_text(blocks["csv"], encoding="utf-8")
    how = mapping.parse(blocks["toml"], "example", LISTS)
    checked = validate(read(tmp_path / "source.csv", how), how, LISTS, date(2025, 1, 1))
    assert checked.faults == ()
    assert checked.buildable
    assert checked.records.select("year", "ideology", "outcome", "age_group", "count").rows() == [
        (2018, "right_wing", "mentor", "18-24", 1204),
        (2018, "militant_islamist", "closed", "40+", 3),
    ]
    assert (checked.sums_checked, checked.sums_agreed) == (1, 1)


def test_the_documentation_names_every_key():
    text = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    keys = "about not_collected ignore sheet header_row delimiter encoding thousands zero formats column"
    others = ("constant", "total", "written", "values", "field", "columns", "[wide]", "[extra.")
    for key in (*keys.split(), *others, *mapping.FIELDS):
        assert f"`{key}" in text, key
