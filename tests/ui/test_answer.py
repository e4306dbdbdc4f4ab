"""One answer, all forms: what sentence, chart, table and files say of a number is the same number."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import Release
from ui import export
from ui.answer import Answer, AskError, again, answer, codes_in_use, figure_ids, periods
from ui.figure import CROSSES, FIGURES
from ui.text import LANGUAGES

EVERY = [(name, lang) for name in figure_ids() for lang in LANGUAGES]
Key = tuple[str, str]
Number = int | tuple[int, int] | None
OF = re.compile(r"(?:(?P<share>[\d-]+)(?: pct\.| percent) )?\(?(?P<n>[\d.,-]+)(?: (?:af|of) (?P<base>[\d.,-]+))?\)?")

AGAINST = re.compile(r"[\d.,-]+ \((?P<n>[\d.,-]+) (?:mod|against) [\d.,]+ (?:i|in) \d{4}\)")


def number(words: str) -> Number:
    """A number as it is written: "1.234", "1-7" or "–"."""
    if words in ("–", ""):
        return None
    ends = [int(re.sub(r"[.,]", "", end)) for end in words.split("-")]
    return ends[0] if len(ends) == 1 else (ends[0], ends[1])


def counted(words: str) -> tuple[Number, Number]:
    """What a cell of table or chart says: the count, and the base of a share. "167 (70 against 42 in 2014)" is 70."""
    if words == "–":
        return None, None
    if against := AGAINST.fullmatch(words):
        return number(against["n"]), None
    found = OF.fullmatch(words)
    assert found, words
    return number(found["n"]), number(found["base"] or "")


# Every form, read back by a reader of its own: (year and category, or row and column) to (count, base)


def of_rows(rows: list[dict[str, Any]], one: Answer) -> dict[Key, tuple[Number, Number]]:
    def ends(row: dict[str, Any], value: str, low: str, high: str) -> Number:
        cells = [row.get(name) for name in (value, low, high)]
        n, lower, upper = (None if cell in (None, "") else int(str(cell)) for cell in cells)
        return (lower, upper) if n is None and lower is not None and upper is not None else n

    return {
        key(row, one): (ends(row, "n", "lower", "upper"), ends(row, "base", "base_lower", "base_upper")) for row in rows
    }


def key(row: Mapping[str, Any], one: Answer) -> Key:
    if one.form == "cross":
        cross = CROSSES[one.id]
        return row[f"{cross.rows}_label"], row[f"{cross.columns}_label"]
    return str(row["year"]), row["label"]


def csv_rows(one: Answer) -> list[dict[str, Any]]:
    words = export.csv_of(one).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(words, newline=""), delimiter=";" if one.lang == "da" else ","))


def opened(one: Answer) -> Any:
    return openpyxl.load_workbook(io.BytesIO(export.xlsx_of(one)))


def xlsx_rows(one: Answer) -> list[dict[str, Any]]:
    """The rows of the workbook's first sheet, by the names that its codebook gives its headings."""
    sheet, codebook = opened(one).worksheets
    names = {row[1]: row[0] for row in codebook.iter_rows(values_only=True) if row[1]}
    held = int(re.sub(r"\D", "", sheet.freeze_panes)) - 1
    head, *rows = sheet.iter_rows(min_row=held, max_row=held + len(one.rows), values_only=True)
    found = [dict(zip([names[heading] for heading in head], row, strict=True)) for row in rows]
    for row in found:
        if isinstance(row["n"], str):  # what is hidden is said in words, with its range
            if row["status"] == "suppressed":
                assert f"({row['lower']}-{row['upper']})" in row["n"].replace(".", "").replace(",", "")
            row["n"] = None
    return found


def json_rows(one: Answer) -> list[dict[str, Any]]:
    return json.loads(export.json_of(one))["rows"]


def of_table(one: Answer) -> dict[Key, tuple[Number, Number]]:
    (_, *columns), *rows = one.table
    return {
        (head.strip("‖ "), column): counted(cell)
        for head, *cells in rows
        for column, cell in zip(columns, cells, strict=True)
    }


def drawn(one: Answer) -> Iterator[dict[str, Any]]:
    """What the chart draws of numbers, each with `key`, `words` and, of a number that is shown, `value`."""
    for layer in one.spec["layer"]:
        for row in layer["data"]["values"]:
            if "words" not in row:
                continue
            if "row" in row:
                yield row | {"key": (row["row"], row["column"])}
            elif "series" in row or ("panel" in row and "year" in row):
                yield row | {"key": (row["year"], row.get("series") or row["panel"])}
            elif "part" in row and not row["hidden"]:
                yield row | {"key": (row["year"], row["part"].partition("  ")[2]), "value": row["to"] - row["from"]}
            elif "level" in row:
                total = {0: one.row_labels[-1], 1: one.column_labels[-1]}
                end = total[1] if row["level"] < 2 else row["name"]
                yield row | {"key": (row["at"].partition("|")[2] or total[0], end)}


def of_chart(one: Answer) -> dict[Key, tuple[Number, Number]]:
    return {row["key"]: counted(row["words"]) for row in drawn(one)}


def meant_to_be_drawn(one: Answer, collected: dict[Key, tuple[Number, Number]]) -> dict[Key, tuple[Number, Number]]:
    """The numbers that a chart of its kind draws one by one."""
    status = {key(row, one): row.get("share_status") or row.get("index_status") for row in one.rows}
    if one.drawing == "stack":  # what is suppressed is drawn together, see below
        return {at: said for at, said in collected.items() if status[at] == "published" and said[0] != 0}
    if one.drawing == "change":
        return {at: said for at, said in collected.items() if status[at] in ("published", "suppressed")}
    if one.drawing == "flow":  # not the totals of the second step, nor the only way that a first one can go
        ways = [row for row, _ in collected]
        return {
            at: said
            for at, said in collected.items()
            if (at[0] != one.row_labels[-1] and ways.count(at[0]) > 2) or at[1] == one.column_labels[-1]
        }
    return collected


def rest(one: Answer) -> None:
    """A stacked bar says of each suppressed part, in the one that they share, its own range."""
    together = {
        row["year"]: row["words"] for layer in one.spec["layer"] for row in layer["data"]["values"] if row.get("hidden")
    }
    words = {(p.year, p.code): p.words for p in one.points}
    labels = {series.code: series.label for series in one.series}
    for row in one.rows:
        if row["share_status"] == "suppressed" and str(row["year"]) in together:
            said = f"{labels[str(row['code'])]} {words[int(str(row['year'])), str(row['code'])]}"
            assert said in together[str(row["year"])]


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_every_form_of_a_figure_says_the_same_numbers(example: Release, name: str, lang: str):
    chosen: list[dict[str, Any]] = [{"period": period} for period in periods(example)[:3]] if name in CROSSES else [{}]
    for one in (answer(example, name, lang, **asked) for asked in chosen):
        files = [of_rows(rows(one), one) for rows in (csv_rows, xlsx_rows, json_rows)]
        assert files[0] == files[1] == files[2] != {}
        assert of_table(one).items() >= files[0].items()
        absent = {key: said for key, said in of_table(one).items() if key not in files[0]}
        assert set(absent.values()) <= {(None, None)}
        collected = {key: said for key, said in files[0].items() if said[0] is not None}
        assert of_chart(one) == meant_to_be_drawn(one, collected) != {}
        if one.drawing == "stack":
            rest(one)
        told(one, files[0])
        if one.form == "share":
            shares(one)


def told(one: Answer, said: dict[Key, tuple[Number, Number]]) -> None:
    """The sentences hold the latest numbers of every series, or the largest and the total of a crossed table."""
    plain = re.sub(r"(?<=\d)[.,](?=\d{3})", "", one.sentence)
    if one.form == "cross":
        inner = {k: n for k, (n, _) in said.items() if k[0] != one.row_labels[-1] and k[1] != one.column_labels[-1]}
        most = max(n for n in inner.values() if isinstance(n, int))
        assert re.search(rf"\b{most} \(", plain)
        total = said[one.row_labels[-1], one.column_labels[-1]][0]
        assert isinstance(total, int)
        assert f" {total} " in plain
        hidden = sum(isinstance(n, tuple) for n, _ in said.values())
        few = rf"\b{hidden} (af de|of the) {sum(n is not None for n, _ in said.values())} "
        assert re.search(few if hidden else "(Ingen af tallene|None of the numbers)", plain)
        return
    for series, quote in zip(one.series, one.quotes, strict=True):
        n, base = said[str(one.last_year), series.label]
        for spoken in (quote, one.sentence):
            digits = re.findall(r"\d+", re.sub(r"(?<=\d)[.,](?=\d{3})", "", spoken))
            for part in (n, base):
                for end in part if isinstance(part, tuple) else (part,):
                    assert end is None or str(end) in digits or (end == 0 and n == 0), (series, end, spoken)
        assert str(one.last_year) in quote


def shares(one: Answer) -> None:
    """A share is the same in every form, and is n / base, rounded half up where it is written in words."""
    values = {row["key"]: row["value"] for row in drawn(one)}
    for row, written, sheet in zip(json_rows(one), csv_rows(one), xlsx_rows(one), strict=True):
        published = row["share_status"] == "published"
        assert (row["share"] is not None) == published == bool(written["share"]) == (sheet["share"] is not None)
        if not published:
            assert values.get(key(row, one)) is None
            continue
        exact = Decimal(row["n"]) / Decimal(row["base"])
        assert row["base"] >= 20
        assert abs(Decimal(row["share"]) - exact) < Decimal("1e-9")
        assert row["share"] == pytest.approx(sheet["share"], abs=1e-12)
        assert row["n"] == 0 or values[key(row, one)] == pytest.approx(row["share"], abs=1e-4)  # of a pixel no part
        assert abs(Decimal(written["share"].replace(",", ".")) - exact) <= Decimal("0.00005")
        percent = (exact * 100).quantize(Decimal(1), ROUND_HALF_UP)
        cells = {str(r[0]).strip("‖ "): dict(zip(one.table[0], r, strict=True)) for r in one.table[1:]}
        assert cells[str(row["year"])][row["label"]].startswith(f"{percent} p")


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_suppressed_number_has_its_range_and_its_reason_and_no_value_in_any_form(
    example: Release, name: str, lang: str
):
    one = answer(example, name, lang)
    word = {"da": "iskretioneret", "en": "uppressed"}[lang]
    hidden = [row for row in one.rows if row["status"] == "suppressed"]
    for row in hidden:
        assert row["n"] is None
        assert row["lower"] is not None
        assert word in str(row["explanation"])
    note = next(note for note in one.notes if note.kind == "suppressed")
    assert (f"{len(hidden)} {'af' if lang == 'da' else 'of'} " in note.words) == bool(hidden)
    for form in (export.json_of(one), str(export.csv_of(one), "utf-8").encode()):
        assert word in form.decode() or not hidden


# Counted by hand from the eight rows of SMALL in tests/conftest.py


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("referrals_by_year", {("2018", "Henvendelser"): (27, None), ("2019", "Henvendelser"): (35, None)}),
        ("grounded_by_year", {("2018", "Begrundede"): (7, 22), ("2019", "Begrundede"): (20, 35)}),
        (
            "key_shares",
            {
                ("2018", "Politisk ekstremisme"): (13, 27),
                ("2018", "Ressourcestærke"): (7, 27),
                ("2019", "Politisk ekstremisme"): (22, 35),
                ("2019", "Ressourcestærke"): (12, 35),
            },
        ),
    ],
)
def test_the_small_release_counted_by_hand(small: Release, name: str, expected: dict[Key, tuple[Number, Number]]):
    one = answer(small, name, "da")
    for found in (of_rows(csv_rows(one), one), of_rows(xlsx_rows(one), one), of_table(one), of_chart(one)):
        assert found == expected


def test_the_sentences_of_the_small_release(small: Release):
    """7 of 22 and 20 of 35: Fisher's exact test gives p = 0.10."""
    one = answer(small, "grounded_by_year", "da", first_year=2019, last_year=2019)
    assert one.sentence == "I 2019 var 57 pct. af de vurderede bekymringshenvendelser begrundede (20 af 35)."
    crossed = answer(small, "ideology_by_resource", "en", period="all")
    assert crossed.sentence == (
        "In 2018-2019, VINK received 62 concern referrals. Broken down by ideology and resource profile, the largest "
        "number that may be shown is 17 (militant Islamism and vulnerable). "
        "None of the numbers in the table is suppressed."
    )


# What may be asked


def test_what_is_not_there_is_refused_with_what_is(small: Release):
    with pytest.raises(AskError, match="first_year: 1999 is not possible; it may be 2018, 2019") as wrong:
        answer(small, "referrals_by_year", "da", first_year=1999)
    assert (wrong.value.parameter, wrong.value.allowed) == ("first_year", ("2018", "2019"))
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("figure_id", "no_such", {}),
        ("lang", "referrals_by_year", {"lang": "de"}),
        ("last_year", "referrals_by_year", {"first_year": 2019, "last_year": 2018}),
        ("codes", "referrals_by_ideology", {"codes": ["right_wing", "martian"]}),
        ("codes", "referrals_by_ideology", {"codes": []}),
        ("codes", "share_by_outcome", {"codes": ["pending"]}),
        ("period", "referrals_by_year", {"period": "2018"}),
        ("period", "ideology_by_resource", {"period": "2017"}),
        ("codes", "ideology_by_resource", {"codes": ["right_wing"]}),
        ("row_codes", "ideology_by_resource", {"row_codes": ["mixed"]}),
        ("column_codes", "ideology_by_resource", {"column_codes": []}),
    ]
    for parameter, name, asked in refused:
        with pytest.raises(AskError) as found:
            answer(small, name, asked.pop("lang", "da"), **asked)
        assert found.value.parameter == parameter


def test_codes_keep_their_own_order(small: Release):
    one = answer(small, "referrals_by_ideology", "da", codes=["left_wing", "right_wing"])
    assert [series.code for series in one.series] == ["right_wing", "left_wing"]
    assert "selection" in [note.kind for note in one.notes]


@pytest.mark.parametrize("name", figure_ids())
def test_the_same_question_to_the_same_release_has_the_same_answer(small: Release, name: str):
    one = answer(small, name, "da")
    assert again(one, small).numbers == one.numbers
    assert again(one, small).link == one.link


# Links


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_link_names_page_figure_filters_language_and_release(small: Release, name: str, lang: str):
    one = answer(small, name, lang, site="https://vink.example/tal")
    link = urlsplit(one.link)
    query = parse_qs(link.query)
    assert link.geturl().startswith(f"https://vink.example/tal/{one.page}?")
    assert link.fragment == name
    assert query["release"] == ["2020.1"]
    assert query["lang"] == [lang]
    assert query.get("years", query.get("period")) == (["all"] if name in CROSSES else ["2018-2019"])
    assert one.link in one.copied
    assert one.sentence in one.copied
    assert "2020.1" in one.copied.split("\n")[-2]


def test_a_link_names_the_codes_that_its_page_would_not_choose(small: Release):
    def asked(codes: list[str]) -> dict[str, list[str]]:
        return parse_qs(urlsplit(answer(small, "referrals_by_ideology", "da", codes=codes).link).query)

    every = codes_in_use(small, "ideology")
    assert "ideology" not in asked([code for code in every if code != "unknown"])
    assert asked(every)["ideology"] == ["all"]
    assert asked(["right_wing", "other"])["ideology"] == ["right_wing,other"]


# Nothing becomes a formula

HOSTILE = '=HYPERLINK("https://evil.example";"klik")'


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=20))
def test_no_words_in_a_csv_file_begin_as_a_formula(small: Release, first: str, rest: str):
    file = export.csv_file(small, "en", [{"label": first + rest, "n": 1}]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file, newline=""))
    assert row["label"] == f"'{first}{rest}"


def test_a_hostile_label_stays_words_in_the_workbook(small: Release, monkeypatch: pytest.MonkeyPatch):
    from ui import answer as module

    monkeypatch.setattr(module, "label", lambda dimension, code, lang: HOSTILE)
    module._over_years.cache_clear()
    one = answer(small, "referrals_by_ideology", "da", codes=["right_wing"])
    module._over_years.cache_clear()
    cells = [cell for sheet in opened(one) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(HOSTILE in str(cell.value) for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert HOSTILE in json.loads(export.json_of(one))["rows"][0]["label"]
    assert csv_rows(one)[0]["label"] == f"'{HOSTILE}"


# The workbook and the JSON file explain themselves


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_workbook_opens_ready_to_read(example: Release, name: str, lang: str):
    one = answer(example, name, lang)
    sheet, codebook = opened(one).worksheets
    words = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert sheet["A1"].value == one.title
    assert sheet["A2"].value == one.mark
    assert any(one.source in word for word in words)
    assert {one.sentence, one.link, *(note.whole for note in one.notes)} <= set(words)
    explained = {row[0] for row in codebook.iter_rows(values_only=True)}
    assert set(one.rows[0]) <= explained
    assert {str(row["status"]) for row in one.rows} <= explained
    codes = {str(row[field]) for row in one.rows for field in (("code",) if name in FIGURES else ends(name))}
    assert codes <= explained
    hidden = [cell for row in sheet.iter_rows() for cell in row if cell.font.italic]
    assert len(hidden) == one.hidden
    assert all(cell.fill.fgColor.rgb == "FFE6E8EB" for cell in hidden)


def ends(name: str) -> tuple[str, str]:
    return CROSSES[name].rows, CROSSES[name].columns


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_json_file_explains_itself(example: Release, name: str, lang: str):
    one = answer(example, name, lang)
    content = json.loads(export.json_of(one))
    assert content["mark"] == {"da": "EKSEMPEL – må ikke citeres", "en": "EXAMPLE – must not be quoted"}[lang]
    assert [column["name"] for column in content["columns"]] == list(content["rows"][0])
    assert {row["status"] for row in content["rows"]} <= content["statuses"].keys()
    assert content["release"]["version"] == example.version
    assert content["sentence"] == one.sentence


def test_the_same_answer_is_the_same_file(small: Release):
    one = answer(small, "grounded_by_year", "da")
    for form in (export.csv_of, export.json_of, export.xlsx_of):
        assert form(one) == form(one)
    assert "mark" not in json.loads(export.json_of(one))
