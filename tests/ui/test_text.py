"""Every word on the screen stands in text/, in Danish and English, and is used."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import codes
from ui import first_start, page, text
from ui.figure import CROSSES, FIGURES

ROOT = Path(__file__).parent.parent.parent
WORDS = text.words()
DIMENSIONS = codes.load().dimensions
SCREEN = sorted(path for folder in ("pages", "ui", "web") for path in (ROOT / folder).glob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in SCREEN]
OTHER_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")  # two words with a space between
# Functions whose first argument is the key of a text.
SPEAKERS = {"text", "say", "_"}


def placeholders(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


# The texts


@pytest.mark.parametrize("key", WORDS)
def test_every_text_is_there_in_danish_and_english(key: str):
    assert set(WORDS[key]) == {"da", "en"}
    assert all(words.strip() == words != "" for words in WORDS[key].values())


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_put_in_the_same_values(key: str):
    danish, english = (set(placeholders(WORDS[key][lang])) for lang in ("da", "en"))
    assert danish == english


@pytest.mark.parametrize("key", [key for key in WORDS if not key.startswith("codes.")])
def test_danish_letters_are_in_no_english_text_but_names(key: str):
    assert not set("æøåÆØÅ") & set(WORDS[key]["en"])


def test_a_text_gets_its_values():
    assert text.text("figure.of_base", "da", n=28, base=70) == "28 af 70"
    assert text.text("figure.of_base", "en", n=28, base=70) == "28 of 70"


def test_a_key_or_language_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        text.text("no.such.key", "da")
    with pytest.raises(KeyError):
        text.text("figure.chart", "de")
    with pytest.raises(KeyError):
        text.text("figure.of_base", "da", n=28)


def test_a_key_in_two_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('[page]\ntitle = { da = "a", en = "b" }', "utf-8")
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"two\.toml: the text page\.title stands in another file too"):
        text.words.__wrapped__()


# The long texts

LONG = sorted({path.name.split(".")[0] for path in text.FOLDER.glob("*.md")})
PLACEHOLDERS = {"{threshold}", "{below}"}  # what ui/method.py puts in


def headings(name: str, lang: str) -> list[str]:
    """Every heading in a long text: its level, and the name of a section."""
    lines = (text.FOLDER / f"{name}.{lang}.md").read_text("utf-8").splitlines()
    return [re.sub(r"^(#+) .*?(\{#\w+\})?$", r"\1\2", line) for line in lines if line.startswith("#")]


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_has_the_same_headings_and_paragraphs_in_both_languages(name: str):
    danish, english = (text.sections(name, lang) for lang in ("da", "en"))
    assert headings(name, "da") == headings(name, "en")
    assert headings(name, "da") == [f"##{{#{section.name}}}" for section in danish]
    for one, other in zip(danish, english, strict=True):
        assert one.heading != other.heading
        assert one.body and one.body.count("\n\n") == other.body.count("\n\n"), one.name
        assert one.body.count("\n- ") == other.body.count("\n- "), one.name


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_asks_for_the_same_values_in_both_languages(name: str):
    for one, other in zip(*(text.sections(name, lang) for lang in ("da", "en")), strict=True):
        asked = [set(re.findall(r"\{.*?\}", section.heading + section.body)) for section in (one, other)]
        assert asked[0] == asked[1] <= PLACEHOLDERS, one.name


@pytest.mark.parametrize("name", LONG)
def test_a_long_english_text_has_no_danish_letters(name: str):
    assert not set("æøåÆØÅ") & set("".join(s.heading + s.body for s in text.sections(name, "en")))


# Codes and their labels


@pytest.mark.parametrize(("dimension", "code"), [(d, c.code) for d, listed in DIMENSIONS.items() for c in listed])
def test_every_code_has_a_label(dimension: str, code: str):
    for lang in text.LANGUAGES:
        assert text.label(dimension, code, lang)


def test_no_label_lacks_a_code():
    labels = tomllib.loads((text.FOLDER / "codes.toml").read_text("utf-8"))
    assert labels.pop("any").keys() == {"all"}
    assert {d: set(of) - {"name"} for d, of in labels.items()} == {
        d: {c.code for c in of} for d, of in DIMENSIONS.items()
    }
    assert all("name" in of for of in labels.values())


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_two_codes_of_a_dimension_never_share_a_label(dimension: str, lang: str):
    labels = [text.label(dimension, c.code, lang) for c in DIMENSIONS[dimension]]
    assert len({*labels, text.label(dimension, "all", lang)}) == len(labels) + 1


def test_a_label_is_the_same_in_the_address_of_any_language():
    assert text.label("ideology", "right_wing", "da") == "Højreekstremisme"
    assert text.label("ideology", "right_wing", "en") == "Right-wing extremism"
    assert text.label("gender", "all", "da") == "I alt"


# What is there has its texts


@pytest.mark.parametrize("name", page.PAGES)
def test_every_page_has_its_menu_entry_title_and_lead(name: str):
    assert {f"nav.{name}", f"{name}.title", f"{name}.lead"} <= WORDS.keys()
    assert (ROOT / "pages" / f"{name}.py").exists()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_its_title_and_a_share_its_base(name: str):
    assert f"figures.{name}.title" in WORDS
    assert FIGURES[name].form != "share" or f"figures.{name}.base" in WORDS
    assert (ROOT / "queries" / f"{FIGURES[name].question}.sql").exists()


@pytest.mark.parametrize("name", CROSSES)
def test_every_crossed_figure_has_a_title_that_names_its_period(name: str):
    assert placeholders(WORDS[f"figures.{name}.title"]["da"]) == ["period"]
    assert (ROOT / "queries" / f"{CROSSES[name].question}.sql").exists()


@pytest.mark.parametrize("reason", ["damaged", "unreadable", "newer", "missing"])
def test_every_problem_has_a_title_and_says_what_to_do(reason: str):
    assert {f"problems.{reason}_title", f"problems.{reason}"} <= WORDS.keys()


@pytest.mark.parametrize("step", sorted({word for word, _, _ in first_start.STEPS.values()}))
def test_every_step_of_the_first_start_has_words(step: str):
    assert f"problems.step_{step}" in WORDS


# The code


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def literals(node: ast.AST) -> Iterator[str]:
    """The strings below `node`; an f-string as a pattern, and not its parts."""
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[^.]+" for p in node.values)
        yield "".join(parts)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from literals(part.value)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield re.escape(node.value)
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def root(function: ast.expr) -> str:
    while isinstance(function, ast.Attribute | ast.Call | ast.Subscript):
        function = function.func if isinstance(function, ast.Call) else function.value
    return function.id if isinstance(function, ast.Name) else ""


@pytest.mark.parametrize("path", SCREEN, ids=NAMES)
def test_no_words_for_the_screen_are_written_in_code(path: Path):
    for call in calls(path):
        if root(call.func) in ("st", "alt", "view") and ast.unparse(call.func) != "st.html":
            written = [
                node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            assert not [words for words in written if OTHER_WORDS.search(words)], f"line {call.lineno}"


@pytest.mark.parametrize("path", SCREEN, ids=NAMES)
def test_no_danish_is_written_in_code(path: Path):
    strings = [n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)]
    assert not [s for s in strings if isinstance(s, str) and set("æøåÆØÅ") & set(s)]


@pytest.mark.parametrize("path", SCREEN, ids=NAMES)
def test_every_text_that_the_code_asks_for_is_there(path: Path):
    for call in calls(path):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in SPEAKERS and call.args and root(call.func) not in ("st", "alt"):
            first = call.args[0]
            asked = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            for key in (k for k in asked if isinstance(k, ast.Constant | ast.JoinedStr)):
                pattern = next(literals(key))
                assert any(re.fullmatch(pattern, known) for known in WORDS), f"line {call.lineno}: {ast.unparse(key)}"


def used() -> set[str]:
    """The keys that some string in the code names: whole, or as an f-string that begins with a word and a dot."""
    patterns = {
        pattern
        for path in [*SCREEN, ROOT / "app.py", ROOT / "data" / "diff.py"]
        for pattern in literals(ast.parse(path.read_text("utf-8")))
        if re.match(r"\w+\\\.|\[\^\.\]\+\\\.\w+$", pattern)
    }
    anywhere = re.compile("|".join(patterns))
    return {key for key in WORDS if anywhere.fullmatch(key)}


def test_every_text_is_used():
    assert sorted(WORDS.keys() - used()) == []
