"""Whatever the address says, the page shows something that is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import address

IDEOLOGIES = ["militant_islamist", "right_wing", "left_wing"]
anything = st.one_of(
    st.none(), st.text(), st.from_regex(r"[0-9]{4}(-[0-9]{4})?", fullmatch=True), st.integers().map(str)
)


@pytest.fixture
def query(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The query string of the address, empty at first."""
    parameters: dict[str, str] = {}
    monkeypatch.setattr(address.st, "query_params", parameters)
    return parameters


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("2016-2019", (2016, 2019)),
        ("2019", (2019, 2019)),
        ("2014-2025", (2014, 2025)),
        ("2010-2016", (2014, 2016)),
        ("2024-2030", (2024, 2025)),
        ("1999-2099", (2014, 2025)),
    ],
)
def test_years_are_those_that_were_asked_for_as_far_as_they_are_there(asked: str, shown: tuple[int, int]):
    assert address.years(asked, 2014, 2025) == shown


FORGED = [None, "", "all", "2019-2016", "2001-2003", "2030", "-2019", "2016-", "2016-2019-2020", "2016 - 2019", "٢٠١٩",
          "2019\n", "20191", "1e3", "<script>", "2016–2019"]  # fmt: skip


@pytest.mark.parametrize("asked", FORGED)
def test_forged_years_show_all_years(asked: str | None):
    assert address.years(asked, 2014, 2025) == (2014, 2025)


@given(anything, st.integers(1900, 2100), st.integers(0, 100))
def test_any_years_stay_within_those_of_the_release(asked: str | None, first: int, more: int):
    start, end = address.years(asked, first, first + more)
    assert first <= start <= end <= first + more


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("right_wing", ["right_wing"]),
        ("left_wing,militant_islamist", ["militant_islamist", "left_wing"]),  # in the order of the code list
        ("left_wing,left_wing", ["left_wing"]),
        ("left_wing,forged", ["left_wing"]),
        ("none", []),
        (None, ["right_wing"]),
        ("", ["right_wing"]),
        ("forged", ["right_wing"]),
        ("right_wing;drop table codes", ["right_wing"]),
        ("LEFT_WING", ["right_wing"]),
    ],
)
def test_codes_are_those_that_are_known_in_their_order(asked: str | None, shown: list[str]):
    assert address.codes(asked, IDEOLOGIES, ["right_wing"]) == shown


@given(st.one_of(st.none(), st.text(), st.lists(st.sampled_from([*IDEOLOGIES, "x"])).map(",".join)))
def test_any_codes_are_known_ones(asked: str | None):
    found = address.codes(asked, IDEOLOGIES, IDEOLOGIES)
    assert found == [code for code in IDEOLOGIES if code in found]
    assert found or asked == "none"


def test_the_default_is_a_copy_that_may_be_changed():
    default = ["right_wing"]
    address.codes(None, IDEOLOGIES, default).append("left_wing")
    assert default == ["right_wing"]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [(None, "da"), ("da", "da"), ("en", "en"), ("de", "da"), ("EN", "da"), ("", "da"), ("../", "da")],
)
def test_the_language_is_danish_unless_english_is_asked_for(query: dict[str, str], asked: str | None, spoken: str):
    if asked is not None:
        query["lang"] = asked
    assert address.language() == spoken


@given(st.text())
def test_any_language_is_one_that_is_spoken(asked: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address.st, "query_params", {"lang": asked})
        assert address.language() in ("da", "en")


def test_a_filter_is_written_into_the_address_and_its_default_stays_out(query: dict[str, str]):
    address.put("years", "2016-2019", "2014-2025")
    assert query == {"years": "2016-2019"}
    address.put("years", "2014-2025", "2014-2025")
    assert query == {}
    address.put("years", "2014-2025", "2014-2025")
    assert query == {}


def test_a_link_to_another_page_takes_language_release_years_and_period_along(query: dict[str, str]):
    query |= {"lang": "en", "release": "2020.1", "years": "2018", "period": "all", "ideology": "none", "evil": "1"}
    assert address.carried() == {"lang": "en", "release": "2020.1", "years": "2018", "period": "all"}
    assert address.carried(lang="da")["lang"] == "da"
