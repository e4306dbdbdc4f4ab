"""Plain words find the figure that a person means by them, in either language and however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import Release
from ui import find
from ui.answer import AskError
from ui.figure import CROSSES, FIGURES, figure_ids
from ui.picks import Pick, asked, read
from ui.text import text

# What a person means by these words: figure, categories, years or period.
MEANT = {
    "begrundede 2019": ("grounded_by_year", "", "2019"),
    "grounded 2019": ("grounded_by_year", "", "2019"),
    "Hvor stor en andel var begrundede i 2016?": ("grounded_by_year", "", "2016"),
    "right-wing share": ("share_by_ideology", "right_wing", ""),
    "højreekstremisme andel": ("share_by_ideology", "right_wing", ""),
    "HOEJREEKSTREMISME procent 2019": ("share_by_ideology", "right_wing", "2019"),
    "hojreekstremisme": ("referrals_by_ideology", "right_wing", ""),
    "venstreekstremisme 2014 til 2017": ("referrals_by_ideology", "left_wing", "2014-2017"),
    "begrundede højreekstremisme": ("grounded_by_ideology", "right_wing", ""),
    "fewer referrals since 2016": ("referrals_by_year", "", "2016-2025"),
    "færre henvendelser siden 2016": ("referrals_by_year", "", "2016-2025"),
    "henvendelser 2016-2019": ("referrals_by_year", "", "2016-2019"),
    "resource strong share 2020": ("share_by_resource", "resource_strong", "2020"),
    "ressourcestaerke": ("referrals_by_resource", "resource_strong", ""),
    "begrundede blandt udsatte": ("grounded_by_resource", "vulnerable", ""),
    "political extremism": ("key_shares", "", ""),
    "udfald": ("referrals_by_outcome", "", ""),
    "mentor 2020": ("referrals_by_outcome", "intervention", "2020"),
    "bergundede 2016": ("grounded_by_year", "", "2016"),  # a slip
    "ideologi og ressourceprofil": ("ideology_by_resource", "", "all"),
    "ideology and resource profile 2019": ("ideology_by_resource", "", "2019"),
    "ressourcestærke højreekstremister 2014-2017": ("ideology_by_resource", "right_wing resource_strong", "2014-2017"),
}


@pytest.mark.parametrize(
    ("one", "other"), [("Højre", "HOEJRE"), ("højre", "hojre"), ("Sårbar", "saarbar"), ("ægte", "aegte"), ("é", "E")]
)
def test_words_are_the_same_however_a_keyboard_writes_them(one: str, other: str):
    assert find.fold(one) == find.fold(other)


@pytest.mark.parametrize("words", MEANT)
def test_the_best_match_is_what_a_person_means(example: Release, words: str):
    best = find.find(example, words).hits[0]
    assert (best.figure, " ".join(best.codes.values()), best.years or best.period) == MEANT[words]


def test_the_same_words_find_the_same_figures_in_the_same_order(example: Release):
    again = [find.find(example, "begrundede andel 2019") for _ in range(3)]
    assert again[0] == again[1] == again[2]


def test_a_year_that_the_release_lacks_is_told(example: Release):
    found = find.find(example, "begrundede 2012")
    assert found.absent == ("2012",)
    assert found.hits[0].years == ""


@pytest.mark.parametrize("words", ["xyzzy", "", "?!", "vejret i dag", "'; drop table codes; --"])
def test_words_that_fit_nothing_find_nothing(example: Release, words: str):
    assert find.find(example, words).hits == ()


def test_a_word_that_fits_nothing_is_told_beside_those_that_do(example: Release):
    found = find.find(example, "begrundede xyzzy")
    assert found.unknown == ("xyzzy",)
    assert found.hits[0].figure == "grounded_by_year"


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("name", figure_ids())
def test_every_figure_is_found_by_its_own_title(example: Release, name: str, lang: str):
    title = text(f"figures.{name}.title", lang, period="")
    assert name in [hit.figure for hit in find.find(example, title).hits[:2]]


@given(st.text(max_size=100))
def test_nothing_that_is_typed_breaks_the_search_and_every_hit_has_an_answer(example: Release, words: str):
    for hit in find.find(example, words).hits:
        codes = {dimension: (code,) for dimension, code in hit.codes.items()}
        assert asked(example, Pick(hit.figure, hit.period or hit.years, codes), "da").sentence


# Picks


def test_a_pick_is_read_as_it_was_written(example: Release):
    for pick in (
        Pick("grounded_by_year", "2019"),
        Pick("share_by_ideology", "2016-2019", {"ideology": ("right_wing", "left_wing")}),
        Pick("share_by_ideology", "", {"ideology": ("right_wing",)}),
        Pick("ideology_by_resource", "2019"),
        *(Pick(name) for name in figure_ids()),
    ):
        assert read(example, pick.written) == pick
    assert Pick("grounded_by_year", "2019").written == "grounded_by_year~2019"


@pytest.mark.parametrize(
    "written",
    ["", "~", "no_figure", "grounded_by_year~1999", "grounded_by_year~2019-2018", "share_by_ideology~~martian",
     "ideology_by_resource~2013-2099", "grounded_by_year~2019~grounded~x", "<script>"],
)  # fmt: skip
def test_a_pick_that_the_release_lacks_is_none(example: Release, written: str):
    assert read(example, written) is None


@given(st.text(max_size=60))
def test_no_written_pick_breaks_anything(example: Release, written: str):
    pick = read(example, written)
    assert pick is None or asked(example, pick, "en").rows


def test_a_pick_of_no_codes_is_refused(example: Release):
    with pytest.raises(AskError):
        asked(example, Pick("share_by_ideology", "", {"ideology": ()}), "da")
    assert set(FIGURES) | set(CROSSES) == set(figure_ids())
